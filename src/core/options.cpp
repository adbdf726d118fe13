#include "core/options.h"

#include "core/error.h"

#include <algorithm>
#include <array>
#include <string>

namespace mezzanine::core
{

namespace
{

constexpr std::array<std::string_view, 2> kModes = {"all", "partial"};
constexpr std::array<std::string_view, 3> kStrategies = {"priority", "nearest", "fewest_splits"};
constexpr std::array<std::string_view, 2> kRemainders = {"release", "keep"};
constexpr std::array<std::string_view, 2> kIfExpireds = {"reject", "reacquire"};

std::string Quoted(std::string_view word)
{
	return '"' + std::string(word) + '"';
}

[[noreturn]] void ThrowUnknown(const Option &option, std::string_view word)
{
	std::string known;
	for (std::string_view other : option.words)
		known += (known.empty() ? "" : ", ") + Quoted(other);
	throw Error(Code::kInvalidArgument, "unknown value for the argument " + Quoted(option.argument),
				"The value given is " + Quoted(word) + ".", "Known values are " + known + ".");
}

constexpr std::array<std::string_view, 3> kReturnStates = {"sellable", "quarantine", "scrap"};
constexpr std::array<std::string_view, 2> kSettledStates = {"sellable", "scrap"};

} // namespace

constinit const Option kMode = {"mode", kModes};
constinit const Option kStrategy = {"strategy", kStrategies};
constinit const Option kRemainder = {"remainder", kRemainders};
constinit const Option kIfExpired = {"if_expired", kIfExpireds};
constinit const Option kReturnState = {"state", kReturnStates};
constinit const Option kSettledState = {"state", kSettledStates};

std::size_t ChooseOption(const Option &option, std::string_view word)
{
	const auto found = std::ranges::find(option.words, word);
	if (found == option.words.end())
		ThrowUnknown(option, word);
	return static_cast<std::size_t>(found - option.words.begin());
}

} // namespace mezzanine::core

#include "core/total.h"

#include "core/error.h"

#include <limits>
#include <string>

namespace mezzanine::core
{

namespace
{

using Wide = __int128;

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kLargeAtFirst = std::int64_t{1} << 56;

[[noreturn]] void ThrowOverflow(const std::string &detail)
{
	throw Error(Code::kOverflow, "quantity out of range", detail, "Use larger base units.");
}

Wide WideOnHand(const StockTotal &total)
{
	return Wide{total.available} + total.held + total.safety_stock - total.oversell_limit;
}

} // namespace

std::int64_t AddUnits(std::int64_t a, std::int64_t b)
{
	const Wide sum = Wide{a} + b;
	if (sum > kMost || sum < kLeast)
		ThrowOverflow("The units of a stock exceed a bigint.");
	return static_cast<std::int64_t>(sum);
}

bool IsLarge(std::int64_t units, std::int64_t movements) noexcept
{
	return units > kLargeAtFirst / (movements < 1 ? 1 : movements);
}

void CheckEntry(std::int64_t units, const StockTotal &total, bool goods)
{
	const Wide available = Wide{total.available} + total.held;
	const Wide on_hand = WideOnHand(total);
	if (units <= kMost - available && (!goods || units <= kMost - on_hand))
		return;
	const Wide there = goods && on_hand > available ? on_hand : available;
	ThrowOverflow("The stock has " + std::to_string(static_cast<std::int64_t>(there)) +
				  " units; with " + std::to_string(units) + " more it would exceed a bigint.");
}

std::int64_t OnHand(const StockTotal &total)
{
	const Wide on_hand = WideOnHand(total);
	if (on_hand > kMost || on_hand < kLeast)
		ThrowOverflow("The units of a stock exceed a bigint.");
	return static_cast<std::int64_t>(on_hand);
}

} // namespace mezzanine::core

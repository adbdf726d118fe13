#include "core/exact.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

namespace mezzanine::core
{

namespace
{

// How many binary places, and so decimal places, the value has.
int PlacesOf(double value) noexcept
{
	constexpr int kDigits = std::numeric_limits<double>::digits;
	int exponent = 0;
	const double fraction = std::frexp(std::fabs(value), &exponent);
	const auto mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, kDigits));
	if (mantissa == 0)
		return 0;
	const int lowest = exponent - kDigits + std::countr_zero(mantissa);
	return lowest < 0 ? -lowest : 0;
}

} // namespace

void WriteExact(double value, std::span<char> digits) noexcept
{
	char *last = digits.data() + digits.size() - 1;
	*std::to_chars(digits.data(), last, value, std::chars_format::fixed, PlacesOf(value)).ptr =
		'\0';
}

} // namespace mezzanine::core

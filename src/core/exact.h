// A double's very value in decimal digits.
//
// Every finite double is an integer times a power of two, so it has finitely many decimal
// places: 0.1 is 0.1000000000000000055511151231257827021181583404541015625.
#pragma once

#include <cstddef>
#include <span>

namespace mezzanine::core
{

// A sign, 309 digits, the point, 1074 places, and the end.
inline constexpr std::size_t kExactDigitsMax = 1386;

// Writes `value` with as many decimal places as it has, and a zero byte.
//
// Requires: value is finite; digits.size() >= kExactDigitsMax.
void WriteExact(double value, std::span<char> digits) noexcept;

} // namespace mezzanine::core

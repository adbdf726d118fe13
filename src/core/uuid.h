// Time-ordered identifiers: UUID version 7 of RFC 9562, section 5.7.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace mezzanine::core
{

// A UUID whose first 48 bits are the time in milliseconds since 1970, big-endian, so that
// later ones sort after earlier ones; 74 of the 80 random bits fill the rest.
//
// Requires: 0 <= unix_ms < 2^48 (the year 10889); higher bits are lost.
std::array<std::uint8_t, 16> TimeOrderedUuid(std::int64_t unix_ms,
											 std::span<const std::uint8_t, 10> random) noexcept;

} // namespace mezzanine::core

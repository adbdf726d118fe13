// Policies of a stock: how many units are never promised, or may be promised without being
// there.
#pragma once

#include <cstdint>

namespace mezzanine::core
{

constexpr std::int64_t kNoLowWater = -1;
constexpr std::int32_t kCellsMost = 1000;

struct Policy {
	std::int64_t safety_stock;   // units that are not promised
	std::int64_t oversell_limit; // units that may be promised beyond what is there
	std::int64_t low_water;      // stock is low at this many units; kNoLowWater for never
	std::int32_t cells_max;      // over how many cells it may be spread
};

// Throws: kInvalidArgument where a value is out of its range.
void CheckPolicy(const Policy &policy);

// By how much the floor rises from `before` to `after`: units that are no longer promised.
// Negative where it falls.  The floor is safety_stock - oversell_limit.
//
// Requires: both were checked.
// Throws: kOverflow where the difference exceeds a bigint.
std::int64_t FloorRise(const Policy &before, const Policy &after);

} // namespace mezzanine::core

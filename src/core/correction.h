// Corrections of a stock: adjustments by so many units, and counts that say how many there
// are.
#pragma once

#include <cstdint>

namespace mezzanine::core
{

// What a count begins with: the books as they stood when somebody began to count.
struct CountPoint {
	std::int64_t sequence;
	std::int64_t on_hand;   // by the books
	std::int64_t by_counts; // the sum of all differences that counts had found until then
};

// What has been corrected of a stock until now.
struct Corrections {
	std::int64_t last;       // number of the last correction; 0: there is none
	std::int64_t last_point; // where the last count began; 0: there is none
	std::int64_t by_counts;  // the sum of all differences that counts have found
};

// Checks that a count may still be entered: none that began then or later has been.
//
// Throws: kCorrectedSince.
void CheckPoint(const CountPoint &point, const Corrections &corrections);

// The difference that a count has found: what the books must be corrected by, whatever has
// been sold or received since the point.
//
// What earlier counts have corrected since the point was already wrong at the point, and
// counts as if it had been right then.
//
// Throws: kInvalidArgument where `counted` is negative, as CheckPoint, kOverflow.
std::int64_t CountDifference(std::int64_t counted, const CountPoint &point,
							 const Corrections &corrections);

// Checks that nobody has corrected the stock since the caller looked.
//
// Throws: kCorrectedSince unless `expected` is the number of the last correction.
void CheckExpected(std::int64_t expected, const Corrections &corrections);

// The units that an adjustment moves.
//
// Throws: kInvalidArgument where it moves none, kOverflow for the least bigint.
std::int64_t AdjustedUnits(std::int64_t delta);

} // namespace mezzanine::core

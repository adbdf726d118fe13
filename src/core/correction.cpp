#include "core/correction.h"

#include "core/error.h"

#include <limits>
#include <string>

namespace mezzanine::core
{

namespace
{

using Wide = __int128;

} // namespace

void CheckPoint(const CountPoint &point, const Corrections &corrections)
{
	if (corrections.last_point >= point.sequence)
		throw Error(Code::kCorrectedSince, "the stock has been counted since",
					"This count began at " + std::to_string(point.sequence) +
						"; one that began at " + std::to_string(corrections.last_point) +
						" is entered.",
					"Begin a new count with inventory.count_start().");
}

std::int64_t CountDifference(std::int64_t counted, const CountPoint &point,
							 const Corrections &corrections)
{
	if (counted < 0)
		throw Error(Code::kInvalidArgument, "the argument \"counted\" must not be negative",
					"The number given is " + std::to_string(counted) + ".",
					"Pass the number of units that were found.");
	CheckPoint(point, corrections);
	const Wide expected = Wide{point.on_hand} + corrections.by_counts - point.by_counts;
	const Wide difference = counted - expected;
	if (difference > std::numeric_limits<std::int64_t>::max() ||
		difference < std::numeric_limits<std::int64_t>::min())
		throw Error(Code::kOverflow, "quantity out of range",
					"The difference between the count and the books exceeds a bigint.",
					"Check the number that was counted.");
	return static_cast<std::int64_t>(difference);
}

void CheckExpected(std::int64_t expected, const Corrections &corrections)
{
	if (expected == corrections.last)
		return;
	throw Error(Code::kCorrectedSince, "the stock has been corrected since",
				"The last correction expected is " + std::to_string(expected) + "; it is " +
					std::to_string(corrections.last) + ".",
				"Look at inventory.corrections, and decide again.");
}

std::int64_t AdjustedUnits(std::int64_t delta)
{
	if (delta == 0)
		throw Error(Code::kInvalidArgument, "the argument \"delta\" must not be zero",
					"An adjustment by nothing has no effect.",
					"Pass how many units are there more, or, as a negative number, fewer.");
	if (delta == std::numeric_limits<std::int64_t>::min())
		throw Error(Code::kOverflow, "quantity out of range",
					"The number given is " + std::to_string(delta) + ".",
					"Pass a number of units that there may be.");
	return delta < 0 ? -delta : delta;
}

} // namespace mezzanine::core

#include "core/policy.h"

#include "core/error.h"

#include <limits>
#include <string>

namespace mezzanine::core
{

namespace
{

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

void CheckRange(const char *name, std::int64_t value, std::int64_t least, std::int64_t most,
				const char *hint)
{
	if (value >= least && value <= most)
		return;
	throw Error(Code::kInvalidArgument,
				std::string("the argument \"") + name + "\" is out of range",
				"The value given is " + std::to_string(value) + ".", hint);
}

} // namespace

void CheckPolicy(const Policy &policy)
{
	CheckRange("safety_stock", policy.safety_stock, 0, kMost, "Pass 0 or more units.");
	CheckRange("oversell_limit", policy.oversell_limit, 0, kMost, "Pass 0 or more units.");
	CheckRange("low_water", policy.low_water, kNoLowWater, kMost,
			   "Pass 0 or more units, or -1 for no low-water mark.");
	CheckRange("cells_max", policy.cells_max, 1, kCellsMost, "Pass between 1 and 1000 cells.");
}

std::int64_t FloorRise(const Policy &before, const Policy &after)
{
	const __int128 rise = (__int128{after.safety_stock} - after.oversell_limit) -
						  (__int128{before.safety_stock} - before.oversell_limit);
	if (rise < -kMost || rise > kMost)
		throw Error(Code::kOverflow, "quantity out of range",
					"The change of policy moves more units than a bigint holds.",
					"Change it in two steps.");
	return static_cast<std::int64_t>(rise);
}

} // namespace mezzanine::core

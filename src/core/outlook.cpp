#include "core/outlook.h"

#include <algorithm>
#include <limits>

namespace mezzanine::core
{

namespace
{

using Wide = __int128;

std::int64_t Narrow(Wide units)
{
	return static_cast<std::int64_t>(std::clamp<Wide>(
		units, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()));
}

bool SameRow(const CellVersion &a, const CellVersion &b)
{
	return a.cell == b.cell && a.adjustment == b.adjustment;
}

} // namespace

Outlook Foresee(std::span<const CellVersion> versions) noexcept
{
	Wide least = 0;
	Wide most = 0;
	for (std::size_t i = 0; i < versions.size();) {
		const CellVersion &row = versions[i];
		std::int64_t row_least = row.units;
		std::int64_t row_most = row.units;
		bool lasting = false;
		for (; i < versions.size() && SameRow(versions[i], row); ++i) {
			row_least = std::min(row_least, versions[i].units);
			row_most = std::max(row_most, versions[i].units);
			lasting = lasting || versions[i].lasting;
		}
		least += lasting ? row_least : std::min<std::int64_t>(row_least, 0);
		most += lasting ? row_most : std::max<std::int64_t>(row_most, 0);
	}
	return {Narrow(least), Narrow(most)};
}

bool MayCross(bool low, const Outlook &outlook, std::int64_t low_water) noexcept
{
	return low ? outlook.most > low_water : outlook.least <= low_water;
}

Crossing CrossingOf(bool low, std::int64_t available, std::int64_t low_water) noexcept
{
	// Nothing is as little as kNeverLow: a stock without a mark recovers.
	const bool is_low = available <= low_water;
	if (is_low == low)
		return Crossing::kNone;
	return is_low ? Crossing::kFalls : Crossing::kRecovers;
}

} // namespace mezzanine::core

#include "core/serial_count.h"

#include <algorithm>

namespace mezzanine::core
{

namespace
{

const SerialAtPoint *Find(std::span<const SerialAtPoint> units, std::string_view serial) noexcept
{
	const auto place = std::lower_bound(
		units.begin(), units.end(), serial,
		[](const SerialAtPoint &unit, std::string_view value) { return unit.serial < value; });
	return place != units.end() && place->serial == serial ? &*place : nullptr;
}

} // namespace

Finding FindingOf(const SerialCount &count, const SerialNow &unit) noexcept
{
	const bool found = std::binary_search(count.found.begin(), count.found.end(), unit.serial);
	if (found == unit.here)
		return Finding::kRight;
	const SerialAtPoint *then = Find(count.at_point, unit.serial);
	if (unit.here) {
		const bool unmoved = then != nullptr && then->sequence == unit.sequence;
		return unmoved || unit.by_count ? Finding::kMissing : Finding::kRight;
	}
	// Elsewhere since before the point, or unknown; else it left, or came and left, since.
	const bool elsewhere = then == nullptr && unit.sequence < count.point;
	return elsewhere || unit.by_count ? Finding::kSurplus : Finding::kRight;
}

} // namespace mezzanine::core

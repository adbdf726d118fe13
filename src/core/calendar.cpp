#include "core/calendar.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace mezzanine::core
{

namespace
{

constexpr std::int64_t kShortest = kHour / 4; // of the first class
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

// Sums of bookings and gaps between extremes are wider than 64 bits.
using Wide = __int128;

struct Change {
	std::int64_t at;
	Wide room; // capacity that comes, bookings that go
};

// Adds what `load` changes within `during`: `sign` units from its beginning to its end.
void AddChanges(std::vector<Change> *changes, const Load &load, int sign, const Span &during)
{
	if (!Overlap(load.during, during))
		return;
	changes->push_back({std::max(load.during.from, during.from), Wide{load.units} * sign});
	if (load.during.until < during.until)
		changes->push_back({load.during.until, Wide{load.units} * -sign});
}

} // namespace

Fit FitBooking(std::span<const Load> capacities, std::span<const Load> bookings, const Load &wanted)
{
	std::vector<Change> changes;
	changes.reserve(2 * (capacities.size() + bookings.size()) + 1);
	changes.push_back({wanted.during.from, 0});
	for (const Load &capacity : capacities)
		AddChanges(&changes, capacity, 1, wanted.during);
	for (const Load &booking : bookings)
		AddChanges(&changes, booking, -1, wanted.during);
	std::sort(changes.begin(), changes.end(),
			  [](const Change &a, const Change &b) { return a.at < b.at; });

	Fit fit = {0, 0};
	Wide room = 0;
	for (std::size_t i = 0; i < changes.size(); ++i) {
		room += changes[i].room;
		if (i + 1 < changes.size() && changes[i + 1].at == changes[i].at)
			continue; // the instant has more
		const Wide missing = Wide{wanted.units} - std::max<Wide>(room, -Wide{kMost});
		if (missing > 0 && fit.missing == 0)
			fit.at = changes[i].at;
		if (missing > fit.missing)
			fit.missing = static_cast<std::int64_t>(std::min<Wide>(missing, kMost));
	}
	return fit;
}

int ReachOf(const Span &during) noexcept
{
	const Wide length = Wide{during.until} - during.from;
	int reach = 0;
	while (reach < kReaches - 1 && length > LongestOf(reach))
		++reach;
	return reach;
}

std::int64_t LongestOf(int reach) noexcept
{
	return reach >= kReaches - 1 ? 0 : kShortest << (2 * reach);
}

std::int64_t PieceOf(std::int64_t instant, std::int64_t length) noexcept
{
	return instant / length - (instant % length < 0 ? 1 : 0);
}

Span PartInDay(const Span &during, std::int64_t day) noexcept
{
	return {std::max(during.from, day * kDay), std::min(during.until, (day + 1) * kDay)};
}

} // namespace mezzanine::core

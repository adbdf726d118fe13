#include "core/allocation.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>
#include <vector>

namespace mezzanine::core
{

namespace
{

// Units that a pool can still give.
std::int64_t Left(const Pool &pool)
{
	return std::max<std::int64_t>(pool.available - pool.kept - pool.planned, 0);
}

void TakeFrom(std::span<Pool> pools, Want *want, Candidate *candidate)
{
	Pool *pool = &pools[static_cast<std::size_t>(candidate->pool)];
	const std::int64_t units = std::min(Left(*pool), want->missing);
	candidate->units += units;
	pool->planned += units;
	want->missing -= units;
}

// Takes from the candidates at `place`, in order.
void TakeAt(std::span<Pool> pools, Want *want, std::int32_t place)
{
	for (Candidate &candidate : want->candidates)
		if (candidate.place == place)
			TakeFrom(pools, want, &candidate);
}

// What `place` can give of what is missing.
std::int64_t Offer(std::span<const Pool> pools, const Want &want, std::int32_t place)
{
	std::int64_t units = 0;
	for (const Candidate &candidate : want.candidates)
		if (candidate.place == place && units < want.missing)
			units += std::min(Left(pools[static_cast<std::size_t>(candidate.pool)]),
							  want.missing - units);
	return units;
}

// The place that can give most of it; of equals, the preferred.
std::int32_t BestPlace(std::span<const Pool> pools, const Want &want)
{
	std::int32_t best = want.candidates.front().place;
	std::int64_t most = -1;
	for (const Candidate &candidate : want.candidates) {
		const std::int64_t offer = Offer(pools, want, candidate.place);
		if (offer > most)
			std::tie(best, most) = std::tuple(candidate.place, offer);
	}
	return best;
}

// The place that can give all that is missing of the most wants; -1 when none can of any.
std::int32_t MostServing(std::span<const Pool> pools, std::span<Want *const> wants)
{
	std::vector<std::int32_t> places;
	for (const Want *want : wants)
		for (const Candidate &candidate : want->candidates)
			if (std::ranges::find(places, candidate.place) == places.end())
				places.push_back(candidate.place);

	std::int32_t best = -1;
	std::ptrdiff_t most = 0;
	for (const std::int32_t place : places) {
		const auto served = std::ranges::count_if(wants, [&](const Want *want) {
			return want->missing > 0 && Offer(pools, *want, place) == want->missing;
		});
		if (served > most)
			std::tie(best, most) = std::tuple(place, served);
	}
	return best;
}

void TakeWithFewestSplits(std::span<Pool> pools, std::span<Want *const> wants)
{
	for (std::int32_t place = MostServing(pools, wants); place >= 0;
		 place = MostServing(pools, wants))
		for (Want *want : wants)
			if (want->missing > 0 && Offer(pools, *want, place) == want->missing)
				TakeAt(pools, want, place);

	for (Want *want : wants)
		while (want->missing > 0) {
			const std::int32_t place = BestPlace(pools, *want);
			if (Offer(pools, *want, place) == 0)
				break;
			TakeAt(pools, want, place);
		}
}

void TakeInOrder(std::span<Pool> pools, Want *want)
{
	for (Candidate &candidate : want->candidates)
		TakeFrom(pools, want, &candidate);
}

} // namespace

bool Allocate(std::span<Pool> pools, std::span<Want> wants, Strategy strategy)
{
	for (Pool &pool : pools)
		pool.planned = 0;
	std::vector<Want *> order;
	order.reserve(wants.size());
	for (Want &want : wants) {
		want.missing = want.quantity;
		for (Candidate &candidate : want.candidates)
			candidate.units = 0;
		if (!want.candidates.empty())
			order.push_back(&want);
	}
	std::ranges::stable_sort(order, {}, [](const Want *want) { return want->candidates.size(); });

	// Wants with one candidate have no choice, whatever the strategy.
	const auto choice =
		std::ranges::find_if(order, [](const Want *want) { return want->candidates.size() > 1; });
	for (Want *want : std::span(order.begin(), choice))
		TakeInOrder(pools, want);
	if (strategy == Strategy::kFewestSplits)
		TakeWithFewestSplits(pools, std::span(choice, order.end()));
	else
		for (Want *want : std::span(choice, order.end()))
			TakeInOrder(pools, want);
	return std::ranges::all_of(wants, [](const Want &want) { return want.missing == 0; });
}

void SortByPreference(std::span<Ranked> candidates)
{
	std::ranges::sort(candidates, {}, [](const Ranked &ranked) {
		return std::tuple(ranked.rank, ranked.place, ranked.expires, ranked.stock);
	});
}

} // namespace mezzanine::core

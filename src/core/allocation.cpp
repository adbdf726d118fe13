#include "core/allocation.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <vector>

namespace mezzanine::core
{

namespace
{

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

// Allocation under way: what is left of the pools, and of their groups.
class Allocation
{
public:
	explicit Allocation(std::span<Pool> pools) : pools_(pools), groups_(pools.size(), kMost)
	{
		std::vector<std::int64_t> sums(pools.size());
		for (Pool &pool : pools) {
			pool.planned = 0;
			std::int64_t *sum = &sums[static_cast<std::size_t>(pool.group)];
			*sum = pool.available > kMost - *sum ? kMost : *sum + pool.available;
		}
		for (std::size_t i = 0; i < pools.size(); ++i)
			if (pools[i].kept > 0)
				groups_[i] = std::max<std::int64_t>(sums[i] - pools[i].kept, 0);
	}

	void InOrder(Want *want)
	{
		for (Candidate &candidate : want->candidates)
			Take(want, &candidate);
	}

	void WithFewestSplits(std::span<Want *const> wants)
	{
		for (std::int32_t place = MostServing(wants); place >= 0; place = MostServing(wants))
			for (Want *want : wants)
				if (IsServed(*want, place))
					TakeAt(want, place);
		for (Want *want : wants)
			while (want->missing > 0 && TakeAt(want, BestPlace(*want)) > 0) {
			}
	}

private:
	std::int64_t *GroupOf(const Pool &pool)
	{
		return &groups_[static_cast<std::size_t>(pool.group)];
	}

	std::int64_t Take(Want *want, Candidate *candidate)
	{
		Pool *pool = &pools_[static_cast<std::size_t>(candidate->pool)];
		std::int64_t *group = GroupOf(*pool);
		const std::int64_t units =
			std::min({pool->available - pool->planned, *group, want->missing});
		candidate->units += units;
		pool->planned += units;
		want->missing -= units;
		if (*group != kMost)
			*group -= units;
		return units;
	}

	// Takes from the candidates at `place`, in order.
	std::int64_t TakeAt(Want *want, std::int32_t place)
	{
		std::int64_t units = 0;
		for (Candidate &candidate : want->candidates)
			if (candidate.place == place)
				units += Take(want, &candidate);
		return units;
	}

	// What `place` can give of what is missing.
	std::int64_t Offer(const Want &want, std::int32_t place)
	{
		std::int64_t units = 0;
		std::int64_t group = kMost;
		for (const Candidate &candidate : want.candidates) {
			if (candidate.place != place || units == want.missing)
				continue;
			const Pool &pool = pools_[static_cast<std::size_t>(candidate.pool)];
			group = *GroupOf(pool);
			units += std::min(pool.available - pool.planned, want.missing - units);
		}
		return std::min(units, group);
	}

	bool IsServed(const Want &want, std::int32_t place)
	{
		return want.missing > 0 && Offer(want, place) == want.missing;
	}

	// The place that can give most of it; of equals, the preferred.
	std::int32_t BestPlace(const Want &want)
	{
		std::int32_t best = want.candidates.front().place;
		std::int64_t most = -1;
		for (const Candidate &candidate : want.candidates) {
			const std::int64_t offer = Offer(want, candidate.place);
			if (offer > most)
				std::tie(best, most) = std::tuple(candidate.place, offer);
		}
		return best;
	}

	// The place that can give all that is missing of the most wants; -1 when none can of any.
	std::int32_t MostServing(std::span<Want *const> wants)
	{
		std::vector<std::int32_t> places;
		for (const Want *want : wants)
			for (const Candidate &candidate : want->candidates)
				if (std::ranges::find(places, candidate.place) == places.end())
					places.push_back(candidate.place);

		std::int32_t best = -1;
		std::ptrdiff_t most = 0;
		for (const std::int32_t place : places) {
			const auto served = std::ranges::count_if(
				wants, [&](const Want *want) { return IsServed(*want, place); });
			if (served > most)
				std::tie(best, most) = std::tuple(place, served);
		}
		return best;
	}

	std::span<Pool> pools_;
	std::vector<std::int64_t> groups_; // what may be taken of a group, by its first pool
};

} // namespace

bool Allocate(std::span<Pool> pools, std::span<Want> wants, Strategy strategy)
{
	Allocation allocation(pools);
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
	const std::span<Want *const> others(choice, order.end());
	for (Want *want : std::span(order.begin(), choice))
		allocation.InOrder(want);
	if (strategy == Strategy::kFewestSplits)
		allocation.WithFewestSplits(others);
	else
		for (Want *want : others)
			allocation.InOrder(want);
	return std::ranges::all_of(wants, [](const Want &want) { return want.missing == 0; });
}

void SortByPreference(std::span<Ranked> candidates)
{
	std::ranges::sort(candidates, {}, [](const Ranked &ranked) {
		return std::tuple(ranked.rank, ranked.place, ranked.expires, ranked.stock);
	});
}

} // namespace mezzanine::core

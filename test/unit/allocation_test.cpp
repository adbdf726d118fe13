#include "core/allocation.h"

#include "random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

namespace mezzanine::core
{
namespace
{

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

// A want that owns its candidates: pool i is at place i unless said otherwise.
struct Wish {
	std::int64_t quantity;
	std::vector<Candidate> candidates;
};

Wish Wanted(std::int64_t quantity, const std::vector<std::int32_t> &pools)
{
	Wish wish{quantity, {}};
	for (const std::int32_t pool : pools)
		wish.candidates.push_back({pool, pool, 0});
	return wish;
}

// Pools of these many units, none kept.
std::vector<Pool> Pools(const std::vector<std::int64_t> &units)
{
	std::vector<Pool> pools;
	for (const std::int64_t available : units)
		pools.push_back({static_cast<std::int64_t>(pools.size()) + 1,
						 static_cast<std::int32_t>(pools.size()), available, 0, 0});
	return pools;
}

// What each wish lacks after allocation.
std::vector<std::int64_t> Missing(std::vector<Pool> &pools, std::vector<Wish> &wishes,
								  Strategy strategy = Strategy::kInOrder)
{
	std::vector<Want> wants;
	for (Wish &wish : wishes)
		wants.push_back({wish.quantity, wish.candidates, -1});
	const bool enough = Allocate(pools, wants, strategy);
	std::vector<std::int64_t> missing;
	for (const Want &want : wants)
		missing.push_back(want.missing);
	EXPECT_EQ(enough, std::ranges::all_of(missing, [](std::int64_t units) { return units == 0; }));
	return missing;
}

std::vector<std::int64_t> UnitsOf(const Wish &wish)
{
	std::vector<std::int64_t> units;
	for (const Candidate &candidate : wish.candidates)
		units.push_back(candidate.units);
	return units;
}

using Units = std::vector<std::int64_t>;

TEST(Allocate, TakesTheLastUnitAndNotOneMore)
{
	std::vector<Pool> pools = Pools({6});
	std::vector<Wish> last = {Wanted(6, {0})};
	EXPECT_EQ(Missing(pools, last), Units{0});
	std::vector<Wish> more = {Wanted(7, {0})};
	EXPECT_EQ(Missing(pools, more), Units{1});
	EXPECT_EQ(pools[0].planned, 6);
}

TEST(Allocate, EmptiesThePreferredCandidateFirst)
{
	std::vector<Pool> pools = Pools({3, 9, 9});
	std::vector<Wish> wishes = {Wanted(5, {0, 1, 2})};
	EXPECT_EQ(Missing(pools, wishes), Units{0});
	EXPECT_EQ(UnitsOf(wishes[0]), (Units{3, 2, 0}));
}

TEST(Allocate, ServesTheLineThatNamesALocationFirst)
{
	std::vector<Pool> pools = Pools({3, 2});
	std::vector<Wish> wishes = {Wanted(2, {0, 1}), Wanted(3, {0})};
	EXPECT_EQ(Missing(pools, wishes), (Units{0, 0}));
	EXPECT_EQ(UnitsOf(wishes[0]), (Units{0, 2}));
}

TEST(Allocate, NeverTakesWhatIsKept)
{
	std::vector<Pool> pools = Pools({5, 5});
	pools[0].kept = 4;
	pools[1].kept = kMost;
	std::vector<Wish> wishes = {Wanted(3, {0, 1})};
	EXPECT_EQ(Missing(pools, wishes), Units{2});
}

TEST(Allocate, KeepsUnitsOfALocationWhateverTheirLot)
{
	// Two lots of 3 in one group that keeps 2: 4 may be had, the first lot before the second.
	std::vector<Pool> pools = Pools({3, 3});
	pools[1].group = 0;
	pools[0].kept = 2;
	for (const Strategy strategy : {Strategy::kInOrder, Strategy::kFewestSplits}) {
		std::vector<Wish> wishes = {{5, {{0, 0, 0}, {1, 0, 0}}}};
		EXPECT_EQ(Missing(pools, wishes, strategy), Units{1});
		EXPECT_EQ(UnitsOf(wishes[0]), (Units{3, 1}));
	}
}

TEST(Allocate, FewestSplitsPrefersOnePlaceThatHasAll)
{
	std::vector<Pool> pools = Pools({3, 4, 9});
	std::vector<Wish> wishes = {Wanted(5, {0, 1, 2})};
	EXPECT_EQ(Missing(pools, wishes, Strategy::kFewestSplits), Units{0});
	EXPECT_EQ(UnitsOf(wishes[0]), (Units{0, 0, 5}));
}

TEST(Allocate, FewestSplitsTakesMostFromTheFullestWhereNoneHasAll)
{
	std::vector<Pool> pools = Pools({3, 4, 9});
	std::vector<Wish> wishes = {Wanted(11, {0, 1, 2})};
	EXPECT_EQ(Missing(pools, wishes, Strategy::kFewestSplits), Units{0});
	EXPECT_EQ(UnitsOf(wishes[0]), (Units{2, 0, 9}));
}

TEST(Allocate, FewestSplitsPutsACartIntoOneParcelWhereItCan)
{
	// Lamps at places 0 and 1, vases at 1 and 2: only place 1 has both.
	std::vector<Pool> pools = Pools({5, 5, 5, 5});
	std::vector<Wish> wishes = {{2, {{0, 0, 0}, {1, 1, 0}}}, {2, {{3, 2, 0}, {2, 1, 0}}}};
	EXPECT_EQ(Missing(pools, wishes, Strategy::kFewestSplits), (Units{0, 0}));
	EXPECT_EQ(UnitsOf(wishes[0]), (Units{0, 2}));
	EXPECT_EQ(UnitsOf(wishes[1]), (Units{0, 2}));
}

TEST(Allocate, CountsTheLotsOfOnePlaceAsOneParcel)
{
	// Two lots of 3 at place 0, one of 5 at place 1: place 0 can give 6.
	std::vector<Pool> pools = Pools({3, 3, 5});
	std::vector<Wish> wishes = {{6, {{0, 0, 0}, {1, 0, 0}, {2, 1, 0}}}};
	EXPECT_EQ(Missing(pools, wishes, Strategy::kFewestSplits), Units{0});
	EXPECT_EQ(UnitsOf(wishes[0]), (Units{3, 3, 0}));
}

TEST(Allocate, TakesGreatQuantitiesWithoutOverflow)
{
	std::vector<Pool> pools = Pools({kMost, kMost});
	std::vector<Wish> wishes = {Wanted(kMost, {0, 1}), Wanted(kMost, {0, 1})};
	EXPECT_EQ(Missing(pools, wishes), (Units{0, 0}));
	EXPECT_EQ(Missing(pools, wishes, Strategy::kFewestSplits), (Units{0, 0}));
}

TEST(Allocate, LacksEverythingWhereNothingCanServe)
{
	std::vector<Pool> pools;
	std::vector<Wish> wishes = {Wanted(4, {})};
	EXPECT_EQ(Missing(pools, wishes), Units{4});
	EXPECT_EQ(Missing(pools, wishes, Strategy::kFewestSplits), Units{4});
}

// The most units that any plan gives: the maximum flow, found here from Hall's condition
// over the subsets of wants.
std::int64_t MostServed(const std::vector<Pool> &pools, const std::vector<Wish> &wishes)
{
	std::int64_t most = kMost;
	for (unsigned subset = 0; subset < 1U << wishes.size(); ++subset) {
		// A cut: the wants outside the subset, and the pools that the subset's look to.
		std::set<std::int32_t> reached;
		std::int64_t cut = 0;
		for (std::size_t i = 0; i < wishes.size(); ++i) {
			if ((subset >> i & 1U) == 0)
				cut += wishes[i].quantity;
			else
				for (const Candidate &candidate : wishes[i].candidates)
					reached.insert(candidate.pool);
		}
		for (const std::int32_t pool : reached) {
			const Pool &one = pools[static_cast<std::size_t>(pool)];
			cut += std::max<std::int64_t>(one.available - one.kept, 0);
		}
		most = std::min(most, cut);
	}
	return most;
}

// A cart as reserve() makes them: each item's pools are disjoint from another's; a line
// looks to all pools of its item, or to one place's.
std::vector<Wish> RandomCart(test::Random *random, std::vector<Pool> *pools)
{
	std::vector<Wish> wishes;
	const auto items = random->Between(1, 2);
	for (std::int64_t item = 0; item < items; ++item) {
		const auto first = static_cast<std::int32_t>(pools->size());
		const auto places = static_cast<std::int32_t>(random->Between(1, 3));
		for (std::int32_t i = 0; i < places; ++i)
			pools->push_back(
				{first + i + 1, first + i, random->Between(0, 6), random->Between(0, 2), 0});
		std::vector<std::int32_t> all(static_cast<std::size_t>(places));
		std::iota(all.begin(), all.end(), first);
		for (std::int64_t lines = random->Between(1, 3); lines > 0; --lines)
			wishes.push_back(
				random->OneIn(2)
					? Wanted(random->Between(1, 6), all)
					: Wanted(random->Between(1, 6),
							 {first + static_cast<std::int32_t>(random->Between(0, places - 1))}));
	}
	return wishes;
}

TEST(Allocate, GivesAsMuchAsAnyPlanCould)
{
	test::Random random(21);
	for (int round = 0; round < 20000; ++round) {
		std::vector<Pool> pools;
		std::vector<Wish> wishes = RandomCart(&random, &pools);
		const Strategy strategy = random.OneIn(2) ? Strategy::kInOrder : Strategy::kFewestSplits;
		const std::vector<std::int64_t> missing = Missing(pools, wishes, strategy);

		std::int64_t served = 0;
		std::vector<std::int64_t> taken(pools.size());
		for (std::size_t i = 0; i < wishes.size(); ++i) {
			std::int64_t units = 0;
			for (const Candidate &candidate : wishes[i].candidates) {
				EXPECT_GE(candidate.units, 0);
				units += candidate.units;
				taken[static_cast<std::size_t>(candidate.pool)] += candidate.units;
			}
			EXPECT_EQ(units + missing[i], wishes[i].quantity);
			served += units;
		}
		for (std::size_t i = 0; i < pools.size(); ++i) {
			EXPECT_EQ(pools[i].planned, taken[i]);
			EXPECT_LE(taken[i], std::max<std::int64_t>(pools[i].available - pools[i].kept, 0));
		}
		EXPECT_EQ(served, MostServed(pools, wishes));
	}
}

TEST(SortByPreference, RanksLocationsAndThenTheLotThatExpiresFirst)
{
	Ranked ranked[] = {{0, 2.0, 1, 10, 1},
					   {1, 1.0, 3, kMost, 2},
					   {2, 1.0, 3, 10, 9},
					   {3, 1.0, 3, 10, 4},
					   {4, 1.0, 2, kMost, 5}};
	SortByPreference(ranked);
	std::vector<std::int32_t> order;
	for (const Ranked &one : ranked)
		order.push_back(one.candidate);
	EXPECT_EQ(order, (std::vector<std::int32_t>{4, 3, 2, 1, 0}));
}

} // namespace
} // namespace mezzanine::core

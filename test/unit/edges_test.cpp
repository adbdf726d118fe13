#include "core/edges.h"

#include "random.h"

#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <vector>

namespace mezzanine::core
{

bool operator==(const Edge &a, const Edge &b)
{
	return a.left == b.left && a.right == b.right && a.keyed == b.keyed;
}

bool operator==(const Step &a, const Step &b)
{
	return a.edge == b.edge && a.side == b.side && a.path == b.path && a.before == b.before;
}

std::ostream &operator<<(std::ostream &out, const Edge &edge)
{
	return out << edge.left << '-' << edge.right << (edge.keyed ? " keyed" : "");
}

std::ostream &operator<<(std::ostream &out, const EdgeFence &fence)
{
	return out << (fence.is_key ? "key " : "activity ") << fence.number << " in "
			   << int{fence.colours};
}

namespace
{

using Colours = std::uint8_t;
constexpr Colours kEntering = EdgeFence::kEntering;
constexpr Colours kExcluding = EdgeFence::kExcluding;
constexpr Colours kBoth = kEntering | kExcluding;

std::vector<Edge> Span(int tables, const std::vector<Tie> &ties)
{
	std::vector<Edge> edges(static_cast<std::size_t>(tables) - 1);
	SpanTables(ties, edges);
	return edges;
}

std::vector<Step> Walk(int root, const std::vector<Edge> &edges)
{
	std::vector<Step> steps(edges.size());
	WalkFrom(root, edges, steps);
	return steps;
}

std::vector<EdgeFence> Settled(const EdgeFences &fences)
{
	std::vector<EdgeFence> all;
	for (std::size_t i = 0; i < fences.size(); i++)
		all.push_back(fences[i]);
	return all;
}

EdgeFence Activity(int edge, Side side, Colours colours)
{
	return {false, static_cast<std::uint32_t>(edge * 2 + (side == Side::kRight ? 1 : 0)), colours};
}

TEST(SpanTables, NeedsNoEdgeForOneTable)
{
	EXPECT_TRUE(Span(1, {}).empty());
}

TEST(SpanTables, TakesAnEdgeBetweenTwoTablesOnce)
{
	EXPECT_EQ(Span(2, {{1, 0, true}, {0, 1, true}}), (std::vector<Edge>{{0, 1, true}}));
}

TEST(SpanTables, PrefersAKeyedTieWhereverItStands)
{
	EXPECT_EQ(Span(3, {{0, 1, false}, {1, 2, true}, {0, 2, true}}),
			  (std::vector<Edge>{{1, 2, true}, {0, 2, true}}));
}

TEST(SpanTables, KeepsACircleOpen)
{
	EXPECT_EQ(Span(3, {{0, 1, true}, {1, 2, true}, {2, 0, true}}).size(), 2U);
}

TEST(SpanTables, JoinsWhatNothingTies)
{
	EXPECT_EQ(Span(4, {{2, 3, true}}),
			  (std::vector<Edge>{{2, 3, true}, {0, 1, false}, {0, 2, false}}));
}

TEST(WalkFrom, ReachesAllTablesThroughThoseBetween)
{
	const std::vector<Edge> chain = {{0, 1, true}, {1, 2, true}};
	EXPECT_EQ(Walk(0, chain),
			  (std::vector<Step>{{0, Side::kLeft, 0b001, -1}, {1, Side::kLeft, 0b011, 0}}));
	EXPECT_EQ(Walk(1, chain),
			  (std::vector<Step>{{0, Side::kRight, 0b010, -1}, {1, Side::kLeft, 0b010, -1}}));
	EXPECT_EQ(Walk(2, chain),
			  (std::vector<Step>{{1, Side::kRight, 0b100, -1}, {0, Side::kRight, 0b110, 0}}));
}

// Whatever the ties: between any two tables both walks cross the same edges, from opposite
// sides.  On this the fences rest.
TEST(WalkFrom, CrossesTheSameEdgesFromBothEnds)
{
	test::Random random(20);
	for (int round = 0; round < 500; round++) {
		const int tables = static_cast<int>(random.Between(2, kMostTables));
		std::vector<Tie> ties;
		for (int i = 0; i < tables; i++) {
			const int left = static_cast<int>(random.Between(0, tables - 1));
			const int right = static_cast<int>(random.Between(0, tables - 1));
			if (left != right)
				ties.push_back({left, right, random.Between(0, 1) == 1});
		}
		const std::vector<Edge> edges = Span(tables, ties);
		// Of each walk: the side from which each edge is crossed.
		std::vector<std::vector<Side>> sides(static_cast<std::size_t>(tables));
		std::vector<std::vector<Tables>> paths(sides.size());
		for (int root = 0; root < tables; root++) {
			auto &side = sides[static_cast<std::size_t>(root)];
			auto &path = paths[static_cast<std::size_t>(root)];
			side.resize(edges.size());
			path.resize(edges.size());
			for (const Step &step : Walk(root, edges)) {
				side[static_cast<std::size_t>(step.edge)] = step.side;
				path[static_cast<std::size_t>(step.edge)] = step.path;
			}
		}
		for (int a = 0; a < tables; a++)
			for (int b = 0; b < tables; b++)
				for (std::size_t edge = 0; edge < edges.size(); edge++) {
					const auto ia = static_cast<std::size_t>(a);
					const auto ib = static_cast<std::size_t>(b);
					if (sides[ia][edge] == sides[ib][edge])
						continue; // not between a and b
					EXPECT_EQ(paths[ia][edge] & paths[ib][edge], 0U);
					EXPECT_NE(paths[ia][edge] & SetOf(a), 0U);
				}
	}
}

class Fences : public ::testing::Test
{
protected:
	EdgeFences fences_{std::pmr::new_delete_resource()};
};

TEST_F(Fences, AreNoneWhereNothingIsCrossed)
{
	EXPECT_TRUE(fences_.Settle());
	EXPECT_EQ(fences_.size(), 0U);
}

TEST_F(Fences, OfAKeyGoAfterTheActivityOfTheSide)
{
	fences_.Cross(0, Side::kRight, 7);
	EXPECT_FALSE(fences_.Settle());
	EXPECT_EQ(Settled(fences_), (std::vector<EdgeFence>{Activity(0, Side::kRight, kEntering),
														{true, 7, kExcluding}}));
}

TEST_F(Fences, AreTakenInBothColoursAtOnce)
{
	fences_.Cross(0, Side::kLeft, 7);
	fences_.Cross(0, Side::kRight, 7);
	fences_.Cross(0, Side::kLeft, 9);
	fences_.Settle();
	EXPECT_EQ(Settled(fences_), (std::vector<EdgeFence>{Activity(0, Side::kLeft, kEntering),
														Activity(0, Side::kRight, kEntering),
														{true, 7, kBoth},
														{true, 9, kEntering}}));
}

TEST_F(Fences, OfOneKeyOnTwoEdgesDiffer)
{
	fences_.Cross(0, Side::kLeft, 7);
	fences_.Cross(1, Side::kLeft, 7);
	fences_.Settle();
	EXPECT_EQ(fences_.size(), 4U);
}

TEST_F(Fences, OfAWholeEdgeExcludeTheOtherSide)
{
	fences_.Cross(0, Side::kLeft, 7);
	fences_.CrossWhole(0, Side::kLeft);
	fences_.Settle();
	EXPECT_EQ(Settled(fences_), (std::vector<EdgeFence>{Activity(0, Side::kLeft, kEntering),
														Activity(0, Side::kRight, kExcluding)}));
}

TEST_F(Fences, OfAWholeEdgeCrossedFromBothSidesAreTakenAlone)
{
	fences_.CrossWhole(0, Side::kLeft);
	fences_.CrossWhole(0, Side::kRight);
	fences_.Settle();
	EXPECT_EQ(Settled(fences_), (std::vector<EdgeFence>{Activity(0, Side::kLeft, kBoth),
														Activity(0, Side::kRight, kBoth)}));
}

TEST_F(Fences, SettleWhenAWalkFindsNothingNew)
{
	fences_.Cross(0, Side::kLeft, 7);
	EXPECT_FALSE(fences_.Settle());
	fences_.Cross(0, Side::kLeft, 7);
	EXPECT_TRUE(fences_.Settle());
	fences_.Cross(1, Side::kLeft, 7);
	EXPECT_FALSE(fences_.Settle());
	EXPECT_EQ(fences_.size(), 4U);
	EXPECT_TRUE(fences_.Settle());
}

TEST_F(Fences, OfManyKeysGiveWayToTheWholeEdge)
{
	for (std::uint32_t key = 0; key < EdgeFences::kMostKeys; key++)
		fences_.Cross(2, Side::kRight, key);
	fences_.Cross(2, Side::kRight, 0);
	EXPECT_FALSE(fences_.Covers(2, Side::kRight));
	fences_.Settle();
	EXPECT_EQ(fences_.size(), EdgeFences::kMostKeys + 1);
	fences_.Cross(2, Side::kRight, EdgeFences::kMostKeys);
	EXPECT_TRUE(fences_.Covers(2, Side::kRight));
	EXPECT_FALSE(fences_.Covers(2, Side::kLeft));
	EXPECT_FALSE(fences_.Settle());
	EXPECT_EQ(Settled(fences_), (std::vector<EdgeFence>{Activity(2, Side::kLeft, kExcluding),
														Activity(2, Side::kRight, kEntering)}));
}

TEST_F(Fences, AreOfWholeEdgesBeyondAWholeOne)
{
	const std::vector<Step> steps =
		Walk(0, {{0, 1, true}, {1, 2, true}, {2, 3, true}, {0, 4, true}});
	ASSERT_EQ(steps[2].edge, 2);
	fences_.Cross(0, Side::kLeft, 7);
	EXPECT_FALSE(fences_.CrossBeyondWhole(steps, steps[0]));
	EXPECT_FALSE(fences_.CrossBeyondWhole(steps, steps[1]));
	EXPECT_FALSE(fences_.Covers(1, Side::kLeft));
	fences_.CrossWhole(0, Side::kLeft);
	EXPECT_TRUE(fences_.CrossBeyondWhole(steps, steps[1]));
	EXPECT_TRUE(fences_.Covers(1, Side::kLeft));
	EXPECT_TRUE(fences_.CrossBeyondWhole(steps, steps[2]));
	EXPECT_TRUE(fences_.Covers(2, Side::kLeft));
	EXPECT_FALSE(fences_.CrossBeyondWhole(steps, steps[3]));
	EXPECT_FALSE(fences_.Covers(3, Side::kLeft));
}

// Whole from the side that the walk comes from: from the other it says nothing.
TEST_F(Fences, BeyondAWholeEdgeGoByTheSideItIsCrossedFrom)
{
	const std::vector<Step> steps = Walk(0, {{0, 1, true}, {1, 2, true}});
	fences_.CrossWhole(0, Side::kRight);
	EXPECT_FALSE(fences_.CrossBeyondWhole(steps, steps[1]));
}

TEST_F(Fences, SettleOnceEscalatedHoweverManyKeysCome)
{
	fences_.Cross(0, Side::kLeft, 1);
	fences_.Settle();
	fences_.Escalate();
	EXPECT_FALSE(fences_.Settle());
	for (std::uint32_t key = 0; key < 1000; key++)
		fences_.Cross(0, Side::kLeft, key);
	EXPECT_TRUE(fences_.Settle());
	EXPECT_TRUE(fences_.Covers(0, Side::kLeft));
	EXPECT_EQ(Settled(fences_), (std::vector<EdgeFence>{Activity(0, Side::kLeft, kEntering),
														Activity(0, Side::kRight, kExcluding)}));
}

TEST_F(Fences, OfOneNumberAreOne)
{
	constexpr std::uint32_t kGolden = 0x9e3779b9; // key 7 of edge 1 collides with this of edge 0
	fences_.Cross(0, Side::kLeft, 7 ^ kGolden);
	fences_.Cross(1, Side::kRight, 7);
	fences_.Settle();
	EXPECT_EQ(Settled(fences_), (std::vector<EdgeFence>{Activity(0, Side::kLeft, kEntering),
														Activity(1, Side::kRight, kEntering),
														{true, 7 ^ kGolden, kBoth}}));
}

} // namespace
} // namespace mezzanine::core

#include "core/outlook.h"

#include "random.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace mezzanine::core
{
namespace
{

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

TEST(Foresee, IsTheSumWhereNobodyIsAtWork)
{
	const CellVersion versions[] = {{0, 0, 5, true}, {0, 1, -2, true}, {1, 0, 4, true}};
	const Outlook outlook = Foresee(versions);
	EXPECT_EQ(outlook.least, 7);
	EXPECT_EQ(outlook.most, 7);
	EXPECT_EQ(Foresee({}).least, 0);
	EXPECT_EQ(Foresee({}).most, 0);
}

TEST(Foresee, TakesTheWorstAndTheBestOfEachRow)
{
	// One takes 3 of cell 0, another gives 2 to cell 1.
	const CellVersion versions[] = {
		{0, 0, 5, true}, {0, 0, 2, false}, {1, 0, 4, true}, {1, 0, 6, false}};
	const Outlook outlook = Foresee(versions);
	EXPECT_EQ(outlook.least, 6);
	EXPECT_EQ(outlook.most, 11);
}

TEST(Foresee, KnowsThatARowMayNeverComeOrMayGo)
{
	const CellVersion comes[] = {{0, 0, 5, true}, {0, 1, -2, false}, {1, 0, 3, false}};
	EXPECT_EQ(Foresee(comes).least, 3);
	EXPECT_EQ(Foresee(comes).most, 8);
	const CellVersion goes[] = {{0, 0, 5, false}, {0, 1, -2, false}};
	EXPECT_EQ(Foresee(goes).least, -2);
	EXPECT_EQ(Foresee(goes).most, 5);
}

TEST(Foresee, StopsAtTheMost)
{
	const CellVersion versions[] = {{0, 0, kMost, true}, {1, 0, kMost, true}};
	EXPECT_EQ(Foresee(versions).least, kMost);
}

// Whatever each transaction comes to, the sum is within the outlook.
TEST(Foresee, BoundsEveryOutcomeOfTheTransactionsInFlight)
{
	test::Random random(47);
	for (int round = 0; round < 5000; ++round) {
		std::vector<CellVersion> versions;
		std::int64_t sum = 0;
		for (std::int32_t cell = 0; cell < 4; ++cell) {
			const std::int64_t before = random.Between(0, 5);
			const std::int64_t after = random.Between(0, 5);
			const bool commits = random.OneIn(2);
			switch (random.Between(0, 3)) {
			case 0: // at rest
				versions.push_back({cell, 0, before, true});
				sum += before;
				break;
			case 1: // changed by somebody
				versions.push_back({cell, 0, before, true});
				versions.push_back({cell, 0, after, false});
				sum += commits ? after : before;
				break;
			case 2: // made by somebody
				versions.push_back({cell, 0, after, false});
				sum += commits ? after : 0;
				break;
			default: // removed by somebody
				versions.push_back({cell, 0, before, false});
				sum += commits ? 0 : before;
			}
		}
		const Outlook outlook = Foresee(versions);
		ASSERT_LE(outlook.least, sum);
		ASSERT_GE(outlook.most, sum);
	}
}

TEST(MayCross, LooksDownWhileStockIsHighAndUpWhileItIsLow)
{
	EXPECT_FALSE(MayCross(false, {6, 20}, 5));
	EXPECT_TRUE(MayCross(false, {5, 20}, 5));
	EXPECT_FALSE(MayCross(true, {0, 5}, 5));
	EXPECT_TRUE(MayCross(true, {0, 6}, 5));
}

TEST(CrossingOf, IsOnTheEdgeOnly)
{
	EXPECT_EQ(CrossingOf(false, 6, 5), Crossing::kNone);
	EXPECT_EQ(CrossingOf(false, 5, 5), Crossing::kFalls);
	EXPECT_EQ(CrossingOf(true, 5, 5), Crossing::kNone);
	EXPECT_EQ(CrossingOf(true, 0, 5), Crossing::kNone);
	EXPECT_EQ(CrossingOf(true, 6, 5), Crossing::kRecovers);
}

TEST(CrossingOf, RecoversWithoutAMarkAndNeverFalls)
{
	EXPECT_EQ(CrossingOf(true, 0, kNeverLow), Crossing::kRecovers);
	EXPECT_EQ(CrossingOf(false, 0, kNeverLow), Crossing::kNone);
	EXPECT_TRUE(MayCross(true, {0, 0}, kNeverLow));
	EXPECT_FALSE(MayCross(false, {0, 0}, kNeverLow));
}

} // namespace
} // namespace mezzanine::core

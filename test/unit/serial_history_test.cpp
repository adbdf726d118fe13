// The checker of units with serial numbers: what it lets pass, and what it reports.
#include "history/serials.h"

#include <gtest/gtest.h>

namespace mezzanine::history
{
namespace
{

const UnitMove kReceived = {"P1", "", "north", false, 10, 11, 11};

UnitMove Move(const char *from, const char *to, Time asked, Time answered, Time ended)
{
	return {"P1", from, to, false, asked, answered, ended};
}

UnitMove Absent(const char *from, Time asked, Time answered)
{
	return {"P1", from, "", true, asked, answered, asked};
}

std::size_t Wrong(std::vector<UnitMove> moves)
{
	moves.push_back(kReceived);
	return CheckSerials(moves).size();
}

TEST(CheckSerials, FollowsAUnitFromPlaceToPlace)
{
	EXPECT_EQ(Wrong({Move("north", "transit 1", 20, 22, 25), Move("transit 1", "south", 30, 31, 32),
					 Move("south", "out", 40, 41, 42)}),
			  0U);
	EXPECT_EQ(Wrong({Move("north", "transit 1", 20, 22, 25), Move("north", "out", 30, 31, 32)}),
			  1U);
}

TEST(CheckSerials, ReportsAUnitThatIsSoldTwice)
{
	// At the same time, too: one of them found it in the shop when it was not.
	EXPECT_EQ(Wrong({Move("north", "out", 20, 30, 35), Move("north", "out", 21, 29, 34)}), 1U);
	EXPECT_EQ(Wrong({Move("north", "out", 20, 30, 35), Move("out", "north", 22, 37, 38),
					 Move("north", "out", 21, 40, 41)}),
			  0U);
}

TEST(CheckSerials, LetsNobodyTakeAUnitThatAnotherHas)
{
	// The first has it until 50; the second says that it had it at 40.
	const UnitMove first = Move("north", "transit 1", 20, 21, 50);
	EXPECT_EQ(Wrong({first, Move("transit 1", "south", 30, 40, 41)}), 1U);
	EXPECT_EQ(Wrong({first, Move("transit 1", "south", 30, 51, 52)}), 0U);
}

TEST(CheckSerials, KnowsWhenAUnitWasSomewhere)
{
	const std::vector<UnitMove> moves = {Move("north", "out", 20, 25, 30),
										 Move("out", "north", 40, 45, 50)};
	const auto claims = [&](const char *place, Time asked, Time answered) {
		std::vector<UnitMove> with = moves;
		with.push_back(Absent(place, asked, answered));
		return Wrong(with);
	};
	EXPECT_EQ(claims("north", 32, 35), 0U);
	EXPECT_EQ(claims("out", 32, 35), 1U);
	EXPECT_EQ(claims("north", 12, 15), 1U);
	EXPECT_EQ(claims("north", 12, 31), 0U); /* it waited for the buyer */
	EXPECT_EQ(claims("north", 55, 60), 1U);
}

TEST(CheckSerials, LooksAtEachUnitAlone)
{
	UnitMove other = Move("north", "out", 20, 21, 22);
	other.serial = "P2";
	EXPECT_EQ(Wrong({other, Move("north", "out", 20, 21, 22)}), 1U); /* P2 was never received */
}

} // namespace
} // namespace mezzanine::history

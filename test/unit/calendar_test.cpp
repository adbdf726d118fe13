#include "core/calendar.h"

#include "random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace mezzanine::core
{
namespace
{

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

TEST(FitBooking, TakesTheLastUnitAndNotOneMore)
{
	const Load capacity[] = {{{0, 100}, 3}};
	const Load booked[] = {{{10, 20}, 2}};
	EXPECT_EQ(FitBooking(capacity, booked, {{15, 30}, 1}).missing, 0);
	const Fit fit = FitBooking(capacity, booked, {{5, 30}, 2});
	EXPECT_EQ(fit.missing, 1);
	EXPECT_EQ(fit.at, 10);
}

TEST(FitBooking, LetsTimesTouch)
{
	const Load capacity[] = {{{kLeast, kMost}, 1}};
	const Load booked[] = {{{10, 20}, 1}, {{30, 40}, 1}};
	EXPECT_EQ(FitBooking(capacity, booked, {{20, 30}, 1}).missing, 0);
	EXPECT_EQ(FitBooking(capacity, booked, {{19, 30}, 1}).missing, 1);
	EXPECT_EQ(FitBooking(capacity, booked, {{20, 31}, 1}).at, 30);
}

TEST(FitBooking, FindsBookingsThatNeverMeetNotInTheWay)
{
	// Two guests one after the other need one room, not two.
	const Load capacity[] = {{{0, 100}, 2}};
	const Load booked[] = {{{10, 20}, 1}, {{20, 30}, 1}};
	EXPECT_EQ(FitBooking(capacity, booked, {{0, 100}, 1}).missing, 0);
}

TEST(FitBooking, HasNoRoomWhereNoCapacityIsGiven)
{
	const Load capacity[] = {{{10, 20}, 5}, {{30, 40}, 5}};
	EXPECT_EQ(FitBooking(capacity, {}, {{10, 20}, 5}).missing, 0);
	EXPECT_EQ(FitBooking(capacity, {}, {{15, 35}, 5}).at, 20);
	EXPECT_EQ(FitBooking(capacity, {}, {{15, 35}, 5}).missing, 5);
	EXPECT_EQ(FitBooking({}, {}, {{15, 35}, 5}).at, 15);
}

TEST(FitBooking, TakesOpenTimesAndExtremes)
{
	const Load capacity[] = {{{kLeast, kMost}, kMost}};
	const Load booked[] = {{{kLeast, kMost}, kMost}, {{kLeast, kMost}, kMost}};
	EXPECT_EQ(FitBooking(capacity, {}, {{kLeast, kMost}, kMost}).missing, 0);
	EXPECT_EQ(FitBooking(capacity, booked, {{kLeast, kMost}, kMost}).missing, kMost);
	EXPECT_EQ(FitBooking(capacity, booked, {{kLeast, kMost}, 1}).at, kLeast);
}

// Against the obvious: look at every instant.
TEST(FitBooking, EqualsLookingAtEveryInstant)
{
	for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
		test::Random random(seed);
		std::vector<Load> capacities;
		for (std::int64_t from = 0; from < 40;) {
			const std::int64_t until = from + random.Between(1, 12);
			if (!random.OneIn(4))
				capacities.push_back({{from, until}, random.Between(0, 6)});
			from = until;
		}
		std::vector<Load> bookings;
		for (std::int64_t n = random.Between(0, 8); n > 0; --n) {
			const std::int64_t from = random.Between(0, 39);
			bookings.push_back({{from, random.Between(from + 1, 41)}, random.Between(0, 3)});
		}
		const std::int64_t from = random.Between(0, 39);
		const Load wanted = {{from, random.Between(from + 1, 41)}, random.Between(1, 4)};

		Fit expected = {0, 0};
		for (std::int64_t at = wanted.during.from; at < wanted.during.until; ++at) {
			std::int64_t room = 0;
			for (const Load &capacity : capacities)
				room += Overlap(capacity.during, {at, at + 1}) ? capacity.units : 0;
			for (const Load &booking : bookings)
				room -= Overlap(booking.during, {at, at + 1}) ? booking.units : 0;
			if (wanted.units > room && expected.missing == 0)
				expected.at = at;
			expected.missing = std::max(expected.missing, wanted.units - room);
		}
		const Fit fit = FitBooking(capacities, bookings, wanted);
		EXPECT_EQ(fit.missing, expected.missing) << "seed " << seed;
		if (expected.missing > 0) {
			EXPECT_EQ(fit.at, expected.at) << "seed " << seed;
		}
	}
}

TEST(ReachOf, IsTheFirstClassThatIsLongEnough)
{
	for (int reach = 0; reach < kReaches - 1; ++reach) {
		EXPECT_EQ(ReachOf({0, LongestOf(reach)}), reach);
		EXPECT_EQ(ReachOf({0, LongestOf(reach) + 1}), reach + 1);
	}
	EXPECT_EQ(ReachOf({5, 6}), 0);
	EXPECT_EQ(ReachOf({kLeast, kMost}), kReaches - 1);
	EXPECT_EQ(ReachOf({0, kMost}), kReaches - 1);
	EXPECT_EQ(LongestOf(kReaches - 1), 0);
}

TEST(PieceOf, CountsDownwardsBeforeTheEpoch)
{
	EXPECT_EQ(PieceOf(0, kDay), 0);
	EXPECT_EQ(PieceOf(kDay - 1, kDay), 0);
	EXPECT_EQ(PieceOf(-1, kDay), -1);
	EXPECT_EQ(PieceOf(-kDay, kDay), -1);
	EXPECT_EQ(PieceOf(-kDay - 1, kDay), -2);
	EXPECT_EQ(PieceOf(kMost, kHour), kMost / kHour);
	EXPECT_EQ(PieceOf(kLeast, kHour), kLeast / kHour - 1);
}

TEST(PartInDay, CutsATimeAtMidnight)
{
	const Span during = {kDay + 5, 3 * kDay + 7};
	EXPECT_EQ(PartInDay(during, 1).from, kDay + 5);
	EXPECT_EQ(PartInDay(during, 1).until, 2 * kDay);
	EXPECT_EQ(PartInDay(during, 2).from, 2 * kDay);
	EXPECT_EQ(PartInDay(during, 3).until, 3 * kDay + 7);
}

} // namespace
} // namespace mezzanine::core

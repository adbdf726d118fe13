#include "core/total.h"

#include "core/error.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace mezzanine::core
{
namespace
{

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

template <typename Body> bool Overflows(Body body)
{
	try {
		body();
	} catch (const Error &error) {
		EXPECT_EQ(error.code(), Code::kOverflow);
		EXPECT_FALSE(error.detail().empty());
		EXPECT_FALSE(error.hint().empty());
		return true;
	}
	return false;
}

bool Fits(std::int64_t units, const StockTotal &total, bool goods = true)
{
	return !Overflows([&] { CheckEntry(units, total, goods); });
}

TEST(AddUnits, AddsUpToTheMostAndNotOneMore)
{
	EXPECT_EQ(AddUnits(kMost - 1, 1), kMost);
	EXPECT_EQ(AddUnits(kMost, kLeast), -1);
	EXPECT_TRUE(Overflows([] { (void)AddUnits(kMost, 1); }));
	EXPECT_TRUE(Overflows([] { (void)AddUnits(kLeast, -1); }));
}

TEST(IsLarge, DependsOnHowManyMovementsThereHaveBeen)
{
	EXPECT_FALSE(IsLarge(std::int64_t{1} << 56, 1));
	EXPECT_TRUE(IsLarge((std::int64_t{1} << 56) + 1, 1));
	EXPECT_FALSE(IsLarge(std::int64_t{1} << 26, std::int64_t{1} << 30));
	EXPECT_TRUE(IsLarge((std::int64_t{1} << 26) + 1, std::int64_t{1} << 30));
	EXPECT_TRUE(IsLarge(1, kMost));
	EXPECT_TRUE(IsLarge(kMost, 0));
}

// The sum of the largest entries that are not large, by integration in powers of two.
TEST(IsLarge, LeavesRoomForAllEntriesThatAreNot)
{
	double units = 0;
	for (int power = 0; power < 63; ++power) {
		const auto first = std::int64_t{1} << power;
		std::int64_t small = std::int64_t{1} << 56;
		small /= first;
		EXPECT_FALSE(small > 0 && IsLarge(small, first));
		EXPECT_TRUE(IsLarge(small + 1, first));
		units += static_cast<double>(small) * static_cast<double>(first);
	}
	EXPECT_LT(units, std::ldexp(1.0, 62));
}

TEST(CheckEntry, FillsAStockToTheMostAndNotOneMore)
{
	EXPECT_TRUE(Fits(kMost, {0, 0, 0, 0}));
	EXPECT_TRUE(Fits(1, {kMost - 3, 2, 0, 0}));
	EXPECT_FALSE(Fits(1, {kMost - 2, 2, 0, 0}));
	EXPECT_FALSE(Fits(1, {kMost, kMost, 0, 0}));
	EXPECT_FALSE(Fits(kMost, {1, 0, 0, 0}));
}

TEST(CheckEntry, CountsWhatThePolicyAddsToTheHouse)
{
	// On hand is what is available and held, and the safety stock, less what is owed.
	EXPECT_TRUE(Fits(1, {0, 0, kMost - 1, 0}));
	EXPECT_FALSE(Fits(1, {0, 0, kMost, 0}));
	EXPECT_TRUE(Fits(1, {0, 0, kMost, 0}, false)) << "they are in the house already";
	EXPECT_FALSE(Fits(1, {kMost, 0, 0, kMost}, false)) << "they could not be available";
	EXPECT_FALSE(Fits(1, {kMost, 0, 0, kMost}));
}

TEST(OnHand, IsANumberOrAnError)
{
	EXPECT_EQ(OnHand({3, 2, 4, 1}), 8);
	EXPECT_EQ(OnHand({0, 0, 0, kMost}), -kMost);
	EXPECT_EQ(OnHand({kMost, 0, 5, 5}), kMost);
	EXPECT_TRUE(Overflows([] { (void)OnHand({kMost, 1, 0, 0}); }));
}

} // namespace
} // namespace mezzanine::core

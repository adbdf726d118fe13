#include "core/cart.h"
#include "core/error.h"

#include "random.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <vector>

namespace mezzanine::core
{
namespace
{

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

Code CodeOf(auto &&body)
{
	try {
		body();
	} catch (const Error &error) {
		return error.code();
	}
	ADD_FAILURE() << "nothing was thrown";
	return Code::kInternal;
}

TEST(CheckQuantity, TakesOneAndRefusesNothingAndLess)
{
	CheckQuantity(1);
	CheckQuantity(kMost);
	EXPECT_EQ(CodeOf([] { CheckQuantity(0); }), Code::kInvalidArgument);
	EXPECT_EQ(CodeOf([] { CheckQuantity(-1); }), Code::kInvalidArgument);
	EXPECT_EQ(CodeOf([] { CheckQuantity(-kMost - 1); }), Code::kInvalidArgument);
}

TEST(SumDemand, AddsUpLinesOfOneStockUnderTheFirstOfThem)
{
	std::vector<Demand> lines = {{7, 2, 1}, {3, 5, 2}, {7, 4, 3}};
	lines.resize(SumDemand(lines));
	ASSERT_EQ(lines.size(), 2U);
	EXPECT_EQ(lines[0].stock, 3);
	EXPECT_EQ(lines[0].quantity, 5);
	EXPECT_EQ(lines[0].line, 2);
	EXPECT_EQ(lines[1].stock, 7);
	EXPECT_EQ(lines[1].quantity, 6);
	EXPECT_EQ(lines[1].line, 1);
}

TEST(SumDemand, LeavesAnEmptyCartEmpty)
{
	EXPECT_EQ(SumDemand({}), 0U);
}

TEST(SumDemand, AcceptsASumOfABigintAndNotOneMore)
{
	std::vector<Demand> most = {{1, kMost - 1, 1}, {1, 1, 2}};
	EXPECT_EQ(SumDemand(most), 1U);
	EXPECT_EQ(most[0].quantity, kMost);

	std::vector<Demand> more = {{1, kMost, 1}, {1, 1, 2}};
	EXPECT_EQ(CodeOf([&] { SumDemand(more); }), Code::kOverflow);
}

// Against a map: the same sums, ascending, whatever the order of the cart.
TEST(SumDemand, AgreesWithAMap)
{
	test::Random random(1);
	for (int round = 0; round < 2000; ++round) {
		std::vector<Demand> lines;
		std::map<std::int64_t, std::int64_t> sums;
		const auto count = static_cast<std::int32_t>(random.Between(0, 39));
		for (std::int32_t line = 1; line <= count; ++line) {
			const auto stock = random.Between(0, 11);
			const auto quantity = random.Between(1, 100);
			lines.push_back({stock, quantity, line});
			sums[stock] += quantity;
		}
		lines.resize(SumDemand(lines));
		ASSERT_EQ(lines.size(), sums.size());
		std::size_t i = 0;
		for (const auto &[stock, quantity] : sums) {
			ASSERT_EQ(lines[i].stock, stock);
			ASSERT_EQ(lines[i++].quantity, quantity);
		}
	}
}

} // namespace
} // namespace mezzanine::core

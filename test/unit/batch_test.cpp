#include "core/batch.h"

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

TEST(SumAll, AddsUpWhatSeveralCartsAskOfOneStock)
{
	std::vector<Demand> demands = {{7, 2, 1}, {3, 5, 2}, {7, 4, 3}};
	demands.resize(SumAll(demands));
	ASSERT_EQ(demands.size(), 2U);
	EXPECT_EQ(demands[0].stock, 3);
	EXPECT_EQ(demands[1].stock, 7);
	EXPECT_EQ(demands[1].quantity, 6);
}

TEST(SumAll, StopsAtTheMostInsteadOfOverflowing)
{
	std::vector<Demand> demands = {{1, kMost, 1}, {1, kMost, 2}, {1, 1, 3}};
	ASSERT_EQ(SumAll(demands), 1U);
	EXPECT_EQ(demands[0].quantity, kMost);
	EXPECT_EQ(SumAll({}), 0U);
}

TEST(ServeInOrder, ServesEachWholeOrNotAtAllInOrder)
{
	Asked first[] = {{7, 2, -1}};
	Asked second[] = {{7, 3, -1}, {9, 1, -1}};
	Asked third[] = {{7, 2, -1}, {9, 1, -1}};
	Cart carts[] = {{first, 1, false}, {second, 2, true}, {third, 2, false}};
	Supply supplies[] = {{7, 4}, {9, 1}};
	ServeInOrder(carts, supplies);
	EXPECT_TRUE(carts[0].served);
	EXPECT_FALSE(carts[1].served);
	EXPECT_EQ(second[0].missing, 1);
	EXPECT_EQ(second[1].missing, 0);
	EXPECT_TRUE(carts[2].served);
	EXPECT_EQ(supplies[0].units, 0);
	EXPECT_EQ(supplies[1].units, 0);
}

TEST(ServeInOrder, CountsWhatIsMissingOfTheMost)
{
	Asked asked[] = {{1, kMost, -1}};
	Cart carts[] = {{asked, 1, true}};
	Supply supplies[] = {{1, 0}};
	ServeInOrder(carts, supplies);
	EXPECT_FALSE(carts[0].served);
	EXPECT_EQ(asked[0].missing, kMost);
}

// Against serving them one by one from a map.
TEST(ServeInOrder, AgreesWithOneByOne)
{
	test::Random random(43);
	for (int round = 0; round < 2000; ++round) {
		std::vector<Supply> supplies;
		std::map<std::int64_t, std::int64_t> stock;
		for (std::int64_t i = 0; i < 4; ++i) {
			supplies.push_back({i, random.Between(0, 8)});
			stock[i] = supplies.back().units;
		}
		std::vector<std::vector<Asked>> lines(6);
		std::vector<Cart> carts;
		for (auto &asked : lines) {
			for (std::int64_t i = 0; i < 4; ++i)
				if (random.OneIn(2))
					asked.push_back({i, random.Between(1, 4), 0});
			carts.push_back({asked.data(), asked.size(), false});
		}
		ServeInOrder(carts, supplies);
		for (std::size_t i = 0; i < carts.size(); ++i) {
			bool enough = true;
			for (const Asked &asked : lines[i])
				enough = enough && asked.quantity <= stock[asked.stock];
			ASSERT_EQ(carts[i].served, enough);
			for (const Asked &asked : lines[i]) {
				ASSERT_EQ(asked.missing > 0, asked.quantity > stock[asked.stock]);
				if (enough)
					stock[asked.stock] -= asked.quantity;
			}
		}
		for (const Supply &supply : supplies)
			ASSERT_EQ(supply.units, stock[supply.stock]);
	}
}

} // namespace
} // namespace mezzanine::core

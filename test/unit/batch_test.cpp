#include "core/batch.h"

#include "random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <list>
#include <vector>

namespace mezzanine::core
{
namespace
{

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

// A quantity, and the stocks that may give it, the preferred first.
struct Line {
	std::int64_t quantity;
	std::vector<std::int64_t> stocks;
};

// Carts, and what they refer to.
class Batch
{
public:
	explicit Batch(const std::vector<std::vector<Line>> &requests)
	{
		for (const std::vector<Line> &request : requests)
			AddCart(request);
	}

	std::vector<Cart> carts;

private:
	struct Owned {
		std::vector<Pool> pools;
		std::list<std::vector<Candidate>> candidates;
		std::vector<Want> wants;
	};

	void AddCart(const std::vector<Line> &request)
	{
		Owned &cart = owned_.emplace_back();
		for (const Line &line : request) {
			auto &candidates = cart.candidates.emplace_back();
			for (const std::int64_t stock : line.stocks)
				candidates.push_back({PoolOf(&cart.pools, stock), 0, 0});
			cart.wants.push_back({line.quantity, candidates, 0});
		}
		carts.push_back({cart.pools, cart.wants, false});
	}

	static std::int32_t PoolOf(std::vector<Pool> *pools, std::int64_t stock)
	{
		auto found = std::ranges::find(*pools, stock, &Pool::stock);
		const auto place = static_cast<std::int32_t>(found - pools->begin());
		if (found == pools->end())
			pools->push_back({stock, place, 0, 0, 0});
		return place;
	}

	std::list<Owned> owned_;
};

// What all want together, planned as one cart.
struct Joined {
	explicit Joined(const std::vector<Cart> &carts) : pools(64), wants(64), candidates(256)
	{
		pools.resize(JoinPools(carts, pools));
		JoinWants(carts, pools, wants, candidates);
		std::size_t count = 0;
		for (const Cart &cart : carts)
			count += cart.wants.size();
		wants.resize(count);
	}

	std::vector<Pool> pools;
	std::vector<Want> wants;
	std::vector<Candidate> candidates;
};

std::int64_t StockOf(const Joined &joined, const Want &want, std::size_t place)
{
	return joined.pools[static_cast<std::size_t>(want.candidates[place].pool)].stock;
}

TEST(JoinPools, HasEachStockOnce)
{
	const Batch batch({{{2, {7}}, {1, {9, 3}}}, {{5, {3}}}, {{1, {7}}}});
	const Joined joined(batch.carts);
	ASSERT_EQ(joined.pools.size(), 3U);
	for (std::size_t i = 0; i < 3; ++i) {
		EXPECT_EQ(joined.pools[i].stock, (std::vector<std::int64_t>{3, 7, 9})[i]);
		EXPECT_EQ(joined.pools[i].group, static_cast<std::int32_t>(i));
	}
}

TEST(JoinWants, KeepsWhatEachMayBeServedFrom)
{
	const Batch batch({{{2, {7}}, {1, {9, 3}}}, {{5, {}}}, {{4, {3}}}});
	const Joined joined(batch.carts);
	ASSERT_EQ(joined.wants.size(), 4U);
	EXPECT_EQ(joined.wants[0].quantity, 2);
	EXPECT_EQ(StockOf(joined, joined.wants[0], 0), 7);
	ASSERT_EQ(joined.wants[1].candidates.size(), 2U);
	EXPECT_EQ(StockOf(joined, joined.wants[1], 0), 9);
	EXPECT_EQ(StockOf(joined, joined.wants[1], 1), 3);
	EXPECT_TRUE(joined.wants[2].candidates.empty());
	EXPECT_EQ(StockOf(joined, joined.wants[3], 0), 3);
}

TEST(ServeInOrder, ServesEachWholeOrNotAtAllInOrder)
{
	Batch batch({{{2, {7}}}, {{3, {7}}, {1, {9}}}, {{2, {7}}, {1, {9}}}});
	batch.carts[1].served = true;
	Supply supplies[] = {{7, 4}, {9, 1}};
	ServeInOrder(batch.carts, supplies);
	EXPECT_TRUE(batch.carts[0].served);
	EXPECT_FALSE(batch.carts[1].served);
	EXPECT_EQ(batch.carts[1].wants[0].missing, 1);
	EXPECT_EQ(batch.carts[1].wants[1].missing, 0);
	EXPECT_TRUE(batch.carts[2].served);
	EXPECT_EQ(supplies[0].units, 0);
	EXPECT_EQ(supplies[1].units, 0);
}

TEST(ServeInOrder, TakesTheNextStockWhereThePreferredHasNothingLeft)
{
	Batch batch({{{2, {7, 9}}}, {{3, {7, 9}}}, {{1, {7, 9}}}});
	Supply supplies[] = {{7, 3}, {9, 2}};
	ServeInOrder(batch.carts, supplies);
	EXPECT_EQ(batch.carts[0].pools[0].planned, 2);
	EXPECT_EQ(batch.carts[1].pools[0].planned, 1);
	EXPECT_EQ(batch.carts[1].pools[1].planned, 2);
	EXPECT_FALSE(batch.carts[2].served);
	EXPECT_EQ(batch.carts[2].wants[0].missing, 1);
}

TEST(ServeInOrder, CountsWhatIsMissingOfTheMost)
{
	Batch batch({{{kMost, {1}}}, {{kMost, {1}}}});
	Joined joined(batch.carts);
	joined.pools[0].available = 5;
	EXPECT_FALSE(Allocate(joined.pools, joined.wants, Strategy::kInOrder));
	EXPECT_EQ(joined.pools[0].planned, 5);
	Supply supplies[] = {{1, 5}};
	ServeInOrder(batch.carts, supplies);
	EXPECT_FALSE(batch.carts[1].served);
	EXPECT_EQ(batch.carts[1].wants[0].missing, kMost - 5);
	EXPECT_EQ(supplies[0].units, 5);
}

// Two items at three places each, in one order of preference, with two lots at the second;
// a line names a place or none.
std::vector<Line> RandomRequest(test::Random *random)
{
	const std::vector<std::vector<std::int64_t>> choices = {
		{0}, {1, 2}, {3}, {0, 1, 2, 3}, {0, 1, 2, 3}};
	std::vector<Line> request;
	for (const std::int64_t item : {0, 10})
		for (const auto &choice : choices)
			if (random->OneIn(5)) {
				Line line = {random->Between(1, 5), choice};
				for (std::int64_t &stock : line.stocks)
					stock += item;
				request.push_back(line);
			}
	if (request.empty())
		request.push_back({random->Between(1, 5), choices[4]});
	return request;
}

std::vector<Supply> RandomStocks(test::Random *random)
{
	std::vector<Supply> stocks;
	for (const std::int64_t stock : {0, 1, 2, 3, 10, 11, 12, 13})
		stocks.push_back({stock, random->Between(0, 8)});
	return stocks;
}

// What one plan for all takes of the stocks.
std::vector<Supply> TakeTogether(const std::vector<Cart> &carts, const std::vector<Supply> &stocks)
{
	Joined joined(carts);
	std::vector<Supply> taken;
	for (Pool &pool : joined.pools)
		pool.available = std::ranges::find(stocks, pool.stock, &Supply::stock)->units;
	(void)Allocate(joined.pools, joined.wants, Strategy::kInOrder);
	for (const Pool &pool : joined.pools)
		taken.push_back({pool.stock, pool.planned});
	return taken;
}

// Served from what one plan for all takes, each gets what it would get of the whole stocks,
// had they come one by one.
TEST(ServeInOrder, AgreesWithOneByOneFromTheWholeStocks)
{
	test::Random random(43);
	for (int round = 0; round < 5000; ++round) {
		std::vector<std::vector<Line>> requests(6);
		for (auto &request : requests)
			request = RandomRequest(&random);
		std::vector<Supply> stocks = RandomStocks(&random);
		Batch together(requests);
		std::vector<Supply> taken = TakeTogether(together.carts, stocks);
		ServeInOrder(together.carts, taken);
		Batch alone(requests);
		for (Cart &cart : alone.carts)
			ServeInOrder({&cart, 1}, stocks);
		for (std::size_t i = 0; i < requests.size(); ++i) {
			ASSERT_EQ(together.carts[i].served, alone.carts[i].served) << "round " << round;
			for (std::size_t j = 0; j < together.carts[i].pools.size(); ++j)
				ASSERT_EQ(together.carts[i].pools[j].planned, alone.carts[i].pools[j].planned);
			for (std::size_t j = 0; j < together.carts[i].wants.size(); ++j)
				ASSERT_EQ(together.carts[i].wants[j].missing, alone.carts[i].wants[j].missing);
		}
	}
}

} // namespace
} // namespace mezzanine::core

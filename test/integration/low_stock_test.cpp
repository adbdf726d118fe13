// Low stock is told of exactly: with changes of one unit each, whatever many clients do at
// once, every fall to the mark is told of at the mark, and nothing else is.
#include "harness.h"

namespace mezzanine::test
{
namespace
{

constexpr int kClients = 12;
constexpr int kChanges = 60;

class LowStockTest : public LevelTest
{
};

INSTANTIATE_TEST_SUITE_P(EveryLevel, LowStockTest, ::testing::ValuesIn(kIsolationLevels),
						 LevelName);

// A client that buys single units and gives them back, one change a transaction, with a
// pause before its commit, or in the midst of it, so that many are in flight at once.
class Shopper
{
public:
	Shopper(Connection connection, std::uint64_t seed)
		: connection_(std::move(connection)), random_(seed)
	{
	}

	void Change()
	{
		connection_.Execute("BEGIN");
		if (held_.empty() || random_() % 2 == 0)
			Buy();
		else
			GiveBack();
		Commit(random_() % 3);
	}

private:
	void Commit(std::uint64_t how)
	{
		if (how == 0) {
			connection_.Execute("COMMIT");
			return;
		}
		const std::string name = "'shopper " + std::to_string(connection_.backend()) + "'";
		if (how == 1)
			connection_.Execute("PREPARE TRANSACTION " + name);
		connection_.Execute("SELECT pg_sleep(0.003)");
		connection_.Execute(how == 1 ? "COMMIT PREPARED " + name : "COMMIT");
	}

	void Buy()
	{
		const Result outcome = connection_.Execute(
			"SELECT reservation, status FROM inventory.reserve('lamp', 1, wait => '30 s')");
		if (outcome.Text(0, "status") == "held")
			held_.push_back(outcome.Text(0, "reservation"));
	}

	void GiveBack()
	{
		connection_.Execute("SELECT * FROM inventory.release($1, 1)", {held_.back()});
		held_.pop_back();
	}

	Connection connection_;
	std::mt19937_64 random_;
	std::vector<std::string> held_;
};

TEST_P(LowStockTest, IsToldOfAtTheMarkAndOnceEachTime)
{
	const std::uint64_t seed = Seed();
	Connection audit = Connect();
	audit.Execute("SELECT inventory.receive('lamp', 'main', 25)");
	audit.Execute("SELECT inventory.set_policy('lamp', 'main', low_water => 20)");
	InParallel(kClients, [&](int client) {
		Shopper shopper(ConnectAtLevel(), seed + static_cast<std::uint64_t>(client));
		for (int i = 0; i < kChanges; ++i)
			shopper.Change();
	});
	ExpectNoRows(audit, "SELECT * FROM inventory.low_stock WHERE available <> low_water");
	EXPECT_GT(One(audit, "SELECT count(*) FROM inventory.low_stock"), 0);
	ExpectNoRows(audit, "SELECT a.available, e.event FROM inventory.availability a "
						"LEFT JOIN inventory.low_stock e ON e.sku = a.sku AND recovered_at IS NULL "
						"WHERE (a.available <= 20) <> (e.event IS NOT NULL)");
	// One after the other: the next fall comes when the last one is over.
	ExpectNoRows(audit, "SELECT * FROM (SELECT at, lag(recovered_at) OVER (ORDER BY at) AS last "
						"FROM inventory.low_stock) e WHERE last > at");
	ExpectNoRows(audit, "SELECT * FROM inventory.verify()");
}

TEST_P(LowStockTest, IsToldOfOnceWhenASaleEmptiesTheShelf)
{
	Connection audit = Connect();
	for (int round = 1; round <= 3; ++round) {
		audit.Execute("SELECT inventory.receive('lamp', 'main', 100)");
		audit.Execute("SELECT inventory.set_policy('lamp', 'main', low_water => 30)");
		InParallel(kClients, [&](int) {
			Connection connection = ConnectAtLevel();
			while (connection
					   .Execute("SELECT status FROM inventory.reserve('lamp', 1, wait => '30 s')")
					   .Text(0, 0) == "held") {
			}
		});
		EXPECT_EQ(One(audit, "SELECT count(*) FROM inventory.low_stock"), round);
		ExpectNoRows(audit, "SELECT * FROM inventory.low_stock WHERE available <> low_water");
	}
}

TEST_P(LowStockTest, IsNotifiedWhereAChannelIsSet)
{
	Connection listener = Connect();
	listener.Execute("LISTEN low");
	Connection shop = ConnectAtLevel();
	shop.Execute("SET mezzanine.low_stock_channel = 'low'");
	shop.Execute("SELECT inventory.receive('lamp', 'main', 3)");
	shop.Execute("SELECT inventory.set_policy('lamp', 'main', low_water => 1)");
	for (int i = 0; i < 3; ++i)
		shop.Execute("SELECT * FROM inventory.reserve('lamp', 1)");

	// Notifications arrive with the answer to the next statement.
	listener.Execute("SELECT 1");
	PGnotify *notice = PQnotifies(listener.raw());
	ASSERT_NE(notice, nullptr);
	EXPECT_EQ(One(listener, "SELECT available FROM inventory.low_stock WHERE event = $1",
				  {std::string(notice->extra)}),
			  1);
	PQfreemem(notice);
	EXPECT_EQ(PQnotifies(listener.raw()), nullptr);
}

} // namespace
} // namespace mezzanine::test

// Who waits for whom because of a view over a join.  A prepared transaction stands for a
// commit in progress: it holds the fences of the keys that it came by.
#include "harness.h"

namespace mezzanine::test
{
namespace
{

using std::chrono::milliseconds;

// The shop of most shops: an order of a customer has lines, each of a product.
class ViewJoinWaitingTest : public LevelTest
{
protected:
	void SetUp() override
	{
		LevelTest::SetUp();
		Connection owner = Connect();
		owner.Script(
			"CREATE TABLE customer (id int PRIMARY KEY, country text, tier int);"
			"CREATE TABLE product (id int PRIMARY KEY, category text, cost bigint);"
			"CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customer);"
			"CREATE TABLE line (id serial, order_id int, product int, quantity bigint, till int);"
			"CREATE INDEX ON orders (customer);"
			"CREATE INDEX ON line (order_id);"
			"CREATE INDEX ON line (product);"
			"INSERT INTO customer SELECT i, 'country', 1 FROM generate_series(1, 9) i;"
			"INSERT INTO product SELECT i, 'category', i FROM generate_series(1, 9) i;");
		/* by till: each checkout has groups of its own, so that it meets others in keys alone */
		owner.Execute("SELECT mezzanine.create_view('sold', $$SELECT l.till, count(*) AS lines, "
					  "sum(l.quantity * p.cost) AS cost FROM orders o "
					  "JOIN line l ON l.order_id = o.id JOIN product p ON p.id = l.product "
					  "JOIN customer c ON c.id = o.customer GROUP BY l.till$$)");
		/* and by what they share, spread, so that no checkout waits for another's group */
		owner.Execute("SELECT mezzanine.create_view('bought', $$SELECT c.country, p.category, "
					  "count(*) AS lines, sum(l.quantity) AS quantity FROM orders o "
					  "JOIN line l ON l.order_id = o.id JOIN product p ON p.id = l.product "
					  "JOIN customer c ON c.id = o.customer GROUP BY c.country, p.category$$, "
					  "spread => 8)");
		/* the groups that all checkouts share are there: who makes one is waited for */
		Checkout(&owner, 0);
		owner.Execute("COMMIT");
	}

	void TearDown() override
	{
		for (const std::string &name : {database(), database() + "_second"})
			Connect().Try("ROLLBACK PREPARED '" + name + "'"); /* of a test that gave up */
		LevelTest::TearDown();
	}

	// Customer 1 buys product 1.
	static void Checkout(Connection *connection, int number)
	{
		const std::string order = std::to_string(number);
		connection->Execute("BEGIN");
		connection->Execute("INSERT INTO orders VALUES ($1, 1)", {order});
		connection->Execute("INSERT INTO line (order_id, product, quantity, till) VALUES "
							"($1, 1, 2, $1), ($1, 2, 1, $1)",
							{order});
	}

	static void PrepareCheckout(Connection connection, int number, const std::string &name)
	{
		Checkout(&connection, number);
		connection.Execute("PREPARE TRANSACTION '" + name + "'");
	}

	// It gives up after a second of waiting for a lock.
	static Connection Impatient(Connection connection)
	{
		connection.Execute("SET lock_timeout = '1 s'");
		connection.Execute("SET mezzanine.lock_timeout = '1 s'");
		return connection;
	}

	// Two SERIALIZABLE transactions that have each read what the other writes do not both
	// commit, so the other one is at REPEATABLE READ there.
	Connection ConnectBeside()
	{
		Connection connection = ConnectAtLevel();
		if (std::string(GetParam()) == "SERIALIZABLE")
			connection.Execute("SET default_transaction_isolation = 'repeatable read'");
		return connection;
	}

	void ExpectRight()
	{
		Connection owner = Connect();
		for (const char *view : {"sold", "bought"})
			ExpectNoRows(owner,
						 std::string("SELECT * FROM mezzanine.verify('mezzanine.") + view + "')");
		EXPECT_EQ(One(owner, "SELECT count(*) FROM pg_locks WHERE NOT granted"), 0);
	}
};

INSTANTIATE_TEST_SUITE_P(EveryLevel, ViewJoinWaitingTest, ::testing::ValuesIn(kIsolationLevels),
						 LevelName);

// Two are in the middle of their commits, a third goes through at once.
TEST_P(ViewJoinWaitingTest, CheckoutsThatShareACustomerAndAProductNeverWait)
{
	PrepareCheckout(ConnectAtLevel(), 1, database());
	PrepareCheckout(ConnectBeside(), 2, database() + "_second");
	Connection third = Impatient(ConnectBeside());
	Checkout(&third, 3);
	third.Execute("COMMIT");
	Connect().Execute("COMMIT PREPARED '" + database() + "'");
	Connect().Execute("COMMIT PREPARED '" + database() + "_second'");
	ExpectRight();
	Connection owner = Connect();
	EXPECT_EQ(One(owner, "SELECT sum(lines)::bigint FROM mezzanine.bought"), 8);
}

// The product's new price waits for the checkout's commit, and sees the line that it brought.
TEST_P(ViewJoinWaitingTest, AChangeOfTheProductWaitsForTheCommitAlone)
{
	for (const char *how : {"COMMIT", "ROLLBACK"}) {
		PrepareCheckout(ConnectAtLevel(), *how == 'C' ? 1 : 2, database());
		Connection changer = ConnectBeside();
		changer.Send("UPDATE product SET cost = cost + 10 WHERE id = 1");
		EXPECT_TRUE(changer.StillBusy(milliseconds(300)));
		Connect().Execute(std::string(how) + " PREPARED '" + database() + "'");
		const Result changed = changer.Receive();
		EXPECT_TRUE(changed.ok()) << changed.message();
		ExpectRight();
	}
	Connection owner = Connect();
	EXPECT_EQ(One(owner, "SELECT cost FROM mezzanine.sold WHERE till = 1"), 2 * 21 + 2);
}

// The same of the customer, who is two tables away from the line.
TEST_P(ViewJoinWaitingTest, AChangeOfTheCustomerWaitsForTheCommitAlone)
{
	PrepareCheckout(ConnectAtLevel(), 1, database());
	Connection changer = ConnectBeside();
	changer.Send("UPDATE customer SET country = 'elsewhere' WHERE id = 1");
	EXPECT_TRUE(changer.StillBusy(milliseconds(300)));
	Connect().Execute("COMMIT PREPARED '" + database() + "'");
	const Result changed = changer.Receive();
	EXPECT_TRUE(changed.ok()) << changed.message();
	ExpectRight();
	Connection owner = Connect();
	EXPECT_EQ(One(owner, "SELECT lines FROM mezzanine.bought WHERE country = 'elsewhere'"), 4);
}

// Thinking inside a transaction holds nothing, from either side.
TEST_P(ViewJoinWaitingTest, AChangeOfTheProductGoesThroughWhileACheckoutThinks)
{
	Connection thinker = ConnectAtLevel();
	Checkout(&thinker, 1);
	Connection changer = Impatient(ConnectBeside());
	changer.Execute("UPDATE product SET cost = cost + 10 WHERE id = 1");
	changer.Execute("BEGIN");
	changer.Execute("UPDATE product SET cost = cost + 10 WHERE id = 2");
	Connection other = Impatient(ConnectBeside());
	Checkout(&other, 2);
	other.Execute("COMMIT");
	changer.Execute("ROLLBACK");
	const Result over = thinker.Try("COMMIT");
	/* SERIALIZABLE: what the maintenance reads counts as read by the transaction */
	if (std::string(GetParam()) != "SERIALIZABLE") {
		EXPECT_TRUE(over.ok()) << over.message();
	} else {
		EXPECT_TRUE(over.ok() || over.sqlstate() == "40001") << over.message();
	}
	ExpectRight();
}

// Changes of what no checkout in progress has bought, and of columns that no view reads.
TEST_P(ViewJoinWaitingTest, OtherProductsAndOtherColumnsGoStraightThrough)
{
	PrepareCheckout(ConnectAtLevel(), 1, database());
	Connection changer = Impatient(ConnectBeside());
	for (int product = 3; product < 10; ++product)
		changer.Execute("UPDATE product SET cost = cost + 10 WHERE id = $1",
						{std::to_string(product)});
	changer.Execute("UPDATE customer SET tier = 2 WHERE id = 2");
	changer.Execute("INSERT INTO product VALUES (10, 'category', 5)");
	changer.Execute("INSERT INTO customer VALUES (10, 'country', 1)");
	Connect().Execute("COMMIT PREPARED '" + database() + "'");
	ExpectRight();
}

// Everybody at once: checkouts and changes of what they share.  Nobody deadlocks, and
// nothing is lost.
TEST_P(ViewJoinWaitingTest, CheckoutsAndChangesAtOnceNeverDeadlock)
{
	constexpr int kClients = 8;
	constexpr int kRounds = 15;
	std::atomic<int> refused{0};
	InParallel(kClients, [&](int client) {
		Connection connection = ConnectAtLevel();
		for (int round = 0; round < kRounds; ++round) {
			try {
				if (client < 5) {
					Checkout(&connection, 100 * (client + 1) + round);
				} else {
					connection.Execute("BEGIN");
					connection.Execute("UPDATE product SET cost = cost + 1 WHERE id = $1",
									   {std::to_string(1 + (client + round) % 2)});
				}
				connection.Execute("COMMIT");
			} catch (const SqlError &error) {
				/* two changes of one product, or what SERIALIZABLE asks */
				if (error.sqlstate() != "40001" || std::string(GetParam()) == "READ COMMITTED")
					throw;
				connection.Execute("ROLLBACK");
				++refused;
			}
		}
	});
	if (std::string(GetParam()) == "READ COMMITTED") {
		EXPECT_EQ(refused.load(), 0);
	}
	ExpectRight();
}

} // namespace
} // namespace mezzanine::test

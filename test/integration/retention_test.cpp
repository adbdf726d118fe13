// Pruning while others sell: balances stay, both audits are empty in every snapshot, and a
// consumer still gets everything once.
#include "harness.h"

namespace mezzanine::test
{
namespace
{

class RetentionTest : public DatabaseTest
{
};

constexpr const char *kBalances = "SELECT s.sku, b.account, b.quantity FROM inventory.stock AS s, "
								  "inventory.balance_at(s.sku, s.location, clock_timestamp()) AS b";

// A customer: reserves, and then confirms, gives back, forgets, or pays in two parts.
void Shop(Connection &connection, int client, std::mt19937_64 *random)
{
	for (int i = 0; i < 150; ++i) {
		const std::string key = std::to_string(client) + "-" + std::to_string(i);
		const Result hold = connection.Execute(
			"SELECT * FROM inventory.reserve(ARRAY[ROW('lamp', 2, NULL), ROW('vase', 1, NULL)]"
			"::inventory.line[], key => $1, ttl => $2::interval, wait => '30 s')",
			{key, (*random)() % 4 == 0 ? "1 ms" : "1 min"});
		if (hold.Text(0, "status") != "held")
			continue;
		const Parameters owner = {hold.Text(0, "reservation"), hold.Text(0, "fence")};
		switch ((*random)() % 3) {
		case 0:
			connection.Try("SELECT inventory.confirm($1, $2::bigint)", owner);
			break;
		case 1:
			connection.Try("SELECT inventory.release($1, $2::bigint)", owner);
			break;
		default:
			break;
		}
	}
}

TEST_F(RetentionTest, PruningUnderTrafficLosesNothing)
{
	constexpr int kCustomers = 6;
	const std::uint64_t seed = Seed();
	Connection setup = Connect();
	setup.Script("CREATE TABLE had (sequence bigint PRIMARY KEY);"
				 "SELECT inventory.create_consumer('mirror');"
				 "SELECT inventory.receive('lamp', 'main', 900);"
				 "SELECT inventory.receive('vase', 'main', 900)");
	std::atomic<int> shopping{kCustomers};
	std::atomic<std::int64_t> pruned{0};
	InParallel(kCustomers + 3, [&](int i) {
		Connection connection = Connect();
		if (i < kCustomers) {
			const Leaving leaving(shopping);
			std::mt19937_64 random(seed + static_cast<std::uint64_t>(i));
			Shop(connection, i, &random);
		} else if (i < kCustomers + 2) {
			while (shopping > 0)
				pruned += One(connection, "SELECT movements FROM inventory.prune(clock_timestamp() "
										  "- interval '50 ms', 200)");
		} else {
			while (shopping > 0) {
				connection.Execute(
					"INSERT INTO had SELECT sequence FROM inventory.consume('mirror', 50)");
				ExpectNoRows(connection, "SELECT * FROM inventory.verify()");
			}
		}
	});
	EXPECT_GT(pruned, 0);
	setup.Execute("INSERT INTO had SELECT sequence FROM inventory.consume('mirror', 1000000)");
	// Every number that was pruned was had; what rolled back was neither.
	ExpectNoRows(setup, "SELECT sequence FROM inventory.journal EXCEPT SELECT sequence FROM had");
	EXPECT_EQ(One(setup, "SELECT count(*) FROM had"),
			  One(setup, "SELECT count(*) + (SELECT sum(movements) / 2 FROM "
						 "inventory.opening_balance) FROM inventory.journal"));
	ExpectNoRows(setup, "SELECT * FROM inventory.verify()");
	ExpectNoRows(setup, "SELECT sku FROM (" + std::string(kBalances) +
							") AS b GROUP BY sku HAVING sum(quantity) <> 0");
}

TEST_F(RetentionTest, PruningToTheEndKeepsEveryBalance)
{
	Connection connection = Connect();
	connection.Script("SELECT inventory.receive('lamp', 'main', 900);"
					  "SELECT inventory.receive('vase', 'main', 900)");
	std::mt19937_64 random(Seed());
	Shop(connection, 0, &random);
	std::this_thread::sleep_for(std::chrono::milliseconds(10));
	// What was forgotten is given back by the first call.
	One(connection, "SELECT holds FROM inventory.prune(clock_timestamp() - interval '5 ms', 1000)");
	connection.Script(std::string("CREATE TABLE before AS ") + kBalances);
	std::int64_t most = 1;
	for (int calls = 0; most > 0 && calls < 1000; ++calls)
		most = One(connection, "SELECT greatest(keys, bookings, reservations, movements) "
							   "FROM inventory.prune(clock_timestamp(), 7)");
	EXPECT_EQ(most, 0);
	ExpectNoRows(connection, Difference("TABLE before", kBalances));
	ExpectNoRows(connection, "SELECT * FROM inventory.verify()");
	// Only what is still held is left.
	ExpectNoRows(connection, "SELECT * FROM inventory.reservation WHERE status <> 'held'");
	ExpectNoRows(connection, "SELECT * FROM inventory.journal WHERE reservation IS NULL OR "
							 "reservation NOT IN (SELECT reservation FROM inventory.reservation)");
}

// One thing of each kind a call: keys go before what they refer to, and nothing goes of what
// is not wholly over.
TEST_F(RetentionTest, EveryCallLeavesWhatIsNeeded)
{
	Connection connection = Connect();
	connection.Script(
		"SELECT inventory.receive('lamp', 'main', 20), inventory.receive('vase', 'main', 4);"
		"SELECT inventory.set_capacity('room', 5);"
		"SELECT inventory.reserve(ARRAY[ROW('lamp', 1, NULL), ROW('vase', 1, NULL)]"
		"::inventory.line[], ttl => '1 ms', key => 'cart ' || i) FROM generate_series(1, 4) AS i;"
		"SELECT inventory.book('room', '[2001-01-01,2001-01-02)', key => 'night ' || i) "
		"FROM generate_series(1, 4) AS i");
	std::this_thread::sleep_for(std::chrono::milliseconds(10));
	// The vases are needed and come back; the lamps of the same carts do not.
	connection.Script("SELECT inventory.reserve('vase', 4, key => 'vases');"
					  "SELECT inventory.confirm(reservation, fence, key => 'pay') "
					  "FROM inventory.reservations WHERE status = 'held';"
					  "SELECT inventory.confirm_booking(booking, fence) FROM inventory.bookings");
	EXPECT_EQ(
		One(connection, "SELECT count(*) FROM inventory.reservation WHERE status = 'expired'"), 4);
	EXPECT_EQ(One(connection, "SELECT count(*) FROM inventory.bookings WHERE status = 'confirmed'"),
			  4);
	std::int64_t most = 1;
	for (int calls = 0; most > 0 && calls < 200; ++calls) {
		most = One(connection, "SELECT greatest(holds, keys, bookings, reservations, movements) "
							   "FROM inventory.prune(clock_timestamp(), 1)");
		ExpectNoRows(connection, "SELECT * FROM inventory.verify()");
	}
	EXPECT_EQ(most, 0);
	EXPECT_EQ(One(connection, "SELECT count(*) FROM inventory.idempotency"), 0);
	EXPECT_EQ(One(connection, "SELECT count(*) FROM inventory.booking"), 0);
	EXPECT_EQ(One(connection, "SELECT count(*) FROM inventory.reservation"), 0);
}

// What began before the time and is not over, or was over only after it, answers as before.
TEST_F(RetentionTest, WhatIsYoungStays)
{
	const std::string held = "SELECT reservation FROM inventory.reserve('lamp', 1, key => 'held')";
	const std::string late = "SELECT reservation FROM inventory.reserve('lamp', 2, key => 'late')";
	const std::string night = "SELECT reservation FROM inventory.book('room', "
							  "'[2901-01-01,2901-01-02)', key => 'night')";
	Connection connection = Connect();
	connection.Script("SELECT inventory.receive('lamp', 'main', 20);"
					  "SELECT inventory.set_capacity('room', 1)");
	const std::string of_held = connection.Execute(held).Text(0, 0);
	const std::string of_late = connection.Execute(late).Text(0, 0);
	const std::string of_night = connection.Execute(night).Text(0, 0);
	connection.Execute("SELECT inventory.confirm_booking($1, 1)", {of_night});
	const std::string time = connection.Execute("SELECT clock_timestamp()").Text(0, 0);
	connection.Execute("SELECT inventory.confirm($1, 1)", {of_late});

	for (int calls = 0; calls < 3; ++calls)
		connection.Execute("SELECT inventory.prune($1::timestamptz)", {time});
	EXPECT_EQ(connection.Execute(held).Text(0, 0), of_held);
	EXPECT_EQ(connection.Execute(late).Text(0, 0), of_late);
	EXPECT_EQ(connection.Execute(night).Text(0, 0), of_night);
	EXPECT_EQ(
		One(connection, "SELECT count(*) FROM inventory.journal WHERE reservation IS NOT NULL"), 3);
	ExpectNoRows(connection, "SELECT * FROM inventory.verify()");

	// Balances of a time within what was pruned since are refused, not made up.
	connection.Execute("SELECT inventory.receive('lamp', 'main', 1)");
	const std::string middle = connection.Execute("SELECT clock_timestamp()").Text(0, 0);
	connection.Script("SELECT inventory.receive('lamp', 'main', 1);"
					  "SELECT inventory.prune(clock_timestamp())");
	EXPECT_EQ(
		connection.Try("SELECT inventory.balance_at('lamp', 'main', $1::timestamptz)", {middle})
			.sqlstate(),
		"22023");
}

} // namespace
} // namespace mezzanine::test

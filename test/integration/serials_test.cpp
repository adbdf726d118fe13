// Serial numbers under load: many buyers confirm units of one item at once, some roll back,
// and clerks exchange units meanwhile.  No serial is sold twice, and none is lost.
#include "harness.h"

namespace mezzanine::test
{
namespace
{

constexpr int kBuyers = 8;
constexpr int kCarts = 12;
constexpr int kUnits = 2 * kBuyers * kCarts;

class SerialsTest : public LevelTest
{
};

INSTANTIATE_TEST_SUITE_P(EveryLevel, SerialsTest, ::testing::ValuesIn(kIsolationLevels), LevelName);

void ReceiveUnits(Connection &connection)
{
	connection.Execute(
		"SELECT inventory.receive('phone', 'main', $1::bigint, "
		"serials => (SELECT array_agg('S' || i) FROM generate_series(1, $1::int) i))",
		{std::to_string(kUnits)});
}

// Reserves and confirms one or two units; rolls every third cart's confirmation back, and
// confirms it again.
std::int64_t Buy(Connection &connection, int cart)
{
	const int units = 1 + cart % 2;
	const Result held =
		connection.Execute("SELECT * FROM inventory.reserve('phone', $1::bigint, wait => '30 s')",
						   {std::to_string(units)});
	const Parameters parameters = {held.Text(0, "reservation")};
	const std::string confirm = "SELECT * FROM inventory.confirm($1, 1)";
	if (cart % 3 == 0) {
		connection.Execute("BEGIN");
		connection.Execute(confirm, parameters);
		connection.Execute("ROLLBACK");
	}
	connection.Execute(confirm, parameters);
	return units;
}

TEST_P(SerialsTest, NoSerialIsSoldTwice)
{
	Connection audit = Connect();
	ReceiveUnits(audit);
	std::atomic<std::int64_t> sold{0};
	InParallel(kBuyers, [&](int) {
		Connection connection = ConnectAtLevel();
		for (int cart = 0; cart < kCarts; ++cart)
			sold += Buy(connection, cart);
	});
	EXPECT_EQ(One(audit, "SELECT count(*) FROM inventory.serials WHERE state = 'sold'"), sold);
	EXPECT_EQ(One(audit, "SELECT count(*) FROM inventory.serials WHERE state = 'stock'"),
			  kUnits - sold);
	// One sale a serial, and as many serials as units in each cart.
	ExpectNoRows(audit, "SELECT serial, count(*) FROM inventory.serial_history "
						"WHERE state = 'sold' GROUP BY serial HAVING count(*) > 1");
	ExpectNoRows(audit, "SELECT l.reservation, l.confirmed, s.units "
						"FROM inventory.reservation_line l LEFT JOIN (SELECT reservation, count(*) "
						"AS units FROM inventory.serials GROUP BY 1) s USING (reservation) "
						"WHERE l.confirmed <> coalesce(s.units, 0)");
	ExpectNoRows(audit, "SELECT * FROM inventory.verify()");
}

TEST_P(SerialsTest, ExchangesMeanwhileLoseNothing)
{
	Connection audit = Connect();
	ReceiveUnits(audit);
	std::atomic<std::int64_t> sold{0};
	InParallel(kBuyers, [&](int client) {
		Connection connection = ConnectAtLevel();
		for (int i = 0; i < kCarts; ++i) {
			if (client % 2 == 0)
				sold += Buy(connection, i);
			else
				connection.Execute(
					"SELECT inventory.exchange_serials('phone', $1, $2, 'mixed up')",
					{"S" + std::to_string(1 + i), "S" + std::to_string(kUnits - client - i)});
		}
	});
	EXPECT_EQ(One(audit, "SELECT count(*) FROM inventory.serials WHERE state = 'sold'"), sold);
	EXPECT_EQ(One(audit, "SELECT count(*) FROM inventory.serials"), kUnits);
	ExpectNoRows(audit, "SELECT * FROM inventory.verify()");
}

// Sends a unit by its number from one shop to the other, and receives it by it.  Somebody may
// have sold it meanwhile.
void Carry(Connection &connection, int turn)
{
	const std::string from = turn % 2 == 0 ? "main" : "shop";
	const std::string to = turn % 2 == 0 ? "shop" : "main";
	const Result unit =
		connection.Execute("SELECT serial FROM inventory.serials WHERE state = 'stock' "
						   "AND location = $1 ORDER BY random() LIMIT 1",
						   {from});
	if (unit.rows() == 0)
		return;
	const std::string serial = unit.Text(0, "serial");
	const Result done = connection.Try(
		"DO $$ DECLARE unit inventory.unit[] := ARRAY[ROW('phone', '" + serial +
		"')::inventory.unit]; BEGIN PERFORM inventory.receive_transfer(inventory.ship_transfer("
		"'{\"(phone,1,)\"}', '" +
		from + "', '" + to + "', serials => unit), serials => unit); END $$");
	// Sold, sent by another, or held to the last.
	const std::string state = done.sqlstate();
	EXPECT_TRUE(done.ok() || state == "MZ012" || state == "MZ001" || state == "40P01") << state;
}

// Counts what there is at the point, while it goes on moving: nothing is wrong by it.
void CountWhatIsThere(Connection &connection)
{
	for (const char *location : {"main", "shop"}) {
		const std::string point =
			connection.Execute("SELECT inventory.count_start('phone', $1) AS point", {location})
				.Text(0, "point");
		const Result done =
			connection.Try("SELECT inventory.count('phone', '" + std::string(location) +
						   "', cardinality(serials), sequence, 'shelf', serials => serials) "
						   "FROM inventory.count_point WHERE sequence = " +
						   point);
		const std::string state = done.sqlstate();
		EXPECT_TRUE(done.ok() || state == "MZ015" || state == "40P01") << state;
	}
}

TEST_P(SerialsTest, CountsAndNamedTransfersMeanwhileLoseNothing)
{
	Connection audit = Connect();
	ReceiveUnits(audit);
	audit.Execute("SELECT inventory.receive('phone', 'shop', 1, serials => '{T}')");
	std::atomic<std::int64_t> sold{0};
	InParallel(kBuyers, [&](int client) {
		Connection connection = ConnectAtLevel();
		for (int i = 0; i < kCarts; ++i) {
			if (client % 4 == 0)
				CountWhatIsThere(connection);
			else if (client % 2 == 0)
				sold += Buy(connection, i);
			else
				Carry(connection, i + client);
		}
	});
	EXPECT_EQ(One(audit, "SELECT count(*) FROM inventory.serials WHERE state = 'sold'"), sold);
	EXPECT_EQ(One(audit, "SELECT count(*) FROM inventory.serials WHERE state = 'stock'"),
			  kUnits + 1 - sold);
	EXPECT_GT(One(audit, "SELECT count(*) FROM inventory.transfer_receipt"), 0);
	EXPECT_GT(One(audit, "SELECT count(*) FROM inventory.correction"), 0);
	ExpectNoRows(audit, "SELECT * FROM inventory.counted_serials");
	ExpectNoRows(audit, "SELECT * FROM inventory.verify()");
}

} // namespace
} // namespace mezzanine::test

// Bank, set and fence: units are conserved in every snapshot while many move them, what was
// acknowledged is there and nothing else, and the numbers that prove ownership only grow.
#include "harness.h"

#include <chrono>
#include <map>
#include <set>

namespace mezzanine::test
{
namespace
{

using std::chrono::milliseconds;

class BankTest : public LevelTest
{
};

INSTANTIATE_TEST_SUITE_P(EveryLevel, BankTest, ::testing::ValuesIn(kIsolationLevels), LevelName);

// Units of each item by three ways of counting, in one snapshot: what came in must be in the
// house or sold, and what is in the house is available or held.
constexpr const char *kOffBalance =
	"SELECT a.sku, a.on_hand, a.held, a.available, j.received, j.sold, l.held AS in_lines "
	"FROM inventory.availability a JOIN inventory.stock s USING (sku) "
	"JOIN (SELECT stock, sum(quantity) FILTER (WHERE from_account = 'supplier') AS received, "
	"  coalesce(sum(quantity) FILTER (WHERE to_account = 'sold'), 0) AS sold "
	"  FROM inventory.journal GROUP BY stock) j USING (stock) "
	"LEFT JOIN (SELECT stock, sum(quantity - confirmed - released) AS held "
	"  FROM inventory.reservation_line WHERE expires_at > statement_timestamp() "
	"  GROUP BY stock) l USING (stock) "
	"WHERE a.on_hand <> j.received - j.sold OR a.on_hand <> a.available + a.held "
	"  OR a.held <> coalesce(l.held, 0)";

// Moves units until it is told to stop: holds, sells, gives back, receives.
void MoveUnits(Connection *mover, std::mt19937_64 random, const std::atomic<bool> &stop)
{
	while (!stop) {
		const std::string sku = "item-" + std::to_string(random() % 3);
		if (random() % 8 == 0)
			mover->Execute("SELECT inventory.receive($1, 'main', 2)", {sku});
		mover->Execute("BEGIN");
		const Result hold =
			mover->Execute("SELECT status, reservation, fence FROM inventory.reserve($1::text, "
						   "$2::bigint, ttl => $3::interval, wait => '30 s')",
						   {sku, std::to_string(1 + random() % 3),
							std::string(random() % 4 == 0 ? "20 ms" : "10 min")});
		mover->Execute(random() % 5 == 0 ? "ROLLBACK" : "COMMIT");
		if (hold.Text(0, "status") != "held" || random() % 3 == 0)
			continue;
		/* may have expired or been rolled back: an error then, and nothing has moved */
		(void)mover->Try(std::string("SELECT * FROM inventory.") +
							 (random() % 2 == 0 ? "confirm" : "release") + "($1, $2)",
						 {hold.Text(0, "reservation"), hold.Text(0, "fence")});
	}
}

TEST_P(BankTest, ConservesUnitsInEverySnapshot)
{
	constexpr int kMovers = 6;
	const std::uint64_t seed = Seed();
	Connection owner = Connect();
	for (int item = 0; item < 3; ++item)
		owner.Execute("SELECT inventory.receive($1, 'main', 20)", {"item-" + std::to_string(item)});
	std::atomic<bool> stop{false};
	std::atomic<int> audits{0};
	InParallel(kMovers + 2, [&](int i) {
		Connection connection = ConnectAtLevel();
		if (i < kMovers) {
			MoveUnits(&connection, std::mt19937_64(seed + static_cast<std::uint64_t>(i)), stop);
			return;
		}
		const auto until = std::chrono::steady_clock::now() + milliseconds(2500);
		while (std::chrono::steady_clock::now() < until && !::testing::Test::HasFailure()) {
			connection.Execute("BEGIN");
			ExpectNoRows(connection, kOffBalance);
			ExpectNoRows(connection, "SELECT * FROM inventory.verify()");
			connection.Execute("COMMIT");
			++audits;
		}
		stop = true;
	});
	EXPECT_GT(audits, 10);
	ExpectNoRows(owner, kOffBalance);
}

// Of units with serial numbers, the accounts of the journal and the serials must tell the same:
// by state, by location, each serial once, and none that was never received.
constexpr const char *kOffSerials =
	"WITH books AS (SELECT CASE WHEN account IN ('available', 'held') THEN 'stock ' || s.location "
	"    ELSE account END AS place, sum(units) AS units "
	"  FROM (SELECT stock, to_account AS account, quantity AS units FROM inventory.journal "
	"    UNION ALL SELECT stock, from_account, -quantity FROM inventory.journal) side "
	"  JOIN inventory.stock s USING (stock) WHERE account <> 'supplier' GROUP BY 1), "
	"counted AS (SELECT CASE state WHEN 'stock' THEN 'stock ' || location ELSE state END AS place, "
	"    count(*) AS units FROM inventory.serials GROUP BY 1) "
	"SELECT place, b.units::text, c.units::text FROM books b FULL JOIN counted c USING (place) "
	"WHERE coalesce(b.units, 0) <> coalesce(c.units, 0) "
	"UNION ALL SELECT serial, 'times', count(*)::text FROM inventory.serials "
	"GROUP BY serial HAVING count(*) <> 1 "
	"UNION ALL SELECT 'serials', '40', count(*)::text FROM inventory.serials HAVING count(*) <> 40";

// What may become of a call that names units which others are after as well.
void TryToMove(Connection *mover, const std::string &sql, const Parameters &parameters)
{
	const Result moved = mover->Try(sql, parameters);
	const std::string state = moved.sqlstate();
	EXPECT_TRUE(moved.ok() || state == "MZ012" || state == "MZ001" || state == "40P01")
		<< moved.message();
}

// One unit that is in `state`, if there is one.
std::string AnyUnit(Connection *mover, const std::string &state)
{
	const Result unit = mover->Execute("SELECT serial FROM inventory.serials WHERE state = $1 "
									   "ORDER BY random() LIMIT 1",
									   {state});
	return unit.rows() == 0 ? "" : unit.Text(0, 0);
}

// Sends a unit by its name, and receives it by its name.
void Carry(Connection *mover, const std::string &from, const std::string &to)
{
	const std::string unit = AnyUnit(mover, "stock");
	if (unit.empty())
		return;
	TryToMove(mover,
			  "SELECT inventory.ship_transfer('{\"(phone,1,)\"}', $1, $2, "
			  "serials => ARRAY[ROW('phone', $3)]::inventory.unit[])",
			  {from, to, unit});
	const Result sent = mover->Execute(
		"SELECT transfer FROM inventory.serials WHERE state = 'transit' AND serial = $1", {unit});
	if (sent.rows() == 1)
		(void)mover->Try("SELECT inventory.receive_transfer($1, "
						 "serials => ARRAY[ROW('phone', $2)]::inventory.unit[])",
						 {sent.Text(0, 0), unit}); /* unless another has been faster */
}

// Sells units, takes some back, and carries some by name from one shop to the other.
void MoveSerials(Connection *mover, std::mt19937_64 random, const std::atomic<bool> &stop)
{
	while (!stop) {
		const bool north = random() % 2 == 0;
		const std::string here = north ? "north" : "south";
		if (random() % 3 == 0) {
			const std::string sold = AnyUnit(mover, "sold");
			if (!sold.empty())
				TryToMove(mover,
						  "SELECT inventory.return_stock('phone', $1, 1, serials => ARRAY[$2])",
						  {here, sold});
		} else if (random() % 2 == 0) {
			const Result hold = mover->Execute("SELECT reservation, status FROM "
											   "inventory.reserve('phone', $1::bigint, $2, "
											   "wait => '30 s')",
											   {std::to_string(1 + random() % 3), here});
			mover->Execute("BEGIN");
			if (hold.Text(0, "status") == "held")
				mover->Execute("SELECT * FROM inventory.confirm($1, 1)", {hold.Text(0, 0)});
			mover->Execute(random() % 4 == 0 ? "ROLLBACK" : "COMMIT");
		} else {
			Carry(mover, here, north ? "south" : "north");
		}
	}
}

TEST_P(BankTest, KeepsEachSerialOnceInEverySnapshot)
{
	constexpr int kMovers = 6;
	const std::uint64_t seed = Seed();
	Connection owner = Connect();
	for (const char *half : {"north", "south"})
		owner.Execute("SELECT inventory.receive('phone', $1, 20, serials => "
					  "(SELECT array_agg($1 || i) FROM generate_series(1, 20) i))",
					  {half});
	std::atomic<bool> stop{false};
	std::atomic<int> audits{0};
	InParallel(kMovers + 2, [&](int i) {
		Connection connection = ConnectAtLevel();
		if (i < kMovers) {
			MoveSerials(&connection, std::mt19937_64(seed + static_cast<std::uint64_t>(i)), stop);
			return;
		}
		const auto until = std::chrono::steady_clock::now() + milliseconds(2500);
		while (std::chrono::steady_clock::now() < until && !::testing::Test::HasFailure()) {
			ExpectNoRows(connection, kOffSerials);
			++audits;
		}
		stop = true;
	});
	EXPECT_GT(audits, 10);
	EXPECT_GT(One(owner, "SELECT count(*) FROM inventory.transfer_receipt"), 0);
	EXPECT_GT(One(owner, "SELECT count(*) FROM inventory.journal WHERE from_account = 'sold'"), 0);
	ExpectNoRows(owner, kOffSerials);
	ExpectNoRows(owner, "SELECT * FROM inventory.verify()");
}

// Sessions add holds with keys of their own and are killed in the middle; every one that was
// acknowledged is there once, and every other at most once, with its units.
TEST_P(BankTest, KeepsTheSetOfAcknowledgedHolds)
{
	constexpr int kSessions = 6;
	Connection owner = Connect();
	owner.Execute("SELECT inventory.receive('lamp', 'main', 1000000)");
	std::atomic<int> running{kSessions};
	std::mutex mutex;
	std::set<std::string> asked;
	std::set<std::string> acknowledged;
	InParallel(kSessions + 1, [&](int session) {
		if (session == kSessions) {
			Connection killer = Connect();
			while (running > 0) {
				std::this_thread::sleep_for(milliseconds(15));
				killer.Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
							   "WHERE application_name = 'set' AND datname = current_database() "
							   "ORDER BY random() LIMIT 1");
			}
			return;
		}
		const Leaving leaving(running);
		std::optional<Connection> connection;
		for (int number = 0; number < 150; ++number) {
			const std::string key = std::to_string(session) + "-" + std::to_string(number);
			{
				const std::lock_guard<std::mutex> lock(mutex);
				asked.insert(key);
			}
			try {
				if (!connection || !connection->alive())
					connection.emplace(Connect("application_name=set"));
				const Result hold = connection->Execute(
					"SELECT status FROM inventory.reserve('lamp', 1, key => $1)", {key});
				EXPECT_EQ(hold.Text(0, 0), "held");
				const std::lock_guard<std::mutex> lock(mutex);
				acknowledged.insert(key);
			} catch (const SqlError &error) { /* killed: nobody knows */
				EXPECT_TRUE(error.sqlstate().empty() || error.sqlstate() == "57P01")
					<< error.what();
			}
		}
	});

	const Result rows = owner.Execute("SELECT k.key, count(*), sum(l.quantity) "
									  "FROM inventory.idempotency k "
									  "JOIN inventory.reservation_line l USING (reservation) "
									  "WHERE k.verb = 'reserve' GROUP BY k.key");
	std::set<std::string> stored;
	for (int row = 0; row < rows.rows(); ++row) {
		EXPECT_EQ(rows.Integer(row, 1), 1);
		EXPECT_EQ(rows.Integer(row, 2), 1);
		stored.insert(rows.Text(row, 0));
	}
	for (const std::string &key : acknowledged)
		EXPECT_TRUE(stored.contains(key)) << key << " was acknowledged and is lost";
	for (const std::string &key : stored)
		EXPECT_TRUE(asked.contains(key)) << key << " was never asked for";
	EXPECT_LT(acknowledged.size(), asked.size()) << "nobody was killed in time";
	EXPECT_EQ(One(owner, "SELECT count(*) FROM inventory.reservation"),
			  static_cast<std::int64_t>(stored.size()));
	ExpectNoRows(owner, "SELECT * FROM inventory.verify()");
}

// Many fight over one hold: fences only grow, one at a time, and whoever has an old one can
// do nothing more.
TEST_P(BankTest, LetsFencesOnlyGrow)
{
	constexpr int kSessions = 6;
	constexpr int kRounds = 12;
	Connection owner = Connect();
	owner.Execute("SELECT inventory.receive('lamp', 'main', 1)");
	const Result hold =
		owner.Execute("SELECT reservation, fence FROM inventory.reserve('lamp', 1)");
	const std::string reservation = hold.Text(0, 0);
	std::mutex mutex;
	std::multiset<std::int64_t> fences = {hold.Integer(0, 1)};
	InParallel(kSessions, [&](int session) {
		Connection connection = ConnectAtLevel();
		for (int round = 0; round < kRounds; ++round) {
			std::int64_t newest = 0;
			{
				const std::lock_guard<std::mutex> lock(mutex);
				newest = *fences.rbegin();
			}
			const bool takes_over = session % 3 == 0;
			const Result next =
				takes_over ? connection.Try("SELECT fence FROM inventory.take_over($1, '10 min', "
											"'the owner is gone')",
											{reservation})
						   : connection.Try("SELECT fence FROM inventory.extend($1, $2, '10 min')",
											{reservation, std::to_string(newest)});
			if (!next.ok()) {
				EXPECT_EQ(next.sqlstate(), "MZ004") << next.message();
				continue;
			}
			EXPECT_GT(next.Integer(0, 0), newest);
			EXPECT_EQ(connection
						  .Try("SELECT * FROM inventory.confirm($1, $2)",
							   {reservation, std::to_string(newest)})
						  .sqlstate(),
					  "MZ004");
			const std::lock_guard<std::mutex> lock(mutex);
			fences.insert(next.Integer(0, 0));
		}
	});
	const std::set<std::int64_t> distinct(fences.begin(), fences.end());
	EXPECT_EQ(distinct.size(), fences.size()) << "two had the same fence";
	EXPECT_EQ(One(owner, "SELECT fence FROM inventory.reservations"), *distinct.rbegin());
	ExpectNoRows(owner, "SELECT * FROM inventory.verify()");
}

} // namespace
} // namespace mezzanine::test

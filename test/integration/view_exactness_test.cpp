// A view equals its query in every snapshot, while many write at mixed isolation
// levels, with savepoints and rollbacks; and a transaction reads its own changes.
#include "harness.h"

namespace mezzanine::test
{
namespace
{

constexpr int kWriters = 12;
constexpr int kTransactions = 120;
constexpr int kHotTransactions = 40;

constexpr const char *kByItem =
	"SELECT item, count(*) AS bids, count(amount) AS amounts, sum(amount) AS total, "
	"avg(amount) AS mean, sum(units) AS units, sum(price) AS worth, avg(price) AS mean_price "
	"FROM bids WHERE units IS NULL OR units <> 13 GROUP BY item";
constexpr const char *kByShopAndItem =
	"SELECT shop, item, count(*) AS bids, sum(amount * units) AS product FROM bids "
	"GROUP BY shop, item";

// A client that writes rows of its own, so that only a view could make it collide.
class Writer
{
public:
	Writer(Connection connection, int number, std::uint64_t seed)
		: connection_(std::move(connection)), number_(number),
		  random_(seed * 1000 + static_cast<std::uint64_t>(number))
	{
	}

	// Returns false when PostgreSQL's own serializable isolation asked for a retry.
	bool RunTransaction()
	{
		const char *level = kIsolationLevels[Roll(3)];
		connection_.Execute(std::string("BEGIN ISOLATION LEVEL ") + level);
		try {
			const std::uint64_t statements = 1 + Roll(5);
			for (std::uint64_t i = 0; i < statements; ++i)
				Step();
			if (Roll(4) == 0)
				CompareOwnView();
			connection_.Execute(Roll(6) == 0 ? "ROLLBACK" : "COMMIT");
			return true;
		} catch (const SqlError &error) {
			connection_.Execute("ROLLBACK");
			if (error.sqlstate() == "40001" && std::string(level) == "SERIALIZABLE")
				return false;
			throw std::runtime_error(std::string(level) + ": " + error.what());
		}
	}

private:
	std::uint64_t Roll(std::uint64_t sides) { return random_() % sides; }

	// One change, perhaps inside a savepoint that is kept or thrown away.
	void Step()
	{
		const std::uint64_t fate = Roll(4);
		if (fate < 2)
			return Change();
		connection_.Execute("SAVEPOINT s");
		Change();
		if (Roll(3) == 0)
			CompareOwnView();
		if (fate == 2)
			connection_.Execute("ROLLBACK TO SAVEPOINT s");
		connection_.Execute("RELEASE SAVEPOINT s");
		if (Roll(2) == 0)
			Change();
	}

	void Change()
	{
		const std::string me = std::to_string(number_);
		switch (Roll(6)) {
		case 0:
		case 1:
		case 2:
			connection_.Execute(
				"INSERT INTO bids (writer, shop, item, amount, units, price) SELECT $1, r % 3, "
				"CASE WHEN r % 7 < 6 THEN 'item-' || r % 7 END, CASE WHEN r % 5 > 0 THEN r::bigint "
				"* "
				"1000003 END, "
				"CASE WHEN r % 11 > 0 THEN r % 20 END, CASE WHEN r % 4 > 0 THEN r / 100.0 END "
				"FROM generate_series($2::int, $2::int + $3::int) r",
				{me, std::to_string(Roll(10000)), std::to_string(Roll(4))});
			break;
		case 3:
			connection_.Execute("UPDATE bids SET item = 'item-' || $2::int, amount = -amount, "
								"units = units + 1 WHERE writer = $1 AND id % 3 = $3",
								{me, std::to_string(Roll(7)), std::to_string(Roll(3))});
			break;
		case 4:
			connection_.Execute("UPDATE bids SET price = price + 0.005, shop = $2 "
								"WHERE writer = $1 AND id % 4 = $3",
								{me, std::to_string(Roll(3)), std::to_string(Roll(4))});
			break;
		default:
			connection_.Execute("DELETE FROM bids WHERE writer = $1 AND id % 3 = $2",
								{me, std::to_string(Roll(3))});
		}
	}

	void CompareOwnView()
	{
		const Result differences =
			connection_.Execute(Difference("SELECT * FROM mezzanine.bids_by_item", kByItem));
		EXPECT_EQ(differences.rows(), 0) << "in a transaction of its own\n" << Show(differences);
	}

	Connection connection_;
	int number_;
	std::mt19937_64 random_;
};

class ViewExactnessTest : public DatabaseTest
{
protected:
	void SetUp() override
	{
		DatabaseTest::SetUp();
		Connection owner = Connect();
		owner.Execute("CREATE TABLE bids (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
					  "writer int NOT NULL, shop int, item text, amount bigint, units int, "
					  "price numeric)");
		owner.Execute("CREATE INDEX ON bids (writer)");
		owner.Execute("SELECT mezzanine.create_view('bids_by_item', $1)", {std::string(kByItem)});
		owner.Execute("SELECT mezzanine.create_view('bids_by_shop', $1)",
					  {std::string(kByShopAndItem)});
	}

	// Compares both views with their queries, in one snapshot.
	void CompareInOneSnapshot(Connection &reader)
	{
		reader.Execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
		ExpectNoRows(reader, Difference("SELECT * FROM mezzanine.bids_by_item", kByItem));
		ExpectNoRows(reader, Difference("SELECT * FROM mezzanine.bids_by_shop", kByShopAndItem));
		reader.Execute("COMMIT");
	}

	void VerifyBoth(Connection &owner)
	{
		ExpectNoRows(owner, "SELECT * FROM mezzanine.verify('mezzanine.bids_by_item')");
		ExpectNoRows(owner, "SELECT * FROM mezzanine.verify('mezzanine.bids_by_shop')");
	}
};

TEST_F(ViewExactnessTest, HoldsInEverySnapshotWhileManyWrite)
{
	const std::uint64_t seed = Seed();
	std::atomic<int> writing{kWriters};
	std::atomic<int> retries{0};
	int snapshots = 0;
	InParallel(kWriters + 1, [&](int client) {
		if (client == kWriters) {
			Connection reader = Connect();
			for (; writing > 0 && !HasFailure(); ++snapshots)
				CompareInOneSnapshot(reader);
			return;
		}
		const Leaving leaving(writing);
		Writer writer(Connect(), client, seed);
		for (int i = 0; i < kTransactions; ++i)
			retries += writer.RunTransaction() ? 0 : 1;
	});
	Connection owner = Connect();
	CompareInOneSnapshot(owner);
	VerifyBoth(owner);
	EXPECT_GT(snapshots, 3);
	EXPECT_GT(One(owner, "SELECT count(*) FROM mezzanine.bids_by_item"), 3);
	std::printf("%d snapshots compared, %d serializable transactions retried\n", snapshots,
				retries.load());
}

// Inserts into one group from everywhere, at all levels: they read nothing, so nothing
// may abort them, and the group counts each once.
TEST_F(ViewExactnessTest, OneHotGroupLosesNothingAndAbortsNobody)
{
	InParallel(kWriters, [&](int client) {
		Connection connection = Connect();
		connection.Execute("SELECT set_config('default_transaction_isolation', lower($1), false)",
						   {std::string(kIsolationLevels[client % 3])});
		for (int i = 0; i < kHotTransactions; ++i)
			connection.Execute("INSERT INTO bids (writer, item, amount, units, price) "
							   "VALUES ($1, 'hot', 1, 1, 0.10)",
							   {std::to_string(client)});
	});
	Connection owner = Connect();
	const Result hot =
		owner.Execute("SELECT bids, total, worth FROM mezzanine.bids_by_item WHERE item = 'hot'");
	ASSERT_EQ(hot.rows(), 1);
	EXPECT_EQ(hot.Integer(0, "bids"), kWriters * kHotTransactions);
	EXPECT_EQ(hot.Text(0, "total"), std::to_string(kWriters * kHotTransactions));
	EXPECT_EQ(hot.Text(0, "worth"), "48.00");
	VerifyBoth(owner);
}

// Views made while their base is written miss nothing.
TEST_F(ViewExactnessTest, AViewCreatedWhileItsBaseIsWrittenIsWhole)
{
	std::atomic<int> defining{1};
	InParallel(5, [&](int client) {
		Connection connection = Connect();
		if (client == 4) {
			const Leaving leaving(defining);
			for (int i = 0; i < 5; ++i)
				connection.Execute(
					"SELECT mezzanine.create_view($1, 'SELECT writer, count(*) AS n, "
					"sum(amount) AS total FROM bids GROUP BY writer')",
					{"late_" + std::to_string(i)});
			return;
		}
		for (int i = 0; defining > 0 && i < 5000; ++i)
			connection.Execute("INSERT INTO bids (writer, item, amount) VALUES ($1, 'x', $2)",
							   {std::to_string(client), std::to_string(i)});
	});
	Connection owner = Connect();
	for (int i = 0; i < 5; ++i)
		ExpectNoRows(owner,
					 "SELECT * FROM mezzanine.verify('mezzanine.late_" + std::to_string(i) + "')");
	VerifyBoth(owner);
}

// Views come and go while their base is written: no writer hears of it, and the views
// that stay are right.
TEST_F(ViewExactnessTest, ViewsDroppedWhileTheirBaseIsWrittenDisturbNobody)
{
	std::atomic<int> defining{1};
	InParallel(5, [&](int client) {
		Connection connection = Connect();
		if (client == 4) {
			const Leaving leaving(defining);
			for (int i = 0; i < 10; ++i) {
				connection.Execute("SELECT mezzanine.create_view('fleeting', 'SELECT writer, "
								   "count(*) AS n FROM bids GROUP BY writer')");
				connection.Execute("SELECT mezzanine.drop_view('fleeting')");
			}
			return;
		}
		for (int i = 0; defining > 0 && i < 5000; ++i) {
			connection.Execute("BEGIN");
			connection.Execute("INSERT INTO bids (writer, item, amount) VALUES ($1, 'x', $2)",
							   {std::to_string(client), std::to_string(i)});
			connection.Execute("UPDATE bids SET amount = -amount WHERE writer = $1 AND amount = $2",
							   {std::to_string(client), std::to_string(i)});
			connection.Execute("COMMIT");
		}
	});
	Connection owner = Connect();
	VerifyBoth(owner);
}

// The base is emptied again and again while others write it.
TEST_F(ViewExactnessTest, TruncateAmongWritersLeavesTheViewsRight)
{
	std::atomic<int> writing{4};
	InParallel(5, [&](int client) {
		Connection connection = Connect();
		if (client == 4) {
			for (; writing > 0; connection.Execute("SELECT pg_sleep(0.02)"))
				connection.Execute("TRUNCATE bids");
			return;
		}
		const Leaving leaving(writing);
		for (int i = 0; i < 100; ++i) {
			connection.Execute("BEGIN");
			if (i % 10 == 0) /* locks first what TRUNCATE will need, or two such deadlock */
				connection.Execute("LOCK TABLE bids");
			connection.Execute("INSERT INTO bids (writer, item, amount) VALUES ($1, $2, 5)",
							   {std::to_string(client), "item-" + std::to_string(i % 5)});
			if (i % 10 == 0)
				connection.Execute("TRUNCATE bids");
			connection.Execute("INSERT INTO bids (writer, item, amount) VALUES ($1, $2, 7)",
							   {std::to_string(client), "item-" + std::to_string(i % 3)});
			connection.Execute(i % 7 == 0 ? "ROLLBACK" : "COMMIT");
		}
	});
	Connection owner = Connect();
	VerifyBoth(owner);
}

// A writer that is killed with a captured change leaves no trace in the view.
TEST_F(ViewExactnessTest, AKilledWriterLeavesNothingBehind)
{
	Connection owner = Connect();
	Connection victim = Connect();
	victim.Execute("BEGIN");
	victim.Execute("INSERT INTO bids (writer, item, amount) VALUES (1, 'ghost', 1)");
	owner.Execute("SELECT pg_terminate_backend($1, 10000)", {std::to_string(victim.backend())});
	EXPECT_EQ(One(owner, "SELECT count(*) FROM mezzanine.bids_by_item"), 0);
	VerifyBoth(owner);
}

} // namespace
} // namespace mezzanine::test

// Who waits for whom because of a view.  A prepared transaction stands for a commit
// in progress: it has applied its changes and holds what the apply locked.
#include "harness.h"

namespace mezzanine::test
{
namespace
{

using std::chrono::milliseconds;

class ViewWaitingTest : public LevelTest
{
protected:
	void SetUp() override
	{
		LevelTest::SetUp();
		Connection owner = Connect();
		owner.Execute("CREATE TABLE bids (item text, amount bigint)");
		owner.Execute(
			"SELECT mezzanine.create_view('bid_summary', $$SELECT item, count(*) AS bids, "
			"sum(amount) AS total, avg(amount) AS mean FROM bids GROUP BY item$$)");
		owner.Execute(
			"INSERT INTO bids SELECT 'old-' || i % 100, i FROM generate_series(1, 200) i");
	}

	void TearDown() override
	{
		Connect().Try("ROLLBACK PREPARED '" + database() + "'"); /* of a test that gave up */
		LevelTest::TearDown();
	}

	// Leaves a transaction prepared that has applied `sql`.
	void Prepare(const std::string &sql)
	{
		Connection connection = ConnectAtLevel();
		connection.Execute("BEGIN");
		connection.Execute(sql);
		connection.Execute("PREPARE TRANSACTION '" + database() + "'");
	}

	void Finish(const char *how)
	{
		Connect().Execute(std::string(how) + " PREPARED '" + database() + "'");
	}

	// A connection that gives up after a second of waiting for a lock.
	Connection ConnectImpatiently()
	{
		Connection connection = ConnectAtLevel();
		connection.Execute("SET lock_timeout = '1 s'");
		connection.Execute("SET mezzanine.lock_timeout = '1 s'");
		return connection;
	}

	void ExpectRight()
	{
		Connection owner = Connect();
		ExpectNoRows(owner, "SELECT * FROM mezzanine.verify('mezzanine.bid_summary')");
		EXPECT_EQ(One(owner, "SELECT count(*) FROM pg_locks WHERE NOT granted"), 0);
	}
};

INSTANTIATE_TEST_SUITE_P(EveryLevel, ViewWaitingTest, ::testing::ValuesIn(kIsolationLevels),
						 LevelName);

TEST_P(ViewWaitingTest, WritersToOtherGroupsGoStraightThrough)
{
	Prepare("INSERT INTO bids VALUES ('old-1', 5), ('new-1', 5)");
	Connection writer = ConnectImpatiently();
	for (int i = 2; i < 100; ++i)
		writer.Execute("INSERT INTO bids VALUES ($1, 1), ($2, 1)",
					   {"old-" + std::to_string(i), "new-" + std::to_string(i)});
	/* not SERIALIZABLE: there two scans of the base beside a prepared insert are aborted
	   by PostgreSQL itself, with or without a view */
	writer.Execute("SET default_transaction_isolation = 'repeatable read'");
	writer.Execute("DELETE FROM bids WHERE item = 'old-50'");
	writer.Execute("UPDATE bids SET item = 'moved' WHERE item = 'old-51'");
	Finish("COMMIT");
	ExpectRight();
}

// Thinking inside a transaction holds nothing of the view.
TEST_P(ViewWaitingTest, WritersToTheSameGroupGoThroughWhileAnotherThinks)
{
	Connection thinker = ConnectAtLevel();
	thinker.Execute("BEGIN");
	thinker.Execute("INSERT INTO bids VALUES ('old-1', 5), ('new-1', 5)");
	thinker.Execute("SELECT * FROM mezzanine.bid_summary");
	Connection writer = ConnectImpatiently();
	writer.Execute("INSERT INTO bids VALUES ('old-1', 1), ('new-1', 1)");
	thinker.Execute("COMMIT");
	ExpectRight();
}

TEST_P(ViewWaitingTest, ReadersNeverWait)
{
	Prepare("INSERT INTO bids VALUES ('old-1', 5), ('new-1', 5)");
	Connection reader = ConnectImpatiently();
	EXPECT_EQ(One(reader, "SELECT bids FROM mezzanine.bid_summary WHERE item = 'old-1'"), 2);
	EXPECT_EQ(One(reader, "SELECT count(*) FROM mezzanine.bid_summary WHERE item = 'new-1'"), 0);
	Finish("ROLLBACK");
	ExpectRight();
}

// The same group waits for the commit, and for nothing longer; this also shows that
// the tests above could fail.
TEST_P(ViewWaitingTest, TheSameGroupWaitsForTheCommitAlone)
{
	Prepare("INSERT INTO bids VALUES ('old-1', 5)");
	Connection writer = ConnectAtLevel();
	writer.Send("INSERT INTO bids VALUES ('old-1', 1)");
	EXPECT_TRUE(writer.StillBusy(milliseconds(300)));
	Finish("COMMIT");
	EXPECT_TRUE(writer.Receive().ok());
	ExpectRight();
}

TEST_P(ViewWaitingTest, TwoSessionsMakeTheSameNewGroup)
{
	for (const char *how : {"COMMIT", "ROLLBACK"}) {
		const std::string group = std::string("both-") + how;
		Prepare("INSERT INTO bids VALUES ('" + group + "', 5)");
		Connection writer = ConnectAtLevel();
		writer.Send("INSERT INTO bids VALUES ('" + group + "', 1)");
		EXPECT_TRUE(writer.StillBusy(milliseconds(300)));
		Finish(how);
		const Result inserted = writer.Receive();
		EXPECT_TRUE(inserted.ok()) << inserted.message();
		EXPECT_EQ(One(writer, "SELECT bids FROM mezzanine.bid_summary WHERE item = $1", {group}),
				  std::string(how) == "COMMIT" ? 2 : 1);
	}
	ExpectRight();
}

TEST_P(ViewWaitingTest, AGroupsLastRowLeavesWhileAnotherComes)
{
	for (const char *how : {"COMMIT", "ROLLBACK"}) {
		Connection writer = ConnectAtLevel();
		writer.Execute("INSERT INTO bids VALUES ('last', 3)");
		Prepare("DELETE FROM bids WHERE item = 'last'");
		writer.Send("INSERT INTO bids VALUES ('last', 7)");
		EXPECT_TRUE(writer.StillBusy(milliseconds(300)));
		Finish(how);
		const Result inserted = writer.Receive();
		EXPECT_TRUE(inserted.ok()) << inserted.message();
		ExpectRight();
		writer.Execute("DELETE FROM bids WHERE item = 'last'");
		EXPECT_EQ(One(writer, "SELECT count(*) FROM mezzanine.bid_summary WHERE item = 'last'"), 0);
	}
	ExpectRight();
}

// Sixteen at once, over and over: no unique violation, no serialization failure.
TEST_P(ViewWaitingTest, ManySessionsMakeTheSameNewGroups)
{
	constexpr int kSessions = 16;
	constexpr int kGroups = 30;
	InParallel(kSessions, [&](int) {
		Connection connection = ConnectAtLevel();
		for (int i = 0; i < kGroups; ++i)
			connection.Execute("INSERT INTO bids VALUES ($1, 1)", {"rush-" + std::to_string(i)});
	});
	Connection owner = Connect();
	EXPECT_EQ(One(owner, "SELECT count(*) FROM mezzanine.bid_summary "
						 "WHERE item LIKE 'rush-%' AND bids = 16"),
			  kGroups);
	ExpectRight();
}

// Transactions over the same groups in opposite order do not deadlock.
TEST_P(ViewWaitingTest, OppositeOrdersDoNotDeadlock)
{
	InParallel(8, [&](int client) {
		Connection connection = ConnectAtLevel();
		for (int round = 0; round < 20; ++round) {
			connection.Execute("BEGIN");
			for (int i = 0; i < 6; ++i)
				connection.Execute("INSERT INTO bids VALUES ($1, 1)",
								   {"knot-" + std::to_string(client % 2 == 0 ? i : 5 - i)});
			connection.Execute("COMMIT");
		}
	});
	Connection owner = Connect();
	EXPECT_EQ(One(owner, "SELECT count(*) FROM mezzanine.bid_summary "
						 "WHERE item LIKE 'knot-%' AND bids = 160"),
			  6);
	ExpectRight();
}

} // namespace
} // namespace mezzanine::test

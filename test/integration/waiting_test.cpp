// Waiting for transactions in flight, giving up at the deadline, and clients that
// die: "sold out" is never said while an answer is still open.
#include "harness.h"

namespace mezzanine::test
{
namespace
{

using std::chrono::milliseconds;

class WaitingTest : public LevelTest
{
protected:
	void SetUp() override
	{
		LevelTest::SetUp();
		Connect().Execute("SELECT inventory.receive('lamp', 'main', 5)");
	}
};

INSTANTIATE_TEST_SUITE_P(EveryLevel, WaitingTest, ::testing::ValuesIn(kIsolationLevels), LevelName);

TEST_P(WaitingTest, IsContendedAndNotSoldOutWhileTheAnswerIsOpen)
{
	Connection holder = ConnectAtLevel();
	Connection buyer = ConnectAtLevel();
	holder.Execute("BEGIN");
	holder.Execute("SELECT * FROM inventory.reserve('lamp', 5)");
	const Result contended =
		buyer.Try("SELECT * FROM inventory.reserve('lamp', 1, wait => '200 ms')");
	EXPECT_EQ(contended.sqlstate(), "MZ002") << contended.message();
	EXPECT_NE(contended.Field(PG_DIAG_MESSAGE_HINT), "");
	holder.Execute("ROLLBACK");
	EXPECT_EQ(buyer.Execute("SELECT status FROM inventory.reserve('lamp', 5)").Text(0, 0), "held");
}

TEST_P(WaitingTest, HearsTheTruthWhenTheOtherCommits)
{
	Connection holder = ConnectAtLevel();
	Connection buyer = ConnectAtLevel();
	holder.Execute("BEGIN");
	holder.Execute("SELECT * FROM inventory.reserve('lamp', 3)");
	buyer.Send("SELECT status FROM inventory.reserve('lamp', 3, wait => '30 s')");
	EXPECT_TRUE(buyer.StillBusy(milliseconds(200)));
	holder.Execute("COMMIT");
	EXPECT_EQ(buyer.Receive().Text(0, 0), "rejected");
}

TEST_P(WaitingTest, GetsTheUnitsWhenTheOtherRollsBack)
{
	Connection holder = ConnectAtLevel();
	Connection buyer = ConnectAtLevel();
	holder.Execute("BEGIN");
	holder.Execute("SELECT * FROM inventory.reserve('lamp', 3)");
	buyer.Send("SELECT status FROM inventory.reserve('lamp', 3, wait => '30 s')");
	EXPECT_TRUE(buyer.StillBusy(milliseconds(200)));
	holder.Execute("ROLLBACK");
	EXPECT_EQ(buyer.Receive().Text(0, 0), "held");
}

// A client killed in the middle of its transaction takes its hold along.
TEST_P(WaitingTest, AKilledClientLeavesNothingBehind)
{
	Connection owner = Connect();
	std::optional<Connection> victim(ConnectAtLevel());
	Connection buyer = ConnectAtLevel();
	victim->Execute("BEGIN");
	const Result lost = victim->Execute("SELECT reservation FROM inventory.reserve('lamp', 5)");
	buyer.Send("SELECT status FROM inventory.reserve('lamp', 5, wait => '30 s')");
	EXPECT_TRUE(buyer.StillBusy(milliseconds(100)));
	owner.Execute("SELECT pg_terminate_backend($1)", {std::to_string(victim->backend())});
	EXPECT_EQ(buyer.Receive().Text(0, 0), "held");
	EXPECT_EQ(One(owner, "SELECT count(*) FROM inventory.reservations WHERE reservation = $1",
				  {lost.Text(0, 0)}),
			  0);
	ExpectNoRows(owner, "SELECT * FROM inventory.verify()");
}

// The socket goes away without a word: the server notices, and rolls back.
TEST_P(WaitingTest, AClientThatVanishesLeavesNothingBehind)
{
	{
		Connection victim = ConnectAtLevel();
		victim.Execute("BEGIN");
		victim.Execute("SELECT * FROM inventory.reserve('lamp', 5)");
	}
	Connection buyer = ConnectAtLevel();
	EXPECT_EQ(
		buyer.Execute("SELECT status FROM inventory.reserve('lamp', 5, wait => '30 s')").Text(0, 0),
		"held");
	ExpectNoRows(buyer, "SELECT * FROM inventory.verify()");
}

// A cancelled wait is an ordinary query_canceled, and the session goes on.
TEST_P(WaitingTest, ACancelledWaitLeavesTheSessionWhole)
{
	Connection owner = Connect();
	Connection holder = ConnectAtLevel();
	Connection buyer = ConnectAtLevel();
	holder.Execute("BEGIN");
	holder.Execute("SELECT * FROM inventory.reserve('lamp', 5)");
	buyer.Send("SELECT status FROM inventory.reserve('lamp', 1, wait => '30 s')");
	EXPECT_TRUE(buyer.StillBusy(milliseconds(100)));
	owner.Execute("SELECT pg_cancel_backend($1)", {std::to_string(buyer.backend())});
	EXPECT_EQ(buyer.Receive().sqlstate(), "57014");
	holder.Execute("ROLLBACK");
	EXPECT_EQ(buyer.Execute("SELECT status FROM inventory.reserve('lamp', 5)").Text(0, 0), "held");
	EXPECT_EQ(One(owner, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), 0);
}

// A rejection lets its fences go, but not those of what the transaction holds already.
TEST_P(WaitingTest, ARejectionKeepsTheFencesOfEarlierHolds)
{
	Connection holder = ConnectAtLevel();
	Connection buyer = ConnectAtLevel();
	holder.Execute("BEGIN");
	EXPECT_EQ(holder.Execute("SELECT status FROM inventory.reserve('lamp', 3)").Text(0, 0), "held");
	holder.Execute("SAVEPOINT s");
	EXPECT_EQ(holder.Execute("SELECT status FROM inventory.reserve('lamp', 3)").Text(0, 0),
			  "rejected");
	holder.Execute("ROLLBACK TO SAVEPOINT s");
	EXPECT_EQ(holder.Execute("SELECT status FROM inventory.reserve('lamp', 3)").Text(0, 0),
			  "rejected");
	buyer.Send("SELECT status FROM inventory.reserve('lamp', 3, wait => '30 s')");
	EXPECT_TRUE(buyer.StillBusy(milliseconds(200)));
	holder.Execute("ROLLBACK");
	EXPECT_EQ(buyer.Receive().Text(0, 0), "held");
	ExpectNoRows(buyer, "SELECT * FROM inventory.verify()");
}

// A savepoint that is rolled back gives its units back to its own transaction.
TEST_P(WaitingTest, ARolledBackSavepointGivesItsUnitsBack)
{
	Connection buyer = ConnectAtLevel();
	buyer.Execute("BEGIN");
	buyer.Execute("SAVEPOINT first");
	EXPECT_EQ(buyer.Execute("SELECT status FROM inventory.reserve('lamp', 4)").Text(0, 0), "held");
	buyer.Execute("ROLLBACK TO first");
	EXPECT_EQ(buyer.Execute("SELECT status FROM inventory.reserve('lamp', 5)").Text(0, 0), "held");
	EXPECT_EQ(buyer.Execute("SELECT status FROM inventory.reserve('lamp', 1)").Text(0, 0),
			  "rejected");
	buyer.Execute("COMMIT");
	ExpectNoRows(buyer, "SELECT * FROM inventory.verify()");
}

} // namespace
} // namespace mezzanine::test

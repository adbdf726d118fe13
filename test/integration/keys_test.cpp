// Retries: the same key gives the same answer, however many send it at once, and
// whatever the first answer was.
#include "harness.h"

#include <set>

namespace mezzanine::test
{
namespace
{

constexpr int kSessions = 16;

class KeysTest : public LevelTest
{
};

INSTANTIATE_TEST_SUITE_P(EveryLevel, KeysTest, ::testing::ValuesIn(kIsolationLevels), LevelName);

// What 16 sessions hear that send the same request at once.
struct Answers {
	std::mutex mutex;
	std::set<std::string> reservations;
	std::set<std::string> statuses;
	int fresh = 0;

	void Add(const Result &outcome)
	{
		const std::lock_guard<std::mutex> lock(mutex);
		reservations.insert(outcome.Text(0, "reservation"));
		statuses.insert(outcome.Text(0, "status"));
		fresh += outcome.Text(0, "replayed") == "f" ? 1 : 0;
	}
};

TEST_P(KeysTest, OneOfManyRetriesReservesAndAllHearTheSame)
{
	Connect().Execute("SELECT inventory.receive('lamp', 'main', 100)");
	for (int round = 0; round < 5; ++round) {
		Answers answers;
		InParallel(kSessions, [&](int) {
			Connection connection = ConnectAtLevel();
			answers.Add(connection.Execute(
				"SELECT * FROM inventory.reserve('lamp', 2, key => $1, wait => '30 s')",
				{"cart-" + std::to_string(round)}));
		});
		EXPECT_EQ(answers.reservations.size(), 1U);
		EXPECT_EQ(answers.statuses, std::set<std::string>{"held"});
		EXPECT_EQ(answers.fresh, 1);
	}
	Connection audit = Connect();
	EXPECT_EQ(One(audit, "SELECT held FROM inventory.available(ARRAY['lamp'])"), 10);
	ExpectNoRows(audit, "SELECT * FROM inventory.verify()");
}

TEST_P(KeysTest, ARejectionSticksWhenStockArrivesLater)
{
	Connection connection = ConnectAtLevel();
	connection.Execute("SELECT inventory.receive('lamp', 'main', 1)");
	const std::string reserve = "SELECT * FROM inventory.reserve('lamp', 2, key => 'cart')";
	EXPECT_EQ(connection.Execute(reserve).Text(0, "status"), "rejected");
	connection.Execute("SELECT inventory.receive('lamp', 'main', 10)");
	const Result again = connection.Execute(reserve);
	EXPECT_EQ(again.Text(0, "status"), "rejected");
	EXPECT_EQ(again.Text(0, "replayed"), "t");
	EXPECT_EQ(One(connection, "SELECT available FROM inventory.available(ARRAY['lamp'])"), 11);
}

TEST_P(KeysTest, AKeyThatWasRolledBackIsFree)
{
	Connection connection = ConnectAtLevel();
	connection.Execute("SELECT inventory.receive('lamp', 'main', 10)");
	connection.Execute("BEGIN");
	connection.Execute("SELECT * FROM inventory.reserve('lamp', 2, key => 'cart')");
	connection.Execute("ROLLBACK");
	const Result outcome =
		connection.Execute("SELECT * FROM inventory.reserve('lamp', 3, key => 'cart')");
	EXPECT_EQ(outcome.Text(0, "status"), "held");
	EXPECT_EQ(outcome.Text(0, "replayed"), "f");
}

TEST_P(KeysTest, AKeyWithAnotherPayloadIsRefused)
{
	Connection connection = ConnectAtLevel();
	connection.Execute("SELECT inventory.receive('lamp', 'main', 10)");
	connection.Execute("SELECT * FROM inventory.reserve('lamp', 2, key => 'cart')");
	const Result other =
		connection.Try("SELECT * FROM inventory.reserve('lamp', 3, key => 'cart')");
	EXPECT_EQ(other.sqlstate(), "MZ008");
	EXPECT_NE(other.Field(PG_DIAG_MESSAGE_HINT), "");
}

TEST_P(KeysTest, ManyConfirmationsAtOnceSellOnce)
{
	Connection owner = Connect();
	owner.Execute("SELECT inventory.receive('lamp', 'main', 10)");
	const Result hold =
		owner.Execute("SELECT reservation, fence FROM inventory.reserve('lamp', 4)");
	Answers answers;
	InParallel(kSessions, [&](int) {
		Connection connection = ConnectAtLevel();
		answers.Add(connection.Execute("SELECT * FROM inventory.confirm($1, $2)",
									   {hold.Text(0, 0), hold.Text(0, 1)}));
	});
	EXPECT_EQ(answers.statuses, std::set<std::string>{"confirmed"});
	EXPECT_EQ(answers.fresh, 1);
	EXPECT_EQ(One(owner, "SELECT on_hand FROM inventory.available(ARRAY['lamp'])"), 6);
	ExpectNoRows(owner, "SELECT * FROM inventory.verify()");
}

// One confirms, one releases: exactly one of them has its way.
TEST_P(KeysTest, AConfirmationAndAReleaseDoNotBothHappen)
{
	Connection owner = Connect();
	owner.Execute("SELECT inventory.receive('lamp', 'main', 100)");
	for (int round = 0; round < 10; ++round) {
		const Result hold =
			owner.Execute("SELECT reservation, fence FROM inventory.reserve('lamp', 1)");
		std::array<std::string, 2> states;
		InParallel(2, [&](int session) {
			Connection connection = ConnectAtLevel();
			const char *verb = session == 0 ? "confirm" : "release";
			states.at(static_cast<std::size_t>(session)) =
				connection
					.Try(std::string("SELECT * FROM inventory.") + verb + "($1, $2)",
						 {hold.Text(0, 0), hold.Text(0, 1)})
					.sqlstate();
		});
		const bool confirmed = states[0].empty() && states[1] == "MZ005";
		const bool released = states[1].empty() && states[0] == "MZ006";
		EXPECT_TRUE(confirmed || released) << "confirm " << states[0] << " release " << states[1];
	}
	ExpectNoRows(owner, "SELECT * FROM inventory.verify()");
}

} // namespace
} // namespace mezzanine::test

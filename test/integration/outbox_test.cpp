// The outbox under fire: writers that commit in any order, roll back, and die; consumers that
// keep what they get in a table, roll back, and die.  In the end the table has every committed
// movement once.
#include "harness.h"

namespace mezzanine::test
{
namespace
{

constexpr int kWriters = 10;
constexpr int kMovesEach = 40;

class OutboxTest : public LevelTest
{
protected:
	void SetUp() override
	{
		LevelTest::SetUp();
		Connection setup = Connect();
		setup.Script("CREATE TABLE had (sequence bigint PRIMARY KEY, quantity bigint, sku text, "
					 "number int GENERATED ALWAYS AS IDENTITY);"
					 "CREATE FUNCTION take(most int) RETURNS bigint LANGUAGE sql AS $$"
					 "  WITH c AS (INSERT INTO had SELECT sequence, quantity, sku"
					 "             FROM inventory.consume('mirror', most) RETURNING 1)"
					 "  SELECT count(*) FROM c $$");
		setup.Execute("SELECT inventory.create_consumer('mirror')");
	}

	// Transactions of some movements, that take their time, and may roll back or be killed.
	void Write(int writer, std::uint64_t seed) const
	{
		std::mt19937_64 random(seed + static_cast<std::uint64_t>(writer));
		Connection connection = ConnectAtLevel();
		for (int i = 0; i < kMovesEach; ++i) {
			connection.Execute("BEGIN");
			for (std::uint64_t n = random() % 3 + 1; n > 0; --n) {
				if (random() % 3 == 0)
					connection.Execute("SAVEPOINT s");
				connection.Execute("SELECT inventory.receive('item-' || $1, 'main', $2::bigint)",
								   {std::to_string(writer), std::to_string(i + 1)});
				std::this_thread::sleep_for(std::chrono::milliseconds(random() % 4));
			}
			if (random() % 20 == 0) {
				connection.Try("SELECT pg_terminate_backend(pg_backend_pid())");
				connection = ConnectAtLevel();
			} else {
				connection.Execute(random() % 5 == 0 ? "ROLLBACK" : "COMMIT");
			}
		}
	}

	// Takes until `writing` ends and nothing is left.
	void Take(int consumer, std::uint64_t seed, const std::atomic<int> &writing) const
	{
		std::mt19937_64 random(seed + 1000 + static_cast<std::uint64_t>(consumer));
		Connection connection = ConnectAtLevel();
		for (bool last = false; !last;) {
			last = writing == 0;
			connection.Execute("BEGIN");
			const auto most = last ? 1000000 : static_cast<int>(random() % 20) + 1;
			const std::int64_t taken =
				One(connection, "SELECT take($1::int)", {std::to_string(most)});
			last = last && taken == 0;
			if (random() % 20 == 0) {
				connection.Try("SELECT pg_terminate_backend(pg_backend_pid())");
				connection = ConnectAtLevel();
				last = false;
			} else if (random() % 4 == 0) {
				connection.Execute("ROLLBACK");
				last = false;
			} else {
				connection.Execute("COMMIT");
			}
		}
	}
};

INSTANTIATE_TEST_SUITE_P(EveryLevel, OutboxTest, ::testing::ValuesIn(kIsolationLevels), LevelName);

TEST_P(OutboxTest, EveryCommittedMovementComesOnce)
{
	const std::uint64_t seed = Seed();
	std::atomic<int> writing{kWriters};
	InParallel(kWriters + 2, [&](int i) {
		if (i < kWriters) {
			const Leaving leaving(writing);
			Write(i, seed);
		} else {
			Take(i, seed, writing);
		}
	});
	Connection audit = Connect();
	One(audit, "SELECT take(1000000)");
	EXPECT_GT(One(audit, "SELECT count(*) FROM had"), kWriters * kMovesEach / 2);
	ExpectNoRows(audit, Difference("SELECT sequence, quantity FROM inventory.journal",
								   "SELECT sequence, quantity FROM had"));
	// Of one item, each comes after those that were committed before it was begun.
	ExpectNoRows(audit, "SELECT * FROM (SELECT sku, sequence, lag(sequence) OVER (PARTITION BY sku "
						"ORDER BY number) AS before FROM had) AS h WHERE before > sequence");
	ExpectNoRows(audit, "SELECT * FROM inventory.verify()");
}

// A transaction that takes long holds nobody else's movements up, and loses none of its own;
// a prepared one too, whose session is gone.
TEST_P(OutboxTest, ALongTransactionDelaysOnlyItself)
{
	Connection slow = ConnectAtLevel();
	Connection prepared = ConnectAtLevel();
	Connection quick = ConnectAtLevel();
	Connection consumer = ConnectAtLevel();
	slow.Execute("BEGIN");
	slow.Execute("SELECT inventory.receive('slow', 'main', 1)");
	prepared.Execute("BEGIN");
	prepared.Execute("SELECT inventory.receive('prepared', 'main', 1)");
	prepared.Execute("PREPARE TRANSACTION 'outbox'");
	for (int i = 0; i < 20; ++i) {
		quick.Execute("SELECT inventory.receive('quick', 'main', 1)");
		EXPECT_EQ(One(consumer, "SELECT take(100)"), 1) << i;
	}
	slow.Execute("SELECT inventory.receive('slow', 'main', 2)");
	EXPECT_EQ(One(consumer, "SELECT take(100)"), 0);
	slow.Execute("COMMIT");
	EXPECT_EQ(One(consumer, "SELECT take(100)"), 2);
	quick.Execute("COMMIT PREPARED 'outbox'");
	EXPECT_EQ(One(consumer, "SELECT take(100)"), 1);
	EXPECT_EQ(One(consumer, "SELECT take(100)"), 0);
}

} // namespace
} // namespace mezzanine::test

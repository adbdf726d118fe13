// Random views on random tables under random changes equal their queries, always.
//
// MEZZANINE_SEED replays; MEZZANINE_PROPERTY_CASES says how many cases (each some tables, four
// views and a script), MEZZANINE_PROPERTY_TRANSACTIONS how many transactions each script has, and
// MEZZANINE_PROPERTY_ROUNDS how many concurrent rounds.
#include "runner.h"

namespace mezzanine::test
{
namespace
{

constexpr int kViews = 4;

int Setting(const char *name, int otherwise)
{
	const char *given = std::getenv(name);
	return given != nullptr ? std::atoi(given) : otherwise;
}

class WithOwnAggregates : public DatabaseTest
{
protected:
	void SetUp() override
	{
		DatabaseTest::SetUp();
		Connect().Script(OwnAggregates());
	}
};

class ViewPropertyTest : public WithOwnAggregates
{
protected:
	void ExpectHolds(const Case &made)
	{
		Connection connection = Connect();
		const std::optional<std::string> failure = RunCase(&connection, made, &tally_);
		if (!failure)
			return;
		++failed_;
		Connection again = Connect();
		const Case smallest = Shrink(&again, made);
		Tally ignored;
		const std::optional<std::string> still = RunCase(&again, smallest, &ignored);
		ADD_FAILURE() << "case " << made.seed << ": " << *failure << "\nas small as it gets ("
					  << (still ? *still : "but not every time") << "):\n"
					  << Show(smallest);
	}

	void Tell() const
	{
		std::printf("%d definitions (%d refused), %d statements, %d comparisons\n",
					tally_.definitions, tally_.refused, tally_.statements, tally_.comparisons);
		std::fflush(stdout);
	}

	Tally tally_;
	int failed_ = 0;
};

TEST_F(ViewPropertyTest, ViewsEqualTheirQueriesAfterEveryChange)
{
	const std::uint64_t seed = Seed();
	const int cases = Setting("MEZZANINE_PROPERTY_CASES", 120);
	const int transactions = Setting("MEZZANINE_PROPERTY_TRANSACTIONS", 20);
	for (int i = 0; i < cases && failed_ < Setting("MEZZANINE_PROPERTY_FAILURES", 3); ++i) {
		ExpectHolds(RandomCase(seed + static_cast<std::uint64_t>(i), kViews, transactions));
		if (i % 50 == 49)
			Tell();
	}
	Tell();
	EXPECT_LT(tally_.refused * 6, tally_.definitions) << "too much is refused";
}

// --- many at once ---

constexpr int kWriters = 8;
constexpr int kTransactionsAtOnce = 60;

// A writer that goes on after it was killed, and after what serializable isolation asks.
class Writer
{
public:
	Writer(std::function<Connection()> connect, std::uint64_t seed,
		   const std::vector<Table> &tables, int owner)
		: connect_(std::move(connect)), connection_(connect_()), script_(seed, tables, owner)
	{
	}

	void RunTransaction()
	{
		for (const std::string &statement : script_.Transaction()) {
			const Result result = connection_.Try(statement);
			if (!connection_.alive()) {
				connection_ = connect_();
				return;
			}
			if (!result.ok() && result.sqlstate() != "40001" && !IsExpected(result.sqlstate()))
				throw std::runtime_error(result.sqlstate() + " " + result.message() +
										 "\nin: " + statement);
		}
	}

	int backend() const { return connection_.backend(); }

private:
	std::function<Connection()> connect_;
	Connection connection_;
	Script script_;
};

class ViewRaceTest : public WithOwnAggregates
{
protected:
	// Compares every view with its query in one snapshot of a reader's.
	void CompareInOneSnapshot(Connection *reader, const std::vector<Definition> &definitions)
	{
		reader->Execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
		for (const Definition &definition : definitions) {
			const Result difference = reader->Try(Comparison(definition));
			if (!difference.ok() && difference.sqlstate() == "22003")
				break;
			ASSERT_TRUE(difference.ok()) << definition.query << "\n" << difference.message();
			ASSERT_EQ(difference.rows(), 0) << definition.query << "\n" << Show(difference);
			++comparisons_;
		}
		reader->Execute("ROLLBACK");
	}

	void Round(std::uint64_t seed)
	{
		Random random(seed);
		const std::vector<Table> tables = RandomTables(&random);
		std::vector<Definition> definitions;
		for (int i = 0; i < kViews; ++i)
			definitions.push_back((i == 0 ? RandomSpreadDefinition : RandomDefinition)(
				&random, tables, Crowd::kSparse, "v" + std::to_string(i)));
		Connection owner = Berlin();
		(void)Prepare(&owner, tables, &definitions);

		std::atomic<int> writing{kWriters};
		InParallel(kWriters + 2, [&](int client) {
			if (client == kWriters)
				return ReadAllTheTime(definitions, &writing);
			if (client == kWriters + 1)
				return KillNowAndThen(seed, &writing);
			const Leaving leaving(writing);
			Writer writer([this] { return Berlin("application_name=writer"); },
						  seed + static_cast<std::uint64_t>(client), tables, client + 1);
			for (int i = 0; i < kTransactionsAtOnce && !HasFailure(); ++i)
				writer.RunTransaction();
		});
		CompareInOneSnapshot(&owner, definitions);
		for (const Definition &definition : definitions)
			ExpectNoRows(owner,
						 "SELECT * FROM mezzanine.verify('mezzanine." + definition.name + "')");
		for (const Table &table : tables)
			owner.Execute("DROP TABLE " + table.name + " CASCADE");
	}

	Connection Berlin(const std::string &more = "")
	{
		return Connect("options='-c TimeZone=Europe/Berlin' " + more);
	}

	void ReadAllTheTime(const std::vector<Definition> &definitions, std::atomic<int> *writing)
	{
		Connection reader = Berlin();
		while (*writing > 0 && !HasFailure())
			CompareInOneSnapshot(&reader, definitions);
	}

	void KillNowAndThen(std::uint64_t seed, std::atomic<int> *writing)
	{
		Random random(seed);
		Connection killer = Connect("application_name=killer");
		while (*writing > 0 && !HasFailure()) {
			std::this_thread::sleep_for(std::chrono::milliseconds(random.Between(20, 120)));
			killer.Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
						   "datname = current_database() AND xact_start IS NOT NULL AND "
						   "application_name = 'writer' ORDER BY random() LIMIT 1");
		}
	}

	std::atomic<int> comparisons_{0};
};

TEST_F(ViewRaceTest, ViewsEqualTheirQueriesInEverySnapshotWhileManyWriteAndSomeAreKilled)
{
	const std::uint64_t seed = Seed();
	const int rounds = Setting("MEZZANINE_PROPERTY_ROUNDS", 20);
	for (int i = 0; i < rounds && !HasFailure(); ++i) {
		SCOPED_TRACE("round of seed " + std::to_string(seed + static_cast<std::uint64_t>(i)));
		Round(seed + static_cast<std::uint64_t>(i));
	}
	EXPECT_GT(comparisons_.load(), rounds * kViews / 2);
	std::printf("%d comparisons in snapshots of their own\n", comparisons_.load());
}

} // namespace
} // namespace mezzanine::test

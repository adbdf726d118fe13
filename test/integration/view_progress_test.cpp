// What mezzanine_info.progress shows to others while a view is made.  A gate in the query
// stops the making at a chosen row for as long as the test looks.
#include "harness.h"

namespace mezzanine::test
{
namespace
{

constexpr std::int64_t kRows = 1'000'000;
constexpr std::int64_t kGate = 700'000;
constexpr const char *kQuery =
	"SELECT g, sum(CASE WHEN id = 700000 THEN gate(id) ELSE 1 END) AS total FROM events GROUP BY g";

class ViewProgressTest : public DatabaseTest
{
protected:
	void SetUp() override
	{
		DatabaseTest::SetUp();
		Connection owner = Connect();
		owner.Script("SET synchronize_seqscans = off;"
					 "CREATE TABLE events (id int, g int);"
					 "INSERT INTO events SELECT i, i % 1000 FROM generate_series(1, 1000000) AS i;"
					 "ANALYZE events;"
					 "CREATE FUNCTION gate(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$"
					 "BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN 1; END $$");
		create_ = "SELECT mezzanine.create_view('event_totals', '" + std::string(kQuery) + "')";
	}

	// Has `sql` run into the gate, looks at its progress, and lets it go on.
	void LookAt(const std::string &sql, const std::string &command)
	{
		Connection keeper = Connect();
		keeper.Execute("SELECT pg_advisory_lock(7)");
		Connection maker = Connect();
		maker.Execute("SET synchronize_seqscans = off");
		maker.Send(sql);
		WaitForGate(keeper, maker.backend());
		Connection looker = Connect();
		Expect(looker, maker.backend(), command);
		keeper.Execute("SELECT pg_advisory_unlock(7)");
		const Result made = maker.Receive();
		EXPECT_TRUE(made.ok()) << made.message();
		ExpectNoRows(looker, "SELECT * FROM mezzanine_info.progress");
	}

	std::string create_;

	static void WaitForGate(Connection &connection, int maker)
	{
		const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
		while (One(connection,
				   "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted "
				   "AND pid = $1",
				   {std::to_string(maker)}) == 0) {
			ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "nobody came to the gate";
			std::this_thread::sleep_for(std::chrono::milliseconds(20));
		}
	}

private:
	static void Expect(Connection &looker, int maker, const std::string &command)
	{
		const Result seen = looker.Execute(
			"SELECT pid, command, base::text AS base, coalesce(view::text, '') AS view, core, "
			"cores, rows_read, rows_to_read, rows_to_write, percent FROM mezzanine_info.progress");
		ASSERT_EQ(seen.rows(), 1);
		EXPECT_EQ(seen.Integer(0, "pid"), maker);
		EXPECT_EQ(seen.Text(0, "command"), command);
		EXPECT_EQ(seen.Text(0, "base"), "events");
		EXPECT_EQ(seen.Text(0, "view"), command == "create" ? "" : "mezzanine.event_totals");
		EXPECT_EQ(seen.Integer(0, "core"), 1);
		EXPECT_EQ(seen.Integer(0, "cores"), 1);
		EXPECT_LE(seen.Integer(0, "rows_read"), kGate) << Show(seen);
		EXPECT_GT(seen.Integer(0, "rows_read"), kGate - 100) << Show(seen);
		EXPECT_NEAR(static_cast<double>(seen.Integer(0, "rows_to_read")), kRows, kRows / 10.0);
		EXPECT_GT(seen.Integer(0, "rows_to_write"), 0);
		EXPECT_NEAR(std::stod(seen.Text(0, "percent")), 70, 7) << Show(seen);
	}
};

TEST_F(ViewProgressTest, OthersSeeHowFarAViewIs)
{
	LookAt(create_, "create");
	LookAt("SELECT mezzanine.refresh('mezzanine.event_totals')", "refresh");
	LookAt("SELECT mezzanine.refresh('mezzanine.event_totals', rebuild => true)", "rebuild");
	Connection owner = Connect();
	ExpectNoRows(owner, "SELECT * FROM mezzanine.verify('mezzanine.event_totals')");
}

// A function of the query that catches an error of its own rolls a subtransaction back, which
// takes PostgreSQL's progress back.
TEST_F(ViewProgressTest, AnErrorCaughtWithinTheQueryLeavesIt)
{
	Connection owner = Connect();
	owner.Execute("CREATE OR REPLACE FUNCTION gate(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS "
				  "$$ BEGIN BEGIN RAISE division_by_zero; EXCEPTION WHEN division_by_zero THEN "
				  "NULL; END; PERFORM pg_advisory_xact_lock_shared(7); RETURN 1; END $$");
	LookAt(create_, "create");
}

// A making that fails leaves nothing behind, also where the transaction goes on.
TEST_F(ViewProgressTest, AFailureTakesItBack)
{
	Connection maker = Connect();
	maker.Execute("BEGIN");
	maker.Execute("SAVEPOINT before");
	maker.Execute("CREATE OR REPLACE FUNCTION gate(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS "
				  "$$ BEGIN RAISE division_by_zero; END $$");
	EXPECT_EQ(maker.Try(create_).sqlstate(), "22012");
	maker.Execute("ROLLBACK TO before");
	ExpectNoRows(maker, "SELECT * FROM mezzanine_info.progress");
	maker.Execute(create_);
	maker.Execute("COMMIT");
	ExpectNoRows(maker, "SELECT * FROM mezzanine.verify('mezzanine.event_totals')");
}

// Who may not look at a session's statistics sees nothing of it.
TEST_F(ViewProgressTest, StrangersSeeNothing)
{
	const std::string reader = database() + "_reader";
	Connection owner = Connect();
	owner.Execute("CREATE ROLE " + reader + " LOGIN IN ROLE mezzanine_reader");
	Connection keeper = Connect();
	keeper.Execute("SELECT pg_advisory_lock(7)");
	Connection maker = Connect();
	maker.Send(create_);
	WaitForGate(owner, maker.backend());
	{
		Connection stranger = Connect("user=" + reader);
		ExpectNoRows(stranger, "SELECT * FROM mezzanine_info.progress");
		owner.Execute("GRANT pg_read_all_stats TO " + reader);
		EXPECT_EQ(One(stranger, "SELECT count(*) FROM mezzanine_info.progress"), 1);
	}
	keeper.Execute("SELECT pg_advisory_unlock(7)");
	EXPECT_TRUE(maker.Receive().ok());
	owner.Execute("DROP ROLE " + reader);
}

} // namespace
} // namespace mezzanine::test

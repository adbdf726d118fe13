// What the inventory refuses: each wrong use has its SQLSTATE, a detail and a hint,
// and leaves the stock as it was.
#include "harness.h"

namespace mezzanine::test
{
namespace
{

constexpr const char *kNobody = "00000000-0000-0000-0000-000000000001";

class RefusalsTest : public DatabaseTest
{
protected:
	void SetUp() override
	{
		DatabaseTest::SetUp();
		owner_.emplace(Connect());
		owner_->Execute("SELECT inventory.receive('lamp', 'main', 10)");
	}

	void TearDown() override
	{
		if (owner_)
			ExpectNoRows(*owner_, "SELECT * FROM inventory.verify()");
		owner_.reset();
		DatabaseTest::TearDown();
	}

	void ExpectRefused(const std::string &sql, const std::string &sqlstate,
					   const Parameters &parameters = {})
	{
		const Result result = owner_->Try(sql, parameters);
		EXPECT_EQ(result.sqlstate(), sqlstate) << sql << "\n" << result.message();
		if (sqlstate.starts_with("MZ")) {
			EXPECT_NE(result.Field(PG_DIAG_MESSAGE_DETAIL), "") << sql;
			EXPECT_NE(result.Field(PG_DIAG_MESSAGE_HINT), "") << sql;
		}
	}

	Result Hold(const std::string &ttl = "15 min")
	{
		return owner_->Execute(
			"SELECT reservation, fence FROM inventory.reserve('lamp', 2, ttl => $1)", {ttl});
	}

	std::int64_t Available()
	{
		return One(*owner_, "SELECT available FROM inventory.available(ARRAY['lamp'])");
	}

	Connection &owner() { return *owner_; }

private:
	std::optional<Connection> owner_;
};

TEST_F(RefusalsTest, QuantitiesThatAreNone)
{
	for (const char *quantity : {"0", "-1", "-9223372036854775808"}) {
		ExpectRefused("SELECT * FROM inventory.reserve('lamp', $1::bigint)", "22023",
					  {std::string(quantity)});
		ExpectRefused("SELECT inventory.receive('lamp', 'main', $1)", "22023",
					  {std::string(quantity)});
	}
	ExpectRefused("SELECT * FROM inventory.reserve('lamp', NULL::bigint)", "22023");
	ExpectRefused("SELECT * FROM inventory.reserve(NULL::text, 1)", "22023");
	EXPECT_EQ(Available(), 10);
}

TEST_F(RefusalsTest, SumsBeyondABigint)
{
	ExpectRefused("SELECT inventory.receive('lamp', 'main', 9223372036854775807)", "22003");
	ExpectRefused("SELECT * FROM inventory.reserve(ARRAY[ROW('lamp', 9223372036854775807, 'main'), "
				  "ROW('lamp', 1, 'main')]::inventory.line[])",
				  "22003");
	EXPECT_EQ(owner()
				  .Execute("SELECT status FROM inventory.reserve('lamp', 9223372036854775807)")
				  .Text(0, 0),
			  "rejected");
	EXPECT_EQ(Available(), 10);
}

TEST_F(RefusalsTest, ItemsAndPlacesUnknown)
{
	ExpectRefused("SELECT * FROM inventory.reserve('no such lamp', 1)", "MZ010");
	ExpectRefused("SELECT * FROM inventory.reserve('lamp', 1, 'nowhere')", "MZ010");
	ExpectRefused("SELECT * FROM inventory.reserve('LAMP', 1)", "MZ010");
}

TEST_F(RefusalsTest, CartsWithNothingOrNullInThem)
{
	ExpectRefused("SELECT * FROM inventory.reserve('{}'::inventory.line[])", "22023");
	ExpectRefused("SELECT * FROM inventory.reserve(ARRAY[NULL]::inventory.line[])", "22023");
	ExpectRefused("SELECT * FROM inventory.reserve(ARRAY[ROW(NULL, 1, 'main')]::inventory.line[])",
				  "22023");
	ExpectRefused(
		"SELECT * FROM inventory.reserve(ARRAY[ROW('lamp', NULL, 'main')]::inventory.line[])",
		"22023");
}

TEST_F(RefusalsTest, TimesThatAreNone)
{
	ExpectRefused("SELECT * FROM inventory.reserve('lamp', 1, ttl => '0 s')", "22023");
	ExpectRefused("SELECT * FROM inventory.reserve('lamp', 1, ttl => '-1 s')", "22023");
	ExpectRefused("SELECT * FROM inventory.reserve('lamp', 1, ttl => NULL)", "22023");
	ExpectRefused("SELECT * FROM inventory.reserve('lamp', 1, wait => '-1 s')", "22023");
}

TEST_F(RefusalsTest, WritingInAReadOnlyTransaction)
{
	owner().Execute("BEGIN READ ONLY");
	ExpectRefused("SELECT * FROM inventory.reserve('lamp', 1)", "25006");
	owner().Execute("ROLLBACK");
	owner().Execute("BEGIN READ ONLY");
	ExpectRefused("SELECT inventory.receive('lamp', 'main', 1)", "25006");
	owner().Execute("ROLLBACK");
	EXPECT_EQ(Available(), 10);
}

TEST_F(RefusalsTest, ReservationsThatAreNotTheCallers)
{
	ExpectRefused("SELECT * FROM inventory.confirm($1, 1)", "MZ007", {std::string(kNobody)});
	ExpectRefused("SELECT * FROM inventory.release($1, 1)", "MZ007", {std::string(kNobody)});
	const Result hold = Hold();
	const std::string stale = std::to_string(hold.Integer(0, "fence") + 1);
	ExpectRefused("SELECT * FROM inventory.confirm($1, $2)", "MZ004", {hold.Text(0, 0), stale});
	ExpectRefused("SELECT * FROM inventory.release($1, $2)", "MZ004", {hold.Text(0, 0), stale});
	EXPECT_EQ(Available(), 8);
}

TEST_F(RefusalsTest, ConfirmingWhatHasExpired)
{
	const Result hold = Hold("100 ms");
	owner().Execute("SELECT pg_sleep(0.2)");
	ExpectRefused("SELECT * FROM inventory.confirm($1, $2)", "MZ003",
				  {hold.Text(0, 0), hold.Text(0, 1)});
}

TEST_F(RefusalsTest, ChangingWhatIsOver)
{
	const Result sold = Hold();
	const Parameters sold_id = {sold.Text(0, 0), sold.Text(0, 1)};
	owner().Execute("SELECT * FROM inventory.confirm($1, $2)", sold_id);
	ExpectRefused("SELECT * FROM inventory.release($1, $2)", "MZ005", sold_id);
	const Result released = Hold();
	const Parameters released_id = {released.Text(0, 0), released.Text(0, 1)};
	owner().Execute("SELECT * FROM inventory.release($1, $2)", released_id);
	ExpectRefused("SELECT * FROM inventory.confirm($1, $2)", "MZ006", released_id);
	EXPECT_EQ(Available(), 8);
}

TEST_F(RefusalsTest, ChoicesThatMakeNoSense)
{
	const std::string call =
		"SELECT * FROM inventory.reserve(ARRAY[ROW('lamp', 1, 'main')]::inventory.line[], ";
	ExpectRefused(call + "mode => 'some')", "22023");
	ExpectRefused(call + "strategy => 'best')", "22023");
	ExpectRefused(call + "strategy => 'nearest')", "22023");
	ExpectRefused(call + "near => '(0,0)')", "22023");
	ExpectRefused(call + "channel => '')", "22023");
	EXPECT_EQ(Available(), 10);
}

TEST_F(RefusalsTest, RewritingTheJournal)
{
	EXPECT_FALSE(owner().Try("UPDATE inventory.journal SET quantity = quantity + 1").ok());
	EXPECT_FALSE(owner().Try("DELETE FROM inventory.journal").ok());
	EXPECT_FALSE(owner().Try("TRUNCATE inventory.journal").ok());
}

TEST_F(RefusalsTest, StrangersAndApplicationsThatGoRoundTheFunctions)
{
	const std::string role = "stranger_" + std::to_string(getpid());
	owner().Execute("CREATE ROLE " + role);
	owner().Execute("SET ROLE " + role);
	EXPECT_EQ(owner().Try("SELECT * FROM inventory.reserve('lamp', 1)").sqlstate(), "42501");
	owner().Execute("SET ROLE inventory_app");
	EXPECT_EQ(owner().Execute("SELECT status FROM inventory.reserve('lamp', 1)").Text(0, 0),
			  "held");
	for (const char *table : {"stock", "cell", "reservation", "reservation_line", "journal"})
		EXPECT_EQ(owner().Try(std::string("DELETE FROM inventory.") + table).sqlstate(), "42501")
			<< table;
	owner().Execute("RESET ROLE");
	owner().Execute("DROP ROLE " + role);
}

// A cart of 10,000 lines is large, not wrong: over 10,000 items, and over one.
TEST_F(RefusalsTest, NotALargeCart)
{
	owner().Execute("SELECT count(inventory.receive('item-' || i, 'main', 5)) "
					"FROM generate_series(1, 10000) i");
	const std::string many = "(SELECT array_agg(ROW('item-' || i, 2, 'main')::inventory.line) "
							 "FROM generate_series(1, 10000) i)";
	const Result held =
		owner().Execute("SELECT * FROM inventory.reserve(" + many + ", ttl => '1 hour')");
	EXPECT_EQ(held.Text(0, "status"), "held");
	EXPECT_EQ(One(owner(), "SELECT sum(held)::bigint FROM inventory.availability"), 20000);
	owner().Execute("SELECT * FROM inventory.confirm($1, $2)",
					{held.Text(0, "reservation"), held.Text(0, "fence")});
	EXPECT_EQ(One(owner(), "SELECT sum(on_hand)::bigint FROM inventory.availability"), 30010);

	const std::string one = "(SELECT array_agg(ROW('lamp', 1, 'main')::inventory.line) "
							"FROM generate_series(1, 10000) i)";
	const Result refused = owner().Execute("SELECT * FROM inventory.reserve(" + one + ")");
	EXPECT_EQ(refused.Text(0, "status"), "rejected");
}

} // namespace
} // namespace mezzanine::test

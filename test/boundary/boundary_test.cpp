// The boundary in a live server: what the core throws arrives as the error it stands
// for, objects die with their contexts, and nothing is left behind.
//
// Reads PGHOST, PGPORT and PGUSER from the environment, as libpq does.
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace
{

struct Close {
	void operator()(PGconn *connection) const { PQfinish(connection); }
	void operator()(PGresult *result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, Close>;

class Boundary : public ::testing::Test
{
protected:
	// One database for all tests; one session for each.
	static void SetUpTestSuite()
	{
		std::unique_ptr<PGconn, Close> admin(PQconnectdb("dbname=postgres"));
		ASSERT_EQ(PQstatus(admin.get()), CONNECTION_OK) << PQerrorMessage(admin.get());
		for (const char *sql :
			 {"DROP DATABASE IF EXISTS boundary_test", "CREATE DATABASE boundary_test"})
			ASSERT_EQ(PQresultStatus(Result(PQexec(admin.get(), sql)).get()), PGRES_COMMAND_OK);
	}

	void SetUp() override
	{
		connection_.reset(PQconnectdb("dbname=boundary_test"));
		ASSERT_EQ(PQstatus(connection_.get()), CONNECTION_OK) << PQerrorMessage(connection_.get());
		Run("SET client_min_messages = warning");
		Run("CREATE EXTENSION IF NOT EXISTS mezzanine_boundary");
		Run("SET log_min_messages = panic");
	}

	Result Send(const std::string &sql) { return Result(PQexec(connection_.get(), sql.c_str())); }

	void Run(const std::string &sql)
	{
		Result result = Send(sql);
		ASSERT_EQ(SqlState(result), "") << sql << ": " << Field(result, PG_DIAG_MESSAGE_PRIMARY);
	}

	// The first field of the first row.
	std::string Value(const std::string &sql)
	{
		Result result = Send(sql);
		if (PQresultStatus(result.get()) != PGRES_TUPLES_OK)
			return PQresultErrorMessage(result.get());
		return PQgetvalue(result.get(), 0, 0);
	}

	std::int64_t Number(const std::string &sql) { return std::stoll(Value(sql)); }

	static std::string Field(const Result &result, int field)
	{
		const char *value = PQresultErrorField(result.get(), field);
		return value == nullptr ? "" : value;
	}
	static std::string SqlState(const Result &result)
	{
		if (PQresultStatus(result.get()) == PGRES_FATAL_ERROR &&
			Field(result, PG_DIAG_SQLSTATE).empty())
			return PQresultErrorMessage(result.get()); // the connection is gone
		return Field(result, PG_DIAG_SQLSTATE);
	}

	std::unique_ptr<PGconn, Close> connection_;
};

TEST_F(Boundary, KeepsSqlStateMessageDetailAndHintOfEveryCode)
{
	const std::int64_t codes = Number("SELECT cardinality(boundary.states())");
	ASSERT_GE(codes, 19);
	for (std::int64_t code = 0; code < codes; code++) {
		const std::string number = std::to_string(code);
		const std::string state = Value("SELECT (boundary.states())[1 + " + number + "]");
		Result result = Send("SELECT boundary.throw_error(" + number +
							 ", 'the message 100%', 'The detail %s.', 'The hint %d.')");
		EXPECT_EQ(Field(result, PG_DIAG_SEVERITY_NONLOCALIZED), "ERROR");
		EXPECT_EQ(SqlState(result), state);
		EXPECT_EQ(Field(result, PG_DIAG_MESSAGE_PRIMARY), "the message 100%");
		EXPECT_EQ(Field(result, PG_DIAG_MESSAGE_DETAIL), "The detail %s.");
		EXPECT_EQ(Field(result, PG_DIAG_MESSAGE_HINT), "The hint %d.");
	}
}

TEST_F(Boundary, NamesTheFunctionThatRaised)
{
	Result result = Send("SELECT boundary.throw_error(0, 'm', 'd', 'h')");
	EXPECT_EQ(Field(result, PG_DIAG_SOURCE_FUNCTION), "boundary_throw_error");
}

TEST_F(Boundary, LeavesOutEmptyDetailAndHint)
{
	Result result = Send("SELECT boundary.throw_error(0, 'm', '', '')");
	EXPECT_EQ(PQresultErrorField(result.get(), PG_DIAG_MESSAGE_DETAIL), nullptr);
	EXPECT_EQ(PQresultErrorField(result.get(), PG_DIAG_MESSAGE_HINT), nullptr);
}

// 2,047 bytes are kept; two-byte characters make that 1,023 whole ones.
TEST_F(Boundary, CutsLongTextsBetweenCharacters)
{
	Result result = Send("SELECT boundary.throw_error(0, repeat('a', 2047), repeat('a', 2048), "
						 "repeat('ä', 2000))");
	EXPECT_EQ(Field(result, PG_DIAG_MESSAGE_PRIMARY), std::string(2047, 'a'));
	EXPECT_EQ(Field(result, PG_DIAG_MESSAGE_DETAIL), std::string(2047, 'a'));
	std::string cut;
	for (int i = 0; i < 1023; i++)
		cut += "ä";
	EXPECT_EQ(Field(result, PG_DIAG_MESSAGE_HINT), cut);
}

TEST_F(Boundary, BadAllocArrivesAsOutOfMemory)
{
	EXPECT_EQ(SqlState(Send("SELECT boundary.throw_other('bad_alloc')")), "53200");
}

TEST_F(Boundary, AnyOtherExceptionIsInternalAndTheSessionLives)
{
	const std::string backend = Value("SELECT pg_backend_pid()");
	Result result = Send("SELECT boundary.throw_other('runtime_error')");
	EXPECT_EQ(SqlState(result), "XX000");
	EXPECT_EQ(Field(result, PG_DIAG_MESSAGE_PRIMARY), "the message of a runtime_error");
	EXPECT_EQ(SqlState(Send("SELECT boundary.throw_other('length_error')")), "XX000");
	EXPECT_EQ(SqlState(Send("SELECT boundary.throw_other('int')")), "XX000");
	EXPECT_EQ(Value("SELECT pg_backend_pid()"), backend);
}

TEST_F(Boundary, DestroysObjectsWithTheirContextOnSuccess)
{
	Run("SELECT boundary.make(false) FROM generate_series(1, 1000)");
	EXPECT_EQ(Number("SELECT boundary.alive()"), 0);
}

TEST_F(Boundary, DestroysObjectsWithTheirContextOnError)
{
	EXPECT_EQ(SqlState(Send("SELECT boundary.make(i = 1000) FROM generate_series(1, 1000) i")),
			  "P0001");
	EXPECT_EQ(Number("SELECT boundary.alive()"), 0);
}

// The objects of one statement are alive together; else the tests above prove nothing.
TEST_F(Boundary, ObjectsAreAliveUntilThen)
{
	EXPECT_EQ(Number("SELECT boundary.alive() FROM (SELECT boundary.make(false)::text "
					 "OFFSET 0) made WHERE made IS NOT NULL"),
			  1);
}

TEST_F(Boundary, AThrowingConstructorLeavesNothing)
{
	Result result = Send("SELECT boundary.make_throwing()");
	EXPECT_EQ(SqlState(result), "MZ014");
	EXPECT_EQ(Field(result, PG_DIAG_MESSAGE_PRIMARY), "the constructor throws");
	EXPECT_EQ(Number("SELECT boundary.alive()"), 0);
}

TEST_F(Boundary, AlignsAsAsked)
{
	for (int alignment : {1, 2, 4, 8, 16, 32, 64, 128, 4096})
		EXPECT_EQ(Value("SELECT boundary.aligned(" + std::to_string(alignment) + ")"), "t")
			<< alignment;
	EXPECT_EQ(Value("SELECT boundary.object_aligned()"), "t");
}

TEST_F(Boundary, AllocatesMoreThanAGigabyteAtOnce)
{
	EXPECT_EQ(Number("SELECT boundary.allocate(1200000000)"), 1'200'000'000);
}

TEST_F(Boundary, WhatIsTooLargeIsOutOfMemory)
{
	const std::string huge_max = "4611686018427387903"; // MaxAllocHugeSize
	EXPECT_EQ(SqlState(Send("SELECT boundary.allocate(" + huge_max + " + 1)")), "53200");
	EXPECT_EQ(SqlState(Send("SELECT boundary.allocate(" + huge_max + ")")), "53200");
	EXPECT_EQ(SqlState(Send("SELECT boundary.allocate(-1)")), "53200");
}

// 100,000 errors of every kind, one transaction each.  The first thousand warm up
// caches; after that a leak of even 16 bytes an error would show as 1.6 MB.
TEST_F(Boundary, LeavesNoMemoryAfterAHundredThousandErrors)
{
	const char *kErrors[] = {
		"SELECT boundary.throw_error(3, 'message', repeat('detail', 100), 'hint')",
		"SELECT boundary.throw_other('bad_alloc')",
		"SELECT boundary.throw_other('runtime_error')",
		"SELECT boundary.throw_other('int')",
		"SELECT boundary.make(true)",
		"SELECT boundary.make_throwing()",
		"SELECT boundary.allocate(-1)",
	};
	const std::string contexts = "SELECT sum(used_bytes) FROM pg_backend_memory_contexts "
								 "WHERE name <> 'ErrorContext'";
	std::int64_t contexts_before = 0;
	std::int64_t resident_before = 0;
	for (int i = 0; i < 101'000; i++) {
		if (i == 1'000) {
			(void)Number(contexts); // fills the caches that the query itself needs
			contexts_before = Number(contexts);
			resident_before = Number("SELECT boundary.resident()");
		}
		ASSERT_NE(SqlState(Send(kErrors[static_cast<std::size_t>(i) % std::size(kErrors)])), "");
	}
	const std::int64_t contexts_left = Number(contexts) - contexts_before;
	const std::int64_t resident_left = Number("SELECT boundary.resident()") - resident_before;
	RecordProperty("context_bytes_left", std::to_string(contexts_left));
	RecordProperty("resident_bytes_left", std::to_string(resident_left));
	EXPECT_LT(contexts_left, 64 * 1024);
	EXPECT_LT(resident_left, 1024 * 1024);
	EXPECT_EQ(Number("SELECT boundary.alive()"), 0);
}

} // namespace

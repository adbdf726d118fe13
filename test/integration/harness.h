// What the integration tests share: a database per test, many clients at once, and
// the comparison of a view with its query.
//
// The cluster is started by the caller: PGHOST, PGPORT and PGUSER (a superuser) are
// in the environment.
#pragma once

#include "client.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <random>
#include <sstream>
#include <thread>

namespace mezzanine::test
{

using client::Connection;
using client::DeadlineError;
using client::Parameters;
using client::Result;
using client::SqlError;

inline constexpr const char *kIsolationLevels[] = {"READ COMMITTED", "REPEATABLE READ",
												   "SERIALIZABLE"};

// A test with a database of its own, in which the extension is installed.
class DatabaseTest : public ::testing::Test
{
protected:
	void SetUp() override
	{
		static std::atomic<int> number{0};
		name_ = "mezzanine_it_" + std::to_string(getpid()) + "_" + std::to_string(++number);
		Connection("dbname=postgres").Execute("CREATE DATABASE " + name_);
		Connect().Execute("CREATE EXTENSION mezzanine");
	}

	void TearDown() override
	{
		Connection("dbname=postgres").Execute("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
	}

	// `options` adds to the connection string ("user=shop").
	Connection Connect(const std::string &options = "") const
	{
		return Connection("dbname=" + name_ + " " + options);
	}

	const std::string &database() const { return name_; }

private:
	std::string name_;
};

// A test that runs once at each isolation level.
class LevelTest : public DatabaseTest, public ::testing::WithParamInterface<const char *>
{
protected:
	// A connection whose transactions are at the level under test.
	Connection ConnectAtLevel() const
	{
		Connection connection = Connect();
		connection.Execute("SELECT set_config('default_transaction_isolation', lower($1), false)",
						   {std::string(GetParam())});
		return connection;
	}
};

inline std::string LevelName(const ::testing::TestParamInfo<const char *> &info)
{
	std::string name = info.param;
	std::erase(name, ' ');
	return name;
}

// Runs body(0) .. body(count - 1), each in a thread, and waits for all of them.  What a
// body throws fails the test.
inline void InParallel(int count, const std::function<void(int)> &body)
{
	std::mutex mutex;
	std::vector<std::string> failures;
	std::vector<std::thread> threads;
	threads.reserve(static_cast<std::size_t>(count));
	for (int i = 0; i < count; ++i)
		threads.emplace_back([&, i] {
			try {
				body(i);
			} catch (const std::exception &error) {
				const std::lock_guard<std::mutex> lock(mutex);
				failures.push_back("client " + std::to_string(i) + ": " + error.what());
			}
		});
	for (std::thread &thread : threads)
		thread.join();
	for (const std::string &failure : failures)
		ADD_FAILURE() << failure;
}

// Counts a client out when it leaves, by an exception too, so that nobody waits for it.
class Leaving
{
public:
	explicit Leaving(std::atomic<int> &count) : count_(count) {}
	~Leaving() { --count_; }
	Leaving(const Leaving &) = delete;
	Leaving &operator=(const Leaving &) = delete;

private:
	std::atomic<int> &count_;
};

// The rows of a result as text, one row a line: for messages.
inline std::string Show(const Result &result)
{
	std::ostringstream text;
	for (int row = 0; row < result.rows(); ++row) {
		for (int column = 0; column < result.columns(); ++column)
			text << (column > 0 ? " | " : "")
				 << (result.IsNull(row, column) ? "(null)" : result.Text(row, column));
		text << "\n";
	}
	return text.str();
}

inline void ExpectNoRows(Connection &connection, const std::string &sql)
{
	const Result result = connection.Execute(sql);
	EXPECT_EQ(result.rows(), 0) << sql << "\n" << Show(result);
}

// One query that returns what is in `left` and not in `right` or the reverse, in one
// snapshot, duplicates counted.
inline std::string Difference(const std::string &left, const std::string &right)
{
	return "(SELECT 'only in the first' AS side, d::text FROM (" + left + " EXCEPT ALL " + right +
		   ") d) UNION ALL (SELECT 'only in the second', d::text FROM (" + right + " EXCEPT ALL " +
		   left + ") d)";
}

inline std::int64_t One(Connection &connection, const std::string &sql,
						const Parameters &parameters = {})
{
	const Result result = connection.Execute(sql, parameters);
	if (result.rows() != 1)
		throw std::runtime_error("expected one row of: " + sql);
	return result.Integer(0, 0);
}

// A seed for random tests: MEZZANINE_SEED, or a new one.  It is printed, so that a
// failure can be replayed.
inline std::uint64_t Seed()
{
	const char *given = std::getenv("MEZZANINE_SEED");
	const std::uint64_t seed =
		given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
	std::printf("MEZZANINE_SEED=%llu\n", static_cast<unsigned long long>(seed));
	return seed;
}

} // namespace mezzanine::test

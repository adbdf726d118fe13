// A small libpq client for the integration tests and the demo: connections and
// results that free themselves, errors with their SQLSTATE, a deadline on every call.
//
//   client::Connection buyer("dbname=shop user=shop");
//   const char *query = "SELECT * FROM inventory.reserve($1::text, $2::bigint)";
//   client::Result held = buyer.Execute(query, {"lamp", "3"});
//   std::string status = held.Text(0, "status");
//
// A Connection belongs to one thread at a time.  A call that outlives its deadline is
// cancelled and throws: nothing here waits for ever.
#pragma once

#include <libpq-fe.h>
#include <poll.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace client
{

inline constexpr std::chrono::seconds kDeadline{60};

using Parameters = std::vector<std::optional<std::string>>;

// What the server said no to.  sqlstate is empty where the connection was lost.
class SqlError : public std::runtime_error
{
public:
	SqlError(std::string sqlstate, const std::string &text)
		: std::runtime_error(sqlstate + ": " + text), sqlstate_(std::move(sqlstate))
	{
	}
	const std::string &sqlstate() const noexcept { return sqlstate_; }

private:
	std::string sqlstate_;
};

// The call took longer than its deadline.
class DeadlineError : public std::runtime_error
{
	using std::runtime_error::runtime_error;
};

class Result
{
public:
	Result() = default;
	explicit Result(PGresult *result) : result_(result) {}

	bool ok() const
	{
		const ExecStatusType status = PQresultStatus(result_.get());
		return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN ||
			   status == PGRES_COPY_OUT;
	}
	// Empty when the statement succeeded, or when the connection was lost.
	std::string sqlstate() const
	{
		const char *state = PQresultErrorField(result_.get(), PG_DIAG_SQLSTATE);
		return state != nullptr ? state : "";
	}
	std::string message() const { return PQresultErrorMessage(result_.get()); }
	std::string Field(int code) const
	{
		const char *text = PQresultErrorField(result_.get(), code);
		return text != nullptr ? text : "";
	}

	int rows() const { return PQntuples(result_.get()); }
	int columns() const { return PQnfields(result_.get()); }
	std::int64_t affected() const { return std::atoll(PQcmdTuples(result_.get())); }
	std::string Name(int column) const { return PQfname(result_.get(), column); }
	bool IsNull(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }
	std::string Text(int row, int column) const { return PQgetvalue(result_.get(), row, column); }
	std::string Text(int row, const char *name) const { return Text(row, Column(name)); }
	std::int64_t Integer(int row, int column) const { return std::stoll(Text(row, column)); }
	std::int64_t Integer(int row, const char *name) const { return Integer(row, Column(name)); }

private:
	struct Clear {
		void operator()(PGresult *result) const { PQclear(result); }
	};
	int Column(const char *name) const
	{
		const int column = PQfnumber(result_.get(), name);
		if (column < 0)
			throw std::out_of_range(std::string("no column named ") + name);
		return column;
	}

	std::unique_ptr<PGresult, Clear> result_;
};

class Connection
{
public:
	// `conninfo` adds to PGHOST, PGPORT and PGUSER.
	explicit Connection(const std::string &conninfo)
		: connection_(PQconnectdb((conninfo + " connect_timeout=20").c_str()))
	{
		if (PQstatus(connection_.get()) != CONNECTION_OK)
			throw SqlError("", PQerrorMessage(connection_.get()));
		PQsetNoticeProcessor(
			connection_.get(), [](void *, const char *) {}, nullptr);
	}

	int backend() const { return PQbackendPID(connection_.get()); }
	bool alive() const { return PQstatus(connection_.get()) == CONNECTION_OK; }
	bool in_transaction() const { return PQtransactionStatus(connection_.get()) != PQTRANS_IDLE; }
	PGconn *raw() { return connection_.get(); }

	// Runs one statement.  Throws SqlError when the server refuses it.
	Result Execute(const std::string &sql, const Parameters &parameters = {})
	{
		Result result = Try(sql, parameters);
		if (!result.ok())
			throw SqlError(result.sqlstate(), result.message() + "\nin: " + sql.substr(0, 400));
		return result;
	}

	// Runs one statement; the caller looks at Result::ok() and sqlstate().
	Result Try(const std::string &sql, const Parameters &parameters = {})
	{
		Send(sql, parameters);
		return Receive();
	}

	// Runs one or more statements without parameters (the simple protocol).
	void Script(const std::string &sql)
	{
		if (PQsendQuery(connection_.get(), sql.c_str()) == 0)
			throw SqlError("", PQerrorMessage(connection_.get()));
		const Result result = Receive();
		if (!result.ok())
			throw SqlError(result.sqlstate(), result.message() + "\nin: " + sql.substr(0, 400));
	}

	// The two halves of Try, for a statement that is to wait for somebody else.
	void Send(const std::string &sql, const Parameters &parameters = {})
	{
		std::vector<const char *> values;
		values.reserve(parameters.size());
		for (const auto &parameter : parameters)
			values.push_back(parameter ? parameter->c_str() : nullptr);
		if (PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()),
							  nullptr, values.data(), nullptr, nullptr, 0) == 0)
			throw SqlError("", PQerrorMessage(connection_.get()));
	}

	// The last result of what was sent, or the first that failed.
	Result Receive(std::chrono::milliseconds within = kDeadline)
	{
		const auto deadline = std::chrono::steady_clock::now() + within;
		Result last;
		bool failed = false;
		for (;;) {
			WaitUntilReadable(deadline);
			PGresult *next = PQgetResult(connection_.get());
			if (next == nullptr)
				return last;
			Result result(next);
			if (!failed)
				last = std::move(result);
			failed = failed || !last.ok();
			const ExecStatusType status = PQresultStatus(next);
			if (!failed && (status == PGRES_COPY_IN || status == PGRES_COPY_OUT))
				return last;
		}
	}

	// Whether the answer to what was sent has not come `after` a while.
	bool StillBusy(std::chrono::milliseconds after)
	{
		const auto until = std::chrono::steady_clock::now() + after;
		while (std::chrono::steady_clock::now() < until) {
			PQconsumeInput(connection_.get());
			if (PQisBusy(connection_.get()) == 0)
				return false;
			pollfd socket{PQsocket(connection_.get()), POLLIN, 0};
			poll(&socket, 1, 10);
		}
		return true;
	}

	// Sends rows in COPY's text form to a statement such as COPY t FROM STDIN.
	void CopyIn(const std::string &sql, const std::string &rows)
	{
		Execute(sql);
		if (PQputCopyData(connection_.get(), rows.data(), static_cast<int>(rows.size())) != 1 ||
			PQputCopyEnd(connection_.get(), nullptr) != 1)
			throw SqlError("", PQerrorMessage(connection_.get()));
		const Result result = Receive();
		if (!result.ok())
			throw SqlError(result.sqlstate(), result.message());
	}

private:
	struct Finish {
		void operator()(PGconn *connection) const { PQfinish(connection); }
	};

	void WaitUntilReadable(std::chrono::steady_clock::time_point deadline)
	{
		while (PQisBusy(connection_.get()) != 0) {
			const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
				deadline - std::chrono::steady_clock::now());
			if (left.count() <= 0) {
				Cancel();
				throw DeadlineError("no answer from the server within the deadline");
			}
			pollfd socket{PQsocket(connection_.get()), POLLIN, 0};
			if (poll(&socket, 1, static_cast<int>(left.count())) < 0 && errno != EINTR)
				throw DeadlineError("could not wait for the server");
			if (PQconsumeInput(connection_.get()) == 0)
				return; /* the connection was lost; PQgetResult tells how */
		}
	}

	void Cancel()
	{
		PGcancel *cancel = PQgetCancel(connection_.get());
		char error[256];
		if (cancel != nullptr)
			PQcancel(cancel, error, sizeof error);
		PQfreeCancel(cancel);
	}

	std::unique_ptr<PGconn, Finish> connection_;
};

} // namespace client

#include "history/recorder.h"

#include "history/checker.h"
#include "history/session.h"

#include <csignal>
#include <functional>
#include <sstream>
#include <thread>

namespace mezzanine::history
{

namespace
{

using client::Connection;
using client::Result;

// Receives the first units of the shop's items.
void Furnish(Connection *owner, const Workload &workload, Shop *shop, History *history)
{
	shop->has_partial =
		owner
			->Try("SELECT * FROM inventory.reserve(ARRAY[ROW('no such item', 1, 'main')]::"
				  "inventory.line[], mode => 'partial')")
			.sqlstate() == "MZ010";
	if (!shop->has_partial)
		shop->locations = 1; /* nor can it choose among them */
	std::mt19937_64 random(workload.seed);
	for (int stock = 0; stock < workload.stocks; ++stock) {
		const std::int64_t units =
			std::uniform_int_distribution<std::int64_t>(1, workload.units)(random);
		owner->Execute("SELECT inventory.receive($1, $2, $3)",
					   {shop->Item(stock), shop->Location(stock), std::to_string(units)});
		history->stocks.push_back({shop->Item(stock) + "@" + shop->Location(stock), units});
	}
	shop->units = workload.units;
}

// What the sessions of a history call themselves.
std::string Name(std::uint64_t seed)
{
	return "history-" + std::to_string(seed);
}

// Ends one session after the other, until `running` is over.
void KillSessions(Connection *owner, std::uint64_t seed, const std::atomic<int> &running)
{
	std::mt19937_64 random(seed);
	while (running > 0) {
		std::this_thread::sleep_for(std::chrono::milliseconds(random() % 60));
		owner->Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
					   "WHERE application_name = $1 ORDER BY random() LIMIT 1",
					   {Name(seed)});
	}
}

// What a reserve() did whose answer was lost, if it did.
bool FindHold(Connection *owner, const std::string &reference, const Shop &shop, Call *call)
{
	const Result found =
		owner->Execute("SELECT (extract(epoch FROM r.expires_at) * 1000000)::bigint, "
					   "(SELECT string_agg(concat_ws(' ', l.sku, l.location, l.quantity), ' ') "
					   " FROM unnest(r.lines) l) "
					   "FROM inventory.reservations r WHERE r.reference = $1::jsonb",
					   {reference});
	if (found.rows() != 1)
		return false;
	call->expires = found.Integer(0, 0) * 1000;
	call->units.clear();
	std::istringstream lines(found.Text(0, 1));
	std::string item;
	std::string location;
	std::int64_t units = 0;
	while (lines >> item >> location >> units)
		call->units.push_back({shop.StocksOf(item, location).at(0), units});
	return true;
}

// What a take_over() did whose answer was lost, if it did.
bool FindTakeOver(Connection *owner, const std::string &reference, Call *call)
{
	const Result found = owner->Execute(
		"SELECT after->>'fence', "
		"(extract(epoch FROM (after->>'expires_at')::timestamptz) * 1000000)::bigint "
		"FROM inventory.audit WHERE verb = 'take_over' AND reason = $1",
		{reference});
	if (found.rows() != 1)
		return false;
	call->granted = found.Integer(0, 0);
	call->expires = found.Integer(0, 1) * 1000;
	call->units.clear();
	return true;
}

// Finds out what became of a transaction.
void Resolve(Connection *owner, const Lost &lost, Shop *shop, Transaction *transaction)
{
	if (!lost.xid.empty()) {
		// A crash may leave no trace of a transaction: then its number is still to come.
		const Result status = owner->Try("SELECT pg_xact_status($1::xid8)", {lost.xid});
		const bool committed = status.ok() && status.Text(0, 0) == "committed";
		transaction->end = committed ? End::kCommitted : End::kRolledBack;
		// Killed before the COMMIT came: some time after its last call was asked.
		if (transaction->end == End::kRolledBack && !transaction->calls.empty())
			transaction->ended = transaction->calls.back().asked;
		return;
	}
	Call *call = &transaction->calls.back();
	bool done = false;
	if (call->verb == Verb::kReserve)
		done = FindHold(owner, lost.reference, *shop, call);
	else if (call->verb == Verb::kTakeOver)
		done = FindTakeOver(owner, lost.reference, call);
	else if (call->verb == Verb::kReceive || call->verb == Verb::kReturn)
		done = owner
				   ->Execute("SELECT FROM inventory.journal WHERE reference = $1::jsonb",
							 {lost.reference})
				   .rows() == 1;
	else
		return; /* nobody knows */
	if (done && call->verb == Verb::kReserve)
		call->hold = shop->next_hold++;
	transaction->end = done ? End::kCommitted : End::kRolledBack;
}

// What the server shows at the end is what the history leaves.
void Audit(Connection *owner, const Shop &shop, Recording *recording)
{
	bool known = true;
	for (const Transaction &transaction : recording->history.transactions)
		known = known && transaction.end != End::kUnknown;
	const Result rows = owner->Execute(
		"SELECT a.sku, a.location, a.available, "
		"(extract(epoch FROM statement_timestamp()) * 1000000)::bigint AS at, "
		"(SELECT count(DISTINCT c.cell) FROM inventory.cell c WHERE c.stock = s.stock) AS cells "
		"FROM inventory.availability a JOIN inventory.stock s USING (sku, location) "
		"WHERE starts_with(a.sku, $1)",
		{shop.prefix});
	for (int row = 0; row < rows.rows(); ++row) {
		const std::vector<std::int64_t> left =
			UnitsLeft(recording->history, rows.Integer(row, "at") * 1000);
		const int stock = shop.StocksOf(rows.Text(row, "sku"), rows.Text(row, "location")).at(0);
		recording->cells = std::max(recording->cells, static_cast<int>(rows.Integer(row, "cells")));
		const std::int64_t expected = left.at(static_cast<std::size_t>(stock));
		if (known && rows.Integer(row, "available") != expected)
			recording->failures.push_back(rows.Text(row, "sku") + ": " +
										  rows.Text(row, "available") + " are available, not " +
										  std::to_string(expected));
	}
}

} // namespace

// A connection, as soon as the server takes one: it may be recovering from a crash.
Connection Recorder::Connect() const
{
	constexpr int kTries = 600;
	for (int i = 1;; ++i) {
		try {
			Connection connection("dbname=" + database_);
			connection.Execute("SET deadlock_timeout = '50 ms'");
			// What was acknowledged survives a crash of the server, though not of the machine.
			connection.Execute("SET synchronous_commit = on");
			return connection;
		} catch (const client::SqlError &error) {
			if (!IsEndOfSession(error.sqlstate()) || i == kTries)
				throw;
			std::this_thread::sleep_for(std::chrono::milliseconds(50));
		}
	}
}

// Kills one session after the other, so that the server loses all of them and recovers.
// Returns how often it did.
int Recorder::CrashServer(const Workload &workload, const std::atomic<int> &running,
						  Connection *owner) const
{
	std::mt19937_64 random(workload.seed);
	int crashes = 0;
	for (int crash = 0; crash < workload.crashes && running > 0; ++crash) {
		std::this_thread::sleep_for(std::chrono::milliseconds(50 + random() % 250));
		const Result victim = owner->Try("SELECT pid FROM pg_stat_activity "
										 "WHERE application_name = $1 AND state <> 'idle' "
										 "ORDER BY random() LIMIT 1",
										 {Name(workload.seed)});
		if (!victim.ok() || victim.rows() == 0)
			continue;
		if (kill(static_cast<pid_t>(victim.Integer(0, 0)), SIGKILL) != 0)
			throw std::runtime_error("could not kill a session");
		while (owner->Try("SELECT").ok()) /* it has not heard of it */
			std::this_thread::sleep_for(std::chrono::milliseconds(10));
		*owner = Connect();
		++crashes;
	}
	return crashes;
}

// Whether there is a connection of that name; makes it where it was lost.
bool Recorder::IsThere(std::unique_ptr<Connection> *connection, const std::string &name) const
{
	if (*connection == nullptr || !(*connection)->alive())
		*connection = std::make_unique<Connection>(Connect());
	const Result result =
		(*connection)->Try("SELECT set_config('application_name', $1, false)", {name});
	if (!result.ok() && !IsEndOfSession(result.sqlstate()))
		throw client::SqlError(result.sqlstate(), result.message());
	return result.ok();
}

Recording Recorder::Record(const Workload &workload)
{
	Connection owner("dbname=" + database_);
	Recording recording;
	Shop shop;
	shop.prefix = "h" + std::to_string(workload.seed) + "-";
	shop.stocks = workload.stocks;
	shop.locations = workload.locations;
	shop.calls_left = workload.calls;
	Furnish(&owner, workload, &shop, &recording.history);

	const auto count = static_cast<std::size_t>(workload.sessions);
	connections_.resize(std::max(connections_.size(), count));
	std::vector<Session> sessions;
	for (std::size_t i = 0; i < count; ++i)
		sessions.emplace_back(&shop, static_cast<int>(i), workload.seed * 1000 + i);

	std::atomic<int> running{workload.sessions};
	std::mutex mutex;
	const auto run = [&](std::size_t i) {
		try {
			while (shop.calls_left > 0)
				if (IsThere(&connections_[i], Name(workload.seed)))
					sessions[i].Run(connections_[i].get());
		} catch (const std::exception &error) {
			const std::lock_guard<std::mutex> lock(mutex);
			recording.failures.push_back("session " + std::to_string(i) + ": " + error.what());
			connections_[i].reset();
		}
		--running;
	};
	std::vector<std::thread> threads;
	for (std::size_t i = 0; i < count; ++i)
		threads.emplace_back(run, i);
	if (workload.kills)
		KillSessions(&owner, workload.seed, running);
	recording.crashes = CrashServer(workload, running, &owner);
	for (std::thread &thread : threads)
		thread.join();

	for (Session &session : sessions) {
		std::vector<Transaction> transactions = session.transactions();
		for (const Lost &lost : session.lost())
			Resolve(&owner, lost, &shop, &transactions.at(lost.transaction));
		for (Transaction &transaction : transactions)
			recording.history.transactions.push_back(std::move(transaction));
	}
	if (recording.failures.empty())
		Audit(&owner, shop, &recording);
	return recording;
}

} // namespace mezzanine::history

// Records histories of many sessions at one server.
#pragma once

#include "history/history.h"

#include "client.h"

#include <atomic>
#include <memory>

namespace mezzanine::history
{

struct Workload {
	std::uint64_t seed = 1;
	int sessions = 8;
	int stocks = 2;
	int locations = 1;       // of each item; divides the number of stocks
	int calls = 1000;        // of all sessions together
	std::int64_t units = 12; // of each stock at the start, at most
	bool kills = false;      // ends sessions in the middle of what they do
	int crashes = 0;         // kills so many with SIGKILL, of which the whole server crashes
};

struct Recording {
	History history;
	std::vector<std::string> failures; // what the checker does not look at
	int cells = 0;                     // over which an item was spread, at most
	int crashes = 0;
};

class Recorder
{
public:
	// The cluster is the environment's (PGHOST, PGPORT, PGUSER), a superuser's; `database` has
	// the extension.
	explicit Recorder(std::string database) : database_(std::move(database)) {}

	// Lets the sessions loose on new items, waits for them, and finds out what became of
	// commits whose answer was lost.
	Recording Record(const Workload &workload);

private:
	client::Connection Connect() const;
	int CrashServer(const Workload &workload, const std::atomic<int> &running,
					client::Connection *owner) const;
	bool IsThere(std::unique_ptr<client::Connection> *connection, const std::string &name) const;

	std::string database_;
	std::vector<std::unique_ptr<client::Connection>> connections_; // kept from one to the next
};

} // namespace mezzanine::history

// One session that moves units with serial numbers, and writes down where each was and went.
#pragma once

#include "history/serials.h"

#include "client.h"

#include <atomic>
#include <map>
#include <mutex>
#include <random>

namespace mezzanine::history
{

// What clerks believe about units, each perhaps out of date: what they go by when they name one.
class Ledger
{
public:
	explicit Ledger(const std::map<std::string, std::string> &places) : places_(places) {}

	void Enter(const std::string &serial, const std::string &place);
	std::string PlaceOf(const std::string &serial);
	std::vector<std::string> Serials();

private:
	std::mutex mutex_; // guards what follows
	std::map<std::string, std::string> places_;
};

// The wall clock in nanoseconds.
Time ReadClock();

// Places: "north" and "south" are shops, "transit N" is a transfer; who bought a unit, or lost
// it, has it "out".
class Clerk
{
public:
	Clerk(Ledger *ledger, std::string sku, std::uint64_t seed)
		: ledger_(ledger), sku_(std::move(sku)), random_(seed)
	{
	}

	// Runs one transaction.  False: the connection is gone.
	bool RunTransaction(client::Connection *connection);

	// Finds out what became of commits whose answer was lost.
	void Resolve(client::Connection *owner);

	const std::vector<UnitMove> &moves() const { return moves_; }
	int committed() const { return committed_; }
	int refused() const { return refused_; }

private:
	struct Lost {
		std::string xid;
		std::vector<UnitMove> moves;
	};

	std::int64_t Draw(std::int64_t low, std::int64_t high)
	{
		return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
	}
	bool OneIn(int n) { return Draw(1, n) == 1; }

	bool Step();
	bool Sell();
	bool MoveNamed();
	bool Ship(const std::string &serial, const std::string &from);
	bool Arrive(const std::string &serial, const std::string &transit);
	bool Try(const std::string &sql, const client::Parameters &parameters);
	void Note(const std::string &serial, const std::string &from, const std::string &to);
	void NoteAbsent(const std::string &serial, const std::string &from);
	void End(bool rolled_back);
	void Publish(const std::vector<UnitMove> &moves);

	Ledger *ledger_;
	std::string sku_;
	std::mt19937_64 random_;
	std::vector<UnitMove> moves_; // of transactions that committed, and claims
	std::vector<Lost> lost_;
	int committed_ = 0;
	int refused_ = 0;

	// The transaction in flight.
	client::Connection *connection_ = nullptr;
	std::vector<UnitMove> pending_; // one a unit
	client::Result result_;         // of the latest statement
	Time asked_ = 0;
	Time answered_ = 0;
	std::string xid_;
	bool gone_ = false;
};

} // namespace mezzanine::history

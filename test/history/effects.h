// What one transaction of a history does to stocks, as a function of time and of how it
// may end: the arithmetic below checker.h.
#pragma once

#include "history/history.h"

#include <map>
#include <utility>
#include <vector>

namespace mezzanine::history
{

// What there is of a hold.
struct HoldState {
	struct Part {
		std::int64_t kept = 0; // comes back when the hold expires
		std::int64_t sold = 0; // never comes back
	};
	std::map<int, Part> parts; // by stock
	Time expires = kNever;
	std::int64_t fence = 0;
	bool known = false; // whether a reserve() has made it

	// Carries out a call.  Returns whether there was enough of it left.
	bool Apply(const Call &call);

	// Units by which the hold changes what there is of `stock` at `when`: zero or less.
	std::int64_t At(int stock, Time when) const;
};

using Holds = std::map<int, HoldState>;

// The calls of a transaction that count in one of its possible ends.
struct Outcome {
	std::map<int, std::int64_t> given; // by stock
	Holds holds;                       // as the calls left them

	bool Apply(const Call &call, const Holds &before);
};

// A stock's units by which a transaction changes the worst and the best case.
struct Range {
	std::int64_t worst = 0;
	std::int64_t best = 0;
};

class Effects
{
public:
	// `before`: the holds as the committed transactions before this one left them.
	//
	// Throws std::runtime_error where a savepoint is missing.
	Effects(const Transaction &transaction, const Holds &before);

	const Transaction &transaction() const { return *transaction_; }

	// What the calls that count at the end have done.
	const Outcome &Final() const { return phases_.back().back(); }

	// The easiest explanation for others: of the instants that the calls may have had, those
	// that make the worst largest and the best smallest.
	Range At(int stock, Time when) const;

	// What the transaction itself has made of a stock before its call number `call`.
	std::int64_t OwnBefore(std::size_t call, int stock, Time when) const;

	// The state of a hold before call number `call`, own calls included.
	HoldState HoldBefore(std::size_t call, int hold) const;

	std::vector<int> Stocks() const;

	// Every time at which At may change, sorted.
	std::vector<Time> Breakpoints() const;

	std::int64_t Net(const Outcome &outcome, int stock, Time when) const;

private:
	bool IsOver(Time when) const;
	bool MayBeIn(std::size_t phase, Time when) const;
	Range InFlight(std::size_t phase, int stock, Time when) const;
	Range Ended(int stock, Time when) const;

	const Transaction *transaction_;
	Holds before_; // of the holds that are touched
	// For each number of calls done: how the transaction may end.  The first is a rollback,
	// the last goes on from here, between them are the open savepoints.
	std::vector<std::vector<Outcome>> phases_;
	std::vector<Time> latest_; // when each call took effect at the latest
};

} // namespace mezzanine::history

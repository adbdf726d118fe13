// Checks recorded histories: whether every answer, every rejection included, has an instant
// within its call at which an exact inventory could have given it.
//
// The model.  A call takes effect at one instant between `asked` and `answered`; from then
// on its transaction is *in flight*, and may yet commit, roll back, or roll back to one of
// its savepoints.  A hold's units come back at the instant it expires, unless it has been
// confirmed by then or is being confirmed.  So a stock has, at each instant,
//
//   the worst    units there whatever becomes of the transactions in flight, and
//   the best     units there if all of them end as its next buyer would wish.
//
// An exact inventory keeps the worst at zero or more, always ("nothing is sold twice"), and
// rejects only where the best, for the transaction that asks, is too little ("nothing is
// refused while it was there").
//
// Why no search is needed.  A take lowers the worst when it is called, a give raises the
// best when it is called, and the end of a transaction moves both, towards what an answer
// needs.  So the worst is easiest to explain when takes are late, the best when gives are
// late, and both when ends are early: one assignment of instants is the best explanation of
// all answers at once, and if it does not explain them, none does.  The check is exact
// where call and end are apart.  Where they share an instant (a call that is its own
// transaction) or one call moves both (a take of units that its own transaction gave), it
// is one-sided: what it reports is wrong, but it may miss what only several such instants
// together exclude.
//
// Cost: n log n in the number of calls.
#pragma once

#include "history/history.h"

namespace mezzanine::history
{

struct Violation {
	enum class Kind : std::uint8_t {
		kOversold,     // more units promised than there were
		kRefused,      // rejected although there were enough
		kLate,         // confirmed or extended when the hold was over
		kEarly,        // said to have expired when the hold was not over
		kSettledTwice, // more confirmed and released than was held
		kNeverSettled, // said to be settled when nobody had confirmed or released
		kForgotten,    // done with a fence that was not the hold's any more
		kNeverStale,   // a fence said to be stale when nobody had got another
	};
	Kind kind;
	std::string text; // what, where, and the calls it can be seen from
};

std::vector<Violation> Check(const History &history);

// Units of each stock at `when`, by a time when every transaction has ended.  Transactions
// of unknown end make them unknown: they count as rolled back.
std::vector<std::int64_t> UnitsLeft(const History &history, Time when);

} // namespace mezzanine::history

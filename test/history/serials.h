// Checks recorded histories of units with serial numbers: whether the moves of each unit have
// an order in which it is always where it is taken from.
//
// The model.  A unit is at one place at a time.  A transaction that moves it has it locked from
// an instant within its first call about it until the transaction ends; two of them never have
// it at once.  A call that says "it is not there" says so of an instant within the call.  So the
// moves of a unit that were committed are one chain: each begins where the one before ended, and
// no earlier than that.  Units do not matter to each other, so each is looked at alone, and by
// trying orders: what is reported has none.
#pragma once

#include "history/history.h"

namespace mezzanine::history
{

// What one transaction that committed did with one unit, or what a call said about it.
struct UnitMove {
	std::string serial;
	std::string from;
	std::string to;
	bool absent = false; // only a claim: the unit was not at `from`
	Time asked = 0;      // its first call about the unit
	Time answered = 0;   // by then it had the unit
	Time ended = 0;      // it had the unit until then at least; a claim: `asked`
};

// Returns what has no explanation, one line a unit.
std::vector<std::string> CheckSerials(const std::vector<UnitMove> &moves);

} // namespace mezzanine::history

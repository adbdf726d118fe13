// Recorded histories of reservations: what each session asked, when, and what it was
// answered.  checker.h says whether an exact inventory could have given these answers.
//
// A history can be written to a file and read again, so that one that failed can be
// looked at and checked without the server that made it.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <limits>
#include <string>
#include <vector>

namespace mezzanine::history
{

// Nanoseconds since 1970, by the one clock that sessions and server share.
using Time = std::int64_t;
inline constexpr Time kNever = std::numeric_limits<Time>::max();

enum class Verb : std::uint8_t {
	kReserve,
	kConfirm,
	kRelease,
	kExtend,
	kTakeOver,
	kReceive,
	kAdjust, // units may be negative
	kCount,  // the same: by how many more were found than there were by the books
	kReturn, // what is not sellable moves no units
	kShip,   // units are negative: they leave their stock
	kArrive,
	kSavepoint,
	kRollbackTo, // the latest savepoint, which stays
};

enum class Answer : std::uint8_t {
	kDone,      // it took effect; where there are shortages, in part
	kRejected,  // there were not enough units: see the shortages
	kExpired,   // the hold's time was over
	kSettled,   // the hold had been confirmed or released before
	kStale,     // the hold had got another fence before
	kContended, // no answer
};

struct Units {
	int stock; // place in History::stocks
	std::int64_t units;

	bool operator==(const Units &) const = default;
};

// A claim: at some instant within the call, these stocks together had no more than
// `there` units, whatever became of the transactions then in flight.
struct Shortage {
	std::vector<int> stocks;
	std::int64_t there;

	bool operator==(const Shortage &) const = default;
};

struct Call {
	Verb verb = Verb::kReserve;
	Answer answer = Answer::kDone;
	Time asked = 0;
	Time answered = 0;
	int hold = -1;            // of the calls about a hold
	std::int64_t fence = 0;   // confirm, release, extend: that the caller had
	std::int64_t granted = 0; // reserve, extend, take over: the fence that it has from now on
	bool keeps = false;       // confirm, release: what is left stays held
	bool reacquires = false;  // confirm: takes the units again where the hold has expired
	Time expires = kNever;    // with `granted`: until when the units are held
	std::vector<Units> units; // taken, sold, returned, or added
	std::vector<Shortage> shortages;

	bool operator==(const Call &) const = default;
};

enum class End : std::uint8_t { kCommitted, kRolledBack, kUnknown };

struct Transaction {
	int session = 0;
	bool single = false; // one call that is its own transaction: `ended` does not count
	End end = End::kCommitted;
	Time ended = 0; // when COMMIT or ROLLBACK was asked for, or the session was killed
	std::vector<Call> calls;

	bool operator==(const Transaction &) const = default;
};

struct Stock {
	std::string name;
	std::int64_t units; // at the start, before any call

	bool operator==(const Stock &) const = default;
};

struct History {
	std::vector<Stock> stocks;
	std::vector<Transaction> transactions; // of each session, in its order

	bool operator==(const History &) const = default;
};

void Write(std::ostream &out, const History &history);

// Throws std::runtime_error where the text is no history.
History Read(std::istream &in);

// One call as one line, for messages.
std::string Describe(const History &history, const Call &call);

} // namespace mezzanine::history

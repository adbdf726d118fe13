// The outbox: which movements a consumer has not had yet.
//
// Movements are numbered when they are written and seen when their transaction commits, so
// a greater number may be seen first.  A consumer's position says up to which number it has
// had everything, and which transactions were in flight then: of those it has had nothing.  What it
// gets is thus what a snapshot sees and the one before did not, in the order of numbers.  A
// transaction that began when another had committed has the greater numbers, and is in no snapshot
// that lacks the other: effects come after causes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace mezzanine::core
{

// The transactions in flight at an instant.
struct Flight {
	std::span<const std::uint64_t> running;
	std::uint64_t open; // this number and all that are greater count as in flight
	std::uint64_t next; // the number to be given out next, read after the last movement's
};

bool InFlight(const Flight &flight, std::uint64_t transaction) noexcept;

// Movements that a restored database brought along have the numbers of another cluster's
// transactions.  How often they were restored is told by the bits above the number.
inline constexpr int kGenerationShift = 56;
inline constexpr int kGenerationMost = 127;

struct Pending {
	std::uint64_t transaction;
	std::int64_t from; // no movement of it has a lesser number
};

// What a consumer has had: the movements numbered up to `upto`, but none of the transactions
// pending, nor of those numbered `open` and more.
struct Position {
	std::int64_t upto;
	std::uint64_t open;
	std::int64_t open_from; // no movement of the latter has a lesser number
	std::uint64_t next;     // of the flight that the position was made in
	int generation;         // how often the position was restored since
	std::span<const Pending> pending;
};

// The position of one that wants nothing but movements numbered more than `upto`.
Position NewPosition(std::int64_t upto) noexcept;

// The least number that a movement due may have.
std::int64_t FirstDue(const Position &position, const Flight &flight) noexcept;

// Whether a movement, seen by the snapshot of `flight`, is due.  `transaction` includes the
// generation.  What the consumer's own transaction moved is in flight, and not due before it
// has committed.
bool IsDue(const Position &position, const Flight &flight, std::int64_t number,
		   std::uint64_t transaction) noexcept;

// The position after everything due up to number `reached` was had.  Fills `room`, which
// has a place for each transaction running.
//
// Requires: reached >= position.upto, and the numbers up to it were given out before the
// flight was looked at.
Position Advance(const Position &position, const Flight &flight, std::int64_t reached,
				 std::span<Pending> room) noexcept;

} // namespace mezzanine::core

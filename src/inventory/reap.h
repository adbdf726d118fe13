// Reaping: units of expired holds return to whoever needs them.
//
// No sweeper is needed: reserve() reaps before it rejects.  It takes as few holds as will
// do, those that expired first.  Lines are settled one by one: a reservation is marked as
// expired when its first line is reaped, and its other lines are returned when somebody
// needs those stocks.  A reaped hold stays expired whatever the clock does later.
#pragma once

#include "inventory/reservation.h"

namespace mezzanine::inventory
{

// Expired holds of one stock, as a snapshot shows them.
struct ExpiredHolds {
	HeldLines lines;      // enough for what was wanted, or all there are
	int64 units;          // their sum
	int64 disputed_units; // of others, whose reservation a transaction in flight holds
	TransactionId holder; // one such transaction
};

// Finds expired holds of `stock` that together have `wanted` units, if there are as many.
// Expired means by the clock as it is now, after `snapshot` was taken: none that a
// transaction could have had at its instant is left out, but for those of `spared`, a
// reservation that the caller works on (NULL: none).
ExpiredHolds FindExpired(pg::Store *reservations, int64 stock, int64 wanted, Snapshot snapshot,
						 const pg_uuid_t *spared);

// Leaves only as many of `holds`, from the first, as have `wanted` units.
void TrimExpired(ExpiredHolds *holds, int64 wanted);

// Locks the reservations of `holds`; false where one has changed hands since, or a line.
//
// Whoever changes a reservation or one of its lines holds its row's lock, whatever its
// status: reapers of two lines of one reservation exclude each other.
bool LockExpired(pg::Store *reservations, ExpiredHolds *holds);

// Returns units of `holds` from held to available, in lines and journal, but no more than
// `most`; returns how many.  Adding them to a cell is left to the caller.
//
// Requires: LockExpired.
int64 Reap(pg::Store *reservations, pg::Store *journal, const ExpiredHolds &holds, int64 most);

} // namespace mezzanine::inventory

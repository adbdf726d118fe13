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

// Expired holds of one stock, as found under its fence.
struct ExpiredHolds {
	HeldLines lines;      // enough for what was wanted, or all there are
	int64 units;          // their sum
	int64 disputed_units; // of others, whose reservation a transaction in flight holds
	TransactionId holder; // one such transaction
};

// Finds expired holds of `stock` that together have `wanted` units, if there are as many.
ExpiredHolds FindExpired(pg::Store *reservations, int64 stock, int64 wanted);

// Locks the reservations of `holds`; false where one has changed hands since, or a line.
//
// Whoever changes a reservation or one of its lines holds its row's lock, whatever its
// status: reapers of two lines of one reservation exclude each other.
bool LockExpired(pg::Store *reservations, ExpiredHolds *holds);

// Returns the units of `holds` from held to available, in lines and journal; adding them
// to the cell is left to the caller.  Requires: LockExpired; the stock's fence is held.
void Reap(pg::Store *reservations, pg::Store *journal, const ExpiredHolds &holds);

} // namespace mezzanine::inventory

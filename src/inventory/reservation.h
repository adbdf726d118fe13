// Reservations and their lines, as rows.
#pragma once

#include "inventory/outcome.h"
#include "inventory/tables.h"

#include "core/cart.h"

namespace mezzanine::inventory
{

// A reservation in its latest version.
struct Reservation {
	pg_uuid_t id;
	core::Ownership ownership;
	ItemPointerData place;
	TransactionId holder; // a transaction that holds the row; Invalid for nobody
};

// A line in its latest version.
struct HeldLine {
	pg_uuid_t reservation;
	int32 number;
	int64 stock;
	int64 quantity;
	int64 confirmed;
	int64 released;
	int64 expired; // of those released, the units that expiry returned
	TimestampTz expires_at;
	ItemPointerData place;
};

struct HeldLines {
	HeldLine *line;
	int count;
};

// Units that the line still holds.
inline int64 HeldUnits(const HeldLine &line)
{
	return line.quantity - line.confirmed - line.released;
}

pg::Store OpenReservations();
pg::Store OpenLines();        // to be searched by reservation
pg::Store OpenLinesByStock(); // to be searched for held lines of a stock

// False when there is none.  As `snapshot` sees it, or in its latest version without one.
bool FindReservation(pg::Store *reservations, const pg_uuid_t &id, Reservation *found,
					 Snapshot snapshot = nullptr);

// Raises MZ007 when there is none.
Reservation RequireReservation(pg::Store *reservations, const pg_uuid_t &id,
							   Snapshot snapshot = nullptr);

// The reservation in its latest version, locked against others; waits for whoever has it.
//
// The row's lock guards all of a reservation: its status, its expiry, and its lines.  Who
// has it may wait for the fences of stocks; who has fences waits for no reservation.
// Raises MZ007 when there is none, MZ002 at the deadline (DT_NOEND: none).
Reservation LockReservation(pg::Store *reservations, const pg_uuid_t &id, TimestampTz deadline);

// Locks the reservation's row against others, without waiting; false when somebody holds
// it or has changed it.
bool TryLockReservation(pg::Store *reservations, const Reservation &reservation);

// Writes status, fence and expiry; `reservation` says what they become.  Requires: the row
// is locked.
void WriteOwnership(pg::Store *reservations, const Reservation &reservation);

// Writes a final status.  Requires: the row is locked.
void SettleReservation(pg::Store *reservations, const Reservation &reservation,
					   core::Status status);

// All lines of a reservation, in the order of the cart.
HeldLines FindLines(pg::Store *lines, const pg_uuid_t &reservation);

// Reads a line from a slot that a search has filled.
HeldLine ReadHeldLine(TupleTableSlot *slot);

// Writes the line's units and expiry.
void WriteLine(pg::Store *lines, const HeldLine &line);

// Raises the error that a refused claim amounts to.
[[noreturn]] void RaiseClaim(core::Claim claim, const Reservation &reservation, int64 fence);

// The lines with the names of their stocks, in their order, with quantity 0.
Lines NameLines(const HeldLines &held);

// Those lines of which there is something.
Lines WithoutEmpty(const Lines &lines);

// The outcome for a reservation as it stands; `lines` are what the call is about.
Outcome OutcomeOf(const Reservation &reservation, core::Status status, const Lines &lines);

} // namespace mezzanine::inventory

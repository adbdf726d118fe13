#include "inventory/reap.h"

#include "inventory/moves.h"

namespace mezzanine::inventory
{

namespace
{

// Adds without overflow: more than a bigint is enough for whatever is wanted.
int64 AddUpTo(int64 a, int64 b)
{
	return b > PG_INT64_MAX - a ? PG_INT64_MAX : a + b;
}

void Append(HeldLines *lines, const HeldLine &line)
{
	constexpr int kFirstRoom = 8;
	const Size room = 2 * static_cast<Size>(lines->count);
	if (lines->count == 0)
		lines->line = static_cast<HeldLine *>(palloc(kFirstRoom * sizeof(HeldLine)));
	else if (lines->count >= kFirstRoom && (lines->count & (lines->count - 1)) == 0)
		lines->line = static_cast<HeldLine *>(repalloc_huge(lines->line, room * sizeof(HeldLine)));
	lines->line[lines->count++] = line;
}

// Whether the hold of `line` has expired, or would have: not confirmed or released since
// the line was read, nor extended.
bool HasExpired(const Reservation &reservation, TimestampTz now)
{
	if (reservation.ownership.status == core::Status::kExpired)
		return true;
	return reservation.ownership.status == core::Status::kHeld &&
		   reservation.ownership.expires_at <= now;
}

// Sorts an expired line in: may it be had, or is somebody working on its reservation?
void Consider(pg::Store *reservations, const HeldLine &line, TimestampTz now, ExpiredHolds *holds)
{
	const Reservation reservation = RequireReservation(reservations, line.reservation);
	if (!HasExpired(reservation, now))
		return;
	if (TransactionIdIsValid(reservation.holder)) {
		holds->holder = reservation.holder;
		holds->disputed_units = AddUpTo(holds->disputed_units, HeldUnits(line));
		return;
	}
	Append(&holds->lines, line);
	holds->units = AddUpTo(holds->units, HeldUnits(line));
}

// Whether `line`, whose reservation has been locked since it was read, is as it was.
bool StillHolds(pg::Store *lines, HeldLine line)
{
	const HeldLines all = FindLines(lines, line.reservation);
	for (int i = 0; i < all.count; ++i) {
		if (all.line[i].number == line.number)
			return ItemPointerEquals(&all.line[i].place, &line.place);
	}
	return false;
}

// Marks a reservation as expired, unless an earlier line did.
void MarkExpired(pg::Store *reservations, const pg_uuid_t &id)
{
	const Reservation reservation = RequireReservation(reservations, id);
	if (reservation.ownership.status == core::Status::kExpired)
		return;
	SettleReservation(reservations, reservation, core::Status::kExpired);
	CommandCounterIncrement(); /* another line of it may follow */
}

} // namespace

ExpiredHolds FindExpired(pg::Store *reservations, int64 stock, int64 wanted)
{
	const TimestampTz now = GetCurrentTimestamp();
	ExpiredHolds holds{};
	pg::Store lines = OpenLinesByStock();
	ScanKeyData keys[2];
	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(stock));
	ScanKeyInit(&keys[1], 2, BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE, TimestampTzGetDatum(now));
	pg::Search search = pg::BeginSearch(&lines, keys, 2);
	while (holds.units < wanted && pg::NextMatch(&search, lines.slot)) {
		CHECK_FOR_INTERRUPTS();
		Consider(reservations, ReadHeldLine(lines.slot), now, &holds);
	}
	pg::EndSearch(&search);
	pg::CloseStore(&lines);
	return holds;
}

bool LockExpired(pg::Store *reservations, ExpiredHolds *holds)
{
	if (holds->lines.count == 0)
		return true;
	for (int i = 0; i < holds->lines.count; ++i) {
		const Reservation reservation =
			RequireReservation(reservations, holds->lines.line[i].reservation);
		if (!HasExpired(reservation, GetCurrentTimestamp()) ||
			!TryLockReservation(reservations, reservation))
			return false;
	}
	pg::Store lines = OpenLines();
	bool same = true;
	for (int i = 0; i < holds->lines.count && same; ++i)
		same = StillHolds(&lines, holds->lines.line[i]);
	pg::CloseStore(&lines);
	return same;
}

void Reap(pg::Store *reservations, pg::Store *journal, const ExpiredHolds &holds)
{
	if (holds.lines.count == 0)
		return;
	pg::Store lines = OpenLines();
	for (int i = 0; i < holds.lines.count; ++i) {
		MarkExpired(reservations, holds.lines.line[i].reservation);
		ExpireUnits(journal, &holds.lines.line[i], HeldUnits(holds.lines.line[i]));
		WriteLine(&lines, holds.lines.line[i]);
	}
	pg::CloseStore(&lines);
}

} // namespace mezzanine::inventory

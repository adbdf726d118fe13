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

// What all expired holds of one search are compared with.
struct Instant {
	Snapshot snapshot;
	TimestampTz now;
};

// Sorts an expired line in: may it be had, or is somebody working on its reservation?
void Consider(pg::Store *reservations, const HeldLine &line, const Instant &instant,
			  ExpiredHolds *holds)
{
	const Reservation reservation =
		RequireReservation(reservations, line.reservation, instant.snapshot);
	if (!HasExpired(reservation, instant.now))
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

ExpiredHolds FindExpired(pg::Store *reservations, int64 stock, int64 wanted, Snapshot snapshot,
						 const pg_uuid_t *spared)
{
	const Instant instant = {snapshot, GetCurrentTimestamp()};
	ExpiredHolds holds{};
	pg::Store lines = OpenLinesByStock();
	ScanKeyData keys[2];
	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(stock));
	ScanKeyInit(&keys[1], 2, BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE,
				TimestampTzGetDatum(instant.now));
	pg::Search search = pg::BeginSearchAt(&lines, keys, 2, snapshot);
	while (holds.units < wanted && pg::NextMatch(&search, lines.slot)) {
		CHECK_FOR_INTERRUPTS();
		const HeldLine line = ReadHeldLine(lines.slot);
		if (spared == nullptr || memcmp(line.reservation.data, spared->data, UUID_LEN) != 0)
			Consider(reservations, line, instant, &holds);
	}
	pg::EndSearch(&search);
	pg::CloseStore(&lines);
	return holds;
}

void TrimExpired(ExpiredHolds *holds, int64 wanted)
{
	holds->units = 0;
	int count = 0;
	while (count < holds->lines.count && holds->units < wanted)
		holds->units = AddUpTo(holds->units, HeldUnits(holds->lines.line[count++]));
	holds->lines.count = count;
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

int64 Reap(pg::Store *reservations, pg::Store *journal, const ExpiredHolds &holds, int64 most)
{
	int64 reaped = 0;
	pg::Store lines = OpenLines();
	for (int i = 0; i < holds.lines.count && reaped < most; ++i) {
		HeldLine *line = &holds.lines.line[i];
		const int64 left = most - reaped;
		const int64 units = HeldUnits(*line) < left ? HeldUnits(*line) : left;
		MarkExpired(reservations, line->reservation);
		ExpireUnits(journal, line, units);
		WriteLine(&lines, *line);
		reaped = AddUpTo(reaped, units);
	}
	pg::CloseStore(&lines);
	return reaped;
}

} // namespace mezzanine::inventory

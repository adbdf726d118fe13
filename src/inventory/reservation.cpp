#include "inventory/reservation.h"

#include "inventory/stock.h"

#include "fence/fence.h"

namespace mezzanine::inventory
{

namespace
{

Datum Column(const TupleTableSlot *slot, AttrNumber column)
{
	return slot->tts_values[column - 1];
}

core::Status ReadStatus(Datum word)
{
	const text *value = DatumGetTextPP(word);
	core::Status status{};
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			status = core::ParseStatus({VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)});
		}))
		MEZZANINE_RAISE(failure);
	return status;
}

char *IdText(const pg_uuid_t &id)
{
	pg_uuid_t copy = id;
	return DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(&copy)));
}

[[noreturn]] void RaiseChanged()
{
	ereport(ERROR,
			(errcode(pg::ERRCODE_MEZZANINE_INVARIANT),
			 errmsg("a reservation changed without its lock"),
			 errdetail("A row of a reservation that this transaction has locked was changed."),
			 errhint("Change reservations through the functions of the schema inventory only.")));
	pg_unreachable();
}

} // namespace

pg::Store OpenReservations()
{
	return OpenTable("reservation", "reservation_pkey", RowExclusiveLock);
}

pg::Store OpenLines()
{
	return OpenTable("reservation_line", "reservation_line_pkey", RowExclusiveLock);
}

pg::Store OpenLinesByStock()
{
	return OpenTable("reservation_line", "reservation_line_held", RowExclusiveLock);
}

bool FindReservation(pg::Store *reservations, const pg_uuid_t &id, Reservation *found,
					 Snapshot snapshot)
{
	found->id = id;
	ScanKeyData key;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_UUID_EQ, UUIDPGetDatum(&found->id));
	pg::Search search = snapshot == nullptr ? pg::BeginSearch(reservations, &key, 1)
											: pg::BeginSearchAt(reservations, &key, 1, snapshot);
	const bool exists = pg::NextMatch(&search, reservations->slot);
	if (exists) {
		TupleTableSlot *slot = reservations->slot;
		slot_getallattrs(slot);
		found->ownership.status = ReadStatus(Column(slot, reservation::kStatus));
		found->ownership.fence = DatumGetInt64(Column(slot, reservation::kFence));
		found->ownership.expires_at = DatumGetTimestampTz(Column(slot, reservation::kExpiresAt));
		found->place = slot->tts_tid;
		found->holder = pg::RowHolder(slot);
	}
	pg::EndSearch(&search);
	return exists;
}

Reservation RequireReservation(pg::Store *reservations, const pg_uuid_t &id, Snapshot snapshot)
{
	Reservation reservation;
	if (!FindReservation(reservations, id, &reservation, snapshot))
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_NO_SUCH_RESERVATION),
						errmsg("no such reservation %s", IdText(id)),
						errdetail("No transaction that has committed made it."),
						errhint("Use the identifier that reserve() returned.")));
	return reservation;
}

Reservation LockReservation(pg::Store *reservations, const pg_uuid_t &id, TimestampTz deadline)
{
	for (;;) {
		CHECK_FOR_INTERRUPTS();
		Reservation reservation = RequireReservation(reservations, id);
		// Without a deadline, in the row's own queue.
		if (pg::LockRow(reservations, &reservation.place, deadline == DT_NOEND,
						reservations->slot) == pg::Written::kDone)
			return reservation;
		if (deadline != DT_NOEND && TransactionIdIsValid(reservation.holder))
			fence::AwaitBefore(reservation.holder, deadline);
	}
}

bool TryLockReservation(pg::Store *reservations, const Reservation &reservation)
{
	ItemPointerData place = reservation.place;
	return pg::LockRow(reservations, &place, false, reservations->slot) == pg::Written::kDone;
}

void WriteOwnership(pg::Store *reservations, const Reservation &reservation)
{
	ItemPointerData place = reservation.place;
	TupleTableSlot *slot = reservations->slot;
	if (!table_tuple_fetch_row_version(reservations->table, &place, SnapshotAny, slot))
		RaiseChanged();

	const core::Ownership &ownership = reservation.ownership;
	const bool settled = ownership.status != core::Status::kHeld;
	Datum values[reservation::kColumns] = {};
	bool nulls[reservation::kColumns] = {};
	bool replace[reservation::kColumns] = {};
	values[reservation::kStatus - 1] = CStringGetTextDatum(core::StatusWord(ownership.status));
	replace[reservation::kStatus - 1] = true;
	values[reservation::kFence - 1] = Int64GetDatum(ownership.fence);
	replace[reservation::kFence - 1] = true;
	values[reservation::kExpiresAt - 1] = TimestampTzGetDatum(ownership.expires_at);
	replace[reservation::kExpiresAt - 1] = true;
	values[reservation::kSettledAt - 1] = TimestampTzGetDatum(GetCurrentTimestamp());
	replace[reservation::kSettledAt - 1] = settled;

	bool copied;
	HeapTuple written =
		heap_modify_tuple(ExecFetchSlotHeapTuple(slot, false, &copied),
						  RelationGetDescr(reservations->table), values, nulls, replace);
	ExecForceStoreHeapTuple(written, slot, false);
	if (pg::UpdateRow(reservations, &place, slot) != pg::Written::kDone)
		RaiseChanged();
	heap_freetuple(written);
}

void SettleReservation(pg::Store *reservations, const Reservation &reservation, core::Status status)
{
	Reservation settled = reservation;
	settled.ownership.status = status;
	WriteOwnership(reservations, settled);
}

HeldLine ReadHeldLine(TupleTableSlot *slot)
{
	slot_getallattrs(slot);
	HeldLine line;
	line.reservation = *DatumGetUUIDP(Column(slot, reservation_line::kReservation));
	line.number = DatumGetInt32(Column(slot, reservation_line::kLine));
	line.stock = DatumGetInt64(Column(slot, reservation_line::kStock));
	line.quantity = DatumGetInt64(Column(slot, reservation_line::kQuantity));
	line.confirmed = DatumGetInt64(Column(slot, reservation_line::kConfirmed));
	line.released = DatumGetInt64(Column(slot, reservation_line::kReleased));
	line.expired = DatumGetInt64(Column(slot, reservation_line::kExpired));
	line.expires_at = DatumGetTimestampTz(Column(slot, reservation_line::kExpiresAt));
	line.place = slot->tts_tid;
	return line;
}

HeldLines FindLines(pg::Store *lines, const pg_uuid_t &reservation)
{
	pg_uuid_t id = reservation;
	ScanKeyData key;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_UUID_EQ, UUIDPGetDatum(&id));

	HeldLines found = {nullptr, 0};
	int room = 8;
	found.line = static_cast<HeldLine *>(palloc(static_cast<Size>(room) * sizeof(HeldLine)));
	pg::Search search = pg::BeginSearch(lines, &key, 1);
	while (pg::NextMatch(&search, lines->slot)) {
		CHECK_FOR_INTERRUPTS();
		if (found.count == room) {
			room *= 2;
			found.line = static_cast<HeldLine *>(
				repalloc_huge(found.line, static_cast<Size>(room) * sizeof(HeldLine)));
		}
		found.line[found.count++] = ReadHeldLine(lines->slot);
	}
	pg::EndSearch(&search);
	return found;
}

void WriteLine(pg::Store *lines, const HeldLine &line)
{
	pg_uuid_t id = line.reservation;
	ItemPointerData place = line.place;
	TupleTableSlot *slot = BlankRow(lines);
	SetColumn(slot, reservation_line::kReservation, UUIDPGetDatum(&id));
	SetColumn(slot, reservation_line::kLine, Int32GetDatum(line.number));
	SetColumn(slot, reservation_line::kStock, Int64GetDatum(line.stock));
	SetColumn(slot, reservation_line::kQuantity, Int64GetDatum(line.quantity));
	SetColumn(slot, reservation_line::kConfirmed, Int64GetDatum(line.confirmed));
	SetColumn(slot, reservation_line::kReleased, Int64GetDatum(line.released));
	SetColumn(slot, reservation_line::kExpired, Int64GetDatum(line.expired));
	SetColumn(slot, reservation_line::kExpiresAt, TimestampTzGetDatum(line.expires_at));
	ExecStoreVirtualTuple(slot);
	if (!ItemPointerIsValid(&place))
		pg::InsertRow(lines, slot);
	else if (pg::UpdateRow(lines, &place, slot) != pg::Written::kDone)
		RaiseChanged();
}

void RaiseClaim(core::Claim claim, const Reservation &reservation, int64 fence)
{
	const char *id = IdText(reservation.id);
	switch (claim) {
	case core::Claim::kStaleFence:
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_STALE_FENCE),
						errmsg("fence " INT64_FORMAT " of reservation %s is stale", fence, id),
						errdetail("The reservation is at fence " INT64_FORMAT ".",
								  reservation.ownership.fence),
						errhint("Stop working on the reservation if it is no longer yours.")));
	case core::Claim::kExpired:
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_HOLD_EXPIRED),
						errmsg("the hold of reservation %s has expired", id),
						errdetail("It was held until %s.",
								  timestamptz_to_str(reservation.ownership.expires_at)),
						errhint("Reserve again, or confirm with if_expired => 'reacquire'.")));
	case core::Claim::kConfirmed:
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_ALREADY_CONFIRMED),
						errmsg("reservation %s is already confirmed", id),
						errdetail("Its units are sold."),
						errhint("When the goods come back: inventory.return_stock().")));
	case core::Claim::kReleased:
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_ALREADY_RELEASED),
						errmsg("reservation %s is already released", id),
						errdetail("Its units were given back."), errhint("Reserve again.")));
	case core::Claim::kGranted:
	case core::Claim::kRepeated:
		break;
	}
	elog(ERROR, "claim %d is no error", static_cast<int>(claim));
	pg_unreachable();
}

Lines NameLines(const HeldLines &held)
{
	Lines named = {static_cast<Line *>(palloc0(static_cast<Size>(held.count) * sizeof(Line))),
				   held.count};
	for (int i = 0; i < held.count; ++i)
		named.line[i].stock = held.line[i].stock;
	NameStocks(named);
	return named;
}

Lines WithoutEmpty(const Lines &lines)
{
	Lines result = {static_cast<Line *>(palloc0(static_cast<Size>(lines.count) * sizeof(Line))), 0};
	for (int i = 0; i < lines.count; ++i) {
		if (lines.line[i].quantity > 0)
			result.line[result.count++] = lines.line[i];
	}
	return result;
}

Outcome OutcomeOf(const Reservation &reservation, core::Status status, const Lines &lines)
{
	Outcome outcome{};
	outcome.status = core::StatusWord(status);
	outcome.reservation = static_cast<pg_uuid_t *>(palloc(sizeof(pg_uuid_t)));
	*outcome.reservation = reservation.id;
	outcome.fence = reservation.ownership.fence;
	outcome.expires_at = reservation.ownership.expires_at;
	outcome.lines = LineArray(WithoutEmpty(lines));
	return outcome;
}

} // namespace mezzanine::inventory

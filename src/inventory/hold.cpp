#include "inventory/hold.h"

#include "inventory/identity.h"
#include "inventory/journal.h"

namespace mezzanine::inventory
{

namespace
{

void InsertReservation(pg::Store *reservations, Reservation *reservation, TimestampTz now,
					   const Optional &reference)
{
	TupleTableSlot *slot = BlankRow(reservations);
	SetColumn(slot, reservation::kReservation, UUIDPGetDatum(&reservation->id));
	SetColumn(slot, reservation::kStatus,
			  CStringGetTextDatum(core::StatusWord(reservation->ownership.status)));
	SetColumn(slot, reservation::kFence, Int64GetDatum(reservation->ownership.fence));
	SetColumn(slot, reservation::kExpiresAt,
			  TimestampTzGetDatum(reservation->ownership.expires_at));
	SetColumn(slot, reservation::kCreatedAt, TimestampTzGetDatum(now));
	if (reference.given)
		SetColumn(slot, reservation::kReference, reference.value);
	pg::InsertRow(reservations, ExecStoreVirtualTuple(slot));
}

// Writes one line, and its movement.
void InsertLine(pg::Store *lines, pg::Store *journal, const Reservation &reservation,
				const core::Demand &demand)
{
	pg_uuid_t id = reservation.id;
	HeldLine line{};
	line.reservation = id;
	line.number = demand.line;
	line.stock = demand.stock;
	line.quantity = demand.quantity;
	line.expires_at = reservation.ownership.expires_at;
	ItemPointerSetInvalid(&line.place);
	WriteLine(lines, line);

	Movement movement{};
	movement.stock = demand.stock;
	movement.from = "available";
	movement.to = "held";
	movement.quantity = demand.quantity;
	movement.reason = "reserve";
	movement.reservation = &id;
	(void)Record(journal, movement);
}

} // namespace

Lines LinesOf(const Lines &asked, const core::Demand *demands, int count)
{
	// Places that no demand has are those of lines summed into an earlier one.
	const Size bytes = static_cast<Size>(asked.count) * sizeof(Line);
	Lines result = {static_cast<Line *>(palloc0(bytes)), 0};
	for (int i = 0; i < count; ++i) {
		Line *line = &result.line[demands[i].line - 1];
		*line = asked.line[demands[i].line - 1];
		line->quantity = demands[i].quantity;
	}
	for (int i = 0; i < asked.count; ++i) {
		if (result.line[i].sku != nullptr)
			result.line[result.count++] = result.line[i];
	}
	return result;
}

Outcome WriteHold(const HoldStores &stores, const Hold &hold)
{
	const TimestampTz now = GetCurrentTimestamp();
	Reservation reservation{};
	reservation.id = NewId(now);
	reservation.ownership = {
		core::Status::kHeld, 1,
		DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(now),
												IntervalPGetDatum(hold.ttl)))};
	InsertReservation(stores.reservations, &reservation, now, hold.reference);

	for (int i = 0; i < hold.count; ++i) {
		CHECK_FOR_INTERRUPTS();
		InsertLine(stores.lines, stores.journal, reservation, hold.demands[i]);
	}

	Outcome outcome{};
	outcome.status = core::StatusWord(reservation.ownership.status);
	outcome.reservation = static_cast<pg_uuid_t *>(palloc(sizeof(pg_uuid_t)));
	*outcome.reservation = reservation.id;
	outcome.fence = reservation.ownership.fence;
	outcome.expires_at = reservation.ownership.expires_at;
	outcome.lines = LineArray(LinesOf(hold.lines, hold.demands, hold.count));
	return outcome;
}

} // namespace mezzanine::inventory

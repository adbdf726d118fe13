#include "inventory/hold.h"

#include "inventory/array.h"
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
void InsertLine(const HoldStores &stores, const Reservation &reservation, int32 number,
				const Line &asked)
{
	pg_uuid_t id = reservation.id;
	HeldLine line{};
	line.reservation = id;
	line.number = number;
	line.stock = asked.stock;
	line.quantity = asked.quantity;
	line.expires_at = reservation.ownership.expires_at;
	ItemPointerSetInvalid(&line.place);
	WriteLine(stores.lines, line);

	Movement movement{};
	movement.stock = asked.stock;
	movement.from = "available";
	movement.to = "held";
	movement.quantity = asked.quantity;
	movement.reason = "reserve";
	movement.reservation = &id;
	(void)Record(stores.journal, movement);
}

// What the plan takes, one line a stock.
Lines PlannedLines(const Cart &cart)
{
	Lines lines = {AllocateArray<Line>(cart.pool_count), 0};
	auto *listed = AllocateArray<bool>(cart.pool_count);
	for (int i = 0; i < cart.want_count; ++i) {
		for (const core::Candidate &candidate : cart.wants[i].candidates) {
			if (candidate.units == 0 || listed[candidate.pool])
				continue;
			listed[candidate.pool] = true;
			Line *line = &lines.line[lines.count++];
			*line = cart.stocks[candidate.pool];
			line->quantity = cart.pools[candidate.pool].planned;
		}
	}
	return lines;
}

// What the wants lack; NULL where they lack nothing.
Optional Shortfall(const Cart &cart)
{
	Lines missing = {AllocateArray<Line>(cart.want_count), 0};
	for (int i = 0; i < cart.want_count; ++i) {
		if (cart.wants[i].missing == 0)
			continue;
		Line *line = &missing.line[missing.count++];
		*line = cart.lines[i];
		line->quantity = cart.wants[i].missing;
	}
	return missing.count == 0 ? Optional{} : LineArray(missing);
}

} // namespace

Outcome WriteHold(const HoldStores &stores, const Cart &cart, const Terms &terms)
{
	const TimestampTz now = GetCurrentTimestamp();
	Reservation reservation{};
	reservation.id = NewId(now);
	reservation.ownership = {
		core::Status::kHeld, 1,
		DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(now),
												IntervalPGetDatum(terms.ttl)))};
	InsertReservation(stores.reservations, &reservation, now, terms.reference);
	const Lines lines = PlannedLines(cart);
	for (int i = 0; i < lines.count; ++i) {
		CHECK_FOR_INTERRUPTS();
		InsertLine(stores, reservation, i + 1, lines.line[i]);
	}
	Outcome outcome = OutcomeOf(reservation, core::Status::kHeld, lines);
	outcome.shortfall = Shortfall(cart);
	return outcome;
}

Outcome RejectCart(const Cart &cart)
{
	for (int i = 0; i < cart.want_count; ++i)
		cart.lines[i].quantity = cart.wants[i].quantity;
	Outcome outcome{};
	outcome.status = "rejected";
	outcome.lines = LineArray({cart.lines, cart.want_count});
	outcome.shortfall = Shortfall(cart);
	return outcome;
}

} // namespace mezzanine::inventory

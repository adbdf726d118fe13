#include "inventory/prolong.h"

#include "inventory/pick.h"

namespace mezzanine::inventory
{

namespace
{

// The lines carry the expiry too, for the index by which reapers find them.
void ProlongLines(pg::Store *lines, const HeldLines &held, TimestampTz expires_at)
{
	for (int i = 0; i < held.count; ++i) {
		CHECK_FOR_INTERRUPTS();
		held.line[i].expires_at = expires_at;
		WriteLine(lines, held.line[i]);
	}
}

} // namespace

Outcome Prolong(pg::Store *reservations, Reservation *reservation, Interval *ttl)
{
	core::Ownership *ownership = &reservation->ownership;
	const TimestampTz wanted = DatumGetTimestampTz(
		DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(GetCurrentTimestamp()),
							IntervalPGetDatum(ttl)));
	ownership->fence += 1;
	// Never sooner: a buyer who is told that nothing is left would not know of units that this
	// transaction, still in flight, is about to let go.
	ownership->expires_at = wanted > ownership->expires_at ? wanted : ownership->expires_at;
	WriteOwnership(reservations, *reservation);

	pg::Store lines = OpenLines();
	const HeldLines held = FindLines(&lines, reservation->id);
	const Lines named = NameLines(held);
	for (int i = 0; i < held.count; ++i)
		named.line[i].quantity = HeldUnits(held.line[i]);
	ProlongLines(&lines, held, ownership->expires_at);
	pg::CloseStore(&lines);
	return OutcomeOf(*reservation, core::Status::kHeld, named);
}

} // namespace mezzanine::inventory

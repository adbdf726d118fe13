// inventory.take_over(): a hold changes hands without its owner's fence.
//
// For an operator, when the worker that owned it is gone: whoever had the old fence is
// refused from then on, whatever he still believes.  Who did it, and why, is recorded.
#include "inventory/audit.h"
#include "inventory/prolong.h"

namespace mezzanine::inventory
{

namespace
{

Outcome TakeOver(const pg_uuid_t &id, Interval *ttl, text *reason, TimestampTz deadline)
{
	pg::Store reservations = OpenReservations();
	Reservation reservation = LockReservation(&reservations, id, deadline);
	const core::Ownership before = reservation.ownership;
	// By the clock, read after the row is locked.
	const core::Claim claim = core::JudgeTakeOver(before, GetCurrentTimestamp());
	if (claim != core::Claim::kGranted)
		RaiseClaim(claim, reservation, before.fence);
	const Outcome outcome = Prolong(&reservations, &reservation, ttl);
	pg::CloseStore(&reservations);

	AuditEntry entry{};
	entry.verb = "take_over";
	entry.reservation = &reservation.id;
	entry.reason = reason;
	entry.before = psprintf("{\"fence\": " INT64_FORMAT ", \"expires_at\": \"%s\"}", before.fence,
							timestamptz_to_str(before.expires_at));
	entry.after = psprintf("{\"fence\": " INT64_FORMAT ", \"expires_at\": \"%s\"}", outcome.fence,
						   timestamptz_to_str(outcome.expires_at));
	WriteAudit(entry);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	return outcome;
}

} // namespace

// take_over(reservation, ttl, reason, wait)
MEZZANINE_FUNCTION(mezzanine_take_over)
{
	PreventCommandIfReadOnly("inventory.take_over()");
	const pg_uuid_t *id = DatumGetUUIDP(RequireValue(fcinfo, 0, "reservation"));
	Interval *ttl = RequireTtl(fcinfo, 1);
	text *reason = RequireText(fcinfo, 2, "reason");
	return OutcomeDatum(fcinfo, TakeOver(*id, ttl, reason, OptionalDeadline(fcinfo, 3)));
}

} // namespace mezzanine::inventory

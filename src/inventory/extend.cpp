// inventory.extend(): more time for a hold, and a new fence.
#include "inventory/idempotency.h"
#include "inventory/prolong.h"

namespace mezzanine::inventory
{

namespace
{

struct Extending {
	Key key;
	pg_uuid_t id;
	int64 fence;
	Interval *ttl;
	TimestampTz deadline;
};

Outcome ExtendReservation(const Extending &call)
{
	pg::Store reservations = OpenReservations();
	Reservation reservation = LockReservation(&reservations, call.id, call.deadline);
	// By the clock, read after the row is locked.
	const core::Claim claim =
		core::JudgeExtend(reservation.ownership, call.fence, GetCurrentTimestamp());
	if (claim != core::Claim::kGranted)
		RaiseClaim(claim, reservation, call.fence);
	const Outcome outcome = Prolong(&reservations, &reservation, call.ttl);
	pg::CloseStore(&reservations);
	return outcome;
}

Outcome Extend(const Extending &call)
{
	Outcome outcome;
	if (Recall(call.key, 0, call.deadline, &outcome))
		return outcome;
	outcome = ExtendReservation(call);
	Remember(call.key, outcome);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	return outcome;
}

} // namespace

// extend(reservation, fence, ttl, key, wait)
MEZZANINE_FUNCTION(mezzanine_extend)
{
	PreventCommandIfReadOnly("inventory.extend()");
	Extending call{};
	call.id = *DatumGetUUIDP(RequireValue(fcinfo, 0, "reservation"));
	call.fence = DatumGetInt64(RequireValue(fcinfo, 1, "fence"));
	call.ttl = RequireTtl(fcinfo, 2);
	call.deadline = OptionalDeadline(fcinfo, 4);

	StringInfoData payload;
	call.key = BeginKey(fcinfo, 3, "extend", &payload);
	AddBytes(&payload, call.id.data, UUID_LEN);
	AddBytes(&payload, &call.fence, sizeof(call.fence));
	AddBytes(&payload, call.ttl, sizeof(*call.ttl));
	FinishKey(&call.key, &payload);
	return OutcomeDatum(fcinfo, Extend(call));
}

} // namespace mezzanine::inventory

// inventory.confirm_booking(), release_booking(), extend_booking().
//
// All take the fences of the booking's time, as book() does: whoever decides about a time
// sees how each of its bookings stands.
#include "inventory/booking.h"
#include "inventory/named.h"

namespace mezzanine::inventory
{

namespace
{

// The booking in its latest version, under the fences of its time.
Booking FenceBooking(pg::Store *bookings, const pg_uuid_t &id)
{
	// What is booked and for when never changes: no fence is needed to read that.
	const Booking booking = RequireBooking(bookings, id);
	(void)FenceTime(booking.resource, booking.load.during, DT_NOEND);
	return RequireBooking(bookings, id);
}

[[noreturn]] void RaiseClaim(core::Claim claim, Booking *booking, int64 fence)
{
	const char *id = DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(&booking->id)));
	switch (claim) {
	case core::Claim::kStaleFence:
		ereport(ERROR,
				(errcode(pg::ERRCODE_MEZZANINE_STALE_FENCE),
				 errmsg("fence " INT64_FORMAT " of booking %s is stale", fence, id),
				 errdetail("The booking is at fence " INT64_FORMAT ".", booking->ownership.fence),
				 errhint("Stop working on the booking if it is no longer yours.")));
	case core::Claim::kExpired:
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_HOLD_EXPIRED),
						errmsg("the hold of booking %s has expired", id),
						errdetail("It was held until %s.",
								  timestamptz_to_str(booking->ownership.expires_at)),
						errhint("Book again; allow more time with the argument \"ttl\".")));
	case core::Claim::kReleased:
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_ALREADY_RELEASED),
						errmsg("booking %s is already released", id),
						errdetail("Its time was given back."), errhint("Book again.")));
	case core::Claim::kConfirmed:
	case core::Claim::kRepeated:
	case core::Claim::kGranted:
		break;
	}
	ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_ALREADY_CONFIRMED),
					errmsg("booking %s is already confirmed", id),
					errdetail("It no longer expires."), errhint("There is nothing to extend.")));
	pg_unreachable();
}

void Settle(pg::Store *bookings, Booking *booking, core::Status status)
{
	booking->ownership.status = status;
	booking->settled_at = GetCurrentTimestamp();
	WriteBooking(bookings, booking);
}

Outcome ConfirmBooking(pg::Store *bookings, Booking *booking, int64 fence)
{
	// By the clock, read under the fences.
	const core::Claim claim = core::JudgeConfirm(booking->ownership, fence, GetCurrentTimestamp());
	if (claim == core::Claim::kGranted)
		Settle(bookings, booking, core::Status::kConfirmed);
	else if (claim != core::Claim::kRepeated)
		RaiseClaim(claim, booking, fence);
	Outcome outcome = OutcomeOf(*booking);
	outcome.replayed = claim == core::Claim::kRepeated;
	return outcome;
}

// Unlike goods that were sold, a confirmed booking may be given back.
Outcome ReleaseBooking(pg::Store *bookings, Booking *booking, int64 fence)
{
	const core::Claim claim = core::JudgeRelease(booking->ownership, fence);
	if (claim == core::Claim::kStaleFence)
		RaiseClaim(claim, booking, fence);
	if (claim == core::Claim::kGranted || claim == core::Claim::kConfirmed)
		Settle(bookings, booking, core::Status::kReleased);
	Outcome outcome = OutcomeOf(*booking);
	outcome.replayed = claim == core::Claim::kRepeated;
	return outcome;
}

Outcome ExtendBooking(pg::Store *bookings, Booking *booking, int64 fence, Interval *ttl)
{
	const TimestampTz now = GetCurrentTimestamp();
	const core::Claim claim = core::JudgeConfirm(booking->ownership, fence, now);
	if (claim != core::Claim::kGranted)
		RaiseClaim(claim, booking, fence);
	++booking->ownership.fence;
	booking->ownership.expires_at = EndOf(ttl, now);
	WriteBooking(bookings, booking);
	return OutcomeOf(*booking);
}

// Runs `settle` on the booking that argument 0 names.
template <typename Verb> Datum WithBooking(FunctionCallInfo fcinfo, Verb &&settle)
{
	const pg_uuid_t *id = DatumGetUUIDP(RequireValue(fcinfo, 0, "booking"));
	const int64 fence = DatumGetInt64(RequireValue(fcinfo, 1, "fence"));
	pg::Store bookings = OpenBookings();
	Booking booking = FenceBooking(&bookings, *id);
	const Outcome outcome = settle(&bookings, &booking, fence);
	pg::CloseStore(&bookings);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	return OutcomeDatum(fcinfo, outcome);
}

} // namespace

// confirm_booking(booking, fence)
MEZZANINE_FUNCTION(mezzanine_confirm_booking)
{
	PreventCommandIfReadOnly("inventory.confirm_booking()");
	return WithBooking(fcinfo, ConfirmBooking);
}

// release_booking(booking, fence)
MEZZANINE_FUNCTION(mezzanine_release_booking)
{
	PreventCommandIfReadOnly("inventory.release_booking()");
	return WithBooking(fcinfo, ReleaseBooking);
}

// extend_booking(booking, fence, ttl)
MEZZANINE_FUNCTION(mezzanine_extend_booking)
{
	PreventCommandIfReadOnly("inventory.extend_booking()");
	Interval *ttl = RequireTtl(fcinfo, 2);
	return WithBooking(fcinfo, [ttl](pg::Store *bookings, Booking *booking, int64 fence) {
		return ExtendBooking(bookings, booking, fence, ttl);
	});
}

} // namespace mezzanine::inventory

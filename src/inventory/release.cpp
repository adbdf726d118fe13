// inventory.release(): gives back what a reservation holds, or some of it.
//
// The reservation's row lock orders it against confirm, and against a reaper of the hold;
// then the units go back, in the order of the stocks.
#include "inventory/idempotency.h"
#include "inventory/journal.h"
#include "inventory/moves.h"
#include "inventory/pick.h"

namespace mezzanine::inventory
{

namespace
{

struct Releasing {
	Key key;
	pg_uuid_t id;
	int64 fence;
	Lines asked; // none: all
	const char *reason;
	TimestampTz deadline;
};

// Moves `units` of each line from held to available.  Of a hold that has `expired`, this is
// what a reaper would have done.
void ReturnLines(const Releasing &call, pg::Store *lines, const HeldLines &held, const int64 *units,
				 bool expired)
{
	core::Demand *returned = NewDemands(held.count);
	int count = 0;
	pg::Store journal = OpenJournal();
	for (int i = 0; i < held.count; ++i) {
		CHECK_FOR_INTERRUPTS();
		if (units[i] == 0)
			continue;
		HeldLine *line = &held.line[i];
		if (expired)
			ExpireUnits(&journal, line, units[i]);
		else
			ReturnUnits(&journal, line, units[i], call.reason);
		WriteLine(lines, *line);
		returned[count++] = {line->stock, units[i], line->number};
	}
	pg::CloseStore(&journal);
	GiveDemands(returned, count, call.deadline);
}

bool HoldsNothing(const HeldLines &held)
{
	for (int i = 0; i < held.count; ++i) {
		if (HeldUnits(held.line[i]) > 0)
			return false;
	}
	return true;
}

// The same answer again; MZ006 where other lines are named than were given back.
Outcome Repeat(const Releasing &call, const Reservation &reservation, const Lines &named,
			   const int64 *released)
{
	if (!AsksForAll(call.asked, named, released))
		RaiseClaim(core::Claim::kReleased, reservation, call.fence);
	Outcome outcome =
		OutcomeOf(reservation, core::Status::kReleased, WithQuantities(named, released));
	outcome.replayed = true;
	return outcome;
}

Outcome Return(const Releasing &call, pg::Store *reservations, const Reservation &reservation)
{
	const core::Claim claim = core::JudgeRelease(reservation.ownership, call.fence);
	if (claim == core::Claim::kStaleFence || claim == core::Claim::kConfirmed)
		RaiseClaim(claim, reservation, call.fence);

	pg::Store lines = OpenLines();
	const HeldLines held = FindLines(&lines, call.id);
	const Lines named = NameLines(held);
	const Size bytes = static_cast<Size>(held.count) * sizeof(int64);
	auto *units = static_cast<int64 *>(MemoryContextAllocHuge(CurrentMemoryContext, bytes));
	const bool repeated = claim == core::Claim::kRepeated;
	for (int i = 0; i < held.count; ++i)
		units[i] = repeated ? held.line[i].released : HeldUnits(held.line[i]);
	if (repeated) {
		pg::CloseStore(&lines);
		return Repeat(call, reservation, named, units);
	}

	// What an expired hold has left is returned as well, all of it: its owner asks for
	// nothing else.
	const bool expired = claim == core::Claim::kExpired;
	const int64 *picked = expired ? units : PickUnits(call.asked, named, units);
	ReturnLines(call, &lines, held, picked, expired);
	if (!expired && HoldsNothing(held))
		SettleReservation(reservations, reservation, core::Status::kReleased);
	pg::CloseStore(&lines);
	// Of an expired hold the answer is all that went back, whoever returned it, every time.
	for (int i = 0; expired && i < held.count; ++i)
		units[i] = held.line[i].released;
	return OutcomeOf(reservation, expired ? core::Status::kExpired : core::Status::kReleased,
					 WithQuantities(named, picked));
}

Outcome Release(const Releasing &call)
{
	Outcome outcome;
	if (Recall(call.key, 0, call.deadline, &outcome))
		return outcome;
	pg::Store reservations = OpenReservations();
	const Reservation reservation = LockReservation(&reservations, call.id, call.deadline);
	outcome = Return(call, &reservations, reservation);
	pg::CloseStore(&reservations);
	Remember(call.key, outcome);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	return outcome;
}

} // namespace

// release(reservation, fence, lines, reason, key, wait)
MEZZANINE_FUNCTION(mezzanine_release)
{
	PreventCommandIfReadOnly("inventory.release()");
	Releasing call{};
	call.id = *DatumGetUUIDP(RequireValue(fcinfo, 0, "reservation"));
	call.fence = DatumGetInt64(RequireValue(fcinfo, 1, "fence"));
	call.asked = OptionalLines(fcinfo, 2);
	const text *reason = RequireText(fcinfo, 3, "reason");
	call.reason = text_to_cstring(reason);
	call.deadline = OptionalDeadline(fcinfo, 5);

	StringInfoData payload;
	call.key = BeginKey(fcinfo, 4, "release", &payload);
	AddBytes(&payload, call.id.data, UUID_LEN);
	AddBytes(&payload, &call.fence, sizeof(call.fence));
	AddLines(&payload, call.asked);
	AddText(&payload, reason);
	FinishKey(&call.key, &payload);
	return OutcomeDatum(fcinfo, Release(call));
}

} // namespace mezzanine::inventory

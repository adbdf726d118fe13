// inventory.confirm(): sells what a reservation holds.
//
// Moves units from held to sold; touches no cell and takes no fence but its key's.  The
// reservation's row lock orders it against release, and against a reaper of the hold.
#include "inventory/idempotency.h"
#include "inventory/journal.h"
#include "inventory/reservation.h"

namespace mezzanine::inventory
{

namespace
{

void SellLine(pg::Store *lines, pg::Store *journal, HeldLine *line)
{
	Movement movement{};
	movement.stock = line->stock;
	movement.from = "held";
	movement.to = "sold";
	movement.quantity = HeldUnits(*line);
	movement.reason = "confirm";
	movement.reservation = &line->reservation;
	(void)Record(journal, movement);

	line->confirmed = line->quantity - line->released;
	WriteLine(lines, *line);
}

void SellLines(pg::Store *lines, const HeldLines &held)
{
	pg::Store journal = OpenJournal();
	for (int i = 0; i < held.count; ++i) {
		CHECK_FOR_INTERRUPTS();
		SellLine(lines, &journal, &held.line[i]);
	}
	pg::CloseStore(&journal);
}

Outcome SellReservation(const pg_uuid_t &id, int64 fence)
{
	pg::Store reservations = OpenReservations();
	const Reservation reservation = LockReservation(&reservations, id);
	// By the clock, read after the row is locked.
	const core::Claim claim =
		core::JudgeConfirm(reservation.ownership, fence, GetCurrentTimestamp());
	if (claim != core::Claim::kGranted && claim != core::Claim::kRepeated)
		RaiseClaim(claim, reservation, fence);

	pg::Store lines = OpenLines();
	const HeldLines held = FindLines(&lines, id);
	if (claim == core::Claim::kGranted) {
		SettleReservation(&reservations, reservation, core::Status::kConfirmed);
		SellLines(&lines, held);
	}
	Outcome outcome = OutcomeOf(reservation, held, core::Status::kConfirmed);
	outcome.replayed = claim == core::Claim::kRepeated;
	pg::CloseStore(&lines);
	pg::CloseStore(&reservations);
	return outcome;
}

Outcome Confirm(const Key &key, const pg_uuid_t &id, int64 fence)
{
	Outcome outcome;
	if (Recall(key, 0, DT_NOEND, &outcome))
		return outcome;
	outcome = SellReservation(id, fence);
	Remember(key, outcome);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	return outcome;
}

} // namespace

// confirm(reservation, fence, lines, remainder, if_expired, key)
MEZZANINE_FUNCTION(mezzanine_confirm)
{
	PreventCommandIfReadOnly("inventory.confirm()");
	const pg_uuid_t *id = DatumGetUUIDP(RequireValue(fcinfo, 0, "reservation"));
	const int64 fence = DatumGetInt64(RequireValue(fcinfo, 1, "fence"));
	RefuseArgument(fcinfo, 2, "lines");
	RequireOption(fcinfo, 3, core::kRemainder);
	RequireOption(fcinfo, 4, core::kIfExpired);

	StringInfoData payload;
	Key key = BeginKey(fcinfo, 5, "confirm", &payload);
	AddBytes(&payload, id->data, UUID_LEN);
	AddBytes(&payload, &fence, sizeof(fence));
	FinishKey(&key, &payload);
	return OutcomeDatum(fcinfo, Confirm(key, *id, fence));
}

} // namespace mezzanine::inventory

// inventory.confirm(): sells what a reservation holds, or some of it.
//
// Moves units from held to sold, which touches no cell: it takes no fence but its key's.
// The reservation's row lock orders it against release, and against a reaper of the hold.
// Only what is given back, or taken again after the hold has expired, needs the cells.
#include "inventory/idempotency.h"
#include "inventory/journal.h"
#include "inventory/moves.h"
#include "inventory/pick.h"
#include "inventory/units.h"

namespace mezzanine::inventory
{

namespace
{

struct Confirming {
	Key key;
	pg_uuid_t id;
	int64 fence;
	Lines asked; // none: all
	bool keep;   // what is not asked for stays held
	bool reacquire;
	TimestampTz deadline;
};

// A reservation under its lock, and what becomes of its lines.
struct Sale {
	Reservation reservation;
	HeldLines held;
	Lines named;
	bool expired; // the hold; it may have lost units that are taken again
	int64 *sold;  // of each line
};

int64 *Units(const Sale &sale, int64 (*units)(const HeldLine &))
{
	const Size bytes = static_cast<Size>(sale.held.count) * sizeof(int64);
	auto *of_line = static_cast<int64 *>(MemoryContextAllocHuge(CurrentMemoryContext, bytes));
	for (int i = 0; i < sale.held.count; ++i)
		of_line[i] = units(sale.held.line[i]);
	return of_line;
}

// The same answer again; MZ005 where other lines are named than were sold.
Outcome Repeat(const Confirming &call, const Sale &sale)
{
	const int64 *sold = Units(sale, [](const HeldLine &line) { return line.confirmed; });
	if (!AsksForAll(call.asked, sale.named, sold))
		RaiseClaim(core::Claim::kConfirmed, sale.reservation, call.fence);
	Outcome outcome =
		OutcomeOf(sale.reservation, core::Status::kConfirmed, WithQuantities(sale.named, sold));
	outcome.replayed = true;
	return outcome;
}

// Takes again what expiry has returned of the units to be sold, all or nothing; false, with
// what is missing, where it is not there.
bool Reacquire(const Sale &sale, TimestampTz deadline, Lines *missing)
{
	core::Demand *demands = NewDemands(sale.held.count);
	int count = 0;
	for (int i = 0; i < sale.held.count; ++i) {
		const int64 lost = sale.sold[i] - HeldUnits(sale.held.line[i]);
		if (lost > 0)
			demands[count++] = {sale.held.line[i].stock, lost, i + 1};
	}
	if (count == 0)
		return true;
	count = SumDemands(demands, count);
	const Size bytes = static_cast<Size>(count) * sizeof(int64);
	auto *shortfall = static_cast<int64 *>(MemoryContextAllocHuge(CurrentMemoryContext, bytes));
	if (TakeUnits(demands, count, deadline, shortfall, &sale.reservation.id))
		return true;
	*missing = NameLines(sale.held);
	for (int i = 0; i < count; ++i)
		missing->line[demands[i].line - 1].quantity = shortfall[i];
	return false;
}

// Sells of one line, and returns what is left of it unless it is kept; returns how much.
int64 SellLine(pg::Store *journal, HeldLine *line, int64 units, bool keep)
{
	const int64 lost = units - HeldUnits(*line);
	if (lost > 0)
		ReacquireUnits(journal, line, lost);
	if (units > 0)
		SellUnits(journal, line, units);
	const int64 rest = keep ? 0 : HeldUnits(*line);
	if (rest > 0)
		ReturnUnits(journal, line, rest, "remainder");
	return rest;
}

void SellLines(const Sale &sale, pg::Store *lines, const Confirming &call)
{
	core::Demand *returned = NewDemands(sale.held.count);
	int count = 0;
	pg::Store journal = OpenJournal();
	for (int i = 0; i < sale.held.count; ++i) {
		CHECK_FOR_INTERRUPTS();
		HeldLine *line = &sale.held.line[i];
		const int64 rest = SellLine(&journal, line, sale.sold[i], call.keep);
		if (rest > 0)
			returned[count++] = {line->stock, rest, line->number};
		if (rest > 0 || sale.sold[i] > 0)
			WriteLine(lines, *line);
	}
	pg::CloseStore(&journal);
	GiveDemands(returned, count, call.deadline);
}

// Whether something may still be confirmed: held, or lost and kept.
bool HasRest(const Sale &sale, bool keep)
{
	for (int i = 0; i < sale.held.count; ++i) {
		const HeldLine &line = sale.held.line[i];
		if (HeldUnits(line) > 0 || (keep && line.expired > 0))
			return true;
	}
	return false;
}

Outcome Sell(const Confirming &call, Sale *sale, pg::Store *reservations, pg::Store *lines)
{
	const int64 *units =
		sale->expired
			? Units(*sale, [](const HeldLine &line) { return HeldUnits(line) + line.expired; })
			: Units(*sale, [](const HeldLine &line) { return HeldUnits(line); });
	sale->sold = PickUnits(call.asked, sale->named, units);
	Outcome outcome = OutcomeOf(sale->reservation, core::Status::kConfirmed,
								WithQuantities(sale->named, sale->sold));
	Lines missing;
	if (sale->expired && !Reacquire(*sale, call.deadline, &missing)) {
		outcome.status = "rejected";
		outcome.shortfall = LineArray(WithoutEmpty(missing));
		return outcome;
	}
	SellLines(*sale, lines, call);
	if (!HasRest(*sale, call.keep))
		SettleReservation(reservations, sale->reservation, core::Status::kConfirmed);
	return outcome;
}

Outcome ConfirmReservation(const Confirming &call)
{
	pg::Store reservations = OpenReservations();
	Sale sale{};
	sale.reservation = LockReservation(&reservations, call.id, call.deadline);
	// By the clock, read after the row is locked.
	const core::Claim claim =
		core::JudgeConfirm(sale.reservation.ownership, call.fence, GetCurrentTimestamp());
	sale.expired = claim == core::Claim::kExpired;
	const bool refused = sale.expired
							 ? !call.reacquire
							 : claim != core::Claim::kGranted && claim != core::Claim::kRepeated;
	if (refused)
		RaiseClaim(claim, sale.reservation, call.fence);

	pg::Store lines = OpenLines();
	sale.held = FindLines(&lines, call.id);
	sale.named = NameLines(sale.held);
	const Outcome outcome = claim == core::Claim::kRepeated
								? Repeat(call, sale)
								: Sell(call, &sale, &reservations, &lines);
	pg::CloseStore(&lines);
	pg::CloseStore(&reservations);
	return outcome;
}

Outcome Confirm(const Confirming &call)
{
	Outcome outcome;
	if (Recall(call.key, 0, call.deadline, &outcome))
		return outcome;
	outcome = ConfirmReservation(call);
	Remember(call.key, outcome);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	return outcome;
}

} // namespace

// confirm(reservation, fence, lines, remainder, if_expired, key, wait)
MEZZANINE_FUNCTION(mezzanine_confirm)
{
	PreventCommandIfReadOnly("inventory.confirm()");
	Confirming call{};
	call.id = *DatumGetUUIDP(RequireValue(fcinfo, 0, "reservation"));
	call.fence = DatumGetInt64(RequireValue(fcinfo, 1, "fence"));
	call.asked = OptionalLines(fcinfo, 2);
	call.keep = RequireChoice(fcinfo, 3, core::kRemainder) == 1;
	call.reacquire = RequireChoice(fcinfo, 4, core::kIfExpired) == 1;
	call.deadline = OptionalDeadline(fcinfo, 6);

	StringInfoData payload;
	call.key = BeginKey(fcinfo, 5, "confirm", &payload);
	AddBytes(&payload, call.id.data, UUID_LEN);
	AddBytes(&payload, &call.fence, sizeof(call.fence));
	AddLines(&payload, call.asked);
	AddBytes(&payload, &call.keep, sizeof(call.keep));
	AddBytes(&payload, &call.reacquire, sizeof(call.reacquire));
	FinishKey(&call.key, &payload);
	return OutcomeDatum(fcinfo, Confirm(call));
}

} // namespace mezzanine::inventory

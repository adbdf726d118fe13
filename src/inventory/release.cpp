// inventory.release(): gives back what a reservation holds.
//
// The reservation's row lock orders it against confirm, and against a reaper of the hold;
// then the units go back, in the order of the stocks.
#include "inventory/journal.h"
#include "inventory/reap.h"
#include "inventory/units.h"

namespace mezzanine::inventory
{

namespace
{

struct Releasing {
	pg_uuid_t id;
	int64 fence;
	const char *reason;
};

// What the lines hold of each stock, sorted by stock.
core::Demand *StocksOf(const HeldLines &held, int *count)
{
	const Size bytes = static_cast<Size>(held.count) * sizeof(core::Demand);
	auto *stocks = static_cast<core::Demand *>(MemoryContextAllocHuge(CurrentMemoryContext, bytes));
	for (int i = 0; i < held.count; ++i)
		stocks[i] = {held.line[i].stock, HeldUnits(held.line[i]), held.line[i].number};

	size_t summed = 0;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			summed = core::SumDemand({stocks, static_cast<size_t>(held.count)});
		}))
		MEZZANINE_RAISE(failure);
	*count = static_cast<int>(summed);
	return stocks;
}

// Moves what is left of the lines from held to available.
void ReturnLines(pg::Store *lines, const HeldLines &held, const char *reason)
{
	pg::Store journal = OpenJournal();
	for (int i = 0; i < held.count; ++i) {
		CHECK_FOR_INTERRUPTS();
		if (HeldUnits(held.line[i]) > 0)
			ReturnLine(lines, &journal, &held.line[i], reason);
	}
	pg::CloseStore(&journal);
}

void AddToCells(const core::Demand *stocks, int count)
{
	pg::Store cells = OpenCells();
	for (int i = 0; i < count; ++i) {
		CHECK_FOR_INTERRUPTS();
		if (stocks[i].quantity == 0)
			continue; /* reaped before */
		GiveUnits(&cells, stocks[i].stock, stocks[i].quantity, DT_NOEND);
	}
	pg::CloseStore(&cells);
}

// Gives back, with the row locked.
Outcome ReturnUnits(const Releasing &call, pg::Store *reservations, pg::Store *lines,
					const Reservation &reservation)
{
	const core::Claim claim = core::JudgeRelease(reservation.ownership, call.fence);
	if (claim == core::Claim::kStaleFence || claim == core::Claim::kConfirmed)
		RaiseClaim(claim, reservation, call.fence);

	// What an expired hold has left is returned as well: its owner asks for nothing else.
	const core::Status status =
		claim == core::Claim::kExpired ? core::Status::kExpired : core::Status::kReleased;
	const HeldLines held = FindLines(lines, call.id);
	Outcome outcome = OutcomeOf(reservation, held, status);
	outcome.replayed = claim == core::Claim::kRepeated;
	if (claim == core::Claim::kRepeated)
		return outcome;

	int count;
	const core::Demand *stocks = StocksOf(held, &count);
	if (claim == core::Claim::kGranted)
		SettleReservation(reservations, reservation, status);
	ReturnLines(lines, held, claim == core::Claim::kGranted ? call.reason : "expire");
	AddToCells(stocks, count);
	return outcome;
}

Outcome Release(const Releasing &call)
{
	pg::Store reservations = OpenReservations();
	pg::Store lines = OpenLines();
	const Reservation reservation = LockReservation(&reservations, call.id);
	const Outcome outcome = ReturnUnits(call, &reservations, &lines, reservation);
	pg::CloseStore(&lines);
	pg::CloseStore(&reservations);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	return outcome;
}

} // namespace

// release(reservation, fence, lines, reason)
MEZZANINE_FUNCTION(mezzanine_release)
{
	PreventCommandIfReadOnly("inventory.release()");
	Releasing call{};
	call.id = *DatumGetUUIDP(RequireValue(fcinfo, 0, "reservation"));
	call.fence = DatumGetInt64(RequireValue(fcinfo, 1, "fence"));
	RefuseArgument(fcinfo, 2, "lines");
	call.reason = text_to_cstring(RequireText(fcinfo, 3, "reason"));
	return OutcomeDatum(fcinfo, Release(call));
}

} // namespace mezzanine::inventory

#include "inventory/units.h"

#include "inventory/journal.h"
#include "inventory/ladder.h"
#include "inventory/reap.h"

#include "cell/cell.h"

namespace mezzanine::inventory
{

namespace
{

// One attempt to take, and how far it has come; arrays are parallel to the demands.
struct Taking {
	const core::Demand *demands;
	int count;
	core::Request *requests; // what is asked and what there is
	cell::Cell *cells;
	ExpiredHolds *expired;
	pg::Store cell_store;
	pg::Store reservations;
};

template <typename T> T *AllocateArray(int count)
{
	return static_cast<T *>(
		MemoryContextAllocHuge(CurrentMemoryContext, static_cast<Size>(count) * sizeof(T)));
}

// Looks at what there is of each stock: first in its cell, then among expired holds.
void Survey(Taking *taking)
{
	for (int i = 0; i < taking->count; ++i) {
		CHECK_FOR_INTERRUPTS();
		const core::Demand &demand = taking->demands[i];
		core::Request *request = &taking->requests[i];
		taking->cells[i] = cell::Read(&taking->cell_store, demand.stock, 0);
		taking->expired[i] = ExpiredHolds{};
		*request = {demand.quantity, taking->cells[i].available, 0};
		if (request->available >= request->quantity)
			continue;
		const ExpiredHolds holds = FindExpired(&taking->reservations, demand.stock,
											   request->quantity - request->available);
		taking->expired[i] = holds;
		request->expired = holds.disputed_units > PG_INT64_MAX - holds.units
							   ? PG_INT64_MAX
							   : holds.units + holds.disputed_units;
	}
}

// A transaction whose end decides whether there is enough, because it works on a hold that
// has expired; Invalid when nobody's does.
TransactionId WhoDecides(const Taking *taking)
{
	for (int i = 0; i < taking->count; ++i) {
		const core::Request &request = taking->requests[i];
		if (request.quantity - request.available > taking->expired[i].units)
			return taking->expired[i].holder;
	}
	return InvalidTransactionId;
}

bool LockAllExpired(Taking *taking)
{
	for (int i = 0; i < taking->count; ++i) {
		if (!LockExpired(&taking->reservations, &taking->expired[i]))
			return false;
	}
	return true;
}

enum class Decision { kAccepted, kRejected, kLookAgain };

// Decides once, under all fences.  `*wait_for` is whom to wait for before looking again.
Decision Decide(Taking *taking, TransactionId *wait_for)
{
	*wait_for = InvalidTransactionId;
	switch (core::Admit({taking->requests, static_cast<size_t>(taking->count)})) {
	case core::Admission::kAccept:
		return Decision::kAccepted;
	case core::Admission::kReject:
		return Decision::kRejected;
	case core::Admission::kReap:
		break;
	}
	*wait_for = WhoDecides(taking);
	if (TransactionIdIsValid(*wait_for) || !LockAllExpired(taking))
		return Decision::kLookAgain;
	return Decision::kAccepted;
}

// Takes all that was asked for out of the cells, expired holds included.
//
// Requires: Decide accepted, and the fences are still held.
void Withdraw(Taking *taking)
{
	pg::Store journal = OpenJournal();
	for (int i = 0; i < taking->count; ++i) {
		CHECK_FOR_INTERRUPTS();
		Reap(&taking->reservations, &journal, taking->expired[i]);
		cell::Change(&taking->cell_store, &taking->cells[i],
					 taking->expired[i].units - taking->demands[i].quantity);
	}
	pg::CloseStore(&journal);
}

} // namespace

pg::Store OpenCells()
{
	return OpenTable("cell", "cell_pkey", RowExclusiveLock);
}

void GiveUnits(pg::Store *cells, int64 stock, int64 units, TimestampTz deadline)
{
	const core::Demand demand = {stock, units, 1};
	(void)Climb(&demand, 1, deadline);
	cell::Cell cell = cell::Read(cells, stock, 0);
	cell::Change(cells, &cell, units);
}

bool TakeUnits(const core::Demand *demands, int count, TimestampTz deadline, int64 *missing)
{
	Taking taking{};
	taking.demands = demands;
	taking.count = count;
	taking.requests = AllocateArray<core::Request>(count);
	taking.cells = AllocateArray<cell::Cell>(count);
	taking.expired = AllocateArray<ExpiredHolds>(count);
	taking.cell_store = OpenCells();
	taking.reservations = OpenReservations();

	Decision decision = Decision::kLookAgain;
	while (decision == Decision::kLookAgain) {
		CHECK_FOR_INTERRUPTS();
		const Ladder ladder = Climb(demands, count, deadline);
		TransactionId wait_for;
		Survey(&taking);
		decision = Decide(&taking, &wait_for);
		if (decision == Decision::kAccepted) {
			Withdraw(&taking);
			break;
		}
		LetGo(ladder);
		if (TransactionIdIsValid(wait_for))
			fence::AwaitBefore(wait_for, deadline);
	}
	for (int i = 0; i < count; ++i)
		missing[i] = decision == Decision::kRejected ? core::Shortfall(taking.requests[i]) : 0;
	pg::CloseStore(&taking.reservations);
	pg::CloseStore(&taking.cell_store);
	return decision == Decision::kAccepted;
}

} // namespace mezzanine::inventory

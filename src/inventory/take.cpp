// Taking units: TakeOrder, as units.h describes it.
//
// One round: try the cells that this backend prefers.  Not enough: look at everything in
// one snapshot, which may settle that there is too little.  Otherwise fence free cells,
// then lock expired holds.  Still not enough: wait for whoever decides, and start anew.
#include "inventory/taking.h"

#include "inventory/ladder.h"
#include "inventory/spread.h"

namespace mezzanine::inventory
{

namespace
{

// Rounds without a pause, where there is nobody to wait for.
constexpr int kRoundsAtOnce = 4;

enum class Step { kAccept, kReject, kWait };

Step Try(Taking *taking);
void Wait(Taking *taking);
void LetGo(Taking *taking);

// --- planning ---

// Plans with what the pools are said to have available.
bool Plan(Taking *taking)
{
	Order *order = taking->order;
	bool enough = false;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			enough = core::Allocate({order->pools, static_cast<size_t>(order->pool_count)},
									{order->wants, static_cast<size_t>(order->want_count)},
									order->strategy);
		}))
		MEZZANINE_RAISE(failure);
	return enough;
}

// Plans with what each holding has according to `units`.
template <typename Units> bool PlanWith(Taking *taking, Units &&units)
{
	for (int i = 0; i < taking->order->pool_count; ++i)
		taking->order->pools[i].available = units(taking->holdings[i]);
	return Plan(taking);
}

int64 Fenced(const Holding &holding)
{
	return holding.fenced;
}

int64 FencedAndExpired(const Holding &holding)
{
	return AddUpTo(holding.fenced, holding.expired.units);
}

int64 HopedFor(const Holding &holding)
{
	return holding.surveyed && !holding.exhausted ? holding.glimpses.units : holding.fenced;
}

int64 AtBest(const Holding &holding)
{
	if (!holding.surveyed)
		return holding.fenced;
	return AddUpTo(AddUpTo(holding.glimpses.units, holding.expired.units),
				   holding.expired.disputed_units);
}

// Whether the cells that this backend prefers hold all that is asked for.
bool TryAtOnce(Taking *taking)
{
	bool enough = PlanWith(taking, [](const Holding &) { return PG_INT64_MAX; });
	for (int i = 0; i < taking->order->pool_count; ++i) {
		const core::Pool &pool = taking->order->pools[i];
		if (pool.planned == 0)
			continue;
		const int32 preferred = PreferredCell(pool.stock);
		if (taking->holdings[i].fenced < Needed(taking->order, i) && preferred != kNoCell)
			TryCell(taking, i, preferred);
		enough = enough && taking->holdings[i].fenced >= Needed(taking->order, i);
	}
	return enough;
}

// --- deciding ---

bool LockAllExpired(Taking *taking)
{
	for (int i = 0; i < taking->order->pool_count; ++i) {
		Holding *holding = &taking->holdings[i];
		if (taking->order->pools[i].planned <= holding->fenced)
			holding->expired = ExpiredHolds{};
		else
			TrimExpired(&holding->expired, taking->order->pools[i].planned - holding->fenced);
		if (!LockExpired(&taking->reservations, &holding->expired))
			return false;
	}
	return true;
}

// Fences what the plan wants of each pool; where a pool has less to give, plans anew.  Where
// expired holds will have to help, or lots share what is kept, so must what is kept.
void FenceByPlan(Taking *taking)
{
	for (bool again = true; again && !taking->crowded;) {
		again = false;
		const bool enough = PlanWith(taking, HopedFor);
		for (int i = 0; i < taking->order->pool_count; ++i) {
			CHECK_FOR_INTERRUPTS();
			Holding *holding = &taking->holdings[i];
			const int64 needed = Needed(taking->order, i);
			if (!holding->surveyed || holding->exhausted || holding->fenced >= needed ||
				(enough && needed < PG_INT64_MAX && taking->order->pools[i].planned == 0))
				continue;
			FenceCells(taking, i, needed);
			again = again || holding->exhausted;
		}
	}
}

// Whether no want could have more than the plan gives it, had all gone at its best.
bool IsBest(const Taking *taking)
{
	for (int i = 0; i < taking->order->want_count; ++i)
		if (taking->order->wants[i].missing > taking->at_best[i])
			return false;
	return true;
}

bool HasAny(const Order *order)
{
	for (int i = 0; i < order->want_count; ++i)
		if (order->wants[i].missing < order->wants[i].quantity)
			return true;
	return false;
}

// Remembers what is missing at best; false where that settles that nothing can be had.
bool MayBeHad(Taking *taking)
{
	Order *order = taking->order;
	const bool enough = PlanWith(taking, AtBest);
	for (int i = 0; i < order->want_count; ++i)
		taking->at_best[i] = order->wants[i].missing;
	return enough || !taking->exact || (order->partial && HasAny(order));
}

Step Try(Taking *taking)
{
	if (TryAtOnce(taking))
		return Step::kAccept;
	(void)PlanWith(taking, Fenced);
	Survey(taking);
	if (!MayBeHad(taking))
		return Step::kReject;
	FenceByPlan(taking);
	if (taking->crowded)
		return Step::kWait;
	if (PlanWith(taking, Fenced))
		return Step::kAccept;
	LookForExpired(taking);
	const bool enough = PlanWith(taking, FencedAndExpired);
	const bool settled = enough || (taking->order->partial && taking->exact && IsBest(taking) &&
									HasAny(taking->order));
	return settled && LockAllExpired(taking) ? Step::kAccept : Step::kWait;
}

// --- waiting ---

void LetGo(Taking *taking)
{
	for (int i = 0; i < taking->order->pool_count; ++i) {
		Holding *holding = &taking->holdings[i];
		for (int j = holding->count - 1; j >= 0 && !taking->alone; --j)
			DropFence(cell::FenceOf(holding->cells[j].stock, holding->cells[j].number));
		holding->count = 0;
		holding->fenced = 0;
	}
	LeaveGate(taking->alone);
}

void Enter(Taking *taking)
{
	constexpr int kTooMany = PG_INT32_MAX / 2;
	taking->alone =
		EnterGate(taking->crowded ? kTooMany : taking->order->pool_count, taking->order->deadline);
	taking->crowded = false;
}

void WaitForCell(Taking *taking, int pool, int32 number)
{
	WaitForFence(cell::FenceOf(taking->order->pools[pool].stock, number), taking->order->deadline);
	taking->holdings[pool].waited = true;
	AddCell(taking, pool, number);
}

// A busy cell that has all that is wanted of its pool; kNoCell when none has.
int32 PromisingCell(const Holding &holding)
{
	for (int i = 0; i < holding.glimpses.count; ++i) {
		const int at = (MyBackendId + i) % holding.glimpses.count;
		const cell::Glimpse &cell = holding.glimpses.glimpse[at];
		if (cell.units >= holding.wanted && !HasCell(holding, cell.number))
			return cell.number;
	}
	return kNoCell;
}

// Waits for cell after cell, from the first stock to the last, until each has what is
// wanted of it: in one order for all, so that none of them waits in a circle.
void ClimbLadder(Taking *taking)
{
	for (int i = 0; i < taking->order->pool_count; ++i) {
		Holding *holding = &taking->holdings[i];
		const int32 preferred = PreferredCell(taking->order->pools[i].stock);
		if (!holding->surveyed && !taking->alone && holding->wanted > 0 && preferred != kNoCell)
			WaitForCell(taking, i, preferred);
		for (int j = 0; holding->surveyed && j < holding->glimpses.count; ++j) {
			if (taking->alone || holding->fenced >= holding->wanted)
				break;
			if (HasAllFences()) {
				taking->crowded = true;
				return;
			}
			if (holding->glimpses.glimpse[j].units > 0)
				WaitForCell(taking, i, holding->glimpses.glimpse[j].number);
		}
	}
}

// A pool of which a want that is short might have more, once another is done with its cell.
int BusyPool(const Taking *taking)
{
	for (int i = 0; i < taking->order->want_count; ++i) {
		const core::Want &want = taking->order->wants[i];
		if (want.missing <= taking->at_best[i])
			continue;
		for (const core::Candidate &candidate : want.candidates)
			if (taking->holdings[candidate.pool].busy)
				return candidate.pool;
	}
	return -1;
}

// A transaction that works on an expired hold which might be needed.
TransactionId HolderOfExpired(const Taking *taking)
{
	for (int i = 0; i < taking->order->pool_count; ++i)
		if (TransactionIdIsValid(taking->holdings[i].expired.holder))
			return taking->holdings[i].expired.holder;
	return InvalidTransactionId;
}

void WaitInQueue(Taking *taking, int pool)
{
	const int32 promising = PromisingCell(taking->holdings[pool]);
	const bool one =
		promising != kNoCell && (taking->order->pool_count == 1 || taking->rounds == 1);
	LetGo(taking);
	Enter(taking);
	if (one && !taking->alone)
		WaitForCell(taking, pool, promising);
	else
		ClimbLadder(taking);
}

bool EnoughAtBest(const Taking *taking)
{
	for (int i = 0; i < taking->order->want_count; ++i)
		if (taking->at_best[i] > 0)
			return false;
	return true;
}

// Waits for whoever decides; all fences go before, and those of the next round are held
// after.
void Wait(Taking *taking)
{
	const int pool = taking->crowded ? -1 : BusyPool(taking);
	const TransactionId holder = HolderOfExpired(taking);
	const TimestampTz deadline = taking->order->deadline;
	const bool crowded = taking->crowded;

	if (pool >= 0 && (taking->exact || EnoughAtBest(taking))) {
		WaitInQueue(taking, pool);
		return;
	}
	const bool improvable = !IsBest(taking);
	LetGo(taking);
	if (!crowded && improvable && TransactionIdIsValid(holder))
		fence::AwaitBefore(holder, deadline);
	else if (!crowded && !taking->exact)
		fence::AwaitHoldersBefore(GiversFence(taking->order->pools[taking->giving].stock),
								  ShareLock, deadline);
	else if (!crowded && taking->rounds > kRoundsAtOnce)
		fence::PauseBefore(deadline); /* things change faster than this call can look */
	Enter(taking);
}

// The next who asks looks first, rather than try a cell that has nothing.
void RememberSoldOut(const Taking *taking)
{
	for (int i = 0; i < taking->order->pool_count; ++i)
		if (taking->holdings[i].surveyed && taking->holdings[i].glimpses.units == 0)
			PreferCell(taking->order->pools[i].stock, kNoCell);
}

} // namespace

bool TakeOrder(Order *order)
{
	Taking taking{};
	taking.order = order;
	taking.holdings = AllocateArray<Holding>(order->pool_count);
	taking.at_best = AllocateArray<int64>(order->want_count);
	taking.cells = OpenCells();
	taking.reservations = OpenReservations();

	Enter(&taking);
	Step step;
	while ((step = Try(&taking)) == Step::kWait) {
		CHECK_FOR_INTERRUPTS();
		++taking.rounds;
		Wait(&taking);
	}
	if (step == Step::kAccept) {
		Withdraw(&taking);
	} else {
		RememberSoldOut(&taking);
		LetGo(&taking);
	}
	pg::CloseStore(&taking.reservations);
	pg::CloseStore(&taking.cells);
	return step == Step::kAccept;
}

} // namespace mezzanine::inventory

#include "inventory/taking.h"

#include "inventory/spread.h"

namespace mezzanine::inventory
{

namespace
{

// Marks the pools that wants look to which are short of units.  Wanted of a pool is what is
// planned already, and all that they lack.
void FindShort(Taking *taking)
{
	const Order *order = taking->order;
	for (int i = 0; i < order->pool_count; ++i) {
		Holding *holding = &taking->holdings[i];
		holding->surveyed = false;
		holding->busy = false;
		holding->exhausted = false;
		holding->wanted = Needed(order, i);
		holding->expired = ExpiredHolds{};
	}
	for (int i = 0; i < order->want_count; ++i) {
		const core::Want &want = order->wants[i];
		if (want.missing == 0)
			continue;
		for (const core::Candidate &candidate : want.candidates) {
			Holding *holding = &taking->holdings[candidate.pool];
			holding->surveyed = true;
			holding->wanted = AddUpTo(holding->wanted, want.missing);
		}
	}
}

// Takes a snapshot; whether it is one at whose instant nobody gave is put down.
Snapshot TakeSnapshot(Taking *taking)
{
	const Order *order = taking->order;
	int marked = 0;
	taking->exact = true;
	for (int i = 0; i < order->pool_count && !taking->alone && taking->exact; ++i) {
		if (!taking->holdings[i].surveyed)
			continue;
		taking->exact = fence::TryAcquire(GiversFence(order->pools[i].stock), ShareLock);
		if (!taking->exact)
			taking->giving = i;
		else
			marked = i + 1;
	}
	Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
	for (int i = 0; i < marked; ++i)
		if (taking->holdings[i].surveyed)
			fence::Release(GiversFence(order->pools[i].stock), ShareLock);
	return snapshot;
}

} // namespace

int64 Needed(const Order *order, int pool)
{
	const core::Pool &one = order->pools[pool];
	const int64 kept = order->pools[one.group].kept;
	if (kept == 0)
		return one.planned;
	for (int i = 0; i < order->pool_count; ++i)
		if (i != pool && order->pools[i].group == one.group)
			return PG_INT64_MAX;
	return AddUpTo(one.planned, kept);
}

void Survey(Taking *taking)
{
	FindShort(taking);
	Snapshot snapshot = TakeSnapshot(taking);
	for (int i = 0; i < taking->order->pool_count; ++i) {
		CHECK_FOR_INTERRUPTS();
		Holding *holding = &taking->holdings[i];
		if (!holding->surveyed)
			continue;
		const int64 stock = taking->order->pools[i].stock;
		holding->glimpses = cell::Glance(&taking->cells, stock, snapshot);
		if (holding->glimpses.units < holding->wanted)
			holding->expired =
				FindExpired(&taking->reservations, stock, holding->wanted - holding->glimpses.units,
							snapshot, taking->order->spared);
	}
	UnregisterSnapshot(snapshot);
}

void LookForExpired(Taking *taking)
{
	Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
	for (int i = 0; i < taking->order->pool_count; ++i) {
		CHECK_FOR_INTERRUPTS();
		Holding *holding = &taking->holdings[i];
		if (!holding->surveyed || holding->fenced >= holding->wanted)
			continue;
		holding->expired =
			FindExpired(&taking->reservations, taking->order->pools[i].stock,
						holding->wanted - holding->fenced, snapshot, taking->order->spared);
	}
	UnregisterSnapshot(snapshot);
}

} // namespace mezzanine::inventory

#include "inventory/low_stock.h"
#include "inventory/taking.h"

#include "inventory/journal.h"
#include "inventory/ladder.h"
#include "inventory/spread.h"

namespace mezzanine::inventory
{

namespace
{

// The place of a fenced cell that may have what reaping leaves over; -1 when there is none.
int PlaceForRest(Taking *taking, int pool)
{
	const int64 stock = taking->order->pools[pool].stock;
	Holding *holding = &taking->holdings[pool];
	if (holding->count == 0 && taking->alone)
		AddCell(taking, pool, 0);
	for (int i = 0; i < holding->glimpses.count && holding->count == 0; ++i)
		TryCell(taking, pool, holding->glimpses.glimpse[i].number);
	if (holding->count == 0) {
		const int32 number = FenceNewCell(&taking->cells, stock, holding->glimpses);
		if (number != kNoCell)
			AddCell(taking, pool, number);
	}
	return holding->count == 0 ? -1 : 0;
}

// Reaps at least `units`; returns how many more, which belong into the cell at *place.
// Where no cell can be had for the rest, a part of a hold is reaped.
int64 ReapUnits(Taking *taking, int pool, int64 units, int *place)
{
	*place = PlaceForRest(taking, pool);
	pg::Store journal = OpenJournal();
	const int64 reaped = Reap(&taking->reservations, &journal, taking->holdings[pool].expired,
							  *place < 0 ? units : PG_INT64_MAX);
	pg::CloseStore(&journal);
	return reaped - units;
}

core::CellShare *ShareOut(const Holding &holding, int64 units)
{
	auto *shares = AllocateArray<core::CellShare>(holding.count);
	for (int i = 0; i < holding.count; ++i)
		shares[i] = {holding.cells[i].available, 0};
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			core::TakeFromCells({shares, static_cast<size_t>(holding.count)}, units);
		}))
		MEZZANINE_RAISE(failure);
	return shares;
}

// Half of what is left of a cell that had to be waited for, moved to a new one; else 0.
int64 Split(Taking *taking, int pool, int64 rest, int64 taken)
{
	const int64 stock = taking->order->pools[pool].stock;
	const int64 units = core::UnitsToSplit(rest, taken);
	if (units == 0 || taking->alone || !taking->holdings[pool].waited)
		return 0;
	Snapshot latest = RegisterSnapshot(GetLatestSnapshot());
	const cell::Glimpses cells = cell::Glance(&taking->cells, stock, latest);
	UnregisterSnapshot(latest);
	const int32 number = FenceNewCell(&taking->cells, stock, cells);
	if (number == kNoCell)
		return 0;
	cell::Cell cell = cell::Read(&taking->cells, stock, number);
	cell::Change(&taking->cells, &cell, units);
	return units;
}

// Writes one cell, less what is taken, more what is put there; lets it go where neither is.
void WriteCell(Taking *taking, int pool, int index, const core::CellShare &share, int64 put)
{
	cell::Cell *cell = &taking->holdings[pool].cells[index];
	if (share.taken == 0 && put == 0) {
		if (!taking->alone)
			DropFence(cell::FenceOf(cell->stock, cell->number));
		return;
	}
	const int64 rest = share.available - share.taken + put;
	if (rest == 0 && cell->number != 0) {
		cell::Remove(&taking->cells, cell);
		return;
	}
	const int64 moved = put == 0 ? Split(taking, pool, rest, share.taken) : 0;
	cell::Change(&taking->cells, cell, put - share.taken - moved);
	PreferCell(cell->stock, cell->number);
}

void WithdrawFrom(Taking *taking, int pool)
{
	Holding *holding = &taking->holdings[pool];
	const int64 planned = taking->order->pools[pool].planned;
	const int64 from_cells = planned < holding->fenced ? planned : holding->fenced;
	int place = -1;
	int64 rest = 0;
	if (from_cells < planned)
		rest = ReapUnits(taking, pool, planned - from_cells, &place);
	const core::CellShare *shares = ShareOut(*holding, from_cells);
	for (int i = 0; i < holding->count; ++i)
		WriteCell(taking, pool, i, shares[i], i == place ? rest : 0);
}

} // namespace

void Withdraw(Taking *taking)
{
	for (int i = 0; i < taking->order->pool_count; ++i) {
		CHECK_FOR_INTERRUPTS();
		WithdrawFrom(taking, i);
		if (taking->order->pools[i].planned > 0)
			WatchStock(taking->order->pools[i].stock);
	}
}

} // namespace mezzanine::inventory

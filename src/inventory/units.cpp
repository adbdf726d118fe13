#include "inventory/units.h"

#include "inventory/books.h"
#include "inventory/ladder.h"
#include "inventory/low_stock.h"
#include "inventory/spread.h"

namespace mezzanine::inventory
{

namespace
{

// A free one among the cells that there are; kNoCell when none is.
int32 FenceAnyCell(int64 stock, const cell::Glimpses &cells)
{
	for (int i = 0; i < cells.count; ++i) {
		const int at = (MyBackendId + i) % cells.count;
		const int32 number = cells.glimpse[at].number;
		if (TryFence(cell::FenceOf(stock, number)))
			return number;
	}
	return kNoCell;
}

// Fences a cell to give to: a free one, soon, or a new one, or the first whose turn it is.
int32 FenceForGiving(pg::Store *store, int64 stock, TimestampTz deadline)
{
	const int32 preferred = PreferredCell(stock) == kNoCell ? 0 : PreferredCell(stock);
	const fence::Fence fence = cell::FenceOf(stock, preferred);
	if (TryFence(fence))
		return preferred;

	Snapshot latest = RegisterSnapshot(GetLatestSnapshot());
	const cell::Glimpses cells = cell::Glance(store, stock, latest);
	UnregisterSnapshot(latest);
	int32 number = FenceAnyCell(stock, cells);
	if (number == kNoCell && TryFenceSoon(fence))
		number = preferred;
	if (number == kNoCell)
		number = FenceNewCell(store, stock, cells);
	if (number == kNoCell) {
		WaitForFence(fence, deadline);
		number = preferred;
	}
	return number;
}

// Requires: EnterGate, and the givers' fence or `alone`.
void PutUnits(pg::Store *cells, const core::Demand &given, bool alone, TimestampTz deadline)
{
	int32 number = 0;
	if (!alone) {
		number = FenceForGiving(cells, given.stock, deadline);
		PreferCell(given.stock, number);
	}
	cell::Cell cell = cell::Read(cells, given.stock, number);
	cell::Change(cells, &cell, given.quantity);
	WatchStock(given.stock);
}

} // namespace

pg::Store OpenCells()
{
	return OpenTable("cell", "cell_pkey", RowExclusiveLock);
}

void GiveUnits(pg::Store *cells, int64 stock, int64 units, TimestampTz deadline)
{
	const bool alone = EnterGate(2, deadline);
	if (!alone)
		WaitForFence(GiversFence(stock), deadline, kGives);
	PutUnits(cells, {stock, units, 1}, alone, deadline);
}

void EnterUnits(pg::Store *cells, const Entry &entry, TimestampTz deadline)
{
	const bool alone = EnterGate(2, deadline);
	AdmitEntry(cells, entry, alone, deadline);
	PutUnits(cells, {entry.stock, entry.units, 1}, alone, deadline);
}

bool TakeUnits(const core::Demand *demands, int count, TimestampTz deadline, int64 *missing,
			   const pg_uuid_t *spared)
{
	const Size many = static_cast<Size>(count);
	auto *pools =
		static_cast<core::Pool *>(palloc_extended(many * sizeof(core::Pool), MCXT_ALLOC_HUGE));
	auto *candidates = static_cast<core::Candidate *>(
		palloc_extended(many * sizeof(core::Candidate), MCXT_ALLOC_HUGE));
	auto *wants =
		static_cast<core::Want *>(palloc_extended(many * sizeof(core::Want), MCXT_ALLOC_HUGE));
	for (int i = 0; i < count; ++i) {
		pools[i] = {demands[i].stock, i, 0, 0, 0};
		candidates[i] = {i, 0, 0};
		wants[i] = {demands[i].quantity, {&candidates[i], 1}, 0};
	}
	Order order = {pools, count, wants, count, core::Strategy::kInOrder, false, deadline, spared};
	const bool taken = TakeOrder(&order);
	for (int i = 0; i < count; ++i)
		missing[i] = wants[i].missing;
	return taken;
}

} // namespace mezzanine::inventory

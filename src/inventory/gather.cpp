#include "inventory/taking.h"

#include "inventory/ladder.h"

namespace mezzanine::inventory
{

bool HasCell(const Holding &holding, int32 number)
{
	for (int i = 0; i < holding.count; ++i)
		if (holding.cells[i].number == number)
			return true;
	return false;
}

void AddCell(Taking *taking, int pool, int32 number)
{
	Holding *holding = &taking->holdings[pool];
	if (holding->count == holding->room) {
		const int room = holding->room == 0 ? 2 : 2 * holding->room;
		const Size bytes = static_cast<Size>(room) * sizeof(cell::Cell);
		holding->cells = static_cast<cell::Cell *>(
			holding->room == 0 ? palloc(bytes) : repalloc(holding->cells, bytes));
		holding->room = room;
	}
	const cell::Cell cell = cell::Read(&taking->cells, taking->order->pools[pool].stock, number);
	holding->cells[holding->count++] = cell;
	holding->fenced = AddUpTo(holding->fenced, cell.available);
}

void TryCell(Taking *taking, int pool, int32 number)
{
	Holding *holding = &taking->holdings[pool];
	if (HasCell(*holding, number))
		return;
	if (!taking->alone) {
		if (HasAllFences()) {
			taking->crowded = true;
			return;
		}
		if (!TryFence(cell::FenceOf(taking->order->pools[pool].stock, number))) {
			holding->busy = true;
			return;
		}
	}
	AddCell(taking, pool, number);
}

void FenceCells(Taking *taking, int pool, int64 units)
{
	Holding *holding = &taking->holdings[pool];
	const cell::Glimpses &cells = holding->glimpses;
	for (const int64 least : {units, int64{1}}) {
		for (int i = 0; i < cells.count; ++i) {
			const cell::Glimpse &cell = cells.glimpse[(MyBackendId + i) % cells.count];
			if (holding->fenced >= units || taking->crowded)
				return;
			if (cell.units >= least)
				TryCell(taking, pool, cell.number);
		}
	}
	holding->exhausted = true;
}

} // namespace mezzanine::inventory

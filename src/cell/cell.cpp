#include "cell/cell.h"

namespace mezzanine::cell
{

namespace
{

constexpr int kRowsAtFirst = 4;

// Makes room for one more row.
void Grow(Cell *cell)
{
	const int count = cell->row_count;
	if (count == 0) {
		cell->rows = static_cast<core::CellRow *>(palloc(kRowsAtFirst * sizeof(*cell->rows)));
		cell->places = static_cast<Place *>(palloc(kRowsAtFirst * sizeof(*cell->places)));
	} else if (count >= kRowsAtFirst && (count & (count - 1)) == 0) {
		const Size twice = 2 * static_cast<Size>(count);
		cell->rows =
			static_cast<core::CellRow *>(repalloc(cell->rows, twice * sizeof(*cell->rows)));
		cell->places = static_cast<Place *>(repalloc(cell->places, twice * sizeof(*cell->places)));
	}
}

void AddRow(Cell *cell, TupleTableSlot *slot)
{
	Grow(cell);
	slot_getallattrs(slot);
	const int64 adjustment = DatumGetInt64(slot->tts_values[kAdjustment - 1]);
	core::CellRow *row = &cell->rows[cell->row_count];
	row->units = DatumGetInt64(slot->tts_values[kAvailable - 1]);
	row->base = adjustment == 0;
	row->seen = pg::SeenByTransaction(slot);
	row->action = core::CellRow::Action::kKeep;
	row->new_units = row->units;
	cell->places[cell->row_count++] = {slot->tts_tid, adjustment};
}

// Puts a row of `cell` into the store's slot.
void FillSlot(pg::Store *store, const Cell *cell, int64 adjustment, int64 units)
{
	TupleTableSlot *slot = ExecClearTuple(store->slot);
	slot->tts_values[kStock - 1] = Int64GetDatum(cell->stock);
	slot->tts_values[kNumber - 1] = Int32GetDatum(cell->number);
	slot->tts_values[kAdjustment - 1] = Int64GetDatum(adjustment);
	slot->tts_values[kAvailable - 1] = Int64GetDatum(units);
	memset(slot->tts_isnull, 0, kColumns * sizeof(bool));
	ExecStoreVirtualTuple(slot);
}

// Carries out what was planned for row `index`.
void WriteRow(pg::Store *store, Cell *cell, int index)
{
	Place *place = &cell->places[index];
	const core::CellRow *row = &cell->rows[index];
	pg::Written written = pg::Written::kDone;
	switch (row->action) {
	case core::CellRow::Action::kKeep:
		return;
	case core::CellRow::Action::kDelete:
		written = pg::DeleteRow(store, &place->row);
		break;
	case core::CellRow::Action::kSet:
		FillSlot(store, cell, place->adjustment, row->new_units);
		written = pg::UpdateRow(store, &place->row, store->slot);
		break;
	}
	if (written != pg::Written::kDone)
		ereport(ERROR,
				(errcode(pg::ERRCODE_MEZZANINE_INVARIANT),
				 errmsg("a cell changed without its fence"),
				 errdetail("Stock " INT64_FORMAT ", cell %d.", cell->stock, cell->number),
				 errhint("Change stock through the functions of the schema inventory only.")));
}

void AddGlimpse(Glimpses *all, int *room, int32 number)
{
	if (*room == 0) {
		*room = kRowsAtFirst;
		all->glimpse = static_cast<Glimpse *>(palloc(static_cast<Size>(*room) * sizeof(Glimpse)));
	} else if (all->count == *room) {
		*room *= 2;
		all->glimpse = static_cast<Glimpse *>(
			repalloc(all->glimpse, static_cast<Size>(*room) * sizeof(Glimpse)));
	}
	all->glimpse[all->count++] = {number, 0};
}

// A number that no adjustment of `cell` has.
int64 UnusedAdjustment(const Cell *cell)
{
	int64 highest = 0;
	for (int i = 0; i < cell->row_count; ++i)
		highest = cell->places[i].adjustment > highest ? cell->places[i].adjustment : highest;
	return highest + 1;
}

} // namespace

fence::Fence FenceOf(int64 stock, int32 number)
{
	return {fence::Realm::kCell, static_cast<uint32>(stock), static_cast<uint32>(number)};
}

Cell Read(pg::Store *store, int64 stock, int32 number)
{
	Cell cell{};
	cell.stock = stock;
	cell.number = number;

	ScanKeyData keys[2];
	ScanKeyInit(&keys[0], kStock, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(stock));
	ScanKeyInit(&keys[1], kNumber, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(number));
	pg::Search search = pg::BeginSearch(store, keys, 2);
	while (pg::NextMatch(&search, store->slot))
		AddRow(&cell, store->slot);
	pg::EndSearch(&search);

	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			cell.available = core::SumCell({cell.rows, static_cast<size_t>(cell.row_count)});
		}))
		MEZZANINE_RAISE(failure);
	return cell;
}

Glimpses Glance(pg::Store *store, int64 stock, Snapshot snapshot)
{
	Glimpses all{};
	int room = 0;
	ScanKeyData key;
	ScanKeyInit(&key, kStock, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(stock));
	pg::Search search = pg::BeginSearchAt(store, &key, 1, snapshot);
	while (pg::NextMatch(&search, store->slot)) {
		slot_getallattrs(store->slot);
		const int32 number = DatumGetInt32(store->slot->tts_values[kNumber - 1]);
		if (all.count == 0 || all.glimpse[all.count - 1].number != number)
			AddGlimpse(&all, &room, number);
		// A snapshot's sum of a cell is what its holder left: never below zero, nor too much.
		all.glimpse[all.count - 1].units += DatumGetInt64(store->slot->tts_values[kAvailable - 1]);
	}
	pg::EndSearch(&search);
	for (int i = 0; i < all.count; ++i)
		if (pg_add_s64_overflow(all.units, all.glimpse[i].units, &all.units))
			all.units = PG_INT64_MAX;
	return all;
}

void Change(pg::Store *store, Cell *cell, int64 delta)
{
	int64 rest = 0;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			rest = core::PlanCell({cell->rows, static_cast<size_t>(cell->row_count)}, delta);
		}))
		MEZZANINE_RAISE(failure);

	for (int i = 0; i < cell->row_count; ++i)
		WriteRow(store, cell, i);
	if (rest == 0 && cell->row_count > 0)
		return;
	FillSlot(store, cell, cell->row_count == 0 ? 0 : UnusedAdjustment(cell), rest);
	pg::InsertRow(store, store->slot);
}

void Remove(pg::Store *store, Cell *cell)
{
	bool seen = true;
	for (int i = 0; i < cell->row_count; ++i)
		seen = seen && cell->rows[i].seen;
	if (!seen) {
		Change(store, cell, -cell->available);
		return;
	}
	for (int i = 0; i < cell->row_count; ++i) {
		cell->rows[i].action = core::CellRow::Action::kDelete;
		WriteRow(store, cell, i);
	}
}

} // namespace mezzanine::cell

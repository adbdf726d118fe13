#include "views/spread.h"

#include "fence/fence.h"

namespace mezzanine::views
{

namespace
{

constexpr int32 kHomeCell = 0;

// Who has many groups takes ranges of hashes for itself, so that the lock table never runs
// out; the others share them.
constexpr int kRangeBits = 10;
constexpr std::size_t kManyGroups = 256;

// One in so many changes of a group whose home row is free folds its idle cells.  Folding at
// each would undo what contention had just opened.
constexpr uint32 kFoldOneIn = 16;

// Cells of groups with the same upper bits share fences, which costs waiting at the most:
// such groups are neighbours in the order of taking, so nobody waits in a circle.
fence::Fence FenceOfCell(const ViewProgram *view, uint64 hash, int32 cell)
{
	constexpr int kCellBits = 8;
	return {fence::Realm::kSpread, view->home,
			static_cast<uint32>(hash >> (32 + kCellBits) << kCellBits) | static_cast<uint32>(cell)};
}

fence::Fence FenceOfRange(const ViewProgram *view, uint64 hash)
{
	return {fence::Realm::kGroups, view->home, static_cast<uint32>(hash >> (64 - kRangeBits))};
}

// True when the whole range is ours, and with it every cell of the group.
bool EnterRange(const Spread *spread, uint64 hash)
{
	const bool alone = spread->delta->has_over(spread->view_index, kManyGroups);
	fence::Acquire(FenceOfRange(spread->view, hash),
				   alone ? ShareRowExclusiveLock : RowExclusiveLock);
	return alone;
}

bool TryCell(const Spread *spread, uint64 hash, int32 cell)
{
	return fence::TryAcquire(FenceOfCell(spread->view, hash, cell), ExclusiveLock);
}

// The first free cell, or one that was waited for: so there are no more than the writers
// of one moment need.
int32 TakeCell(const Spread *spread, uint64 hash)
{
	for (int32 cell = kHomeCell; cell < spread->view->spread; cell++)
		if (TryCell(spread, hash, cell))
			return cell;
	const int32 cell = MyBackendId % spread->view->spread;
	fence::Acquire(FenceOfCell(spread->view, hash, cell), ExclusiveLock);
	return cell;
}

bool TakeAllCells(const Spread *spread, uint64 hash)
{
	for (int32 cell = kHomeCell + 1; cell < spread->view->spread; cell++)
		if (!TryCell(spread, hash, cell))
			return false;
	return true;
}

pg::Search SearchCells(Spread *spread, const core::Group *group, const int32 *cell)
{
	ScanKeyData keys[2];
	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_INT8EQ,
				Int64GetDatum(static_cast<int64>(group->hash)));
	ScanKeyInit(&keys[1], 2, BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(cell == nullptr ? 0 : *cell));
	return pg::BeginSearch(&spread->cells, keys, cell == nullptr ? 1 : 2);
}

// Finds a cell's row; it is in the store's slot.
bool FindCell(Spread *spread, const core::Group *group, int32 cell)
{
	const KeyValues key = KeyOfGroup(spread->view, group);
	pg::Search search = SearchCells(spread, group, &cell);
	bool found = false;
	while (!found && pg::NextMatch(&search, spread->cells.slot))
		found = HasKey(spread->view, spread->cells.slot, key);
	if (found)
		ExecMaterializeSlot(spread->cells.slot); // the scan's buffer is about to go
	pg::EndSearch(&search);
	return found;
}

[[noreturn]] void RaiseChanged(const ViewProgram *view)
{
	ereport(ERROR,
			(errcode(pg::ERRCODE_MEZZANINE_INVARIANT),
			 errmsg("a cell of view \"%s\" changed without its fence", get_rel_name(view->view)),
			 errhint("Compare the view with its query by mezzanine.verify().")));
	pg_unreachable();
}

void Delete(Spread *spread, pg::Store *store)
{
	ItemPointerData row = store->slot->tts_tid;
	if (pg::DeleteRow(store, &row) != pg::Written::kDone)
		RaiseChanged(spread->view);
}

// Puts `written` in the place of the row in the store's slot, or of none.
void Put(Spread *spread, pg::Store *store, bool found, TupleTableSlot *written)
{
	if (!found) {
		pg::InsertRow(store, written);
		return;
	}
	ItemPointerData row = store->slot->tts_tid;
	if (pg::UpdateRow(store, &row, written) != pg::Written::kDone)
		RaiseChanged(spread->view);
}

// The numbers of the group's cells, which others may be at work on.
List *CellsOf(Spread *spread, const core::Group *group)
{
	const KeyValues key = KeyOfGroup(spread->view, group);
	List *cells = NIL;
	pg::Search search = SearchCells(spread, group, nullptr);
	while (pg::NextMatch(&search, spread->cells.slot)) {
		bool is_null;
		TupleTableSlot *row = spread->cells.slot;
		if (HasKey(spread->view, row, key))
			cells = lappend_int(
				cells, DatumGetInt32(slot_getattr(row, spread->view->cell_attribute, &is_null)));
	}
	pg::EndSearch(&search);
	return cells;
}

// Folds those of the group's cells that nobody is at work on into its change; false where
// some remain.
bool FoldCells(Spread *spread, core::Group *group, bool owns_all)
{
	const bool may_fold = owns_all || pg_prng_uint32(&pg_global_prng_state) % kFoldOneIn == 0;
	bool all = true;
	ListCell *element;
	foreach (element, CellsOf(spread, group)) {
		const int32 cell = lfirst_int(element);
		if (!may_fold || !(owns_all || TryCell(spread, group->hash, cell)))
			all = false;
		else if (FindCell(spread, group, cell)) { // as it is now that it is ours
			AddPart(spread->view, group, spread->cells.slot);
			Delete(spread, &spread->cells);
		}
	}
	return all;
}

// Adds the change, and that of cells it folds, to the home row.  Requires: cell 0 is ours.
void ApplyToHome(Spread *spread, core::Group *group, bool owns_all)
{
	ViewProgram *view = spread->view;
	const bool is_whole = FoldCells(spread, group, owns_all);
	const bool found = FindHomeRow(spread->home, view, *group);
	TupleTableSlot *home = found ? spread->home->slot : nullptr;
	const KeyValues key = found ? KeyOfRow(view, home) : KeyOfGroup(view, group);
	const GroupState state = CombineWithHome(spread->delta, view, *group, home,
											 is_whole ? core::Extent::kWhole : core::Extent::kPart);
	// Others may be about to open a cell beside a row that looks empty.
	const bool remains = view->key_count == 0 || !is_whole || state.stored.rows > 0 ||
						 !(owns_all || TakeAllCells(spread, group->hash));
	if (remains) {
		FillHomeRow(view, &state, group->hash, key, spread->written_home);
		Put(spread, spread->home, found, spread->written_home);
	} else if (found) {
		Delete(spread, spread->home);
	}
}

// Adds the change to a cell other than the home row.  One that comes to nothing stays until
// it is folded: as long as there are cells, the home row is read as a part.
//
// Requires: the cell is ours, and there is a home row.
void ApplyToOther(Spread *spread, core::Group *group, int32 cell)
{
	ViewProgram *view = spread->view;
	const bool found = FindCell(spread, group, cell);
	TupleTableSlot *row = found ? spread->cells.slot : nullptr;
	const KeyValues key = found ? KeyOfRow(view, row) : KeyOfGroup(view, group);
	GroupState state = CombineWithHome(spread->delta, view, *group, row, core::Extent::kPart);
	state.cell = cell;
	FillHomeRow(view, &state, group->hash, key, spread->written_cell);
	Put(spread, &spread->cells, found, spread->written_cell);
}

} // namespace

void OpenSpread(Spread *spread)
{
	Relation cells = table_open(spread->view->cells, NoLock);
	spread->cells = pg::OpenStore(cells, spread->view->cells_index, RowExclusiveLock);
	spread->written_cell = table_slot_create(spread->cells.table, nullptr);
}

void CloseSpread(Spread *spread)
{
	ExecDropSingleTupleTableSlot(spread->written_cell);
	pg::CloseStore(&spread->cells);
}

void ApplyToCell(Spread *spread, core::Group *group)
{
	const bool owns_all = EnterRange(spread, group->hash);
	const int32 cell = owns_all ? kHomeCell : TakeCell(spread, group->hash);
	if (cell != kHomeCell && FindHomeRow(spread->home, spread->view, *group)) {
		ApplyToOther(spread, group, cell);
		return;
	}
	if (cell != kHomeCell) {
		// The group is new to us; perhaps whoever holds cell 0 is making it.  Nothing has
		// been written under this cell's fence.
		fence::Release(FenceOfCell(spread->view, group->hash, cell), ExclusiveLock);
		fence::Acquire(FenceOfCell(spread->view, group->hash, kHomeCell), ExclusiveLock);
	}
	ApplyToHome(spread, group, owns_all);
}

} // namespace mezzanine::views

// Apply: writes the transaction's delta into the views' home tables, at pre-commit.
//
// Views go by their home table's oid and groups by their hash, so that all appliers
// climb one ladder and none deadlocks with another.  A group's home row is found in its
// latest version and changed in place; whoever holds it is waited for.
#include "fence/fence.h"
#include "pg/attempt.h"
#include "pg/bulk.h"
#include "pg/context.h"
#include "pg/store.h"
#include "views/catalogue.h"
#include "views/home.h"
#include "views/program.h"
#include "views/recompute.h"
#include "views/rows.h"
#include "views/spill.h"
#include "views/spread.h"
#include "views/stale.h"
#include "views/sweep.h"
#include "views/transaction.h"

namespace mezzanine::views
{

int lock_timeout_ms = 0;

namespace
{

// The work on one view.
struct Apply {
	core::Delta *delta;
	std::size_t view_index; // in the delta
	ViewProgram *view;
	pg::Store store;
	Sink next;      // for what feeds other cores
	Sink next_rows; // for home tables that are joined
	TupleTableSlot *written;
	Sweep *sweep;   // with many groups: how home rows are found, or NULL,
	pg::Bulk *bulk; // and where new ones go
	Spread spread;
	MemoryContext scratch;    // for one group
	bool has_range;           // with many groups: the last range
	uint64 range;             // that was fenced
	ItemPointerData *touches; // rows inserted only to meet predicate locks
	std::size_t touch_count;
};

uint64 HashAt(const Apply *apply, std::size_t i)
{
	return apply->delta->hash(apply->view_index, i);
}

bool IsSpread(const Apply *apply)
{
	return apply->view->spread > 1;
}

core::Group &GroupAt(const Apply *apply, std::size_t i)
{
	return apply->delta->group(apply->view_index, i);
}

// Fences are needed where a group has no home row yet: two sessions must not both insert
// it.  There is one for each group, taken exclusively, and above it one for each range of
// hashes, shared by those who take the groups' own.  Who has many groups takes the ranges
// for itself instead: so the lock table never runs out.
constexpr std::size_t kManyGroups = 256;

fence::Fence FenceOfGroup(const Apply *apply, uint64 hash)
{
	return {fence::Realm::kGroup, apply->view->home, static_cast<uint32>(hash >> 32)};
}

fence::Fence FenceOfRange(const Apply *apply, uint64 hash)
{
	return {fence::Realm::kGroups, apply->view->home,
			static_cast<uint32>(hash >> (64 - kRangeBits))};
}

bool HasManyGroups(const Apply *apply)
{
	return apply->delta->has_over(apply->view_index, kManyGroups);
}

// Whether a neighbour of group `i` in this delta has the same upper `bits` of the hash.
bool HasNeighbour(const Apply *apply, std::size_t i, int bits)
{
	const uint64 upper = HashAt(apply, i) >> (64 - bits);
	return (i > 0 && HashAt(apply, i - 1) >> (64 - bits) == upper) ||
		   (i + 1 < apply->delta->group_count(apply->view_index) &&
			HashAt(apply, i + 1) >> (64 - bits) == upper);
}

void FenceGroup(const Apply *apply, uint64 hash)
{
	fence::Acquire(FenceOfRange(apply, hash), RowExclusiveLock);
	fence::Acquire(FenceOfGroup(apply, hash), ExclusiveLock);
}

// Groups come in the order of their hashes: those of a range one after the other.
void FenceManyAhead(Apply *apply, uint64 hash)
{
	const uint64 range = hash >> (64 - kRangeBits);
	if (apply->has_range && apply->range == range)
		return;
	fence::Acquire(FenceOfRange(apply, hash), ShareRowExclusiveLock);
	apply->has_range = true;
	apply->range = range;
}

// Takes a fence that several groups of this delta share before any of their rows: taken
// after one, it could deadlock with a session that holds it and wants the row.  True when
// the group itself is fenced then.
bool FenceAhead(Apply *apply, std::size_t i)
{
	const uint64 hash = HashAt(apply, i);
	if (HasManyGroups(apply)) {
		FenceManyAhead(apply, hash);
		return true;
	}
	if (HasNeighbour(apply, i, kRangeBits))
		fence::Acquire(FenceOfRange(apply, hash), RowExclusiveLock);
	if (!HasNeighbour(apply, i, 32))
		return false;
	FenceGroup(apply, hash);
	return true;
}

// Equal keys may come with different images (1.0 and 1.00), as groups of one hash.  All
// go into the first of them: one that was itself merged is empty and takes nothing.
void MergeEqualKeys(const Apply *apply)
{
	const std::size_t count = apply->delta->group_count(apply->view_index);
	std::size_t first = 0; // of the groups with this hash
	for (std::size_t i = 1; i < count; i++) {
		if (HashAt(apply, i) != HashAt(apply, first))
			first = i;
		for (std::size_t j = first; j < i; j++)
			if (SameKey(apply->view, &GroupAt(apply, i), &GroupAt(apply, j))) {
				MergeGroups(apply->delta, apply->view_index, j, i);
				break;
			}
	}
}

// Hands the change of a home row to the cores that are computed from the home table.
void Feed(const Apply *apply, TupleTableSlot *before, TupleTableSlot *after)
{
	if (!apply->view->feeds)
		return;
	const BaseProgram *program = ProgramFor(apply->view->home);
	FoldRow(&apply->next, program, before, after);
	CaptureRows(&apply->next_rows, program, before, after);
}

// Puts `written` in the place of the row in the store's slot, or of none; with `remains`
// false, deletes that row.  False when it changed meanwhile.
bool Write(Apply *apply, bool found, bool remains)
{
	TupleTableSlot *before = found ? apply->store.slot : nullptr;
	TupleTableSlot *after = remains ? apply->written : nullptr;
	if (found) {
		ItemPointerData row = before->tts_tid;
		const pg::Written outcome = remains ? pg::UpdateRow(&apply->store, &row, after)
											: pg::DeleteRow(&apply->store, &row);
		if (outcome == pg::Written::kChanged)
			return false;
	} else if (remains && apply->bulk != nullptr) {
		pg::BulkInsert(apply->bulk, after);
	} else if (remains) {
		pg::InsertRow(&apply->store, after);
	}
	if (found || remains)
		Feed(apply, before, after);
	return true;
}

// Puts what the truth says of the group in place.  First the row is locked (or the fence
// held), then the snapshot taken: so it sees all that others have put into the row.
bool WriteTruth(Apply *apply, KeyValues key, bool found)
{
	TupleTableSlot *home = apply->store.slot;
	if (found) {
		ItemPointerData row = home->tts_tid;
		if (pg::LockRow(&apply->store, &row, true, home) == pg::Written::kChanged)
			return false;
		ExecMaterializeSlot(home);
		key = KeyOfRow(apply->view, home); // the old one is written over
	}
	return Write(apply, found, Recompute(apply->view, key, apply->written));
}

// Brings one group up to date, whose home row is in the store's slot if there is one; false
// when it changed meanwhile.
bool ChangeGroup(Apply *apply, const core::Group &group, bool found)
{
	TupleTableSlot *home = found ? apply->store.slot : nullptr;
	// A row keeps its key's image.
	const KeyValues key = found ? KeyOfRow(apply->view, home) : KeyOfGroup(apply->view, &group);
	const GroupState state = CombineWithHome(apply->delta, apply->view, group, home);
	const bool remains = state.stored.rows > 0 || apply->view->key_count == 0;
	if (remains && state.recompute)
		return WriteTruth(apply, key, found);
	if (remains)
		FillHomeRow(apply->view, &state, group.hash, key, apply->written);
	return Write(apply, found, remains);
}

bool TryGroup(Apply *apply, const core::Group &group, bool fenced, bool *missing)
{
	const bool found = FindHomeRow(&apply->store, apply->view, group);
	*missing = !found;
	return (found || fenced) && ChangeGroup(apply, group, found);
}

// Inserts a row with the group's key, to be deleted at once: predicate locks that
// serializable readers of an older version left on the indexes or the table meet it.
// (An update in place is seen only by those who read the version it replaces.)
void Touch(Apply *apply, const core::Group &group)
{
	FillTouchRow(apply->view, group, apply->written);
	pg::InsertRow(&apply->store, apply->written);
	apply->touches[apply->touch_count++] = apply->written->tts_tid;
}

// Brings the group's home row up to date, which others may be at work on.
void ApplyToRow(Apply *apply, std::size_t i)
{
	const core::Group &group = GroupAt(apply, i);
	bool fenced = FenceAhead(apply, i);
	if (apply->sweep != nullptr && ChangeGroup(apply, group, SweepTo(apply->sweep, group)))
		return;

	bool missing = false;
	while (!TryGroup(apply, group, fenced, &missing)) {
		CHECK_FOR_INTERRUPTS();
		if (missing && !fenced) {
			FenceGroup(apply, group.hash);
			fenced = true;
		}
	}
}

void ApplyGroup(Apply *apply, std::size_t i)
{
	core::Group &group = GroupAt(apply, i);
	if (group.IsZero())
		return;
	if (IsSpread(apply))
		ApplyToCell(&apply->spread, &group);
	else
		ApplyToRow(apply, i);
	if (IsolationIsSerializable())
		Touch(apply, group);
}

void DeleteTouches(Apply *apply)
{
	if (apply->touch_count == 0)
		return;
	CommandCounterIncrement();
	for (std::size_t i = 0; i < apply->touch_count; i++)
		if (pg::DeleteRow(&apply->store, &apply->touches[i]) != pg::Written::kDone)
			elog(ERROR, "a row of this transaction was changed by another");
}

// Makes room for as many more.
void ReserveTouches(Apply *apply, std::size_t count)
{
	const Size size = sizeof(ItemPointerData) * (apply->touch_count + count);
	if (!IsolationIsSerializable())
		return;
	apply->touches = static_cast<ItemPointerData *>(
		apply->touches == nullptr ? MemoryContextAllocHuge(CurrentMemoryContext, size)
								  : repalloc_huge(apply->touches, size));
}

void ApplyBatch(Apply *apply)
{
	const std::size_t count = apply->delta->group_count(apply->view_index);
	ReserveTouches(apply, count);
	MergeEqualKeys(apply);
	for (std::size_t i = 0; i < count; i++) {
		if (i + core::kFetchedAhead < count)
			core::FetchAhead(&GroupAt(apply, i + core::kFetchedAhead));
		MemoryContext old = MemoryContextSwitchTo(apply->scratch);
		ApplyGroup(apply, i);
		MemoryContextSwitchTo(old);
		MemoryContextReset(apply->scratch);
	}
}

void ApplyGroups(Apply *apply)
{
	while (LoadBatch(apply->delta, apply->view_index))
		ApplyBatch(apply);
	DeleteTouches(apply);
}

// At SERIALIZABLE each group is searched for and touched, one by one.
bool GoesInBulk(const Apply *apply)
{
	return HasManyGroups(apply) && !IsSpread(apply) && !IsolationIsSerializable();
}

void ApplyAllGroups(Apply *apply)
{
	if (!GoesInBulk(apply)) {
		ApplyGroups(apply);
		return;
	}
	apply->sweep = BeginSweep(&apply->store, apply->view);
	apply->bulk = pg::BeginBulk(&apply->store, work_mem_kb);
	ApplyGroups(apply);
	pg::EndBulk(apply->bulk);
	EndSweep(apply->sweep);
}

// Cores on the home table are made anew as it is; joins of it lose its rows one by one, for
// their other tables are not locked against others' changes.
void FeedDeletion(Apply *apply)
{
	const BaseProgram *program = ProgramFor(apply->view->home);
	FoldTruncate(&apply->next, program);
	if (program->rows_count == 0)
		return;
	PushActiveSnapshot(GetLatestSnapshot());
	TableScanDesc scan = table_beginscan(apply->store.table, GetActiveSnapshot(), 0, nullptr);
	while (table_scan_getnextslot(scan, ForwardScanDirection, apply->written)) {
		CHECK_FOR_INTERRUPTS();
		CaptureRows(&apply->next_rows, program, apply->written, nullptr);
	}
	table_endscan(scan);
	PopActiveSnapshot();
}

// After TRUNCATE of the base, whose lock nobody else's changes can have passed.
void DeleteAll(Apply *apply)
{
	if (apply->view->feeds)
		FeedDeletion(apply);
	DeleteAllRows(&apply->store);
	if (IsSpread(apply))
		DeleteAllRows(&apply->spread.cells);
	CommandCounterIncrement();
}

// A view without GROUP BY has one row, also of an empty table.
void RewriteOnlyRow(Apply *apply)
{
	const KeyValues key = {nullptr, nullptr};
	DeleteAll(apply);
	if (!Recompute(apply->view, key, apply->written))
		elog(ERROR, "a truth view without GROUP BY has no row");
	(void)Write(apply, false, true);
}

void OpenCells(Apply *apply)
{
	apply->spread.delta = apply->delta;
	apply->spread.view_index = apply->view_index;
	apply->spread.view = apply->view;
	apply->spread.home = &apply->store;
	apply->spread.written_home = apply->written;
	OpenSpread(&apply->spread);
}

// Without those that came only to meet predicate locks, and went.
uint64 RowsWritten(const Apply *apply)
{
	const uint64 cells = IsSpread(apply) ? apply->spread.cells.written : 0;
	return apply->store.written + cells - 2 * apply->touch_count;
}

void ApplyView(Apply *apply)
{
	ViewProgram *view = apply->view;
	BeginApplication(view->counts);
	Relation home = table_open(view->home, NoLock);
	apply->store = pg::OpenStoreWithoutIndex(home, view->hash_index, RowExclusiveLock);
	apply->written = table_slot_create(apply->store.table, nullptr);
	apply->scratch =
		AllocSetContextCreate(CurrentMemoryContext, "mezzanine group", ALLOCSET_DEFAULT_SIZES);
	if (IsSpread(apply))
		OpenCells(apply);

	const OwnerScope scope = EnterOwner(view);
	const bool truncated = apply->delta->truncated(apply->view_index);
	if (truncated && view->key_count == 0) {
		RewriteOnlyRow(apply);
	} else {
		if (truncated)
			DeleteAll(apply);
		ApplyAllGroups(apply);
	}
	LeaveOwner(&scope);
	EndApplication(RowsWritten(apply));

	if (IsSpread(apply))
		CloseSpread(&apply->spread);
	MemoryContextDelete(apply->scratch);
	ExecDropSingleTupleTableSlot(apply->written);
	pg::CloseStore(&apply->store);
}

void ApplyStep(void *apply)
{
	ApplyView(static_cast<Apply *>(apply));
}

// A failure makes some views stale and does not fail the writer.
void ApplyOrFail(Apply *apply)
{
	const ViewProgram *view = apply->view;
	if (HasFailed(view->view))
		return;
	pg::Trouble trouble;
	if (!view->marks_stale)
		ApplyView(apply);
	else if (!pg::Attempt(ApplyStep, apply, &trouble))
		FailView(view->view, DescribeTrouble(&trouble));
}

// The program of the view with this home table; NULL when it was dropped meanwhile.
ViewProgram *ProgramOf(Oid home, List *touched_sources)
{
	ListCell *cell;
	foreach (cell, touched_sources) {
		ViewProgram *view = FindView(ProgramFor(lfirst_oid(cell)), home);
		if (view != nullptr)
			return view;
	}
	return nullptr;
}

// The same with the view's tables locked first: what came before the lock, of indexes and of the
// view's life, is in the program then.
ViewProgram *LockedProgramOf(Oid home, List *touched_sources)
{
	LockRelationOid(home, RowExclusiveLock);
	ViewProgram *view = ProgramOf(home, touched_sources);
	if (view == nullptr || !OidIsValid(view->cells))
		return view;
	LockRelationOid(view->cells, RowExclusiveLock);
	return ProgramOf(home, touched_sources);
}

// What one depth hands on to the next; NULL: nothing.
struct Fed {
	core::Delta *groups;
	core::Delta *rows;
};

core::Delta *NewDelta()
{
	return pg::MakeInContext<core::Delta>(CurrentMemoryContext, "mezzanine chain");
}

// Applies a delta; what it changes in home tables that feed other cores goes to `fed`.
void ApplyViews(core::Delta *delta, List *touched_sources, Fed *fed)
{
	for (std::size_t i = 0; i < delta->view_count(); i++) {
		Apply apply = {};
		apply.delta = delta;
		apply.view_index = i;
		apply.view = LockedProgramOf(delta->view(i), touched_sources);
		if (apply.view == nullptr)
			continue;
		if (apply.view->feeds && fed->groups == nullptr)
			*fed = {NewDelta(), NewDelta()};
		apply.next = {fed->groups, 1, false};
		apply.next_rows = {fed->rows, 1, false};
		ApplyOrFail(&apply);
	}
}

// One depth, under one snapshot but for the joins, which take their own.
Fed ApplyDepth(core::Delta *delta, List *touched_sources)
{
	Fed fed = {nullptr, nullptr};
	SealDelta(delta);
	PushActiveSnapshot(GetLatestSnapshot());
	ApplyViews(delta, touched_sources, &fed);
	PopActiveSnapshot();
	CommandCounterIncrement();
	return fed;
}

// Depth by depth: so every session climbs the same ladder (depth, fences of joins, home table,
// hash).
void ApplyAll(core::Delta *delta, core::Delta *rows, List *touched_sources)
{
	PendingRows pending = {NIL, -1};
	// An autocommitted statement comes here without one; its own rows would not be seen.
	CommandCounterIncrement();
	LockJoins(touched_sources);
	if (rows != nullptr)
		AddPending(&pending, rows);
	for (int depth = 0; depth <= pending.deepest || (delta != nullptr && !delta->empty());
		 depth++) {
		if (delta == nullptr)
			delta = NewDelta();
		JoinRows(&pending, depth, delta);
		const Fed fed = ApplyDepth(delta, touched_sources);
		if (fed.rows != nullptr)
			AddPending(&pending, fed.rows);
		delta = fed.groups;
	}
}

} // namespace

int LimitWaits()
{
	const int nest_level = NewGUCNestLevel();
	if (lock_timeout_ms > 0)
		(void)set_config_option("lock_timeout", psprintf("%d", lock_timeout_ms), PGC_USERSET,
								PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	return nest_level;
}

void ApplyDelta(core::Delta *delta, core::Delta *rows, List *touched_sources)
{
	if ((rows == nullptr || rows->empty()) && delta->empty())
		return;

	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "mezzanine apply", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	const int nest_level = LimitWaits();
	ApplyAll(delta, rows, touched_sources);
	AtEOXact_GUC(true, nest_level);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}

} // namespace mezzanine::views

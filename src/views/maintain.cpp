// Apply: writes the transaction's delta into the views' home tables, at pre-commit.
//
// Views go by their home table's oid and groups by their hash, so that all appliers
// climb one ladder and none deadlocks with another.  A group's home row is found in its
// latest version and changed in place; whoever holds it is waited for.
#include "fence/fence.h"
#include "pg/attempt.h"
#include "pg/store.h"
#include "views/catalogue.h"
#include "views/home.h"
#include "views/program.h"
#include "views/stale.h"
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
	TupleTableSlot *written;
	MemoryContext scratch;    // for one group
	ItemPointerData *touches; // rows inserted only to meet predicate locks
	std::size_t touch_count;
};

core::Group &GroupAt(const Apply *apply, std::size_t i)
{
	return apply->delta->group(apply->view_index, i);
}

// Fences are needed where a group has no home row yet: two sessions must not both insert
// it.  There is one for each group, taken exclusively, and above it one for each range of
// hashes, shared by those who take the groups' own.  Who has many groups takes the ranges
// for itself instead: so the lock table never runs out.
constexpr int kRangeBits = 10;
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
	return apply->delta->group_count(apply->view_index) > kManyGroups;
}

// Whether a neighbour of group `i` in this delta has the same upper `bits` of the hash.
bool HasNeighbour(const Apply *apply, std::size_t i, int bits)
{
	const uint64 upper = GroupAt(apply, i).hash >> (64 - bits);
	return (i > 0 && GroupAt(apply, i - 1).hash >> (64 - bits) == upper) ||
		   (i + 1 < apply->delta->group_count(apply->view_index) &&
			GroupAt(apply, i + 1).hash >> (64 - bits) == upper);
}

void FenceGroup(const Apply *apply, uint64 hash)
{
	fence::Acquire(FenceOfRange(apply, hash), RowExclusiveLock);
	fence::Acquire(FenceOfGroup(apply, hash), ExclusiveLock);
}

// Takes a fence that several groups of this delta share before any of their rows: taken
// after one, it could deadlock with a session that holds it and wants the row.  True when
// the group itself is fenced then.
bool FenceAhead(const Apply *apply, std::size_t i)
{
	const uint64 hash = GroupAt(apply, i).hash;
	if (HasManyGroups(apply)) {
		fence::Acquire(FenceOfRange(apply, hash), ShareRowExclusiveLock);
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
		if (GroupAt(apply, i).hash != GroupAt(apply, first).hash)
			first = i;
		for (std::size_t j = first; j < i; j++)
			if (SameKey(apply->view, &GroupAt(apply, i), &GroupAt(apply, j))) {
				MergeGroups(apply->delta, apply->view_index, j, i);
				break;
			}
	}
}

// Writes the group's new state over the row in the store's slot, or deletes the row
// when nothing is left of the group.
pg::Written WriteOver(Apply *apply, const core::Delta::Stored &state)
{
	ItemPointerData row = apply->store.slot->tts_tid;
	if (state.rows == 0)
		return pg::DeleteRow(&apply->store, &row);
	FillHomeRow(apply->view, state, apply->store.slot, apply->written);
	return pg::UpdateRow(&apply->store, &row, apply->written);
}

// Brings one group up to date; false when its row changed meanwhile.
bool TryGroup(Apply *apply, const core::Group &group, bool fenced, bool *missing)
{
	const bool found = FindHomeRow(&apply->store, apply->view, group);
	*missing = !found;
	if (!found && !fenced)
		return false;
	const core::Delta::Stored &state =
		CombineWithHome(apply->delta, apply->view, group, found ? apply->store.slot : nullptr);
	if (found)
		return WriteOver(apply, state) == pg::Written::kDone;
	if (state.rows > 0) {
		FillNewHomeRow(apply->view, state, group, apply->written);
		pg::InsertRow(&apply->store, apply->written);
	}
	return true;
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

void ApplyGroup(Apply *apply, std::size_t i)
{
	const core::Group &group = GroupAt(apply, i);
	if (group.IsZero())
		return;
	bool fenced = FenceAhead(apply, i);

	bool missing = false;
	while (!TryGroup(apply, group, fenced, &missing)) {
		CHECK_FOR_INTERRUPTS();
		if (missing && !fenced) {
			FenceGroup(apply, group.hash);
			fenced = true;
		}
	}
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

void ApplyGroups(Apply *apply)
{
	const std::size_t count = apply->delta->group_count(apply->view_index);
	if (IsolationIsSerializable())
		apply->touches = static_cast<ItemPointerData *>(
			MemoryContextAllocHuge(CurrentMemoryContext, sizeof(ItemPointerData) * (count + 1)));
	MergeEqualKeys(apply);
	for (std::size_t i = 0; i < count; i++) {
		MemoryContext old = MemoryContextSwitchTo(apply->scratch);
		ApplyGroup(apply, i);
		MemoryContextSwitchTo(old);
		MemoryContextReset(apply->scratch);
	}
	DeleteTouches(apply);
}

// After TRUNCATE of the base, whose lock nobody else's changes can have passed.
void DeleteAll(Apply *apply)
{
	Snapshot latest = RegisterSnapshot(GetLatestSnapshot());
	TableScanDesc scan =
		table_beginscan_strat(apply->store.table, SnapshotAny, 0, nullptr, true, true);
	while (table_scan_getnextslot(scan, ForwardScanDirection, apply->store.slot)) {
		CHECK_FOR_INTERRUPTS();
		ItemPointerData row = apply->store.slot->tts_tid;
		if (table_tuple_satisfies_snapshot(apply->store.table, apply->store.slot, latest) &&
			pg::DeleteRow(&apply->store, &row) != pg::Written::kDone)
			elog(ERROR, "a row of a truncated view was changed by another transaction");
	}
	table_endscan(scan);
	UnregisterSnapshot(latest);
	CommandCounterIncrement();
}

void ApplyView(core::Delta *delta, std::size_t view_index, ViewProgram *view)
{
	Apply apply = {};
	apply.delta = delta;
	apply.view_index = view_index;
	apply.view = view;
	apply.store = pg::OpenStore(view->home, view->hash_index, RowExclusiveLock);
	apply.written = table_slot_create(apply.store.table, nullptr);
	apply.scratch =
		AllocSetContextCreate(CurrentMemoryContext, "mezzanine group", ALLOCSET_DEFAULT_SIZES);

	const OwnerScope scope = EnterOwner(view);
	if (delta->truncated(view_index))
		DeleteAll(&apply);
	ApplyGroups(&apply);
	LeaveOwner(&scope);

	MemoryContextDelete(apply.scratch);
	ExecDropSingleTupleTableSlot(apply.written);
	pg::CloseStore(&apply.store);
}

// An ApplyView that may fail without failing the writer.
struct FallibleApply {
	core::Delta *delta;
	std::size_t view_index;
	ViewProgram *view;
};

void ApplyFallibly(void *argument)
{
	const auto *apply = static_cast<FallibleApply *>(argument);
	ApplyView(apply->delta, apply->view_index, apply->view);
}

void ApplyOrFail(core::Delta *delta, std::size_t view_index, ViewProgram *view)
{
	if (HasFailed(view->view))
		return;
	FallibleApply apply = {delta, view_index, view};
	pg::Trouble trouble;
	if (!view->marks_stale)
		ApplyView(delta, view_index, view);
	else if (!pg::Attempt(ApplyFallibly, &apply, &trouble))
		FailView(view->view, DescribeTrouble(&trouble));
}

// The program of the view with this home table; NULL when it was dropped meanwhile.
ViewProgram *ProgramOf(Oid home, List *touched_bases)
{
	ListCell *cell;
	foreach (cell, touched_bases) {
		ViewProgram *view = FindView(ProgramFor(lfirst_oid(cell)), home);
		if (view != nullptr)
			return view;
	}
	return nullptr;
}

void ApplyViews(core::Delta *delta, List *touched_bases)
{
	for (std::size_t i = 0; i < delta->view_count(); i++) {
		ViewProgram *view = ProgramOf(delta->view(i), touched_bases);
		if (view != nullptr)
			ApplyOrFail(delta, i, view);
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

void ApplyDelta(core::Delta *delta, List *touched_bases)
{
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { delta->Seal(); }))
		MEZZANINE_RAISE(failure);
	if (delta->view_count() == 0)
		return;

	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "mezzanine apply", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	const int nest_level = LimitWaits();
	// An autocommitted statement comes here without one; its own rows would not be seen.
	CommandCounterIncrement();
	PushActiveSnapshot(GetLatestSnapshot());
	ApplyViews(delta, touched_bases);
	PopActiveSnapshot();
	CommandCounterIncrement();
	AtEOXact_GUC(true, nest_level);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}

} // namespace mezzanine::views

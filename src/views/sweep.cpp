#include "views/sweep.h"

namespace mezzanine::views
{

namespace
{

// So many rows are passed over one by one before the index is descended anew.
constexpr int kStepsMax = 8;

constexpr uint64 kRangeMask = PG_UINT64_MAX >> kRangeBits;

int64 HashOfRow(TupleTableSlot *row)
{
	bool is_null; // never
	return DatumGetInt64(slot_getattr(row, kHashAttribute, &is_null));
}

// The hashes from `first` to the end of the range, which are of one sign.
void SetKeys(const Sweep *sweep, uint64 first, ScanKeyData keys[2])
{
	ScanKeyInit(&keys[0], kHashAttribute, BTGreaterEqualStrategyNumber, F_INT8GE,
				Int64GetDatum(static_cast<int64>(first)));
	ScanKeyInit(&keys[1], kHashAttribute, BTLessEqualStrategyNumber, F_INT8LE,
				Int64GetDatum(static_cast<int64>(sweep->end)));
}

void CloseRange(Sweep *sweep)
{
	if (!sweep->open)
		return;
	ExecClearTuple(sweep->slot);
	pg::EndSearch(&sweep->search);
	MemoryContextReset(sweep->context);
	sweep->open = false;
}

// The snapshot is taken here, when the range is fenced.
void OpenRange(Sweep *sweep, uint64 first)
{
	ScanKeyData keys[2];
	CloseRange(sweep);
	sweep->end = first | kRangeMask;
	SetKeys(sweep, first, keys);
	sweep->search = pg::BeginSearch(sweep->store, keys, 2);
	sweep->open = true;
	sweep->at_row = sweep->at_end = sweep->took = false;
}

void Step(Sweep *sweep)
{
	sweep->at_row = pg::NextMatch(&sweep->search, sweep->slot);
	sweep->at_end = !sweep->at_row;
}

// Goes to the first row whose hash is not below `hash`.
void Reach(Sweep *sweep, uint64 hash)
{
	const auto wanted = static_cast<int64>(hash);
	for (int steps = 0; !sweep->at_end; steps++) {
		if (sweep->at_row && HashOfRow(sweep->slot) >= wanted)
			return;
		if (steps == kStepsMax) {
			ScanKeyData keys[2];
			SetKeys(sweep, hash, keys);
			pg::Restart(&sweep->search, keys, 2);
		}
		Step(sweep);
	}
}

// Gives the row that the sweep is at to the store.
void Take(Sweep *sweep, uint64 hash)
{
	TupleTableSlot *row = sweep->slot;
	sweep->slot = sweep->store->slot;
	sweep->store->slot = row;
	ExecMaterializeSlot(row); // it shall outlive the scan's buffer
	sweep->at_row = false;
	sweep->took = true;
	sweep->took_hash = hash;
}

} // namespace

Sweep *BeginSweep(pg::Store *store, ViewProgram *view)
{
	auto *sweep = static_cast<Sweep *>(palloc0(sizeof(Sweep)));
	sweep->store = store;
	sweep->view = view;
	sweep->slot = table_slot_create(store->table, nullptr);
	sweep->context =
		AllocSetContextCreate(CurrentMemoryContext, "mezzanine sweep", ALLOCSET_DEFAULT_SIZES);
	return sweep;
}

bool SweepTo(Sweep *sweep, const core::Group &group)
{
	// Keys that differ and share a hash are rare; they are searched for.
	if (sweep->took && sweep->took_hash == group.hash)
		return FindHomeRow(sweep->store, sweep->view, group);
	MemoryContext old = MemoryContextSwitchTo(sweep->context);
	if (!sweep->open || (group.hash | kRangeMask) != sweep->end)
		OpenRange(sweep, group.hash);
	Reach(sweep, group.hash);
	MemoryContextSwitchTo(old);
	if (sweep->at_end || HashOfRow(sweep->slot) != static_cast<int64>(group.hash))
		return false;
	if (!HasKey(sweep->view, sweep->slot, KeyOfGroup(sweep->view, &group)))
		return FindHomeRow(sweep->store, sweep->view, group);
	Take(sweep, group.hash);
	return true;
}

void EndSweep(Sweep *sweep)
{
	CloseRange(sweep);
	ExecDropSingleTupleTableSlot(sweep->slot);
	MemoryContextDelete(sweep->context);
	pfree(sweep);
}

} // namespace mezzanine::views

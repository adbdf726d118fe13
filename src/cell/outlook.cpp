#include "cell/outlook.h"

#include "cell/cell.h"

namespace mezzanine::cell
{

namespace
{

// Whether the row in `slot` is about to be removed, rather than replaced by a version that
// the search finds too.  Requires: a transaction in flight is changing it.
bool IsBeingRemoved(TupleTableSlot *slot)
{
	bool copied;
	const HeapTuple tuple = ExecFetchSlotHeapTuple(slot, false, &copied);
	return ItemPointerEquals(&tuple->t_self, &tuple->t_data->t_ctid);
}

core::CellVersion ReadVersion(TupleTableSlot *slot, const SnapshotData &dirty)
{
	slot_getallattrs(slot);
	core::CellVersion version;
	version.cell = DatumGetInt32(slot->tts_values[kNumber - 1]);
	version.adjustment = DatumGetInt64(slot->tts_values[kAdjustment - 1]);
	version.units = DatumGetInt64(slot->tts_values[kAvailable - 1]);
	const bool made_in_flight = TransactionIdIsValid(dirty.xmin);
	const bool removed_in_flight = TransactionIdIsValid(dirty.xmax) && IsBeingRemoved(slot);
	version.lasting = !made_in_flight && !removed_in_flight;
	return version;
}

} // namespace

core::Outlook Foresee(pg::Store *store, int64 stock)
{
	int count = 0;
	int room = 32;
	auto *versions = static_cast<core::CellVersion *>(
		palloc(static_cast<Size>(room) * sizeof(core::CellVersion)));
	ScanKeyData key;
	ScanKeyInit(&key, kStock, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(stock));
	// Sees what is not committed, and tells in xmin and xmax whose that is.
	SnapshotData dirty;
	InitDirtySnapshot(dirty);
	IndexScanDesc scan = index_beginscan(store->table, store->index, &dirty, 1, 0);
	index_rescan(scan, &key, 1, nullptr, 0);
	while (index_getnext_slot(scan, ForwardScanDirection, store->slot)) {
		if (count == room) {
			room *= 2;
			versions = static_cast<core::CellVersion *>(
				repalloc_huge(versions, static_cast<Size>(room) * sizeof(core::CellVersion)));
		}
		versions[count++] = ReadVersion(store->slot, dirty);
	}
	index_endscan(scan);

	core::Outlook outlook{};
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			outlook = core::Foresee({versions, static_cast<size_t>(count)});
		}))
		MEZZANINE_RAISE(failure);
	pfree(versions);
	return outlook;
}

} // namespace mezzanine::cell

#include "pg/store.h"

#include "pg/waits.h"

namespace mezzanine::pg
{

namespace
{

Written Judge(TM_Result result, Relation table)
{
	switch (result) {
	case TM_Ok:
		return Written::kDone;
	case TM_Updated:
	case TM_Deleted:
	case TM_WouldBlock:
	case TM_BeingModified:
		return Written::kChanged;
	case TM_SelfModified:
	case TM_Invisible:
		break;
	}
	ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
					errmsg("row of table \"%s\" was already changed by this command",
						   RelationGetRelationName(table))));
	pg_unreachable();
}

Written Count(Store *store, Written outcome)
{
	store->written += outcome == Written::kDone ? 1 : 0;
	return outcome;
}

// Does `attempt(wait, &failure)` without waiting, and again with it where somebody else holds
// the row: so that waits are told of.
template <typename Step> TM_Result AttemptOrWait(Step &&attempt)
{
	TM_FailureData failure = {};
	TM_Result result = attempt(false, &failure);
	if (result != TM_BeingModified && result != TM_WouldBlock)
		return result;
	const bool is_ours = TransactionIdIsCurrentTransactionId(failure.xmax); // a lock
	if (!is_ours)
		pg::BeginWait();
	result = attempt(true, &failure);
	if (!is_ours)
		pg::EndWait();
	return result;
}

// Runs the triggers of a change that `queue` names, at once.
template <typename Step> void FireAtOnce(Store *store, Step &&queue)
{
	PrepareTarget(store);
	AfterTriggerBeginQuery();
	queue();
	AfterTriggerEndQuery(store->estate);
	ResetPerTupleExprContext(store->estate);
}

void FireUpdated(Store *store, ItemPointer old, TupleTableSlot *slot)
{
	const TriggerDesc *triggers = store->table->trigdesc;
	if (triggers != nullptr && triggers->trig_update_after_row)
		FireAtOnce(store, [&] {
			ExecARUpdateTriggers(store->estate, store->target, nullptr, nullptr, old, nullptr, slot,
								 NIL, nullptr, false);
		});
}

void FireDeleted(Store *store, ItemPointer old)
{
	const TriggerDesc *triggers = store->table->trigdesc;
	if (triggers != nullptr && triggers->trig_delete_after_row)
		FireAtOnce(store, [&] {
			ExecARDeleteTriggers(store->estate, store->target, old, nullptr, nullptr, false);
		});
}

bool IsOtherInProgress(TransactionId transaction)
{
	return TransactionIdIsInProgress(transaction) &&
		   !TransactionIdIsCurrentTransactionId(transaction);
}

// One of several that hold a row: a lock and a change in two subtransactions, say.
TransactionId HolderAmong(MultiXactId holders, bool locked_only)
{
	MultiXactMember *members;
	const int count = GetMultiXactIdMembers(holders, &members, false, locked_only);
	for (int i = 0; i < count; ++i)
		if (IsOtherInProgress(members[i].xid))
			return members[i].xid;
	return InvalidTransactionId;
}

// Prunes a page when its row versions have used up half of the room that the fillfactor
// leaves.  PostgreSQL's index scans prune as soon as they touch that room: on a page that
// is full to its fillfactor, after every single update.
void PruneWhenHalfUsed(Relation table, Buffer buffer)
{
	const Size room = RelationGetTargetPageFreeSpace(table, HEAP_DEFAULT_FILLFACTOR) / 2;
	const Size least = BLCKSZ / 10;
	// Without the buffer's lock, as PostgreSQL asks too: at worst the answer is late.
	if (PageGetHeapFreeSpace(BufferGetPage(buffer)) < (room > least ? room : least))
		heap_page_prune_opt(table, buffer);
}

// Puts the version of the row at `root` that the snapshot sees into `slot`.
bool FetchVersion(Relation table, const ItemPointerData *root, Snapshot snapshot,
				  TupleTableSlot *slot, bool *all_dead)
{
	auto *target = reinterpret_cast<BufferHeapTupleTableSlot *>(slot);
	ItemPointerData row = *root;

	Buffer buffer = ReadBuffer(table, ItemPointerGetBlockNumber(root));
	PruneWhenHalfUsed(table, buffer);
	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	const bool found = heap_hot_search_buffer(&row, table, buffer, snapshot, &target->base.tupdata,
											  all_dead, true);
	LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
	if (found) {
		target->base.tupdata.t_self = row;
		slot->tts_tableOid = RelationGetRelid(table);
		ExecStoreBufferHeapTuple(&target->base.tupdata, slot, buffer);
	}
	ReleaseBuffer(buffer);
	return found;
}

bool FetchSeen(const Search *search, ItemPointer root, TupleTableSlot *slot)
{
	bool all_dead = false;
	const bool found = FetchVersion(search->store->table, root, search->latest, slot, &all_dead);
	// The index forgets the entry; not on a standby, whose idea of dead is not the primary's.
	search->scan->kill_prior_tuple = all_dead && !search->scan->xactStartedInRecovery;
	return found;
}

bool NextSeen(Search *search, TupleTableSlot *slot)
{
	ExecClearTuple(slot); // its tuple is written over below
	while (ItemPointer root = index_getnext_tid(search->scan, ForwardScanDirection))
		if (FetchSeen(search, root, slot))
			return true;
	return false;
}

// Visits all versions, which leaves no predicate locks, and asks about each.
bool NextJudged(Search *search, TupleTableSlot *slot)
{
	while (index_getnext_slot(search->scan, ForwardScanDirection, slot))
		if (table_tuple_satisfies_snapshot(search->store->table, slot, search->latest))
			return true;
	return false;
}

} // namespace

void PrepareTarget(Store *store)
{
	if (store->target != nullptr)
		return;
	MemoryContext caller = MemoryContextSwitchTo(store->context);
	store->estate = CreateExecutorState();
	store->target = makeNode(ResultRelInfo);
	// Range table index 0: there is no range table to look columns up in.
	InitResultRelInfo(store->target, store->table, 0, nullptr, 0);
	// Triggers that fire find it here, and open the table no second time.
	store->estate->es_opened_result_relations = list_make1(store->target);
	MemoryContextSwitchTo(caller);
}

// The executor does it, so that expression and unique indexes are treated as everywhere else.
void InsertIndexEntries(Store *store, TupleTableSlot *slot, bool is_update)
{
	MemoryContext caller = MemoryContextSwitchTo(store->context);
	OpenIndexes(store->table, &store->indexes);
	MemoryContextSwitchTo(caller);
	AddIndexEntries(store->table, store->indexes, slot, is_update);
}

void FireInserted(Store *store, TupleTableSlot *slot)
{
	const TriggerDesc *triggers = store->table->trigdesc;
	if (triggers != nullptr && triggers->trig_insert_after_row)
		FireAtOnce(store,
				   [&] { ExecARInsertTriggers(store->estate, store->target, slot, NIL, nullptr); });
}

Store OpenStore(Relation table, Oid index, LOCKMODE mode)
{
	Store store = OpenStoreWithoutIndex(table, index, mode);
	store.index = index_open(index, mode);
	return store;
}

Store OpenStoreWithoutIndex(Relation table, Oid index, LOCKMODE mode)
{
	Store store;
	store.table = table;
	store.index_oid = index;
	store.mode = mode;
	store.index = nullptr;
	store.slot = table_slot_create(store.table, nullptr);
	store.context = CurrentMemoryContext;
	store.indexes = Indexes{};
	store.estate = nullptr;
	store.target = nullptr;
	store.written = 0;
	return store;
}

void CloseStore(Store *store)
{
	CloseIndexes(&store->indexes);
	if (store->target != nullptr) {
		ExecCloseIndices(store->target);
		ExecResetTupleTable(store->estate->es_tupleTable, false); // of triggers
		FreeExecutorState(store->estate);
	}
	ExecDropSingleTupleTableSlot(store->slot);
	if (store->index != nullptr)
		index_close(store->index, NoLock);
	table_close(store->table, NoLock);
}

Search BeginSearch(Store *store, ScanKey keys, int key_count)
{
	// A parallel operation may not take the latest snapshot; one for catalogues is as new.
	Snapshot latest =
		RegisterSnapshot(IsInParallelMode() ? GetCatalogSnapshot(RelationGetRelid(store->table))
											: GetLatestSnapshot());
	Search search = BeginSearchAt(store, keys, key_count, latest);
	search.owns = true;
	return search;
}

Search BeginSearchAt(Store *store, ScanKey keys, int key_count, Snapshot snapshot)
{
	Search search;
	if (store->index == nullptr)
		store->index = index_open(store->index_oid, store->mode);
	search.store = store;
	search.latest = snapshot;
	search.owns = false;
	// Only a serializable transaction leaves predicate locks, and none with SnapshotAny;
	// NextMatch then judges the versions.
	search.judges = IsolationIsSerializable();
	search.scan = index_beginscan(store->table, store->index,
								  search.judges ? SnapshotAny : search.latest, key_count, 0);
	index_rescan(search.scan, keys, key_count, nullptr, 0);
	return search;
}

void Restart(Search *search, ScanKey keys, int key_count)
{
	index_rescan(search->scan, keys, key_count, nullptr, 0);
}

bool NextMatch(Search *search, TupleTableSlot *slot)
{
	return search->judges ? NextJudged(search, slot) : NextSeen(search, slot);
}

void EndSearch(Search *search)
{
	index_endscan(search->scan);
	if (search->owns)
		UnregisterSnapshot(search->latest);
}

ItemPointerData PlaceOfMatch(const Search *search)
{
	return search->scan->xs_heaptid;
}

// At SERIALIZABLE it would leave a predicate lock; VACUUM may have cut the table off before it.
bool ReadPlace(Store *store, const ItemPointerData *place, TupleTableSlot *slot)
{
	if (IsolationIsSerializable() || IsInParallelMode() ||
		ItemPointerGetBlockNumber(place) >= RelationGetNumberOfBlocks(store->table))
		return false;
	bool all_dead;
	Snapshot latest = RegisterSnapshot(GetLatestSnapshot());
	ExecClearTuple(slot); // its tuple is written over
	const bool found = FetchVersion(store->table, place, latest, slot, &all_dead);
	UnregisterSnapshot(latest);
	return found;
}

Written UpdateRow(Store *store, ItemPointer row, TupleTableSlot *slot)
{
	LockTupleMode lock_mode;
	bool update_indexes = false;
	ItemPointerData old = *row; // it may be the slot's own

	CheckConstraints(store->table, slot);
	const TM_Result result = AttemptOrWait([&](bool wait, TM_FailureData *failure) {
		return table_tuple_update(store->table, row, slot, GetCurrentCommandId(true), SnapshotAny,
								  InvalidSnapshot, wait, failure, &lock_mode, &update_indexes);
	});
	if (result == TM_Ok && update_indexes)
		InsertIndexEntries(store, slot, true);
	if (result == TM_Ok)
		FireUpdated(store, &old, slot);
	return Count(store, Judge(result, store->table));
}

Written DeleteRow(Store *store, ItemPointer row)
{
	ItemPointerData old = *row;
	const TM_Result result = AttemptOrWait([&](bool wait, TM_FailureData *failure) {
		return table_tuple_delete(store->table, row, GetCurrentCommandId(true), SnapshotAny,
								  InvalidSnapshot, wait, failure, false);
	});
	if (result == TM_Ok)
		FireDeleted(store, &old);
	return Count(store, Judge(result, store->table));
}

Written LockRow(Store *store, ItemPointer row, bool wait, TupleTableSlot *slot)
{
	const auto attempt = [&](bool may_wait, TM_FailureData *failure) {
		return table_tuple_lock(store->table, row, SnapshotAny, slot, GetCurrentCommandId(true),
								LockTupleNoKeyExclusive, may_wait ? LockWaitBlock : LockWaitSkip, 0,
								failure);
	};
	TM_FailureData failure;
	return Judge(wait ? AttemptOrWait(attempt) : attempt(false, &failure), store->table);
}

bool ReadVersion(Relation table, ItemPointer row, Snapshot snapshot, TupleTableSlot *slot)
{
	// VACUUM may have cut the table off before it.
	return ItemPointerGetBlockNumber(row) < RelationGetNumberOfBlocks(table) &&
		   table_tuple_fetch_row_version(table, row, SnapshotAny, slot) &&
		   table_tuple_satisfies_snapshot(table, slot, snapshot);
}

TransactionId RowHolder(TupleTableSlot *slot)
{
	bool copied;
	const HeapTupleHeader header = ExecFetchSlotHeapTuple(slot, false, &copied)->t_data;
	const TransactionId xmax = HeapTupleHeaderGetRawXmax(header);
	if ((header->t_infomask & HEAP_XMAX_INVALID) != 0)
		return InvalidTransactionId;
	if ((header->t_infomask & HEAP_XMAX_IS_MULTI) != 0)
		return HolderAmong(xmax, HEAP_XMAX_IS_LOCKED_ONLY(header->t_infomask));
	return IsOtherInProgress(xmax) ? xmax : InvalidTransactionId;
}

bool SeenByTransaction(TupleTableSlot *slot)
{
	if (!IsolationUsesXactSnapshot())
		return true;
	bool copied;
	const HeapTupleHeader header = ExecFetchSlotHeapTuple(slot, false, &copied)->t_data;
	const TransactionId writer = HeapTupleHeaderGetXmin(header);
	return TransactionIdIsCurrentTransactionId(writer) ||
		   !XidInMVCCSnapshot(writer, GetTransactionSnapshot());
}

void InsertRow(Store *store, TupleTableSlot *slot)
{
	CheckConstraints(store->table, slot);
	table_tuple_insert(store->table, slot, GetCurrentCommandId(true), 0, nullptr);
	InsertIndexEntries(store, slot, false);
	FireInserted(store, slot);
	store->written++;
}

} // namespace mezzanine::pg

#include "pg/bulk.h"

namespace mezzanine::pg
{

namespace
{

// As many as COPY has at a time.
constexpr int kRowsMax = 1000;
constexpr Size kBytesMax = 65536;

// How many sorted entries go between two looks for interrupts.
constexpr uint32 kInterruptEvery = 1024;

} // namespace

struct Bulk {
	Store *store;
	MemoryContext scratch;
	TupleTableSlot *rows[kRowsMax]; // made as they are needed
	int count;                      // of rows kept
	Size bytes;
	// One for each index; NULL for those that are written at once.
	Tuplesortstate **sorts;
};

namespace
{

bool IsPlainBtree(Relation index, const IndexInfo *info)
{
	return index->rd_rel->relam == BTREE_AM_OID && !info->ii_Unique &&
		   info->ii_Expressions == NIL && info->ii_Predicate == NIL && info->ii_ReadyForInserts;
}

// Whether all indexes can be written by us; otherwise the executor does it, row by row.
bool ArePlainBtrees(const ResultRelInfo *target)
{
	for (int i = 0; i < target->ri_NumIndices; i++)
		if (!IsPlainBtree(target->ri_IndexRelationDescs[i], target->ri_IndexRelationInfo[i]))
			return false;
	return true;
}

// In the store's context: CloseStore closes them.
void OpenTarget(Store *store)
{
	PrepareTarget(store);
	if (store->target->ri_IndexRelationDescs != nullptr)
		return; // by a bulk before
	MemoryContext old = MemoryContextSwitchTo(store->context);
	ExecOpenIndices(store->target, false);
	MemoryContextSwitchTo(old);
}

void BeginSorts(Bulk *bulk, int memory_kb)
{
	const ResultRelInfo *target = bulk->store->target;
	bulk->sorts = static_cast<Tuplesortstate **>(
		palloc0(sizeof(Tuplesortstate *) * static_cast<Size>(target->ri_NumIndices + 1)));
	for (int i = 0; i < target->ri_NumIndices; i++) {
		Relation index = target->ri_IndexRelationDescs[i];
		if (RelationGetRelid(index) != bulk->store->index_oid)
			bulk->sorts[i] = tuplesort_begin_index_btree(bulk->store->table, index, false, false,
														 memory_kb, nullptr, TUPLESORT_NONE);
	}
}

void WriteEntry(const Bulk *bulk, int i, Datum *values, bool *nulls, ItemPointer row)
{
	const ResultRelInfo *target = bulk->store->target;
	(void)index_insert(target->ri_IndexRelationDescs[i], values, nulls, row, bulk->store->table,
					   UNIQUE_CHECK_NO, false, target->ri_IndexRelationInfo[i]);
}

void IndexRow(const Bulk *bulk, TupleTableSlot *row)
{
	const ResultRelInfo *target = bulk->store->target;
	Datum values[INDEX_MAX_KEYS];
	bool nulls[INDEX_MAX_KEYS];
	for (int i = 0; i < target->ri_NumIndices; i++) {
		FormIndexDatum(target->ri_IndexRelationInfo[i], row, bulk->store->estate, values, nulls);
		if (bulk->sorts[i] == nullptr)
			WriteEntry(bulk, i, values, nulls, &row->tts_tid);
		else
			tuplesort_putindextuplevalues(bulk->sorts[i], target->ri_IndexRelationDescs[i],
										  &row->tts_tid, values, nulls);
	}
}

void Flush(Bulk *bulk)
{
	Store *store = bulk->store;
	if (bulk->count == 0)
		return;
	CHECK_FOR_INTERRUPTS();
	MemoryContext old = MemoryContextSwitchTo(bulk->scratch);
	table_multi_insert(store->table, bulk->rows, bulk->count, GetCurrentCommandId(true), 0,
					   nullptr);
	for (int i = 0; i < bulk->count; i++) {
		if (bulk->sorts == nullptr)
			InsertIndexEntries(store, bulk->rows[i], false);
		else
			IndexRow(bulk, bulk->rows[i]);
		FireInserted(store, bulk->rows[i]);
		ExecClearTuple(bulk->rows[i]);
	}
	MemoryContextSwitchTo(old);
	MemoryContextReset(bulk->scratch);
	bulk->count = 0;
	bulk->bytes = 0;
}

void WriteSorted(const Bulk *bulk, int i)
{
	Relation index = bulk->store->target->ri_IndexRelationDescs[i];
	Datum values[INDEX_MAX_KEYS];
	bool nulls[INDEX_MAX_KEYS];
	tuplesort_performsort(bulk->sorts[i]);
	for (uint32 n = 0; IndexTuple entry = tuplesort_getindextuple(bulk->sorts[i], true); n++) {
		if (n % kInterruptEvery == 0) {
			CHECK_FOR_INTERRUPTS();
			MemoryContextReset(bulk->scratch);
		}
		index_deform_tuple(entry, RelationGetDescr(index), values, nulls);
		MemoryContext old = MemoryContextSwitchTo(bulk->scratch);
		WriteEntry(bulk, i, values, nulls, &entry->t_tid);
		MemoryContextSwitchTo(old);
	}
	tuplesort_end(bulk->sorts[i]);
}

} // namespace

Bulk *BeginBulk(Store *store, int memory_kb)
{
	auto *bulk = static_cast<Bulk *>(palloc0(sizeof(Bulk)));
	bulk->store = store;
	bulk->scratch =
		AllocSetContextCreate(CurrentMemoryContext, "mezzanine bulk", ALLOCSET_DEFAULT_SIZES);
	OpenTarget(store);
	if (ArePlainBtrees(store->target))
		BeginSorts(bulk, memory_kb);
	return bulk;
}

void BulkInsert(Bulk *bulk, TupleTableSlot *row)
{
	CheckConstraints(bulk->store->table, row);
	if (bulk->rows[bulk->count] == nullptr) {
		MemoryContext old = MemoryContextSwitchTo(GetMemoryChunkContext(bulk));
		bulk->rows[bulk->count] = table_slot_create(bulk->store->table, nullptr);
		MemoryContextSwitchTo(old);
	}
	bulk->store->written++;
	TupleTableSlot *kept = ExecCopySlot(bulk->rows[bulk->count++], row);
	bool copied;
	bulk->bytes += ExecFetchSlotHeapTuple(kept, true, &copied)->t_len;
	if (bulk->count == kRowsMax || bulk->bytes >= kBytesMax)
		Flush(bulk);
}

void EndBulk(Bulk *bulk)
{
	Flush(bulk);
	for (int i = 0; bulk->sorts != nullptr && i < bulk->store->target->ri_NumIndices; i++)
		if (bulk->sorts[i] != nullptr)
			WriteSorted(bulk, i);
	for (int i = 0; i < kRowsMax && bulk->rows[i] != nullptr; i++)
		ExecDropSingleTupleTableSlot(bulk->rows[i]);
	MemoryContextDelete(bulk->scratch);
	pfree(bulk);
}

} // namespace mezzanine::pg

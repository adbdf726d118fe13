#include "pg/prepared.h"

namespace mezzanine::pg
{

namespace
{

// What the executor prepares for one table, kept in a context of its own.
struct Prepared {
	Oid table; // the key
	bool valid;
	MemoryContext context;
	EState *estate;
	ResultRelInfo *target;
	Oid *indexes; // NULL until they are asked for
	int index_count;
	bool lasting; // whether the indexes keep no state of one use
};

HTAB *prepared_tables = nullptr;

bool HasIndex(const Prepared &prepared, Oid index)
{
	for (int i = 0; i < prepared.index_count; ++i)
		if (prepared.indexes[i] == index)
			return true;
	return false;
}

// The catalogue has changed: prepare anew at the next use.
void Invalidate(Datum, Oid table)
{
	HASH_SEQ_STATUS all;
	hash_seq_init(&all, prepared_tables);
	while (void *entry = hash_seq_search(&all)) {
		auto *prepared = static_cast<Prepared *>(entry);
		if (!OidIsValid(table) || prepared->table == table || HasIndex(*prepared, table))
			prepared->valid = false;
	}
}

// A function has changed, which a constraint or an index may call, or have been planned with.
void InvalidateAll(Datum, int, uint32)
{
	Invalidate(Datum{0}, InvalidOid);
}

void MakeTable()
{
	HASHCTL control{};
	control.keysize = sizeof(Oid);
	control.entrysize = sizeof(Prepared);
	control.hcxt = CacheMemoryContext;
	prepared_tables =
		hash_create("mezzanine tables", 32, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	CacheRegisterRelcacheCallback(Invalidate, Datum{0});
	CacheRegisterSyscacheCallback(PROCOID, InvalidateAll, Datum{0});
}

// Frees what was prepared for tables that have changed, or are no longer there.
void RemoveInvalid()
{
	HASH_SEQ_STATUS all;
	hash_seq_init(&all, prepared_tables);
	while (void *entry = hash_seq_search(&all)) {
		auto *prepared = static_cast<Prepared *>(entry);
		if (prepared->valid)
			continue;
		MemoryContextDelete(prepared->context);
		hash_search(prepared_tables, &prepared->table, HASH_REMOVE, nullptr);
	}
}

Prepared *Prepare(Relation table)
{
	RemoveInvalid();
	MemoryContext context =
		AllocSetContextCreate(CacheMemoryContext, "mezzanine table", ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);
	EState *estate = CreateExecutorState();
	ResultRelInfo *target = makeNode(ResultRelInfo);
	// Range table index 0: there is no range table to look columns up in.
	InitResultRelInfo(target, table, 0, nullptr, 0);
	MemoryContextSwitchTo(caller);

	const Oid key = RelationGetRelid(table);
	bool found;
	auto *prepared =
		static_cast<Prepared *>(hash_search(prepared_tables, &key, HASH_ENTER, &found));
	prepared->valid = true;
	prepared->context = context;
	prepared->estate = estate;
	prepared->target = target;
	prepared->indexes = nullptr;
	prepared->index_count = 0;
	prepared->lasting = true;
	return prepared;
}

Prepared *PreparedFor(Relation table)
{
	if (prepared_tables == nullptr)
		MakeTable();
	const Oid key = RelationGetRelid(table);
	auto *prepared =
		static_cast<Prepared *>(hash_search(prepared_tables, &key, HASH_FIND, nullptr));
	return prepared != nullptr && prepared->valid ? prepared : Prepare(table);
}

// Prepares the table's indexes, which are open.
void PrepareIndexes(Prepared *prepared, const Indexes &indexes)
{
	MemoryContext caller = MemoryContextSwitchTo(prepared->context);
	ResultRelInfo *target = prepared->target;
	const Size count = static_cast<Size>(indexes.count) + 1; /* never none */
	target->ri_IndexRelationInfo = static_cast<IndexInfo **>(palloc(count * sizeof(IndexInfo *)));
	prepared->indexes = static_cast<Oid *>(palloc(count * sizeof(Oid)));
	for (int i = 0; i < indexes.count; ++i) {
		target->ri_IndexRelationInfo[i] = BuildIndexInfo(indexes.index[i]);
		prepared->indexes[i] = RelationGetRelid(indexes.index[i]);
		prepared->lasting = prepared->lasting && indexes.index[i]->rd_rel->relam == BTREE_AM_OID;
	}
	prepared->index_count = indexes.count;
	target->ri_NumIndices = indexes.count;
	MemoryContextSwitchTo(caller);
}

bool AreOpen(const Indexes &indexes, const Prepared &prepared)
{
	if (indexes.index == nullptr || indexes.count != prepared.index_count)
		return false;
	for (int i = 0; i < indexes.count; ++i)
		if (RelationGetRelid(indexes.index[i]) != prepared.indexes[i])
			return false;
	return true;
}

// Opens the indexes of `oids`, in its order, which is the same for all.
void Open(const List *oids, Indexes *indexes)
{
	const Size count = static_cast<Size>(list_length(oids)) + 1;
	indexes->index = static_cast<Relation *>(palloc(count * sizeof(Relation)));
	indexes->count = 0;
	ListCell *cell;
	foreach (cell, oids)
		indexes->index[indexes->count++] = index_open(lfirst_oid(cell), RowExclusiveLock);
}

} // namespace

void CheckConstraints(Relation table, TupleTableSlot *slot)
{
	if (table->rd_att->constr == nullptr)
		return;
	const Prepared *prepared = PreparedFor(table);
	prepared->target->ri_RelationDesc = table; /* it may have been closed since */
	ExecConstraints(prepared->target, slot, prepared->estate);
	ResetPerTupleExprContext(prepared->estate);
}

void OpenIndexes(Relation table, Indexes *indexes)
{
	Prepared *prepared = PreparedFor(table);
	while (prepared->indexes == nullptr || !AreOpen(*indexes, *prepared)) {
		CHECK_FOR_INTERRUPTS();
		CloseIndexes(indexes);
		List *oids = RelationGetIndexList(table);
		Open(oids, indexes);
		list_free(oids);
		// Opening may have brought news, of the list perhaps: then again.
		if (prepared->valid && prepared->indexes == nullptr)
			PrepareIndexes(prepared, *indexes);
		else if (!AreOpen(*indexes, *prepared))
			prepared->valid = false;
		prepared = PreparedFor(table);
	}
}

void CloseIndexes(Indexes *indexes)
{
	if (indexes->index == nullptr)
		return;
	for (int i = 0; i < indexes->count; ++i)
		index_close(indexes->index[i], NoLock);
	pfree(indexes->index);
	*indexes = Indexes{};
}

void AddIndexEntries(Relation table, const Indexes &indexes, TupleTableSlot *slot, bool is_update)
{
	Prepared *prepared = PreparedFor(table);
	ResultRelInfo *target = prepared->target;
	target->ri_RelationDesc = table;
	target->ri_IndexRelationDescs = indexes.index;
	// Before the use: one that ends in an error leaves its state too.
	prepared->valid = prepared->lasting;
	if (indexes.count > 0)
		list_free(
			ExecInsertIndexTuples(target, slot, prepared->estate, is_update, false, nullptr, NIL));
	ResetPerTupleExprContext(prepared->estate);
}

} // namespace mezzanine::pg

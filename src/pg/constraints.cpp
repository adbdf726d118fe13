#include "pg/constraints.h"

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
};

HTAB *prepared_tables = nullptr;

// The catalogue has changed: prepare anew at the next use.
void Invalidate(Datum, Oid table)
{
	HASH_SEQ_STATUS all;
	hash_seq_init(&all, prepared_tables);
	while (void *entry = hash_seq_search(&all)) {
		auto *prepared = static_cast<Prepared *>(entry);
		if (!OidIsValid(table) || prepared->table == table)
			prepared->valid = false;
	}
}

void MakeTable()
{
	HASHCTL control{};
	control.keysize = sizeof(Oid);
	control.entrysize = sizeof(Prepared);
	control.hcxt = CacheMemoryContext;
	prepared_tables =
		hash_create("mezzanine constraints", 32, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	CacheRegisterRelcacheCallback(Invalidate, Datum{0});
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
		AllocSetContextCreate(CacheMemoryContext, "mezzanine constraints", ALLOCSET_SMALL_SIZES);
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

} // namespace mezzanine::pg

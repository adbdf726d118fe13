#include "inventory/tables.h"

namespace mezzanine::inventory
{

namespace
{

// Relations that this session has looked up by name, as the catalogue's own cache has them:
// each call opens a dozen, and two look-ups in that cache for each are dear.
struct KnownRelation {
	char name[NAMEDATALEN]; // the hash key
	Oid relation;
};
HTAB *known_relations = nullptr;

// Called when a row of pg_class or pg_namespace may have changed.
void RelationsMayHaveChanged(Datum, int, uint32)
{
	HASH_SEQ_STATUS all;
	hash_seq_init(&all, known_relations);
	while (void *entry = hash_seq_search(&all))
		static_cast<KnownRelation *>(entry)->relation = InvalidOid;
}

void MakeKnownRelations()
{
	HASHCTL control{};
	control.keysize = NAMEDATALEN;
	control.entrysize = sizeof(KnownRelation);
	control.hcxt = CacheMemoryContext;
	known_relations =
		hash_create("mezzanine relations", 64, &control, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	CacheRegisterSyscacheCallback(RELNAMENSP, RelationsMayHaveChanged, Datum{0});
	CacheRegisterSyscacheCallback(NAMESPACENAME, RelationsMayHaveChanged, Datum{0});
}

Oid LookUpRelation(const char *name)
{
	const Oid schema = get_namespace_oid("inventory", false);
	const Oid relation = get_relname_relid(name, schema);
	if (!OidIsValid(relation))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("relation \"inventory.%s\" does not exist", name),
						errdetail("It is a part of the extension mezzanine."),
						errhint("Drop and create the extension, or restore it from a backup.")));
	return relation;
}

Oid RelationNamed(const char *name)
{
	if (known_relations == nullptr)
		MakeKnownRelations();
	auto *known =
		static_cast<KnownRelation *>(hash_search(known_relations, name, HASH_FIND, nullptr));
	if (known != nullptr && OidIsValid(known->relation))
		return known->relation;
	const Oid relation = LookUpRelation(name);
	known = static_cast<KnownRelation *>(hash_search(known_relations, name, HASH_ENTER, nullptr));
	known->relation = relation;
	return relation;
}

} // namespace

pg::Store OpenTable(const char *table, const char *index, LOCKMODE mode)
{
	Relation relation = table_open(RelationNamed(table), mode);
	return pg::OpenStore(relation, RelationNamed(index), mode);
}

int64 NextNumber(const char *sequence)
{
	return nextval_internal(RelationNamed(sequence), false);
}

int64 LastNumber(const char *sequence)
{
	LOCAL_FCINFO(call, 1);
	InitFunctionCallInfoData(*call, nullptr, 1, InvalidOid, nullptr, nullptr);
	call->args[0].value = ObjectIdGetDatum(RelationNamed(sequence));
	call->args[0].isnull = false;
	const Datum last = pg_sequence_last_value(call);
	return call->isnull ? 0 : DatumGetInt64(last);
}

Oid RowType(const char *relation)
{
	return get_rel_type_id(RelationNamed(relation));
}

TupleTableSlot *BlankRow(pg::Store *store)
{
	TupleTableSlot *slot = ExecClearTuple(store->slot);
	memset(slot->tts_isnull, true,
		   static_cast<size_t>(slot->tts_tupleDescriptor->natts) * sizeof(bool));
	return slot;
}

} // namespace mezzanine::inventory

#include "inventory/tables.h"

namespace mezzanine::inventory
{

namespace
{

Oid RelationNamed(const char *name)
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

} // namespace

pg::Store OpenTable(const char *table, const char *index, LOCKMODE mode)
{
	return pg::OpenStore(RelationNamed(table), RelationNamed(index), mode);
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

TupleTableSlot *BlankRow(pg::Store *store)
{
	TupleTableSlot *slot = ExecClearTuple(store->slot);
	memset(slot->tts_isnull, true,
		   static_cast<size_t>(slot->tts_tupleDescriptor->natts) * sizeof(bool));
	return slot;
}

} // namespace mezzanine::inventory

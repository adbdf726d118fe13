#include "views/catalogue.h"

#include "pg/store.h"

namespace mezzanine::views
{

namespace
{

// Columns of mezzanine_info.core.
enum Attribute : AttrNumber { kHome = 1, kView, kNumber, kTruth, kSource, kDepth, kSpread, kCells };

Datum AttributeOf(TupleTableSlot *slot, Attribute attribute)
{
	bool is_null; // only kCells is: 0 then
	return slot_getattr(slot, attribute, &is_null);
}

// The catalogue's rows with `value` in the indexed column.
List *Lookup(const char *index_name, Oid value)
{
	const Oid schema = get_namespace_oid(kInfoSchema, true);
	const Oid index = OidIsValid(schema) ? get_relname_relid(index_name, schema) : InvalidOid;
	if (!OidIsValid(index))
		return NIL; // the extension is not installed in this database

	List *entries = NIL;
	pg::Store store = pg::OpenStore(get_relname_relid("core", schema), index, AccessShareLock);
	ScanKeyData key;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(value));
	pg::Search search = pg::BeginSearch(&store, &key, 1);
	while (pg::NextMatch(&search, store.slot)) {
		auto *entry = static_cast<CoreEntry *>(palloc(sizeof(CoreEntry)));
		entry->view = DatumGetObjectId(AttributeOf(store.slot, kView));
		entry->number = DatumGetInt32(AttributeOf(store.slot, kNumber));
		entry->home = DatumGetObjectId(AttributeOf(store.slot, kHome));
		entry->truth = DatumGetObjectId(AttributeOf(store.slot, kTruth));
		entry->source = DatumGetObjectId(AttributeOf(store.slot, kSource));
		entry->depth = DatumGetInt32(AttributeOf(store.slot, kDepth));
		entry->spread = DatumGetInt32(AttributeOf(store.slot, kSpread));
		entry->cells = DatumGetObjectId(AttributeOf(store.slot, kCells));
		entries = lappend(entries, entry);
	}
	pg::EndSearch(&search);
	pg::CloseStore(&store);
	return entries;
}

CoreEntry *FirstOf(List *entries)
{
	return entries == NIL ? nullptr : static_cast<CoreEntry *>(linitial(entries));
}

} // namespace

List *CoresOfView(Oid view)
{
	return Lookup("core_view_number_key", view);
}

List *CoresOnSource(Oid source)
{
	return Lookup("core_source_idx", source);
}

CoreEntry *CoreByHome(Oid home)
{
	return FirstOf(Lookup("core_pkey", home));
}

CoreEntry *CoreByCells(Oid cells)
{
	return FirstOf(Lookup("core_cells_key", cells));
}

bool IsHome(Oid relation)
{
	const Oid schema = get_namespace_oid(kStateSchema, true);
	return OidIsValid(schema) && get_rel_namespace(relation) == schema &&
		   get_rel_relkind(relation) == RELKIND_RELATION;
}

} // namespace mezzanine::views

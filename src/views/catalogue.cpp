#include "views/catalogue.h"

#include "pg/store.h"

namespace mezzanine::views
{

namespace
{

// Columns of mezzanine_info.catalogue.
enum Attribute : AttrNumber { kView = 1, kHome = 2, kTruth = 3, kBase = 5 };

Oid AttributeOf(TupleTableSlot *slot, Attribute attribute)
{
	bool is_null;
	return DatumGetObjectId(slot_getattr(slot, attribute, &is_null));
}

// The catalogue's rows with `value` in the indexed column.
List *Lookup(const char *index_name, Oid value)
{
	const Oid schema = get_namespace_oid(kInfoSchema, true);
	const Oid index = OidIsValid(schema) ? get_relname_relid(index_name, schema) : InvalidOid;
	if (!OidIsValid(index))
		return NIL; // the extension is not installed in this database

	List *entries = NIL;
	pg::Store store = pg::OpenStore(get_relname_relid("catalogue", schema), index, AccessShareLock);
	ScanKeyData key;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(value));
	pg::Search search = pg::BeginSearch(&store, &key, 1);
	while (pg::NextMatch(&search, store.slot)) {
		auto *entry = static_cast<CatalogueEntry *>(palloc(sizeof(CatalogueEntry)));
		entry->view = AttributeOf(store.slot, kView);
		entry->home = AttributeOf(store.slot, kHome);
		entry->truth = AttributeOf(store.slot, kTruth);
		entry->base = AttributeOf(store.slot, kBase);
		entries = lappend(entries, entry);
	}
	pg::EndSearch(&search);
	pg::CloseStore(&store);
	return entries;
}

CatalogueEntry *First(List *entries)
{
	return entries == NIL ? nullptr : static_cast<CatalogueEntry *>(linitial(entries));
}

} // namespace

List *ViewsOnBase(Oid base)
{
	return Lookup("catalogue_base_idx", base);
}

CatalogueEntry *ViewByOid(Oid view)
{
	return First(Lookup("catalogue_pkey", view));
}

CatalogueEntry *ViewByHome(Oid home)
{
	return First(Lookup("catalogue_home_key", home));
}

bool IsHome(Oid relation)
{
	const Oid schema = get_namespace_oid(kStateSchema, true);
	return OidIsValid(schema) && get_rel_namespace(relation) == schema &&
		   get_rel_relkind(relation) == RELKIND_RELATION;
}

} // namespace mezzanine::views

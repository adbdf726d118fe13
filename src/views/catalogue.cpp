#include "views/catalogue.h"

namespace mezzanine::views
{

namespace
{

// Columns of mezzanine_info.core, rows, row_source and arm.
enum CoreColumn : AttrNumber {
	kHome = 1,
	kView,
	kNumber,
	kTruth,
	kSource,
	kDepth,
	kSpread,
	kCells
};
enum RowsColumn : AttrNumber { kRows = 1, kRowsView, kRowsDepth };
enum RowSourceColumn : AttrNumber { kSourceRows = 1, kRowSource };
enum ArmColumn : AttrNumber { kArm = 1, kArmRows, kArmSign };

// Visits the rows of a table of the catalogue that have `value` in the index's first column.
template <typename Visit>
void VisitRows(const char *table, const char *index_name, Oid value, Visit &&visit)
{
	pg::Store store;
	ScanKeyData key;
	if (!OpenCatalogueTable(table, index_name, AccessShareLock, &store))
		return;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(value));
	pg::Search search = pg::BeginSearch(&store, &key, 1);
	while (pg::NextMatch(&search, store.slot))
		visit(store.slot);
	pg::EndSearch(&search);
	pg::CloseStore(&store);
}

// 0 where it is NULL.
Datum AttributeOf(TupleTableSlot *slot, AttrNumber attribute)
{
	bool is_null;
	return slot_getattr(slot, attribute, &is_null);
}

// The catalogue's cores with `value` in the indexed column.
List *Lookup(const char *index_name, Oid value)
{
	List *entries = NIL;
	VisitRows("core", index_name, value, [&entries](TupleTableSlot *slot) {
		auto *entry = static_cast<CoreEntry *>(palloc(sizeof(CoreEntry)));
		entry->view = DatumGetObjectId(AttributeOf(slot, kView));
		entry->number = DatumGetInt32(AttributeOf(slot, kNumber));
		entry->home = DatumGetObjectId(AttributeOf(slot, kHome));
		entry->truth = DatumGetObjectId(AttributeOf(slot, kTruth));
		entry->source = DatumGetObjectId(AttributeOf(slot, kSource));
		entry->depth = DatumGetInt32(AttributeOf(slot, kDepth));
		entry->spread = DatumGetInt32(AttributeOf(slot, kSpread));
		entry->cells = DatumGetObjectId(AttributeOf(slot, kCells));
		entries = lappend(entries, entry);
	});
	return entries;
}

// The Oids in one column of the rows of a table that have `value` in the indexed column.
List *LookupOids(const char *table, const char *index_name, Oid value, AttrNumber column)
{
	List *oids = NIL;
	VisitRows(table, index_name, value, [&oids, column](TupleTableSlot *slot) {
		oids = lappend_oid(oids, DatumGetObjectId(AttributeOf(slot, column)));
	});
	return oids;
}

// An integer of the row that has `value` in the indexed column; 0 where there is none.
int32 LookupInteger(const char *table, const char *index_name, Oid value, AttrNumber column)
{
	int32 found = 0;
	VisitRows(table, index_name, value, [&found, column](TupleTableSlot *slot) {
		found = DatumGetInt32(AttributeOf(slot, column));
	});
	return found;
}

int CompareHomes(const ListCell *a, const ListCell *b)
{
	const Oid home_a = static_cast<const CoreEntry *>(lfirst(a))->home;
	const Oid home_b = static_cast<const CoreEntry *>(lfirst(b))->home;
	return home_a < home_b ? -1 : home_a > home_b ? 1 : 0;
}

// The schema of home tables; Invalid until it is looked up, and where there is none.
Oid state_schema = InvalidOid;

// System cache callback.
void ForgetStateSchema(Datum, int, uint32)
{
	state_schema = InvalidOid;
}

Oid StateSchema()
{
	static bool watches = false;
	if (!watches)
		CacheRegisterSyscacheCallback(NAMESPACENAME, ForgetStateSchema, 0);
	watches = true;
	if (!OidIsValid(state_schema))
		state_schema = get_namespace_oid(kStateSchema, true);
	return state_schema;
}

CoreEntry *FirstOf(List *entries)
{
	return entries == NIL ? nullptr : static_cast<CoreEntry *>(linitial(entries));
}

} // namespace

bool OpenCatalogueTable(const char *table, const char *index_name, LOCKMODE mode, pg::Store *store)
{
	const Oid schema = get_namespace_oid(kInfoSchema, true);
	const Oid relation = OidIsValid(schema) ? get_relname_relid(table, schema) : InvalidOid;
	if (!OidIsValid(relation))
		return false;
	Relation open = table_open(relation, mode);
	*store = pg::OpenStore(open, get_relname_relid(index_name, schema), mode);
	return true;
}

List *CoresOfView(Oid view)
{
	return Lookup("core_view_number_key", view);
}

List *CoresOnSource(Oid source)
{
	List *cores = Lookup("core_source_idx", source);
	list_sort(cores, CompareHomes); // in one order, whatever the index says of equal entries
	return cores;
}

List *CoresOnBase(Oid base)
{
	List *cores = CoresOnSource(base);
	ListCell *cell;
	foreach (cell, LookupOids("row_source", "row_source_source_idx", base, kSourceRows))
		cores = list_concat(cores, CoresOnSource(lfirst_oid(cell)));
	return cores;
}

List *BasesOfView(Oid view)
{
	List *sources = NIL;
	List *derived = NIL; // what the view's own cores and rows views make
	ListCell *cell;
	foreach (cell, CoresOfView(view)) {
		const auto *core = static_cast<CoreEntry *>(lfirst(cell));
		sources = list_append_unique_oid(sources, core->source);
		derived = lappend_oid(derived, core->home);
	}
	foreach (cell, LookupOids("rows", "rows_view_idx", view, kRows)) {
		sources = list_concat_unique_oid(
			sources, LookupOids("row_source", "row_source_pkey", lfirst_oid(cell), kRowSource));
		derived = lappend_oid(derived, lfirst_oid(cell));
	}
	List *bases = list_difference_oid(sources, derived);
	list_sort(bases, list_oid_cmp);
	return bases;
}

List *RowsOnSource(Oid source)
{
	List *entries = NIL;
	ListCell *cell;
	foreach (cell, LookupOids("row_source", "row_source_source_idx", source, kSourceRows)) {
		const Oid rows = lfirst_oid(cell);
		List *views = LookupOids("rows", "rows_pkey", rows, kRowsView);
		if (views == NIL)
			continue;
		auto *entry = static_cast<RowsEntry *>(palloc(sizeof(RowsEntry)));
		*entry = {rows, linitial_oid(views)};
		entries = lappend(entries, entry);
	}
	return entries;
}

List *ArmsOfRows(Oid rows)
{
	List *entries = NIL;
	List *arms = LookupOids("arm", "arm_rows_idx", rows, kArm);
	ListCell *cell;
	list_sort(arms, list_oid_cmp);
	foreach (cell, arms) {
		auto *entry = static_cast<ArmEntry *>(palloc(sizeof(ArmEntry)));
		*entry = {lfirst_oid(cell), LookupInteger("arm", "arm_pkey", lfirst_oid(cell), kArmSign)};
		entries = lappend(entries, entry);
	}
	return entries;
}

int32 DepthOfRows(Oid rows)
{
	return LookupInteger("rows", "rows_pkey", rows, kRowsDepth);
}

Oid DefinitionOf(Oid view)
{
	constexpr AttrNumber kDefinition = 2;
	const List *definitions = LookupOids("catalogue", "catalogue_pkey", view, kDefinition);
	return definitions == NIL ? InvalidOid : linitial_oid(definitions);
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
	const Oid schema = StateSchema();
	return OidIsValid(schema) && get_rel_namespace(relation) == schema &&
		   get_rel_relkind(relation) == RELKIND_RELATION;
}

} // namespace mezzanine::views

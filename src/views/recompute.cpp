#include "views/recompute.h"

#include "views/program.h"

namespace mezzanine::views
{

// A plan for keys that are NULL in the same columns: no index serves IS NOT DISTINCT FROM.
struct RecomputePlan {
	char *nulls; // as SPI wants them, one letter a column
	SPIPlanPtr plan;
	RecomputePlan *next;
};

namespace
{

char *NullsOf(const ViewProgram *view, KeyValues key)
{
	char *nulls = static_cast<char *>(palloc(static_cast<Size>(view->key_count + 1)));
	for (int i = 0; i < view->key_count; i++)
		nulls[i] = key.nulls[i] ? 'n' : ' ';
	nulls[view->key_count] = '\0';
	return nulls;
}

// SELECT the truth's row of one group.  The planner pushes the conditions below the GROUP
// BY, to where an index on the source may serve them.
const char *QueryOf(const ViewProgram *view, const char *nulls)
{
	Relation truth = relation_open(view->truth, AccessShareLock);
	StringInfoData sql;
	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT * FROM %s AS t",
					 quote_qualified_identifier(get_namespace_name(RelationGetNamespace(truth)),
												RelationGetRelationName(truth)));
	for (int i = 0; i < view->key_count; i++) {
		const KeyColumn *key = &view->keys[i];
		const char *column = psprintf(
			"t.%s", quote_identifier(NameStr(
						TupleDescAttr(RelationGetDescr(truth), key->attribute - 1)->attname)));
		appendStringInfoString(&sql, i == 0 ? " WHERE " : " AND ");
		if (nulls[i] == 'n')
			appendStringInfo(&sql, "%s IS NULL", column);
		else
			generate_operator_clause(&sql, column, key->type, key->equal_operator,
									 psprintf("$%d", i + 1), key->type);
	}
	relation_close(truth, NoLock);
	return sql.data;
}

SPIPlanPtr MakePlan(const ViewProgram *view, const char *nulls)
{
	auto *types = static_cast<Oid *>(palloc(sizeof(Oid) * static_cast<Size>(view->key_count + 1)));
	for (int i = 0; i < view->key_count; i++)
		types[i] = view->keys[i].type;
	SPIPlanPtr plan = SPI_prepare(QueryOf(view, nulls), view->key_count, types);
	if (plan == nullptr)
		elog(ERROR, "could not prepare the recomputation of a group: %s",
			 SPI_result_code_string(SPI_result));
	return plan;
}

// The plan for keys with such NULLs; made once a session.
SPIPlanPtr PlanFor(ViewProgram *view, const char *nulls)
{
	for (const RecomputePlan *plan = view->plans; plan != nullptr; plan = plan->next)
		if (strcmp(plan->nulls, nulls) == 0)
			return plan->plan;
	auto *entry =
		static_cast<RecomputePlan *>(MemoryContextAlloc(view->context, sizeof(RecomputePlan)));
	entry->nulls = MemoryContextStrdup(view->context, nulls);
	entry->plan = MakePlan(view, nulls);
	(void)SPI_keepplan(entry->plan);
	entry->next = view->plans;
	view->plans = entry;
	return entry->plan;
}

// The truth's row of the group, copied into `context`; NULL where there is none.
HeapTuple FetchTruth(ViewProgram *view, KeyValues key, MemoryContext context)
{
	const char *nulls = NullsOf(view, key);
	const int result = SPI_execute_snapshot(PlanFor(view, nulls), key.values, nulls,
											GetLatestSnapshot(), InvalidSnapshot, true, false, 2);
	if (result != SPI_OK_SELECT)
		elog(ERROR, "could not recompute a group: %s", SPI_result_code_string(result));
	if (SPI_processed > 1)
		elog(ERROR, "a truth view has two rows for one group");
	if (SPI_processed == 0)
		return nullptr;
	MemoryContext old = MemoryContextSwitchTo(context);
	HeapTuple tuple = heap_copytuple(SPI_tuptable->vals[0]);
	MemoryContextSwitchTo(old);
	return tuple;
}

} // namespace

bool Recompute(ViewProgram *view, KeyValues key, TupleTableSlot *row)
{
	MemoryContext caller = CurrentMemoryContext;
	// A policy that would hide rows of the source shall be an error.
	const int nest_level = NewGUCNestLevel();
	RefuseRowSecurity();
	SPI_connect();
	HeapTuple tuple = FetchTruth(view, key, caller);
	SPI_finish();
	AtEOXact_GUC(true, nest_level);
	if (tuple == nullptr)
		return false;

	ExecClearTuple(row);
	heap_deform_tuple(tuple, row->tts_tupleDescriptor, row->tts_values, row->tts_isnull);
	for (int i = 0; i < view->key_count; i++) {
		row->tts_values[view->keys[i].attribute - 1] = key.values[i];
		row->tts_isnull[view->keys[i].attribute - 1] = key.nulls[i];
	}
	ExecStoreVirtualTuple(row);
	ExecMaterializeSlot(row);
	return true;
}

void FreeRecomputePlans(ViewProgram *view)
{
	for (RecomputePlan *plan = view->plans; plan != nullptr; plan = plan->next)
		(void)SPI_freeplan(plan->plan);
	view->plans = nullptr;
}

} // namespace mezzanine::views

#include "views/direct.h"

#include "views/capture.h"
#include "views/transaction.h"

namespace mezzanine::views
{

namespace
{

ExecutorStart_hook_type next_executor_start = nullptr;

// The triggers' functions; Invalid until they are looked up.
struct Functions {
	Oid touch;
	Oid capture;
};
Functions functions = {};

// The WHEN clause of one trigger in one statement.
struct Clause {
	ExprState expression; // first: PostgreSQL knows no more of it
	Relation table;
	const RowSource *source;
	BaseProgram *program; // whose views are touched; NULL at first, and where there are none
};

Oid FunctionNamed(const char *name)
{
	const Oid schema = get_namespace_oid(kStateSchema, true);
	if (!OidIsValid(schema))
		return InvalidOid;
	return GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum(name),
						   PointerGetDatum(buildoidvector(nullptr, 0)), ObjectIdGetDatum(schema));
}

// System cache callback.
void ForgetFunctions(Datum, int, uint32)
{
	functions = {};
}

void LookFunctionsUp()
{
	if (!OidIsValid(functions.capture))
		functions = {FunctionNamed("touch"), FunctionNamed("capture")};
}

// Sees to it that what the clause knows is valid, and that the views are touched.
void Refresh(Clause *clause)
{
	if (clause->program != nullptr && clause->program->valid && clause->source->valid)
		return;
	clause->source = SourceOf(clause->table);
	clause->program = ProgramOf(clause->source);
	if (clause->program != nullptr)
		TouchViews(clause->program);
}

// Before the statement's first row.
Datum TouchNow(ExprState *expression, ExprContext *, bool *is_null)
{
	Refresh(reinterpret_cast<Clause *>(expression));
	*is_null = false;
	return BoolGetDatum(false);
}

// After each row, of which there are two versions, or one.
Datum CaptureNow(ExprState *expression, ExprContext *row, bool *is_null)
{
	auto *clause = reinterpret_cast<Clause *>(expression);
	Refresh(clause);
	if (clause->program != nullptr)
		CaptureChange(clause->program, clause->source, row->ecxt_innertuple, row->ecxt_outertuple);
	*is_null = false;
	return BoolGetDatum(false);
}

bool IsTouch(const Trigger *trigger)
{
	return trigger->tgfoid == functions.touch && TRIGGER_FOR_BEFORE(trigger->tgtype) &&
		   !TRIGGER_FOR_ROW(trigger->tgtype);
}

bool IsCapture(const Trigger *trigger)
{
	return trigger->tgfoid == functions.capture && TRIGGER_FOR_AFTER(trigger->tgtype) &&
		   TRIGGER_FOR_ROW(trigger->tgtype) && strcmp(trigger->tgname, kCaptureTrigger) == 0;
}

void Replace(const ResultRelInfo *target, int i, ExprStateEvalFunc evaluate)
{
	static char text[] = "mezzanine"; // not NULL: there is a clause
	auto *clause = static_cast<Clause *>(palloc0(sizeof(Clause)));
	clause->expression.type = T_ExprState;
	clause->expression.flags = EEO_FLAG_IS_QUAL;
	clause->expression.evalfunc = evaluate;
	clause->table = target->ri_RelationDesc;
	target->ri_TrigDesc->triggers[i].tgqual = text; // the executor's copy
	target->ri_TrigWhenExprs[i] = &clause->expression;
}

// Triggers that somebody else made of our functions fire, and raise an error.  Of a partitioned
// table only the partitions have rows.
void ReplaceTriggers(const ResultRelInfo *target)
{
	if (target->ri_TrigDesc == nullptr ||
		target->ri_RelationDesc->rd_rel->relkind != RELKIND_RELATION)
		return;
	LookFunctionsUp();
	for (int i = 0; i < target->ri_TrigDesc->numtriggers; i++) {
		const Trigger *trigger = &target->ri_TrigDesc->triggers[i];
		if (trigger->tgqual != nullptr)
			continue;
		if (IsTouch(trigger))
			Replace(target, i, TouchNow);
		else if (IsCapture(trigger))
			Replace(target, i, CaptureNow);
	}
}

void StartExecutor(QueryDesc *description, int flags)
{
	if (next_executor_start)
		next_executor_start(description, flags);
	else
		standard_ExecutorStart(description, flags);
	if ((flags & EXEC_FLAG_EXPLAIN_ONLY) != 0)
		return;
	const EState *state = description->estate;
	MemoryContext old = MemoryContextSwitchTo(state->es_query_cxt);
	ListCell *cell;
	foreach (cell, state->es_opened_result_relations)
		ReplaceTriggers(static_cast<ResultRelInfo *>(lfirst(cell)));
	MemoryContextSwitchTo(old);
}

} // namespace

void InitDirectCapture()
{
	CacheRegisterSyscacheCallback(PROCOID, ForgetFunctions, 0);
	next_executor_start = ExecutorStart_hook;
	ExecutorStart_hook = StartExecutor;
}

} // namespace mezzanine::views

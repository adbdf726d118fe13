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

// A table that one statement writes to.
struct Target {
	Relation table;
	const RowSource *source;
	BaseProgram *program; // whose views are touched; NULL at first, and where there are none
};

// The WHEN clause of one of its triggers.
struct Clause {
	ExprState expression; // first: PostgreSQL knows no more of it
	Target *target;
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

// The clause's target, with what it knows being valid, and the views touched.
const Target *TargetOf(ExprState *expression)
{
	Target *target = reinterpret_cast<Clause *>(expression)->target;
	if (target->program != nullptr && target->program->valid && target->source->valid)
		return target;
	target->source = SourceOf(target->table);
	target->program = ProgramOf(target->source);
	if (target->program != nullptr)
		TouchViews(target->program);
	return target;
}

// Before the statement's first row.
Datum TouchNow(ExprState *expression, ExprContext *, bool *is_null)
{
	(void)TargetOf(expression);
	*is_null = false;
	return BoolGetDatum(false);
}

// After each row, of which there are two versions, or one.
Datum CaptureNow(ExprState *expression, ExprContext *row, bool *is_null)
{
	const Target *target = TargetOf(expression);
	if (target->program != nullptr)
		CaptureChange(target->program, target->source, row->ecxt_innertuple, row->ecxt_outertuple);
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

void Replace(const ResultRelInfo *result, int i, ExprStateEvalFunc evaluate, Target *target)
{
	static char text[] = "mezzanine"; // not NULL: there is a clause
	auto *clause = static_cast<Clause *>(palloc0(sizeof(Clause)));
	clause->expression.type = T_ExprState;
	clause->expression.flags = EEO_FLAG_IS_QUAL;
	clause->expression.evalfunc = evaluate;
	clause->target = target;
	result->ri_TrigDesc->triggers[i].tgqual = text; // the executor's copy
	result->ri_TrigWhenExprs[i] = &clause->expression;
}

// Triggers that somebody else made of our functions fire, and raise an error.  Of a partitioned
// table only the partitions have rows.
void ReplaceTriggers(const ResultRelInfo *result)
{
	if (result->ri_TrigDesc == nullptr ||
		result->ri_RelationDesc->rd_rel->relkind != RELKIND_RELATION)
		return;
	LookFunctionsUp();
	auto *target = static_cast<Target *>(palloc0(sizeof(Target)));
	target->table = result->ri_RelationDesc;
	for (int i = 0; i < result->ri_TrigDesc->numtriggers; i++) {
		const Trigger *trigger = &result->ri_TrigDesc->triggers[i];
		if (trigger->tgqual != nullptr)
			continue;
		if (IsTouch(trigger))
			Replace(result, i, TouchNow, target);
		else if (IsCapture(trigger))
			Replace(result, i, CaptureNow, target);
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

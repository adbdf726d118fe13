#include "views/direct.h"

#include "views/capture.h"
#include "views/program.h"
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
	BaseProgram *program; // whose views are touched; NULL where there are none
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

// A copy: to touch a view has them forgotten.
Functions OurFunctions()
{
	if (!OidIsValid(functions.capture))
		functions = {FunctionNamed("touch"), FunctionNamed("capture")};
	return functions;
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

// After each row, of which there are two versions, or one.
Datum CaptureNow(ExprState *expression, ExprContext *row, bool *is_null)
{
	const Target *target = TargetOf(expression);
	if (target->program != nullptr)
		CaptureChange(target->program, target->source, row->ecxt_innertuple, row->ecxt_outertuple);
	*is_null = false;
	return BoolGetDatum(false);
}

bool IsTouch(const Functions &ours, const Trigger *trigger)
{
	return trigger->tgfoid == ours.touch && TRIGGER_FOR_BEFORE(trigger->tgtype) &&
		   !TRIGGER_FOR_ROW(trigger->tgtype) && trigger->tgqual == nullptr;
}

bool IsCapture(const Functions &ours, const Trigger *trigger)
{
	return trigger->tgfoid == ours.capture && TRIGGER_FOR_AFTER(trigger->tgtype) &&
		   TRIGGER_FOR_ROW(trigger->tgtype) && trigger->tgqual == nullptr &&
		   strcmp(trigger->tgname, kCaptureTrigger) == 0;
}

void AddClause(const ResultRelInfo *result, int i, Target *target)
{
	static char text[] = "mezzanine"; // not NULL: there is a clause
	auto *clause = static_cast<Clause *>(palloc0(sizeof(Clause)));
	clause->expression.type = T_ExprState;
	clause->expression.flags = EEO_FLAG_IS_QUAL;
	clause->expression.evalfunc = CaptureNow;
	clause->target = target;
	result->ri_TrigDesc->triggers[i].tgqual = text; // the executor's copy
	result->ri_TrigWhenExprs[i] = &clause->expression;
}

// Whether the statement sets nothing that the program reads, whatever rows it finds.
bool SetsNothingRead(const Target *target, const ResultRelInfo *result, EState *state)
{
	const PlannedStmt *plan = state->es_plannedstmt;
	if (plan->commandType != CMD_UPDATE || plan->hasModifyingCTE ||
		result->ri_TrigDesc->trig_update_before_row || target->source->ancestors != NIL)
		return false;
	auto *relation = const_cast<ResultRelInfo *>(result);
	return !ReadsAny(target->program, ExecGetUpdatedCols(relation, state)) &&
		   !ReadsAny(target->program, ExecGetExtraUpdatedCols(relation, state));
}

bool HasTrigger(const TriggerDesc *triggers, int16 level, int16 timing, int16 event)
{
	for (int i = 0; i < triggers->numtriggers; i++)
		if (TRIGGER_TYPE_MATCHES(triggers->triggers[i].tgtype, level, timing, event))
			return true;
	return false;
}

// What the executor asks before it looks at the triggers one by one.
void Recount(TriggerDesc *triggers)
{
	const auto before = [triggers](int16 event) {
		return HasTrigger(triggers, TRIGGER_TYPE_STATEMENT, TRIGGER_TYPE_BEFORE, event);
	};
	triggers->trig_insert_before_statement = before(TRIGGER_TYPE_INSERT);
	triggers->trig_update_before_statement = before(TRIGGER_TYPE_UPDATE);
	triggers->trig_delete_before_statement = before(TRIGGER_TYPE_DELETE);
	triggers->trig_update_after_row =
		HasTrigger(triggers, TRIGGER_TYPE_ROW, TRIGGER_TYPE_AFTER, TRIGGER_TYPE_UPDATE);
}

// Does at once what the statement's touch trigger would do, and gives clauses to those that
// capture, or lets them go too.  Triggers that somebody else made of our functions fire, and
// raise an error.
void TakeOver(const ResultRelInfo *result, Target *target, EState *state)
{
	TriggerDesc *triggers = result->ri_TrigDesc;
	const Functions ours = OurFunctions();
	const bool misses = target->program != nullptr && SetsNothingRead(target, result, state);
	for (int i = 0; i < triggers->numtriggers; i++) {
		Trigger *trigger = &triggers->triggers[i];
		if (IsTouch(ours, trigger)) {
			trigger->tgtype &= ~TRIGGER_TYPE_EVENT_MASK;
		} else if (IsCapture(ours, trigger)) {
			trigger->tgtype &= misses ? ~TRIGGER_TYPE_UPDATE : ~0;
			AddClause(result, i, target);
		}
	}
	Recount(triggers);
	if (target->program != nullptr && !misses)
		TouchViews(target->program);
}

bool HasOurs(const TriggerDesc *triggers)
{
	const Functions ours = OurFunctions();
	for (int i = 0; i < triggers->numtriggers; i++)
		if (IsTouch(ours, &triggers->triggers[i]) || IsCapture(ours, &triggers->triggers[i]))
			return true;
	return false;
}

// Of a partitioned table only the partitions have rows.
void Watch(const ResultRelInfo *result, EState *state)
{
	if (result->ri_TrigDesc == nullptr ||
		result->ri_RelationDesc->rd_rel->relkind != RELKIND_RELATION ||
		!HasOurs(result->ri_TrigDesc))
		return;
	auto *target = static_cast<Target *>(palloc0(sizeof(Target)));
	target->table = result->ri_RelationDesc;
	target->source = SourceOf(target->table);
	target->program = ProgramOf(target->source);
	TakeOver(result, target, state);
}

void StartExecutor(QueryDesc *description, int flags)
{
	if (next_executor_start)
		next_executor_start(description, flags);
	else
		standard_ExecutorStart(description, flags);
	if ((flags & EXEC_FLAG_EXPLAIN_ONLY) != 0)
		return;
	EState *state = description->estate;
	MemoryContext old = MemoryContextSwitchTo(state->es_query_cxt);
	ListCell *cell;
	foreach (cell, state->es_opened_result_relations)
		Watch(static_cast<ResultRelInfo *>(lfirst(cell)), state);
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

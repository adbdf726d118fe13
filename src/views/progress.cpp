#include "views/progress.h"

using namespace mezzanine;

namespace mezzanine::views
{

namespace
{

// A number that no command of the server has, and a mark by which we know our own.
constexpr auto kCommand = static_cast<ProgressCommandType>(pg::kFreeProgressCommand);
constexpr int64 kOurMark = 0x6d657a7a616e;

// Where the numbers stand in the backend's status.
enum Parameter {
	kMark,
	kFilling,
	kView,
	kHome,
	kNumber,
	kCount,
	kToRead,
	kRead,
	kToWrite,
	kWritten,
	kParameters
};

// A plan node whose rows are counted.
struct Counted {
	const PlanState *node;
	ExecProcNodeMtd next; // what the node did before
	Parameter parameter;
	Counted *others;
};

constexpr int64 kRowsBetweenReports = 64;

// What is being filled, and the nesting level of the transaction then; 0: nothing.
Progress filling;
int filling_depth = 0;

ExecutorStart_hook_type next_executor_start = nullptr;

// Of one filling; in the transaction's memory, as nodes may be counted until its end.
Counted *all_counted = nullptr;
Counted *last_counted = nullptr; // rows come from one node many times in a row
int64 numbers[kParameters];

bool IsTelling()
{
	return MyBEEntry != nullptr && MyBEEntry->st_progress_command == kCommand &&
		   MyBEEntry->st_progress_param[kMark] == kOurMark;
}

void Tell(Parameter parameter)
{
	if (IsTelling())
		pgstat_progress_update_param(parameter, numbers[parameter]);
}

const Counted *Find(const PlanState *node)
{
	if (last_counted != nullptr && last_counted->node == node)
		return last_counted;
	for (last_counted = all_counted; last_counted->node != node;)
		last_counted = last_counted->others;
	return last_counted;
}

// In the place of a node's own function.
TupleTableSlot *NextCounted(PlanState *node)
{
	const Counted *counted = Find(node);
	const Parameter parameter = counted->parameter;
	TupleTableSlot *row = counted->next(node);
	// The last rows too: no row ends them.
	if (TupIsNull(row) || ++numbers[parameter] % kRowsBetweenReports == 0)
		Tell(parameter);
	return row;
}

// Counts the node's rows, and adds what the planner expects of it.
void CountRows(PlanState *node, Parameter parameter, Parameter expected)
{
	if (node->ExecProcNodeReal == NextCounted)
		return;
	auto *counted =
		static_cast<Counted *>(MemoryContextAlloc(TopTransactionContext, sizeof(Counted)));
	*counted = {node, node->ExecProcNodeReal, parameter, all_counted};
	all_counted = counted;
	ExecSetExecProcNode(node, NextCounted);
	numbers[expected] += static_cast<int64>(clamp_row_est(node->plan->plan_rows));
	Tell(expected);
}

// The table that the node scans; Invalid where it does something else.
Oid ScannedBy(const PlanState *node)
{
	switch (nodeTag(node)) {
	case T_SeqScanState:
	case T_IndexScanState:
	case T_IndexOnlyScanState:
	case T_BitmapHeapScanState:
		return RelationGetRelid(reinterpret_cast<const ScanState *>(node)->ss_currentRelation);
	default:
		return InvalidOid;
	}
}

bool CountBelow(PlanState *node, void *home)
{
	const Oid scanned = ScannedBy(node);
	if (IsA(node, ModifyTableState))
		CountRows(outerPlanState(node), kWritten, kToWrite);
	else if (OidIsValid(scanned) && scanned != *static_cast<Oid *>(home))
		CountRows(node, kRead, kToRead);
	return pg::WalkPlanState(node, CountBelow, home);
}

bool WritesTo(const PlannedStmt *statement, Oid table)
{
	ListCell *cell;
	foreach (cell, statement->resultRelations)
		if (rt_fetch(lfirst_int(cell), statement->rtable)->relid == table)
			return true;
	return false;
}

void StartExecutor(QueryDesc *description, int flags)
{
	if (next_executor_start)
		next_executor_start(description, flags);
	else
		standard_ExecutorStart(description, flags);
	if (!IsTelling())
		return;
	Oid home = static_cast<Oid>(MyBEEntry->st_progress_param[kHome]);
	if (WritesTo(description->plannedstmt, home))
		(void)CountBelow(description->planstate, &home);
}

bool MaySee(const PgBackendStatus *backend)
{
	return has_privs_of_role(GetUserId(), backend->st_userid) ||
		   has_privs_of_role(GetUserId(), ROLE_PG_READ_ALL_STATS);
}

bool IsOurs(const PgBackendStatus *backend)
{
	return backend->st_progress_command == kCommand && backend->st_databaseid == MyDatabaseId &&
		   backend->st_progress_param[kMark] == kOurMark;
}

// Tells all there is to tell.
void TellAll()
{
	int parameters[kParameters];
	for (int i = 0; i < kParameters; i++)
		parameters[i] = i;
	pgstat_progress_start_command(kCommand, filling.base);
	pgstat_progress_update_multi_param(kParameters, parameters, numbers);
}

// The abort of any subtransaction, one in a function that the query calls too, has PostgreSQL
// take the progress back.
void EndSubtransaction(SubXactEvent event, SubTransactionId, SubTransactionId, void *)
{
	if (event != SUBXACT_EVENT_ABORT_SUB || filling_depth == 0)
		return;
	if (GetCurrentTransactionNestLevel() > filling_depth)
		TellAll();
	else
		filling_depth = 0;
}

void EndTransaction(XactEvent event, void *)
{
	if (event == XACT_EVENT_ABORT)
		filling_depth = 0;
}

} // namespace

void BeginProgress(const Progress *progress)
{
	if (MyBEEntry == nullptr || MyBEEntry->st_progress_command != PROGRESS_COMMAND_INVALID)
		return;
	all_counted = nullptr;
	last_counted = nullptr;
	memset(numbers, 0, sizeof(numbers));
	numbers[kMark] = kOurMark;
	numbers[kFilling] = static_cast<int64>(progress->filling);
	numbers[kView] = progress->view;
	numbers[kHome] = progress->home;
	numbers[kNumber] = progress->number;
	numbers[kCount] = progress->count;
	filling = *progress;
	filling_depth = GetCurrentTransactionNestLevel();
	TellAll();
}

void EndProgress()
{
	filling_depth = 0;
	if (IsTelling())
		pgstat_progress_end_command();
}

void InitProgress()
{
	RegisterXactCallback(EndTransaction, nullptr);
	RegisterSubXactCallback(EndSubtransaction, nullptr);
	next_executor_start = ExecutorStart_hook;
	ExecutorStart_hook = StartExecutor;
}

} // namespace mezzanine::views

using namespace mezzanine::views;

// progress() -> SETOF record (pid, base, and the parameters after the mark)
MEZZANINE_FUNCTION(mezzanine_progress)
{
	InitMaterializedSRF(fcinfo, 0);
	auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
	const int backends = pgstat_fetch_stat_numbackends();
	for (int i = 1; i <= backends; i++) {
		const PgBackendStatus *backend = &pgstat_fetch_stat_local_beentry(i)->backendStatus;
		if (!IsOurs(backend) || !MaySee(backend))
			continue;
		Datum values[kParameters + 1] = {Int32GetDatum(backend->st_procpid),
										 ObjectIdGetDatum(backend->st_progress_command_target)};
		bool nulls[kParameters + 1] = {};
		for (int parameter = kFilling; parameter < kParameters; parameter++)
			values[parameter + 1] = Int64GetDatum(backend->st_progress_param[parameter]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return 0;
}

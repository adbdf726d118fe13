// A transaction reads its own changes by the definition.
//
// Queries on a view whose base the transaction has touched are planned with the home
// table replaced by its truth; PostgreSQL's own visibility then makes the answer exact
// in every snapshot.  Nothing is written, locked or waited for.
//
// Plans outlive the transaction, and the touch may come after the planning.  So every
// plan that reads a home table carries an invalidation item by which this session can
// have it made anew (transaction.cpp), and what escapes the plan cache, the plans inside
// SQL functions, is caught when its execution starts.
#include "views/substitute.h"

#include "views/catalogue.h"
#include "views/life.h"
#include "views/program.h"
#include "views/restore.h"
#include "views/transaction.h"

namespace mezzanine::views
{

namespace
{

planner_hook_type next_planner = nullptr;
ExecutorStart_hook_type next_executor_start = nullptr;
needs_fmgr_hook_type next_needs_fmgr_hook = nullptr;

// While set, set-returning SQL functions are not inlined into the query being planned:
// what they read would pass by the substitution.  They plan for themselves when called.
bool inlining_blocked = false;

// A query from before its planning, kept as long as the plan made of it.
struct KeptQuery {
	PlannedStmt *plan;
	Query *query;
	int cursor_options;
	const char *text;
	MemoryContextCallback callback;
	KeptQuery *next;
};
KeptQuery *kept_queries = nullptr;

// The invalidation item of plans by truth; no catalogue entry has this hash's salt.
uint32 TruthMark(Oid home)
{
	return ~PlanHash(home);
}

// Whether a home table must give way to its truth.
bool MustUseTruth(Oid home)
{
	if (IsApplying())
		return false; // what feeds others is read as it is
	if (IsTouched(home))
		return true;
	// A parallel worker does not know what its leader touched; it knows that it wrote.
	if (IsParallelWorker())
		return TransactionIdIsValid(GetTopTransactionIdIfAny());
	if (!IsolationUsesXactSnapshot())
		return false;
	// A view younger than the snapshot has no rows in it yet.
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(home));
	if (!HeapTupleIsValid(tuple))
		return false;
	const TransactionId created = HeapTupleHeaderGetXmin(tuple->t_data);
	ReleaseSysCache(tuple);
	return !TransactionIdIsCurrentTransactionId(created) &&
		   XidInMVCCSnapshot(created, GetTransactionSnapshot());
}

// Whether some home table may have to give way: the cheap question, asked first.
bool TruthMayBeNeeded()
{
	return AnyTouched() || IsParallelWorker() || IsolationUsesXactSnapshot();
}

struct VarSearch {
	int varno;
	int levels_up;
};

// Finds references to system columns or whole rows of a range-table entry.
bool ReadsBeyondColumns(Node *node, void *context)
{
	auto *search = static_cast<VarSearch *>(context);
	if (node == nullptr)
		return false;
	if (IsA(node, Var)) {
		const Var *var = castNode(Var, node);
		return var->varno == search->varno &&
			   static_cast<int>(var->varlevelsup) == search->levels_up && var->varattno <= 0;
	}
	if (IsA(node, Query)) {
		search->levels_up++;
		const bool found = pg::WalkQuery(castNode(Query, node), ReadsBeyondColumns, context, 0);
		search->levels_up--;
		return found;
	}
	return pg::WalkExpression(node, ReadsBeyondColumns, context);
}

void RequireReplaceable(Query *query, int varno, const RangeTblEntry *entry)
{
	VarSearch search = {varno, 0};
	if (get_parse_rowmark(query, varno) == nullptr && entry->tablesample == nullptr &&
		!pg::WalkQuery(query, ReadsBeyondColumns, &search, 0))
		return;
	ereport(
		ERROR,
		(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
		 errmsg("cannot lock, sample or address rows of mezzanine view \"%s\" in this transaction",
				get_rel_name(entry->relid)),
		 errdetail("The transaction has changed the base table, and reads the view by its "
				   "definition until it commits."),
		 errhint("Read the view's columns alone, or commit first.")));
}

// The truth's query, rewritten: its own views expanded, row security and permissions
// settled as for the view's owner.
Query *TruthQueryOf(Oid truth)
{
	Relation relation = relation_open(truth, AccessShareLock);
	auto *query = static_cast<Query *>(copyObjectImpl(get_view_query(relation)));
	relation_close(relation, NoLock);
	AcquireRewriteLocks(query, true, false); // of several tables some may be untouched
	// A policy on the base is an error, not rows that are silently missing.
	const int nest_level = NewGUCNestLevel();
	RefuseRowSecurity();
	query = linitial_node(Query, QueryRewrite(query));
	AtEOXact_GUC(true, nest_level);
	return query;
}

// What takes the place of a table of cells: the truth of the home rows beside them is the
// whole.
Query *NoRowsOf(Oid cells)
{
	Relation relation = relation_open(cells, AccessShareLock);
	const TupleDesc columns = RelationGetDescr(relation);
	auto *query = makeNode(Query);
	query->commandType = CMD_SELECT;
	query->canSetTag = true;
	query->jointree = makeFromExpr(NIL, makeBoolConst(false, false));
	for (int i = 0; i < columns->natts; i++) {
		const Form_pg_attribute column = TupleDescAttr(columns, i);
		Const *null = makeNullConst(column->atttypid, column->atttypmod, column->attcollation);
		query->targetList =
			lappend(query->targetList,
					makeTargetEntry(reinterpret_cast<Expr *>(null), static_cast<AttrNumber>(i + 1),
									pstrdup(NameStr(column->attname)), false));
	}
	relation_close(relation, NoLock);
	return query;
}

// What replacing home tables throughout a query takes along.
struct Substitution {
	bool always; // replace every one, touched or not
	List *replaced;
};

bool Substitute(Node *node, void *context);

// Turns the entry of a home table into a subquery on its truth, that of cells into nothing.  An
// entry that is in no FROM keeps the permission checks of the home table, as with an expanded view.
void Replace(Query *query, int varno, RangeTblEntry *entry, Substitution *substitution)
{
	RequireReplaceable(query, varno, entry);
	const CoreEntry *core = CoreByHome(entry->relid);
	if (core == nullptr && CoreByCells(entry->relid) == nullptr)
		return; // a table that somebody else put into the schema

	auto *permissions = static_cast<RangeTblEntry *>(copyObjectImpl(entry));
	Query *truth = core != nullptr ? TruthQueryOf(core->truth) : NoRowsOf(entry->relid);
	(void)Substitute(reinterpret_cast<Node *>(truth), substitution); // another core may feed it
	truth->rtable = lappend(truth->rtable, permissions);

	entry->rtekind = RTE_SUBQUERY;
	entry->subquery = truth;
	entry->security_barrier = false;
	entry->relid = InvalidOid;
	entry->relkind = 0;
	entry->rellockmode = 0;
	entry->inh = false;
	entry->requiredPerms = 0;
	entry->checkAsUser = InvalidOid;
	entry->selectedCols = nullptr;
	entry->insertedCols = nullptr;
	entry->updatedCols = nullptr;
	entry->extraUpdatedCols = nullptr;
}

// Replaces home tables throughout a query; the context is a Substitution.
bool Substitute(Node *node, void *context)
{
	auto *substitution = static_cast<Substitution *>(context);
	if (node == nullptr)
		return false;
	if (!IsA(node, Query))
		return pg::WalkExpression(node, Substitute, context);

	// First below, then here: what is put in is looked at as it is made.
	Query *query = castNode(Query, node);
	(void)pg::WalkQuery(query, Substitute, context, 0);
	int varno = 0;
	ListCell *cell;
	foreach (cell, query->rtable) {
		auto *entry = lfirst_node(RangeTblEntry, cell);
		varno++;
		if (entry->rtekind != RTE_RELATION || entry->relkind != RELKIND_RELATION ||
			varno == query->resultRelation || !IsHome(entry->relid))
			continue;
		if (!substitution->always && !MustUseTruth(entry->relid))
			continue;
		substitution->replaced = list_append_unique_oid(substitution->replaced, entry->relid);
		Replace(query, varno, entry, substitution);
	}
	return false;
}

bool HasMark(const PlannedStmt *plan, uint32 hash)
{
	ListCell *cell;
	foreach (cell, plan->invalItems) {
		const auto *item = lfirst_node(PlanInvalItem, cell);
		if (item->cacheId == PROCOID && item->hashValue == hash)
			return true;
	}
	return false;
}

// Whether the plan reads a home table that must give way to its truth.
bool ReadsHomeWrongly(const PlannedStmt *plan)
{
	ListCell *cell;
	if (!TruthMayBeNeeded())
		return false;
	foreach (cell, plan->relationOids) {
		const Oid relation = lfirst_oid(cell);
		if (IsHome(relation) && MustUseTruth(relation) && !HasMark(plan, TruthMark(relation)))
			return true;
	}
	return false;
}

void AddMark(PlannedStmt *plan, uint32 hash)
{
	PlanInvalItem *item = makeNode(PlanInvalItem);
	item->cacheId = PROCOID;
	item->hashValue = hash;
	plan->invalItems = lappend(plan->invalItems, item);
}

// Ties the plan to the views it reads; true when it reads any.
bool MarkPlan(PlannedStmt *plan, const List *by_truth)
{
	bool reads_home = false;
	ListCell *cell;
	foreach (cell, plan->relationOids) {
		const Oid relation = lfirst_oid(cell);
		if (!IsHome(relation))
			continue;
		const bool is_by_truth = list_member_oid(by_truth, relation);
		reads_home = true;
		AddMark(plan, PlanHash(relation));
		if (is_by_truth)
			AddMark(plan, TruthMark(relation));
		RememberPlan(relation, is_by_truth);
	}
	return reads_home;
}

void Unlink(void *kept)
{
	for (KeptQuery **link = &kept_queries; *link != nullptr; link = &(*link)->next)
		if (*link == kept) {
			*link = (*link)->next;
			return;
		}
}

// Keeps the query beside the plan, in the same memory context.
void Keep(PlannedStmt *plan, Query *query, int cursor_options, const char *text)
{
	auto *kept = static_cast<KeptQuery *>(palloc0(sizeof(KeptQuery)));
	kept->plan = plan;
	kept->query = query;
	kept->cursor_options = cursor_options;
	kept->text = text == nullptr ? nullptr : pstrdup(text);
	kept->callback.func = Unlink;
	kept->callback.arg = kept;
	kept->next = kept_queries;
	kept_queries = kept;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &kept->callback);
}

PlannedStmt *NextPlanner(Query *query, const char *text, int cursor_options, ParamListInfo params)
{
	return next_planner ? next_planner(query, text, cursor_options, params)
						: standard_planner(query, text, cursor_options, params);
}

// Plans with every home table that must give way replaced.
PlannedStmt *PlanSubstituted(Query *query, const char *text, int cursor_options,
							 ParamListInfo params, bool *reads_home)
{
	// What a rule adds to a query is planned before the rule's other actions run: one of
	// them may be the touch.
	Substitution substitution = {query->querySource != QSRC_ORIGINAL, NIL};
	if (substitution.always || TruthMayBeNeeded())
		(void)Substitute(reinterpret_cast<Node *>(query), &substitution);
	PlannedStmt *plan = NextPlanner(query, text, cursor_options, params);
	*reads_home = MarkPlan(plan, substitution.replaced);
	return plan;
}

// Plans once more, with set-returning SQL functions left as they are.
PlannedStmt *PlanWithoutInlining(Query *query, const char *text, int cursor_options,
								 ParamListInfo params)
{
	bool reads_home;
	inlining_blocked = true;
	PlannedStmt *plan = PlanSubstituted(query, text, cursor_options, params, &reads_home);
	inlining_blocked = false; // and after an error, at the end of the (sub)transaction
	if (ReadsHomeWrongly(plan))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("this query cannot read a mezzanine view whose base table the transaction "
						"has changed"),
				 errhint("Commit first, or query the view without going through a function.")));
	return plan;
}

// A plan may be executed after a touch that comes between: inside SQL functions, whose
// statements are planned together before the first one runs.  Plans with parameters'
// values are made for one execution.
bool MayOutliveTouch(ParamListInfo params)
{
	return ActivePortal != nullptr && params == nullptr;
}

PlannedStmt *Plan(Query *query, const char *text, int cursor_options, ParamListInfo params)
{
	const bool keep = MayOutliveTouch(params);
	auto *original =
		keep || TruthMayBeNeeded() ? static_cast<Query *>(copyObjectImpl(query)) : nullptr;
	bool reads_home = false;
	PlannedStmt *plan = PlanSubstituted(query, text, cursor_options, params, &reads_home);
	if (original != nullptr && ReadsHomeWrongly(plan))
		plan = PlanWithoutInlining(static_cast<Query *>(copyObjectImpl(original)), text,
								   cursor_options, params);
	if (keep && reads_home)
		Keep(plan, original, cursor_options, text);
	return plan;
}

bool BlockInlining(Oid function)
{
	return inlining_blocked || (next_needs_fmgr_hook && next_needs_fmgr_hook(function));
}

// Puts a new plan in the old one's place, in its memory context: an SQL function that is
// called for each row of a query is planned anew once, not for each row.
void PlanAnew(const KeptQuery *kept)
{
	MemoryContext old = MemoryContextSwitchTo(GetMemoryChunkContext(const_cast<KeptQuery *>(kept)));
	auto *query = static_cast<Query *>(copyObjectImpl(kept->query));
	*kept->plan = *pg_plan_query(query, kept->text, kept->cursor_options, nullptr);
	MemoryContextSwitchTo(old);
}

void PlanAnewIfOld(const QueryDesc *description)
{
	if (IsParallelWorker() || !ReadsHomeWrongly(description->plannedstmt))
		return;
	for (const KeptQuery *kept = kept_queries; kept != nullptr; kept = kept->next)
		if (kept->plan == description->plannedstmt) {
			PlanAnew(kept);
			return;
		}
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("the plan of this statement cannot be used any more"),
			 errdetail("It reads a mezzanine view, and was made before the transaction changed the "
					   "base table, or before the session had loaded the library."),
			 errhint("Run the transaction again.")));
}

// Raises where a view that the query reads by its home table is not live in the query's own
// snapshot.  What is read by the truth is right, whatever the view's life.
void RequireReadable(const QueryDesc *description)
{
	const PlannedStmt *plan = description->plannedstmt;
	ListCell *cell;
	foreach (cell, plan->relationOids) {
		const Oid relation = lfirst_oid(cell);
		if (!IsHome(relation) || HasMark(plan, TruthMark(relation)))
			continue;
		if (IsKnownLive(relation, description->snapshot))
			continue;
		const CoreEntry *core = CoreByHome(relation);
		if (core != nullptr)
			RequireServable(relation, core->view, description->snapshot);
		else if (IsOrphanHome(relation) && description->operation == CMD_SELECT)
			ereport(ERROR,
					(errcode(pg::ERRCODE_MEZZANINE_STALE_VIEW),
					 errmsg("the catalogue knows no mezzanine view with the state \"%s\"",
							get_rel_name(relation)),
					 errdetail("Its schema was restored without the data of mezzanine_info."),
					 errhint("Restore the data, or drop the view and create it again.")));
	}
}

void StartExecutor(QueryDesc *description, int flags)
{
	PlanAnewIfOld(description);
	if (!serve_stale && !IsParallelWorker() && (flags & EXEC_FLAG_EXPLAIN_ONLY) == 0)
		RequireReadable(description);
	if (next_executor_start)
		next_executor_start(description, flags);
	else
		standard_ExecutorStart(description, flags);
}

} // namespace

void AllowInlining()
{
	inlining_blocked = false;
}

void InitSubstitution()
{
	next_planner = planner_hook;
	planner_hook = Plan;
	next_executor_start = ExecutorStart_hook;
	ExecutorStart_hook = StartExecutor;
	next_needs_fmgr_hook = needs_fmgr_hook;
	needs_fmgr_hook = BlockInlining;
	// Plans made before the library was loaded carry no invalidation items.
	ResetPlanCache();
}

} // namespace mezzanine::views

#include "views/terms.h"

#include "views/computed.h"
#include "views/transaction.h"

namespace mezzanine::views
{

// A plan of one query, for one order of magnitude of changes.
struct JoinPlan {
	core::Tables deltas;
	core::Tables tables;
	int edge; // whose keys are the rows, or kTerm
	bool paired;
	int magnitude;
	PlannedStmt *plan;
	JoinPlan *next;
};

namespace
{

constexpr int kTerm = -1;

// Up to so many changes a plan must go by indexes, whatever the planner believes of sizes.
constexpr int64 kFewChanges = 32;

// What is asked of the join.
struct JoinQuery {
	JoinChanges *changes;
	core::Tables deltas;
	core::Tables tables;
	int edge;
	List *targets; // of TargetEntry, over the join's tables
};

// Where the query's tables and columns are, while it is made.
struct Placement {
	const JoinProgram *join;
	core::Tables deltas;
	int *indexes;  // in the range table, from 1
	bool has_left; // columns of pairs are those of the row that left
};

bool Has(core::Tables tables, int table)
{
	return (tables & core::SetOf(table)) != 0;
}

AttrNumber ColumnOfChange(const RowsColumns *columns, AttrNumber attribute)
{
	for (int i = 0; i < columns->column_count; i++)
		if (columns->attributes[i] == attribute)
			return static_cast<AttrNumber>(kSignAttribute + 1 + i);
	elog(ERROR, "a changed row has no attribute %d", attribute);
}

Node *Place(Node *node, void *context)
{
	if (node == nullptr)
		return nullptr;
	if (!IsA(node, Var))
		return pg::MutateExpression(node, Place, context);
	const auto *placement = static_cast<Placement *>(context);
	auto *var = static_cast<Var *>(copyObjectImpl(node));
	const int table = var->varno - 1;
	var->varno = placement->indexes[table];
	if (Has(placement->deltas, table)) {
		const int source = placement->join->tables[table].source;
		const RowsColumns *columns = &placement->join->sources[source].columns;
		var->varattno = ColumnOfChange(columns, var->varattno);
		if (placement->has_left)
			var->varattno = static_cast<AttrNumber>(var->varattno + columns->column_count);
	}
	var->varnosyn = 0;
	var->varattnosyn = 0;
	return reinterpret_cast<Node *>(var);
}

TupleDesc FormOf(const JoinChanges *changes, const JoinedSource *source)
{
	return changes->paired ? source->pair : source->change;
}

const char *NameOf(const JoinChanges *changes, const JoinedSource *source)
{
	return changes->paired ? source->pair_name : source->name;
}

// A range-table entry for the changes of a source.
RangeTblEntry *ChangesEntry(const JoinChanges *changes, const JoinedSource *source, double tuples)
{
	const TupleDesc form = FormOf(changes, source);
	RangeTblEntry *entry = makeNode(RangeTblEntry);
	List *names = NIL;
	for (int i = 0; i < form->natts; i++) {
		const FormData_pg_attribute *column = TupleDescAttr(form, i);
		names = lappend(names, makeString(pstrdup(NameStr(column->attname))));
		entry->coltypes = lappend_oid(entry->coltypes, column->atttypid);
		entry->coltypmods = lappend_int(entry->coltypmods, column->atttypmod);
		entry->colcollations = lappend_oid(entry->colcollations, column->attcollation);
	}
	entry->rtekind = RTE_NAMEDTUPLESTORE;
	entry->enrname = pstrdup(NameOf(changes, source));
	entry->enrtuples = tuples;
	entry->eref = makeAlias(entry->enrname, names);
	entry->inFromCl = true;
	return entry;
}

int64 CountOf(const JoinChanges *changes, int table)
{
	return changes->counts[changes->join->tables[table].source];
}

int64 MostChanges(const JoinQuery *query)
{
	int64 most = 0;
	for (int i = 0; i < query->changes->join->table_count; i++)
		if (Has(query->deltas, i))
			most = std::max(most, CountOf(query->changes, i));
	return most;
}

// 0 for few changes, else more with each digit; 1 where the tables themselves are read.
int MagnitudeOf(const JoinQuery *query)
{
	int magnitude = 1;
	int64 most = MostChanges(query);
	if (query->deltas != 0 && most <= kFewChanges)
		return 0;
	for (; most > 0; most /= 10)
		magnitude++;
	return magnitude;
}

RangeTblEntry *EntryOf(const JoinQuery *query, int table)
{
	const JoinProgram *join = query->changes->join;
	if (!Has(query->deltas, table))
		return static_cast<RangeTblEntry *>(copyObjectImpl(join->tables[table].entry));
	const int64 count = CountOf(query->changes, table);
	return ChangesEntry(query->changes, &join->sources[join->tables[table].source],
						count <= kFewChanges ? 1.0 : static_cast<double>(count));
}

// Adds an entry to the query's FROM; returns its number.
int AddEntry(Query *select, RangeTblEntry *entry)
{
	RangeTblRef *reference = makeNode(RangeTblRef);
	select->rtable = lappend(select->rtable, entry);
	reference->rtindex = list_length(select->rtable);
	select->jointree->fromlist = lappend(select->jointree->fromlist, reference);
	return reference->rtindex;
}

// The tables, and what is computed from them, into the query's range table and FROM.
Placement PlaceTables(const JoinQuery *query, Query *select)
{
	const JoinProgram *join = query->changes->join;
	const int count = join->table_count + list_length(join->values);
	Placement placement = {join, query->deltas,
						   static_cast<int *>(palloc0(sizeof(int) * static_cast<Size>(count))),
						   false};
	ListCell *cell;
	for (int i = 0; i < join->table_count; i++)
		if (Has(query->tables, i))
			placement.indexes[i] = AddEntry(select, EntryOf(query, i));
	foreach (cell, join->values) {
		const auto *values = static_cast<JoinedValues *>(lfirst(cell));
		if ((values->tables & ~query->tables) == 0)
			placement.indexes[join->table_count + foreach_current_index(cell)] =
				AddEntry(select, MutateComputed(values->entry, Place, &placement));
	}
	return placement;
}

Expr *Call(Oid function, List *arguments)
{
	return reinterpret_cast<Expr *>(
		makeFuncExpr(function, INT8OID, arguments, InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL));
}

Expr *One()
{
	return reinterpret_cast<Expr *>(makeConst(INT8OID, -1, InvalidOid, sizeof(int64),
											  Int64GetDatum(1), false, FLOAT8PASSBYVAL));
}

// The product of the changes' signs, and of −1 for each of them but one.
Expr *SignOf(const Placement *placement)
{
	Expr *sign = nullptr;
	for (int i = 0; i < placement->join->table_count; i++) {
		if (!Has(placement->deltas, i))
			continue;
		auto *factor = reinterpret_cast<Expr *>(
			makeVar(placement->indexes[i], kSignAttribute, INT8OID, -1, InvalidOid, 0));
		sign = sign == nullptr
				   ? factor
				   : Call(F_INT8UM, list_make1(Call(F_INT8MUL, list_make2(sign, factor))));
	}
	return sign == nullptr ? One() : sign;
}

void AddTarget(Query *select, Node *expression)
{
	const auto number = static_cast<AttrNumber>(list_length(select->targetList) + 1);
	select->targetList =
		lappend(select->targetList,
				makeTargetEntry(reinterpret_cast<Expr *>(expression), number, nullptr, false));
}

// Whether a column of the rows view may differ between the rows of a pair.
bool Differs(const JoinProgram *join, int table, TargetEntry *target)
{
	const JoinedSource *source = &join->sources[join->tables[table].source];
	Bitmapset *used = nullptr;
	pull_varattnos(reinterpret_cast<Node *>(target->expr), static_cast<Index>(table + 1), &used);
	for (int i = 0; i < source->columns.column_count; i++)
		if (!source->tied[i] &&
			bms_is_member(source->columns.attributes[i] - FirstLowInvalidHeapAttributeNumber, used))
			return true;
	return false;
}

// What the rows of a pair differ in, as of the one that left.
void AddLeft(const JoinQuery *query, Placement *placement, Query *select)
{
	const int table = pg_rightmost_one_pos64(query->deltas);
	ListCell *cell;
	placement->has_left = true;
	foreach (cell, query->targets) {
		auto *target = lfirst_node(TargetEntry, cell);
		if (Differs(placement->join, table, target))
			AddTarget(select, Place(reinterpret_cast<Node *>(target->expr), placement));
	}
	placement->has_left = false;
}

Query *MakeQuery(const JoinQuery *query)
{
	Query *select = makeNode(Query);
	List *conditions = NIL;
	ListCell *cell;
	select->commandType = CMD_SELECT;
	select->querySource = QSRC_ORIGINAL;
	select->canSetTag = true;
	select->jointree = makeFromExpr(NIL, nullptr);
	Placement placement = PlaceTables(query, select);
	foreach (cell, placement.join->conditions) {
		const auto *condition = static_cast<JoinCondition *>(lfirst(cell));
		if ((condition->tables & ~query->tables) == 0)
			conditions = lappend(conditions, Place(condition->expression, &placement));
	}
	if (conditions != NIL)
		select->jointree->quals = reinterpret_cast<Node *>(make_ands_explicit(conditions));
	select->targetList =
		reinterpret_cast<List *>(Place(reinterpret_cast<Node *>(query->targets), &placement));
	if (query->changes->paired)
		AddLeft(query, &placement, select);
	if (query->edge == kTerm)
		AddTarget(select, reinterpret_cast<Node *>(SignOf(&placement)));
	return select;
}

void SetForPlanning(const char *name)
{
	(void)set_config_option(name, "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
							false);
}

// A plan for few changes must stay right when the tables grow before anybody analyses them:
// it goes from the changes by indexes, where there are any.
PlannedStmt *MakePlan(const JoinQuery *query)
{
	const int nest_level = NewGUCNestLevel();
	SetForPlanning("jit");
	if (MagnitudeOf(query) == 0) {
		SetForPlanning("enable_seqscan");
		SetForPlanning("enable_hashjoin");
		SetForPlanning("enable_mergejoin");
	}
	Query *rewritten = linitial_node(Query, QueryRewrite(MakeQuery(query)));
	// Past our own hook: home tables are read as they are, and no touch makes the plan anew.
	PlannedStmt *plan = standard_planner(rewritten, "mezzanine join", 0, nullptr);
	AtEOXact_GUC(true, nest_level);
	return plan;
}

PlannedStmt *PlanFor(const JoinQuery *query)
{
	JoinProgram *join = query->changes->join;
	const int magnitude = MagnitudeOf(query);
	for (const JoinPlan *plan = join->plans; plan != nullptr; plan = plan->next)
		if (plan->deltas == query->deltas && plan->tables == query->tables &&
			plan->edge == query->edge && plan->paired == query->changes->paired &&
			plan->magnitude == magnitude)
			return plan->plan;

	PlannedStmt *made = MakePlan(query);
	MemoryContext old = MemoryContextSwitchTo(join->context);
	auto *plan = static_cast<JoinPlan *>(palloc(sizeof(JoinPlan)));
	*plan = {query->deltas, query->tables,
			 query->edge,   query->changes->paired,
			 magnitude,     static_cast<PlannedStmt *>(copyObjectImpl(made)),
			 join->plans};
	join->plans = plan;
	MemoryContextSwitchTo(old);
	return plan->plan;
}

// Hands rows to a taker as the executor makes them.
struct Receiver {
	DestReceiver base;
	RowTaker take;
	void *context;
};

bool Receive(TupleTableSlot *row, DestReceiver *receiver)
{
	auto *self = reinterpret_cast<Receiver *>(receiver);
	return self->take(row, self->context);
}

void Start(DestReceiver *, int, TupleDesc) {}
void Ignore(DestReceiver *) {}

void Run(const JoinQuery *query, RowTaker take, void *context)
{
	MemoryContext scratch =
		AllocSetContextCreate(CurrentMemoryContext, "mezzanine join", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(scratch);
	Receiver receiver = {{Receive, Start, Ignore, Ignore, DestNone}, take, context};
	QueryDesc *description =
		CreateQueryDesc(PlanFor(query), "mezzanine join", GetActiveSnapshot(), InvalidSnapshot,
						&receiver.base, nullptr, query->changes->environment, 0);
	ExecutorStart(description, 0);
	ExecutorRun(description, ForwardScanDirection, 0, true);
	ExecutorFinish(description);
	ExecutorEnd(description);
	FreeQueryDesc(description);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(scratch);
}

// Where a row of a query over pairs is taken apart.
struct PairSplit {
	PairTaker take;
	void *context;
	int count;   // of the rows view's columns
	int *places; // of each in the row, as it left
	TupleTableSlot *left;
	TupleTableSlot *came;
};

bool TakePair(TupleTableSlot *row, void *context)
{
	auto *split = static_cast<PairSplit *>(context);
	slot_getallattrs(row);
	ExecClearTuple(split->left);
	ExecClearTuple(split->came);
	for (int i = 0; i < split->count; i++) {
		split->left->tts_values[i] = row->tts_values[split->places[i]];
		split->left->tts_isnull[i] = row->tts_isnull[split->places[i]];
		split->came->tts_values[i] = row->tts_values[i];
		split->came->tts_isnull[i] = row->tts_isnull[i];
	}
	ExecStoreVirtualTuple(split->left);
	ExecStoreVirtualTuple(split->came);
	const int sign = row->tts_tupleDescriptor->natts - 1;
	split->take(split->left, split->came, DatumGetInt64(row->tts_values[sign]), split->context);
	return true;
}

core::Tables AllTables(const JoinProgram *join)
{
	return core::SetOf(join->table_count) - 1;
}

void OpenStore(JoinChanges *changes, int number)
{
	const JoinedSource *source = &changes->join->sources[number];
	MemoryContext old = MemoryContextSwitchTo(changes->context);
	changes->stores[number] = tuplestore_begin_heap(false, false, work_mem);
	auto *relation =
		static_cast<EphemeralNamedRelation>(palloc0(sizeof(EphemeralNamedRelationData)));
	relation->md.name = const_cast<char *>(NameOf(changes, source));
	relation->md.tupdesc = FormOf(changes, source);
	relation->md.enrtype = ENR_NAMED_TUPLESTORE;
	relation->reldata = changes->stores[number];
	register_ENR(changes->environment, relation);
	MemoryContextSwitchTo(old);
}

// The mentions of the sources that are marked.
core::Tables TablesWhere(const JoinChanges *changes, const bool *marked)
{
	core::Tables tables = 0;
	for (int i = 0; i < changes->join->table_count; i++)
		if (marked[changes->join->tables[i].source])
			tables |= core::SetOf(i);
	return tables;
}

// None where the transaction may have put rows past foreign keys.
std::span<const core::Reference> ReferencesOf(const JoinChanges *changes)
{
	if (HasPassedForeignKeys())
		return {};
	return {changes->join->references, static_cast<std::size_t>(changes->join->reference_count)};
}

bool PlansRead(const JoinProgram *join, Oid relation)
{
	if (join->view == relation)
		return true;
	for (int i = 0; i < join->source_count; i++)
		if (join->sources[i].relation == relation)
			return true;
	for (const JoinPlan *plan = join->plans; plan != nullptr; plan = plan->next)
		if (list_member_oid(plan->plan->relationOids, relation))
			return true;
	return false;
}

bool PlansUse(const JoinProgram *join, int cache_id, uint32 hash)
{
	ListCell *cell;
	for (const JoinPlan *plan = join->plans; plan != nullptr; plan = plan->next)
		foreach (cell, plan->plan->invalItems) {
			const auto *item = lfirst_node(PlanInvalItem, cell);
			if (item->cacheId == cache_id && (hash == 0 || item->hashValue == hash))
				return true;
		}
	return false;
}

} // namespace

JoinChanges OpenChanges(JoinProgram *join, bool paired)
{
	const auto count = static_cast<Size>(join->source_count);
	JoinChanges changes = {
		CurrentMemoryContext,
		join,
		static_cast<Tuplestorestate **>(palloc0(sizeof(Tuplestorestate *) * count)),
		static_cast<int64 *>(palloc0(sizeof(int64) * count)),
		static_cast<bool *>(palloc0(sizeof(bool) * count)),
		static_cast<bool *>(palloc0(sizeof(bool) * count)),
		paired,
		create_queryEnv()};
	return changes;
}

void CloseChanges(JoinChanges *changes)
{
	for (int i = 0; i < changes->join->source_count; i++)
		if (changes->stores[i] != nullptr)
			tuplestore_end(changes->stores[i]);
}

void AddChange(JoinChanges *changes, int source, Datum *values, bool *nulls)
{
	if (changes->stores[source] == nullptr)
		OpenStore(changes, source);
	tuplestore_putvalues(changes->stores[source], FormOf(changes, &changes->join->sources[source]),
						 values, nulls);
	changes->counts[source]++;
	(DatumGetInt64(values[0]) > 0 ? changes->came : changes->left)[source] = true;
}

core::Tables ChangedTables(const JoinChanges *changes)
{
	core::Tables changed = 0;
	core::Tables needless = 0;
	for (int i = 0; i < changes->join->table_count; i++)
		if (CountOf(changes, i) > 0)
			changed |= core::SetOf(i);
	const core::Tables grown = changed & ~TablesWhere(changes, changes->left);
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { needless = core::NeedlessOf(ReferencesOf(changes), grown); }))
		MEZZANINE_RAISE(failure);
	return changed & ~needless;
}

bool IsEmptyTerm(const JoinChanges *changes, core::Tables deltas)
{
	const core::Tables shrunk = deltas & ~TablesWhere(changes, changes->came);
	bool is_empty = false;
	pg::Failure failure;
	if (!pg::CallCore(&failure,
					  [&] { is_empty = core::IsEmptyTerm(ReferencesOf(changes), deltas, shrunk); }))
		MEZZANINE_RAISE(failure);
	return is_empty;
}

void RunTerm(JoinChanges *changes, core::Tables deltas, RowTaker take, void *context)
{
	const JoinQuery query = {changes, deltas, AllTables(changes->join), kTerm,
							 changes->join->targets};
	Run(&query, take, context);
}

void RunPairs(JoinChanges *pairs, int table, PairTaker take, void *context)
{
	const JoinProgram *join = pairs->join;
	const int count = list_length(join->targets);
	auto *places = static_cast<int *>(palloc(sizeof(int) * static_cast<Size>(count + 1)));
	int next = count;
	ListCell *cell;
	foreach (cell, join->targets)
		places[foreach_current_index(cell)] = Differs(join, table, lfirst_node(TargetEntry, cell))
												  ? next++
												  : foreach_current_index(cell);
	const TupleDesc form = ExecTypeFromTL(join->targets);
	PairSplit split = {take,
					   context,
					   count,
					   places,
					   MakeSingleTupleTableSlot(form, &TTSOpsVirtual),
					   MakeSingleTupleTableSlot(form, &TTSOpsVirtual)};
	RunTerm(pairs, core::SetOf(table), TakePair, &split);
	ExecDropSingleTupleTableSlot(split.left);
	ExecDropSingleTupleTableSlot(split.came);
}

void RunStep(JoinChanges *changes, int root, const core::Step *step, RowTaker take, void *context)
{
	List *targets = NIL;
	ListCell *cell;
	foreach (cell, changes->join->keys[step->edge]) {
		const auto *key = static_cast<EdgeKey *>(lfirst(cell));
		Node *expression = key->expressions[static_cast<int>(step->side)];
		targets =
			lappend(targets, makeTargetEntry(reinterpret_cast<Expr *>(expression),
											 static_cast<AttrNumber>(list_length(targets) + 1),
											 nullptr, false));
	}
	const JoinQuery query = {changes, core::SetOf(root), step->path, step->edge, targets};
	Run(&query, take, context);
}

bool AnyPlanReads(const List *joins, Oid relation)
{
	ListCell *cell;
	foreach (cell, joins)
		if (PlansRead(static_cast<JoinProgram *>(lfirst(cell)), relation))
			return true;
	return false;
}

bool AnyPlanUses(const List *joins, int cache_id, uint32 hash)
{
	ListCell *cell;
	foreach (cell, joins)
		if (PlansUse(static_cast<JoinProgram *>(lfirst(cell)), cache_id, hash))
			return true;
	return false;
}

} // namespace mezzanine::views

#include "views/base.h"

#include "core/edges.h"
#include "views/computed.h"
#include "views/definition.h"
#include "views/expression.h"
#include "views/scalar.h"
#include "views/sublinks.h"
#include "views/sum.h"
#include "views/timezones.h"

namespace mezzanine::views
{

namespace
{

// Each change of a table is joined in each arm that has it.
constexpr int kMostArms = 128;

const Alternative *FirstOf(const QueryPlan *plan)
{
	return static_cast<const Alternative *>(linitial(plan->level->sum));
}

bool IsFlat(const QueryPlan *plan)
{
	return list_length(plan->level->sum) == 1 && FirstOf(plan)->sign > 0;
}

// An expression as given over the tables of the only alternative.
Node *OverTables(const QueryPlan *plan, const void *given)
{
	return Resolve(FirstOf(plan), InNumbers(plan->level, given));
}

// Replaces what the rows' columns hold by these; the context is the rows.
Node *OverRows(Node *node, void *context)
{
	ListCell *cell;
	if (node == nullptr)
		return nullptr;
	foreach (cell, static_cast<PlannedRows *>(context)->columns) {
		const auto *column = lfirst_node(TargetEntry, cell);
		auto *held = reinterpret_cast<Node *>(column->expr);
		if (equal(held, node))
			return reinterpret_cast<Node *>(makeVar(1, column->resno, exprType(held),
													exprTypmod(held), exprCollation(held), 0));
	}
	if (IsA(node, Var))
		elog(ERROR, "a column of a table is not among those of the rows");
	return pg::MutateExpression(node, OverRows, context);
}

// Replaces columns of the rows by the expressions that are at their places in the context, a List.
Node *OverList(Node *node, void *context)
{
	if (node == nullptr)
		return nullptr;
	if (!IsA(node, Var))
		return pg::MutateExpression(node, OverList, context);
	return static_cast<Node *>(
		copyObjectImpl(list_nth(static_cast<List *>(context), castNode(Var, node)->varattno - 1)));
}

const PlannedTable *TableAt(const List *tables, int number)
{
	return static_cast<PlannedTable *>(list_nth(tables, number - 1));
}

// Names of the columns of a core's home table.
List *HomeColumns(const PlannedCore *core)
{
	List *names = list_make1(makeString(pstrdup("hash")));
	ListCell *cell;
	foreach (cell, core->keys)
		names =
			lappend(names, makeString(pstrdup(static_cast<PlannedColumn *>(lfirst(cell))->name)));
	names = lappend(names, makeString(pstrdup("count")));
	foreach (cell, core->states)
		names =
			lappend(names, makeString(pstrdup(static_cast<PlannedColumn *>(lfirst(cell))->name)));
	return names;
}

// A relation of which the names are all that is known yet.
RangeTblEntry *NamedEntry(const char *name, List *columns)
{
	auto *entry = makeNode(RangeTblEntry);
	entry->rtekind = RTE_CTE;
	entry->ctename = pstrdup(name);
	entry->eref = makeAlias(name, columns);
	entry->inFromCl = true;
	return entry;
}

RangeTblEntry *EntryOfTable(const char *name)
{
	const char *sql = psprintf("SELECT FROM %s", name);
	const List *statements = raw_parser(sql, RAW_PARSE_DEFAULT);
	const Query *query =
		parse_analyze_fixedparams(linitial_node(RawStmt, statements), sql, nullptr, 0, nullptr);
	return linitial_node(RangeTblEntry, query->rtable);
}

RangeTblEntry *EntryOfRows(const PlannedRows *rows)
{
	List *names = NIL;
	ListCell *cell;
	if (rows->name != nullptr)
		return EntryOfTable(rows->name);
	foreach (cell, rows->columns)
		names = lappend(names, makeString(lfirst_node(TargetEntry, cell)->resname));
	return NamedEntry(rows->label != nullptr ? rows->label : "rows", names);
}

// SELECT columns FROM the entry WHERE the conditions; columns are added by whoever asks.
Query *SelectFrom(RangeTblEntry *entry, List *conditions)
{
	auto *query = makeNode(Query);
	auto *reference = makeNode(RangeTblRef);
	reference->rtindex = 1;
	query->commandType = CMD_SELECT;
	query->rtable = list_make1(entry);
	query->jointree = makeFromExpr(list_make1(reference), nullptr);
	if (conditions != NIL)
		query->jointree->quals = reinterpret_cast<Node *>(make_ands_explicit(conditions));
	return query;
}

// The tables' entries by their numbers, to show columns by.
List *EntriesOf(const List *tables)
{
	List *entries = NIL;
	ListCell *cell;
	foreach (cell, tables) {
		RangeTblEntry *entry = static_cast<PlannedTable *>(lfirst(cell))->entry;
		entries = lappend(entries, entry != nullptr ? entry : NamedEntry("none", NIL));
	}
	return entries;
}

List *LateExpressions(const QueryPlan *plan)
{
	List *late = NIL;
	ListCell *cell;
	foreach (cell, plan->level->gathering->late)
		late = lappend(
			late, Resolve(FirstOf(plan), static_cast<LateCondition *>(lfirst(cell))->expression));
	return late;
}

// Turns the query into one over the entry, with these conditions.
void ReadFrom(QueryPlan *plan, RangeTblEntry *entry, List *conditions)
{
	Query *query = plan->query;
	const Query *select = SelectFrom(entry, conditions);
	query->rtable = select->rtable;
	query->jointree = select->jointree;
	query->cteList = NIL;
	plan->varno = 1;
	query->targetList = castNode(List, OverBase(plan, plan->level->given->targetList));
	query->havingQual = OverBase(plan, plan->level->given->havingQual);
}

// The base is the only table.
bool ReadTable(QueryPlan *plan, int number)
{
	const PlannedTable *table = TableAt(plan->level->gathering->tables, number);
	auto *conditions = static_cast<List *>(
		copyObjectImpl(list_concat(ResolvedConditions(FirstOf(plan)), LateExpressions(plan))));
	ChangeVarNodes(reinterpret_cast<Node *>(conditions), number, 1, 0);
	if (table->inner != nullptr)
		plan->source = ShownCore(table->inner);
	ReadFrom(plan, table->entry, conditions);
	return true;
}

int CompareVars(const ListCell *a, const ListCell *b)
{
	const Var *left = lfirst_node(Var, a);
	const Var *right = lfirst_node(Var, b);
	return left->varno != right->varno ? left->varno - right->varno
									   : left->varattno - right->varattno;
}

// What a column of the rows is called at first: as the column that it is, or as what it is.
const char *NameOfColumn(const List *entries, const Node *column)
{
	if (!IsA(column, Var))
		return "subquery";
	const Var *var = castNode(Var, column);
	return strVal(list_nth(rt_fetch(var->varno, entries)->eref->colnames, var->varattno - 1));
}

bool HasColumn(const PlannedRows *rows, const char *name)
{
	ListCell *cell;
	foreach (cell, rows->columns)
		if (strcmp(lfirst_node(TargetEntry, cell)->resname, name) == 0)
			return true;
	return false;
}

// The column's own name where no other column is called so; else with its table's.
const char *RowColumnName(const PlannedRows *rows, const List *columns, const Node *column)
{
	const char *name = NameOfColumn(rows->entries, column);
	int namesakes = 0;
	ListCell *cell;
	foreach (cell, columns)
		namesakes +=
			strcmp(NameOfColumn(rows->entries, static_cast<Node *>(lfirst(cell))), name) == 0;
	if (namesakes > 1 && IsA(column, Var))
		name = psprintf(
			"%s_%s", rt_fetch(castNode(Var, column)->varno, rows->entries)->eref->aliasname, name);
	constexpr int kLongest = NAMEDATALEN - 1 - 5; // room for a number
	const char *stem = pnstrdup(name, pg_mbcliplen(name, static_cast<int>(strlen(name)), kLongest));
	name = stem;
	for (int i = 2; HasColumn(rows, name); i++)
		name = psprintf("%s_%d", stem, i);
	return name;
}

// What is looked for, and where it goes.
struct ScalarSearch {
	const Level *level;
	List *columns; // of Node
};

// Adds the subqueries whose values the rows have.
bool FindScalars(Node *node, void *context)
{
	auto *search = static_cast<ScalarSearch *>(context);
	if (node == nullptr)
		return false;
	if (!IsA(node, SubLink))
		return pg::WalkExpression(node, FindScalars, context);
	Node *flat = flatten_join_alias_vars(const_cast<Query *>(search->level->given), node);
	if (ScalarValue(search->level, castNode(SubLink, flat)) != nullptr)
		search->columns = list_append_unique(search->columns, node);
	return false;
}

// Makes each column that `used` (a List of expressions) has a column of the rows; false: one
// of them is none.
bool AddRowColumns(QueryPlan *plan, List *used)
{
	PlannedRows *rows = plan->rows;
	List *vars = NIL;
	ListCell *cell;
	foreach (cell, pull_var_clause(reinterpret_cast<Node *>(used),
								   PVC_RECURSE_AGGREGATES | PVC_RECURSE_WINDOWFUNCS)) {
		auto *var = static_cast<Node *>(lfirst(cell));
		if (!CheckExpression(plan, var))
			return false;
		vars = list_append_unique(vars, var);
	}
	list_sort(vars, CompareVars);
	ScalarSearch search = {plan->level, vars};
	(void)FindScalars(reinterpret_cast<Node *>(used), &search);
	foreach (cell, search.columns) {
		auto *var = static_cast<Node *>(lfirst(cell));
		rows->columns =
			lappend(rows->columns,
					makeTargetEntry(reinterpret_cast<Expr *>(var),
									static_cast<AttrNumber>(list_length(rows->columns) + 1),
									pstrdup(RowColumnName(rows, search.columns, var)), false));
	}
	return true;
}

// What a row's own values decide, with zones named; NULL: refused.
Node *Named(QueryPlan *plan, const List *entries, Node *given)
{
	Node *named = NameZones(given);
	if (!CheckExpression(plan, named))
		return nullptr;
	if (named != given)
		AddZoneNotice(plan, DeparseOver(entries, given, true), DeparseOver(entries, named, true));
	return named;
}

// How many of the numbers are of tables, and not of what is computed from these.
int CountTables(const List *tables, const Bitmapset *numbers)
{
	int count = 0;
	int number = -1;
	while ((number = bms_next_member(numbers, number)) >= 0)
		count += IsComputed(TableAt(tables, number)->entry) ? 0 : 1;
	return count;
}

Node *ResolveFor(Node *node, void *context)
{
	return Resolve(static_cast<Alternative *>(context), node);
}

// What functions and VALUES in an alternative are computed from there.
List *ComputedOf(const Alternative *alternative, const List *tables)
{
	List *computed = NIL;
	int number = -1;
	while ((number = bms_next_member(alternative->tables, number)) >= 0) {
		const RangeTblEntry *entry = TableAt(tables, number)->entry;
		if (IsComputed(entry))
			computed = lappend(computed, MutateComputed(entry, ResolveFor,
														const_cast<Alternative *>(alternative)));
	}
	return computed;
}

// Whether a condition is true whatever the row.
bool IsMet(Node *condition)
{
	const Node *folded = eval_const_expressions(nullptr, condition);
	return IsA(folded, Const) && !castNode(Const, folded)->constisnull &&
		   DatumGetBool(castNode(Const, folded)->constvalue);
}

// Adds the arm that an alternative is; false: refused.
bool AddArm(QueryPlan *plan, const Alternative *alternative, const List *columns)
{
	const List *entries = EntriesOf(plan->rows->tables);
	const int count = CountTables(plan->rows->tables, alternative->tables);
	auto *arm = static_cast<PlannedArm *>(palloc0(sizeof(PlannedArm)));
	ListCell *cell;
	if (bms_is_empty(alternative->tables))
		return Refuse(plan, "a query without FROM is",
					  "Name tables, or subqueries that only select and join, in FROM.");
	if (count > core::kMostTables)
		return Refuse(plan, psprintf("a join of %d tables is", count),
					  psprintf("Join at most %d.", core::kMostTables));
	*arm = {alternative->sign, alternative->tables, NIL, NIL, NIL, nullptr};
	arm->computed = ComputedOf(alternative, plan->rows->tables);
	foreach (cell, columns)
		arm->columns =
			lappend(arm->columns, Named(plan, entries, static_cast<Node *>(lfirst(cell))));
	foreach (cell, ResolvedConditions(alternative))
		if (!IsMet(static_cast<Node *>(lfirst(cell))))
			arm->conditions =
				lappend(arm->conditions, Named(plan, entries, static_cast<Node *>(lfirst(cell))));
	plan->rows->arms = lappend(plan->rows->arms, arm);
	return plan->refusal.message == nullptr;
}

List *ColumnsOf(const PlannedRows *rows)
{
	List *columns = NIL;
	ListCell *cell;
	foreach (cell, rows->columns)
		columns = lappend(columns, lfirst_node(TargetEntry, cell)->expr);
	return columns;
}

// The rows are one inner join.
bool MakeFlatRows(QueryPlan *plan)
{
	PlannedRows *rows = plan->rows;
	const Query *given = plan->level->given;
	List *late = LateExpressions(plan);
	List *used = list_concat(
		list_make2(OverTables(plan, given->targetList), OverTables(plan, given->havingQual)), late);
	rows->entries = EntriesOf(rows->tables);
	rows->is_flat = true;
	if (!AddRowColumns(plan, used) || !AddArm(plan, FirstOf(plan), ColumnsOf(rows)))
		return false;
	ReadFrom(plan, EntryOfRows(rows),
			 castNode(List, OverRows(reinterpret_cast<Node *>(late), rows)));
	return true;
}

// Conditions that come late, as given; false: refused.
bool GivenLate(QueryPlan *plan, List **late)
{
	ListCell *cell;
	foreach (cell, plan->level->gathering->late) {
		const auto *condition = static_cast<LateCondition *>(lfirst(cell));
		if (condition->given == nullptr)
			return CheckExpression(plan, NameZones(condition->expression));
		*late = lappend(*late, condition->given);
	}
	return true;
}

// The rows are a sum of inner joins.
bool MakeSummedRows(QueryPlan *plan)
{
	PlannedRows *rows = plan->rows;
	Level *level = plan->level;
	List *late = NIL;
	ListCell *cell;
	if (!GivenLate(plan, &late))
		return false;
	if (list_length(level->sum) > kMostArms)
		return Refuse(plan,
					  psprintf("a query that takes %d joins to tell is", list_length(level->sum)),
					  "Join where you read the view.");
	rows->entries = level->given->rtable;
	List *outputs = list_make2(level->given->targetList, level->given->havingQual);
	// Subqueries are planned; what has no place in rows is refused.
	(void)InNumbers(level, outputs);
	late = castNode(List, WithHusks(level, reinterpret_cast<Node *>(late)));
	outputs = castNode(List, WithHusks(level, reinterpret_cast<Node *>(outputs)));
	if (plan->refusal.message != nullptr || !AddRowColumns(plan, list_concat(outputs, late)))
		return false;
	List *columns = castNode(List, InNumbers(level, ColumnsOf(rows)));
	foreach (cell, level->sum) {
		const auto *alternative = static_cast<Alternative *>(lfirst(cell));
		Node *resolved = Resolve(alternative, reinterpret_cast<Node *>(columns));
		if (!AddArm(plan, alternative, castNode(List, resolved)))
			return false;
	}
	ReadFrom(plan, EntryOfRows(rows),
			 castNode(List, OverRows(reinterpret_cast<Node *>(late), rows)));
	return true;
}

// The base tables and the cores that are read, those of inner plans too.
void AddSources(QueryPlan *plan)
{
	ListCell *cell;
	foreach (cell, plan->level->sum) {
		int number = -1;
		const auto *alternative = static_cast<Alternative *>(lfirst(cell));
		while ((number = bms_next_member(alternative->tables, number)) >= 0) {
			const PlannedTable *table = TableAt(plan->level->gathering->tables, number);
			if (table->inner != nullptr) {
				plan->tables = list_concat_unique_oid(plan->tables, table->inner->tables);
				plan->cores = list_concat_unique_ptr(plan->cores, table->inner->cores);
			} else if (OidIsValid(table->entry->relid)) {
				plan->tables = list_append_unique_oid(plan->tables, table->entry->relid);
			}
		}
	}
	list_sort(plan->tables, list_oid_cmp);
}

} // namespace

bool MakeBase(QueryPlan *plan)
{
	int number;
	AddSources(plan);
	if (plan->tables == NIL && plan->is_inner)
		return Refuse(plan, "a subquery or the outer side of a join without a table is",
					  "Compare with a list, as in IN (1, 2), or join by an inner join.");
	if (plan->tables == NIL)
		return Refuse(plan, "a query without a table in FROM is",
					  "Name tables, or subqueries that only select and join, in FROM.");
	if (IsFlat(plan) && bms_get_singleton_member(FirstOf(plan)->tables, &number))
		return ReadTable(plan, number);
	plan->rows = static_cast<PlannedRows *>(palloc0(sizeof(PlannedRows)));
	plan->rows->tables = plan->level->gathering->tables;
	return IsFlat(plan) ? MakeFlatRows(plan) : MakeSummedRows(plan);
}

Node *OverBase(const QueryPlan *plan, const void *given)
{
	auto *node = static_cast<Node *>(const_cast<void *>(given));
	if (!IsFlat(plan))
		return OverRows(WithHusks(plan->level, node), plan->rows);
	Node *over_tables = OverTables(plan, node);
	if (plan->rows != nullptr)
		return OverRows(over_tables, plan->rows);
	ChangeVarNodes(over_tables, bms_singleton_member(FirstOf(plan)->tables), 1, 0);
	return over_tables;
}

Node *OverArm(const PlannedArm *arm, Node *expression)
{
	return OverList(expression, arm->columns);
}

Node *OverEntries(const PlannedRows *rows, Node *expression)
{
	return OverList(expression, ColumnsOf(rows));
}

RangeTblEntry *EntryOfHome(const PlannedCore *core, const char *alias)
{
	RangeTblEntry *entry =
		core->home != nullptr
			? EntryOfTable(core->home)
			: NamedEntry(core->label != nullptr ? core->label : "home", HomeColumns(core));
	entry->alias = makeAlias(alias, NIL);
	entry->eref->aliasname = pstrdup(alias);
	return entry;
}

Query *SelectFromSource(const PlannedCore *core)
{
	const QueryPlan *plan = core->plan;
	if (core->source != nullptr && core->source->home != nullptr)
		return SelectFrom(EntryOfTable(core->source->home), NIL);
	if (core->source != nullptr)
		return SelectFrom(NamedEntry(core->source->label, HomeColumns(core->source)), NIL);
	if (plan->rows != nullptr)
		return SelectFrom(EntryOfRows(plan->rows), NIL);
	return SelectFrom(linitial_node(RangeTblEntry, plan->query->rtable), NIL);
}

List *SourcesOf(const PlannedRows *rows)
{
	List *sources = NIL;
	Bitmapset *numbers = nullptr;
	int number = -1;
	ListCell *cell;
	foreach (cell, rows->arms)
		numbers = bms_add_members(numbers, static_cast<PlannedArm *>(lfirst(cell))->tables);
	while ((number = bms_next_member(numbers, number)) >= 0)
		if (!IsComputed(TableAt(rows->tables, number)->entry))
			sources = lappend(sources, list_nth(rows->tables, number - 1));
	return sources;
}

List *PlansWithRows(const QueryPlan *plan)
{
	List *plans = NIL;
	ListCell *cell;
	foreach (cell, plan->cores) {
		const QueryPlan *of = static_cast<PlannedCore *>(lfirst(cell))->plan;
		if (of->rows != nullptr)
			plans = list_append_unique_ptr(plans, const_cast<QueryPlan *>(of));
	}
	return plans;
}

} // namespace mezzanine::views

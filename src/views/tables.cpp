#include "views/tables.h"

#include "views/expression.h"
#include "views/partitions.h"
#include "views/timezones.h"

namespace mezzanine::views
{

namespace
{

const char *const kFromHint = "Name plain tables in FROM, and join them by inner joins.";

// A change of several of them at once takes a term for each subset.
constexpr int kMostTables = 12;

const char *KindOfRelation(char relkind)
{
	switch (relkind) {
	case RELKIND_VIEW:
		return "a view as the source is";
	case RELKIND_MATVIEW:
		return "a materialized view as the source is";
	case RELKIND_FOREIGN_TABLE:
		return "a foreign table as the source is";
	default:
		return "this kind of relation as the source is";
	}
}

// What a base table must be, for its changes to be seen and its rows to survive a crash.
bool CheckRelation(QueryPlan *plan, Oid table)
{
	Relation base = relation_open(table, AccessShareLock);
	const Form_pg_class form = base->rd_rel;
	const char *name = RelationGetRelationName(base);
	bool good = false;

	const char *unfit = form->relkind == RELKIND_PARTITIONED_TABLE
							? UnfitPartition(RelationGetRelid(base))
							: nullptr;
	if (form->relkind != RELKIND_RELATION && form->relkind != RELKIND_PARTITIONED_TABLE)
		Refuse(plan, KindOfRelation(form->relkind), "Name a plain table in FROM.");
	else if (IsCatalogRelation(base))
		Refuse(plan, "a system catalog as the source is", "Catalogs cannot have triggers.");
	else if (form->relpersistence == RELPERSISTENCE_TEMP)
		Refuse(plan, "a temporary table as the source is", "Name a permanent table.");
	else if (form->relpersistence == RELPERSISTENCE_UNLOGGED)
		Refuse(
			plan, "an unlogged table as the source is",
			psprintf("Make it permanent with ALTER TABLE %s SET LOGGED.", quote_identifier(name)));
	else if (form->relispartition)
		Refuse(plan, "a partition as the source is", "Name a table that is no partition.");
	else if (unfit != nullptr)
		Refuse(plan, unfit, "Detach it, or make it an ordinary partition.");
	else if (form->relkind == RELKIND_RELATION &&
			 (has_subclass(RelationGetRelid(base)) || has_superclass(RelationGetRelid(base))))
		Refuse(plan, "a table with inheritance as the source is",
			   "Name a table that neither inherits nor is inherited from.");
	else if (form->relrowsecurity)
		Refuse(plan, "a table with row-level security as the source is",
			   "A view would show to one user what policies hide from another.");
	else if (get_namespace_oid(kStateSchema, false) == RelationGetNamespace(base))
		Refuse(plan, "the state of another mezzanine view as the source is",
			   "Name the table that the other view is computed from.");
	else
		good = true;
	relation_close(base, NoLock);
	return good;
}

bool CheckEntry(QueryPlan *plan, const RangeTblEntry *entry)
{
	switch (entry->rtekind) {
	case RTE_RELATION:
		break;
	case RTE_SUBQUERY:
		return Refuse(plan, "a subquery in FROM is", kFromHint);
	case RTE_FUNCTION:
	case RTE_TABLEFUNC:
		return Refuse(plan, "a function in FROM is", kFromHint);
	case RTE_VALUES:
		return Refuse(plan, "VALUES in FROM is", kFromHint);
	default:
		return Refuse(plan, "this kind of FROM is", kFromHint);
	}
	if (entry->tablesample != nullptr)
		return Refuse(plan, "TABLESAMPLE is", "Leave it out: a sample has no one answer.");
	if (!CheckRelation(plan, entry->relid))
		return false;
	plan->tables = list_append_unique_oid(plan->tables, entry->relid);
	return true;
}

// One item of FROM, with all that it joins.
bool CheckItem(QueryPlan *plan, Node *item)
{
	if (IsA(item, RangeTblRef))
		return CheckEntry(plan,
						  rt_fetch(castNode(RangeTblRef, item)->rtindex, plan->query->rtable));
	const JoinExpr *join = castNode(JoinExpr, item);
	if (join->jointype != JOIN_INNER)
		return Refuse(plan, "an outer join is",
					  "Join by inner joins, and add what has no match where you read the view.");
	return CheckItem(plan, join->larg) && CheckItem(plan, join->rarg);
}

int CompareOids(const ListCell *a, const ListCell *b)
{
	return list_oid_cmp(a, b);
}

// What flattening FROM takes along.
struct Flattening {
	QueryPlan *plan;
	const Query *given;
	Query *rows;
	int *numbers;     // of the given query's entries among the rows' tables, from 1
	List *conditions; // on rows, as given: of Node *
};

void FlattenItem(Flattening *flattening, Node *item)
{
	Query *rows = flattening->rows;
	if (IsA(item, RangeTblRef)) {
		const int number = castNode(RangeTblRef, item)->rtindex;
		rows->rtable =
			lappend(rows->rtable, copyObjectImpl(rt_fetch(number, flattening->given->rtable)));
		auto *reference = makeNode(RangeTblRef);
		reference->rtindex = flattening->numbers[number] = list_length(rows->rtable);
		rows->jointree->fromlist = lappend(rows->jointree->fromlist, reference);
		return;
	}
	const JoinExpr *join = castNode(JoinExpr, item);
	FlattenItem(flattening, join->larg);
	FlattenItem(flattening, join->rarg);
	flattening->conditions =
		list_concat(flattening->conditions,
					make_ands_implicit(reinterpret_cast<Expr *>(copyObjectImpl(join->quals))));
}

// Replaces the given query's numbers of tables by the rows' own.
Node *Renumber(Node *node, void *context)
{
	const auto *flattening = static_cast<Flattening *>(context);
	if (node == nullptr)
		return nullptr;
	if (!IsA(node, Var))
		return pg::MutateExpression(node, Renumber, context);
	Var *var = castNode(Var, copyObjectImpl(node));
	var->varno = flattening->numbers[var->varno];
	var->varnosyn = 0;
	var->varattnosyn = 0;
	return reinterpret_cast<Node *>(var);
}

Node *InRows(Flattening *flattening, void *node)
{
	Node *plain =
		flatten_join_alias_vars(const_cast<Query *>(flattening->given), static_cast<Node *>(node));
	return Renumber(plain, flattening);
}

// The conditions that a row's own values decide, with zones named, go into the rows; the
// others are returned.
List *SplitConditions(Flattening *flattening)
{
	QueryPlan *plan = flattening->plan;
	List *mine = NIL;
	List *late = NIL;
	ListCell *cell;
	foreach (cell, flattening->conditions) {
		Node *given = InRows(flattening, lfirst(cell));
		Node *named = NameZones(given);
		if (CulpritOf(named) != nullptr) {
			late = lappend(late, given);
			continue;
		}
		mine = lappend(mine, named);
		if (named != given)
			AddZoneNotice(plan, DeparseOverTables(plan, given), DeparseOverTables(plan, named));
	}
	if (mine != NIL)
		flattening->rows->jointree->quals = reinterpret_cast<Node *>(make_ands_explicit(mine));
	return late;
}

int CompareVars(const ListCell *a, const ListCell *b)
{
	const Var *left = lfirst_node(Var, a);
	const Var *right = lfirst_node(Var, b);
	return left->varno != right->varno ? left->varno - right->varno
									   : left->varattno - right->varattno;
}

const char *NameOfVar(const Query *rows, const Var *var)
{
	const RangeTblEntry *entry = rt_fetch(var->varno, rows->rtable);
	return strVal(list_nth(entry->eref->colnames, var->varattno - 1));
}

bool HasColumn(const Query *rows, const char *name)
{
	ListCell *cell;
	foreach (cell, rows->targetList)
		if (strcmp(lfirst_node(TargetEntry, cell)->resname, name) == 0)
			return true;
	return false;
}

// The column's own name where no other column is called so; else with its table's.
const char *RowColumnName(const Query *rows, const List *vars, const Var *var)
{
	const char *name = NameOfVar(rows, var);
	int namesakes = 0;
	ListCell *cell;
	foreach (cell, vars)
		namesakes += strcmp(NameOfVar(rows, lfirst_node(Var, cell)), name) == 0;
	if (namesakes > 1)
		name = psprintf("%s_%s", rt_fetch(var->varno, rows->rtable)->eref->aliasname, name);
	constexpr int kLongest = NAMEDATALEN - 1 - 5; // room for a number
	const char *stem = pnstrdup(name, pg_mbcliplen(name, static_cast<int>(strlen(name)), kLongest));
	name = stem;
	for (int i = 2; HasColumn(rows, name); i++)
		name = psprintf("%s_%d", stem, i);
	return name;
}

// Makes each column that `used` (a List of expressions) has a column of the rows; false: one
// of them is none.
bool AddRowColumns(QueryPlan *plan, List *used)
{
	Query *rows = plan->rows->query;
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
	foreach (cell, vars) {
		auto *var = lfirst_node(Var, cell);
		rows->targetList =
			lappend(rows->targetList,
					makeTargetEntry(reinterpret_cast<Expr *>(var),
									static_cast<AttrNumber>(list_length(rows->targetList) + 1),
									pstrdup(RowColumnName(rows, vars, var)), false));
	}
	return true;
}

// Replaces the tables' columns by those of the rows; the context is the rows' query.
Node *OverRows(Node *node, void *context)
{
	if (node == nullptr)
		return nullptr;
	if (!IsA(node, Var))
		return pg::MutateExpression(node, OverRows, context);
	ListCell *cell;
	foreach (cell, static_cast<Query *>(context)->targetList) {
		const auto *column = lfirst_node(TargetEntry, cell);
		const auto *var = castNode(Var, column->expr);
		if (equal(var, node))
			return reinterpret_cast<Node *>(
				makeVar(1, column->resno, var->vartype, var->vartypmod, var->varcollid, 0));
	}
	elog(ERROR, "a column of a table is not among those of the rows");
	pg_unreachable();
}

// The context is the rows' query.
Node *OverTheirTables(Node *node, void *context)
{
	if (node == nullptr)
		return nullptr;
	if (!IsA(node, Var))
		return pg::MutateExpression(node, OverTheirTables, context);
	const auto *rows = static_cast<Query *>(context);
	return static_cast<Node *>(copyObjectImpl(
		list_nth_node(TargetEntry, rows->targetList, castNode(Var, node)->varattno - 1)->expr));
}

// The rows as a relation in FROM, of which the name is all that is known yet.
RangeTblEntry *EntryOfRows(const Query *rows)
{
	auto *entry = makeNode(RangeTblEntry);
	ListCell *cell;
	entry->rtekind = RTE_CTE;
	entry->ctename = pstrdup("rows");
	entry->eref = makeAlias("rows", NIL);
	entry->inFromCl = true;
	foreach (cell, rows->targetList)
		entry->eref->colnames =
			lappend(entry->eref->colnames, makeString(lfirst_node(TargetEntry, cell)->resname));
	return entry;
}

// Turns the query into one over the rows, with the conditions that are left.
void ReadRows(QueryPlan *plan, List *late)
{
	Query *query = plan->query;
	Query *rows = plan->rows->query;
	auto *reference = makeNode(RangeTblRef);
	reference->rtindex = plan->varno = 1;
	query->targetList = castNode(List, OverRows(reinterpret_cast<Node *>(query->targetList), rows));
	query->havingQual = OverRows(query->havingQual, rows);
	query->rtable = list_make1(EntryOfRows(rows));
	query->jointree = makeFromExpr(list_make1(reference), nullptr);
	if (late != NIL)
		query->jointree->quals = OverRows(reinterpret_cast<Node *>(make_ands_explicit(late)), rows);
}

} // namespace

bool CheckTables(QueryPlan *plan)
{
	ListCell *cell;
	if (plan->query->jointree->fromlist == NIL)
		return Refuse(plan, "a query without FROM is", kFromHint);
	foreach (cell, plan->query->jointree->fromlist)
		if (!CheckItem(plan, static_cast<Node *>(lfirst(cell))))
			return false;
	list_sort(plan->tables, CompareOids);
	return true;
}

bool JoinTables(QueryPlan *plan)
{
	Query *query = plan->query;
	auto *first = static_cast<Node *>(linitial(query->jointree->fromlist));
	if (list_length(query->jointree->fromlist) == 1 && IsA(first, RangeTblRef)) {
		plan->varno = castNode(RangeTblRef, first)->rtindex;
		return true;
	}

	plan->rows = static_cast<PlannedRows *>(palloc0(sizeof(PlannedRows)));
	Query *rows = plan->rows->query = makeNode(Query);
	rows->commandType = CMD_SELECT;
	rows->jointree = makeFromExpr(NIL, nullptr);
	const auto most = static_cast<Size>(list_length(query->rtable) + 1);
	Flattening flattening = {plan, static_cast<Query *>(copyObjectImpl(query)), rows,
							 static_cast<int *>(palloc0(sizeof(int) * most)), NIL};
	ListCell *cell;
	foreach (cell, query->jointree->fromlist)
		FlattenItem(&flattening, static_cast<Node *>(lfirst(cell)));
	if (list_length(rows->rtable) > kMostTables)
		return Refuse(plan, psprintf("a join of %d tables is", list_length(rows->rtable)),
					  psprintf("Join at most %d.", kMostTables));
	flattening.conditions =
		list_concat(flattening.conditions,
					make_ands_implicit(reinterpret_cast<Expr *>(query->jointree->quals)));
	List *late = SplitConditions(&flattening);
	query->targetList = castNode(List, InRows(&flattening, query->targetList));
	query->havingQual = InRows(&flattening, query->havingQual);
	List *used = list_concat(list_make2(query->targetList, query->havingQual), late);
	if (!AddRowColumns(plan, used))
		return false;
	ReadRows(plan, late);
	return true;
}

Node *OverTables(const QueryPlan *plan, Node *expression)
{
	return OverTheirTables(expression, plan->rows->query);
}

} // namespace mezzanine::views

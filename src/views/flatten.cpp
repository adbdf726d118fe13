#include "views/flatten.h"

#include "views/cores.h"
#include "views/expression.h"
#include "views/finish.h"
#include "views/tables.h"
#include "views/timezones.h"

namespace mezzanine::views
{

namespace
{

const char *const kFromHint = "Name tables, or subqueries that only select and join, in FROM.";

// A change of several of them at once takes a term for each subset.
constexpr int kMostTables = 12;

// What an entry of a query's FROM became.
struct Place {
	int number;    // of the table among the rows' tables, from 1; 0: it is a query
	List *outputs; // of the query, over the rows' tables
};

// A query on the way down through FROM.
struct Level {
	QueryPlan *plan;
	Query *rows;       // which gathers the tables of all levels
	List **conditions; // on rows, of all levels: Node * over the rows' tables
	const Query *given;
	Level *outer;  // what LATERAL and WITH look out to; NULL: this is the outermost
	Place *places; // of the entries of `given`, by their number
	bool is_view;  // whether what its entries name is in a view's query
};

Level LevelOf(const Level *like, const Query *given, Level *outer)
{
	Level level = *like;
	level.given = given;
	level.outer = outer;
	level.places = static_cast<Place *>(
		palloc0(sizeof(Place) * static_cast<Size>(list_length(given->rtable) + 1)));
	return level;
}

Node *InRows(Level *level, void *node);

// Replaces the columns of a level's entries by those of the rows' tables; the context is the
// level.
Node *Renumber(Node *node, void *context)
{
	auto *level = static_cast<Level *>(context);
	if (node == nullptr)
		return nullptr;
	if (!IsA(node, Var))
		return pg::MutateExpression(node, Renumber, context);
	Var *var = castNode(Var, copyObjectImpl(node));
	if (var->varlevelsup > 0) {
		for (; var->varlevelsup > 0; var->varlevelsup--)
			level = level->outer;
		return InRows(level, var);
	}
	const Place *place = &level->places[var->varno];
	if (place->number > 0) {
		var->varno = place->number;
		var->varnosyn = 0;
		var->varattnosyn = 0;
		return reinterpret_cast<Node *>(var);
	}
	if (var->varattno > 0)
		return static_cast<Node *>(copyObjectImpl(list_nth(place->outputs, var->varattno - 1)));
	(void)CheckExpression(level->plan, node); // which refuses a whole row
	return reinterpret_cast<Node *>(makeNullConst(var->vartype, var->vartypmod, var->varcollid));
}

// An expression of a level over the rows' tables.
Node *InRows(Level *level, void *node)
{
	return Renumber(
		flatten_join_alias_vars(const_cast<Query *>(level->given), static_cast<Node *>(node)),
		level);
}

void AddConditions(Level *level, Node *quals)
{
	*level->conditions = list_concat(
		*level->conditions, make_ands_implicit(reinterpret_cast<Expr *>(InRows(level, quals))));
}

// Adds what an entry of a level's FROM is to the rows' tables.
void AddEntry(Level *level, int number, RangeTblEntry *entry)
{
	Query *rows = level->rows;
	rows->rtable = lappend(rows->rtable, entry);
	auto *reference = makeNode(RangeTblRef);
	reference->rtindex = level->places[number].number = list_length(rows->rtable);
	rows->jointree->fromlist = lappend(rows->jointree->fromlist, reference);
}

// What of a subquery neither its rows nor its groups make.
bool CheckSubquery(QueryPlan *plan, const Query *query)
{
	static const char *const kHint = "Leave it out of the subquery.";
	if (query->commandType != CMD_SELECT)
		return Refuse(plan, "a subquery that changes tables is", kHint);
	if (query->groupingSets != NIL)
		return Refuse(plan, "a subquery with grouping sets is", kHint);
	if (query->setOperations != nullptr)
		return Refuse(plan, "a subquery with UNION, INTERSECT or EXCEPT is", kHint);
	if (query->limitCount != nullptr || query->limitOffset != nullptr)
		return Refuse(plan, "a subquery with LIMIT or OFFSET is", kHint);
	if (query->hasWindowFuncs)
		return Refuse(plan, "a subquery with window functions is", kHint);
	if (query->hasTargetSRFs)
		return Refuse(plan, "a subquery with set-returning functions is", kHint);
	if (query->hasSubLinks)
		return Refuse(plan, "a subquery in an expression is", kHint);
	if (query->rowMarks != NIL)
		return Refuse(plan, "FOR UPDATE or FOR SHARE is", "Leave it out.");
	return true;
}

bool FlattenItems(Level *level);
bool FlattenBelow(QueryPlan *plan, Level *outer);

// What a query over groups selects must follow from the groups alone.
bool CheckGroups(QueryPlan *inner)
{
	ListCell *cell;
	if (inner->shape == Shape::kGroups && inner->query->distinctClause != NIL)
		return Refuse(inner, "DISTINCT over the groups of a subquery is",
					  "Select DISTINCT in a subquery of its own.");
	if (inner->shape == Shape::kRows)
		return Refuse(inner, "DISTINCT over such columns in a subquery is",
					  "Use columns and immutable functions only.");
	if (inner->chains != NIL)
		return Refuse(inner, "DISTINCT inside an aggregate of a subquery is",
					  "Select DISTINCT first, in a subquery of its own, and count that.");
	if (inner->late_filter != NIL)
		return CheckExpression(inner, static_cast<Node *>(linitial(inner->late_filter)));
	foreach (cell, OutputsOverHome(inner))
		if (!CheckExpression(inner, static_cast<Node *>(lfirst(cell))))
			return false;
	return CheckExpression(inner, NameZones(inner->query->havingQual));
}

// An entry of FROM whose query groups: the only one, for its groups are the base.
bool FlattenGroups(Level *level, int number, const Query *query, Level *outer)
{
	QueryPlan *plan = level->plan;
	// pg_dump makes such a view twice, and replaces the first when all else is there.
	if (level->is_view && query->constraintDeps != NIL)
		return Refuse(plan, "a view whose columns follow from a grouped primary key is",
					  "Have the view group by all columns that it shows.");
	if (level->rows->rtable != NIL)
		return Refuse(plan, "a subquery with grouping beside other tables is",
					  "Name it alone in FROM, and join where you read the view.");
	if (contain_vars_of_level(reinterpret_cast<Node *>(const_cast<Query *>(query)), 1))
		return Refuse(plan, "a LATERAL subquery with grouping is", kFromHint);
	auto *inner = static_cast<QueryPlan *>(palloc0(sizeof(QueryPlan)));
	inner->query = static_cast<Query *>(copyObjectImpl(query));
	inner->is_inner = true;
	plan->inner = inner;
	if (!FlattenBelow(inner, outer) || !PlanCores(inner) || !CheckGroups(inner)) {
		plan->refusal = inner->refusal;
		return false;
	}
	MakeDefinition(inner);
	plan->tables = inner->tables;
	plan->notices = inner->notices;
	plan->is_rewritten = inner->is_rewritten;
	plan->cores = list_copy(inner->cores);

	const RangeTblEntry *given = rt_fetch(number, level->given->rtable);
	auto *entry = makeNode(RangeTblEntry);
	entry->rtekind = RTE_SUBQUERY;
	entry->subquery = inner->definition;
	entry->alias = makeAlias(given->eref->aliasname, NIL);
	entry->eref = static_cast<Alias *>(copyObjectImpl(given->eref));
	entry->inFromCl = true;
	AddEntry(level, number, entry);
	return true;
}

bool IsGrouped(const Query *query)
{
	return query->hasAggs || query->groupClause != NIL || query->havingQual != nullptr ||
		   query->distinctClause != NIL;
}

// Makes an entry of a level's FROM what its query selects.
bool FlattenQuery(Level *level, int number, const Query *query, Level *outer)
{
	ListCell *cell;
	check_stack_depth();
	if (!CheckSubquery(level->plan, query))
		return false;
	if (IsGrouped(query))
		return FlattenGroups(level, number, query, outer);
	Level inner = LevelOf(level, query, outer);
	if (!FlattenItems(&inner))
		return false;
	foreach (cell, query->targetList) {
		const auto *target = lfirst_node(TargetEntry, cell);
		if (!target->resjunk)
			level->places[number].outputs =
				lappend(level->places[number].outputs, InRows(&inner, target->expr));
	}
	return true;
}

Query *ViewQuery(Oid view)
{
	Relation relation = relation_open(view, AccessShareLock);
	auto *query = static_cast<Query *>(copyObjectImpl(get_view_query(relation)));
	relation_close(relation, NoLock);
	AcquireRewriteLocks(query, true, false);
	return query;
}

bool FlattenView(Level *level, int number, Oid view)
{
	Level of_view = *level;
	of_view.is_view = true;
	return FlattenQuery(&of_view, number, ViewQuery(view), nullptr);
}

// An entry that names a WITH query, of this level or one further out.
bool FlattenNamed(Level *level, int number, const RangeTblEntry *entry)
{
	Level *definer = level;
	ListCell *cell;
	for (Index i = 0; i < entry->ctelevelsup; i++)
		definer = definer->outer;
	foreach (cell, definer->given->cteList) {
		const auto *named = lfirst_node(CommonTableExpr, cell);
		if (strcmp(named->ctename, entry->ctename) != 0)
			continue;
		if (named->cterecursive)
			return Refuse(level->plan, "WITH RECURSIVE is", kFromHint);
		return FlattenQuery(level, number, castNode(Query, named->ctequery), definer);
	}
	elog(ERROR, "could not find WITH query \"%s\"", entry->ctename);
	pg_unreachable();
}

bool FlattenTable(Level *level, int number, const RangeTblEntry *entry)
{
	if (level->plan->inner != nullptr)
		return Refuse(level->plan, "a subquery with grouping beside other tables is",
					  "Name it alone in FROM, and join where you read the view.");
	if (!AddTable(level->plan, entry))
		return false;
	AddEntry(level, number, static_cast<RangeTblEntry *>(copyObjectImpl(entry)));
	return true;
}

bool FlattenEntry(Level *level, int number)
{
	const RangeTblEntry *entry = rt_fetch(number, level->given->rtable);
	switch (entry->rtekind) {
	case RTE_RELATION:
		if (entry->relkind == RELKIND_VIEW)
			return FlattenView(level, number, entry->relid);
		return FlattenTable(level, number, entry);
	case RTE_SUBQUERY:
		return FlattenQuery(level, number, entry->subquery, level);
	case RTE_CTE:
		return FlattenNamed(level, number, entry);
	case RTE_FUNCTION:
	case RTE_TABLEFUNC:
		return Refuse(level->plan, "a function in FROM is", kFromHint);
	case RTE_VALUES:
		return Refuse(level->plan, "VALUES in FROM is", kFromHint);
	default:
		return Refuse(level->plan, "this kind of FROM is", kFromHint);
	}
}

// One item of FROM, with all that it joins.
bool FlattenItem(Level *level, Node *item)
{
	if (IsA(item, RangeTblRef))
		return FlattenEntry(level, castNode(RangeTblRef, item)->rtindex);
	const JoinExpr *join = castNode(JoinExpr, item);
	if (join->jointype != JOIN_INNER)
		return Refuse(level->plan, "an outer join is",
					  "Join by inner joins, and add what has no match where you read the view.");
	if (!FlattenItem(level, join->larg) || !FlattenItem(level, join->rarg))
		return false;
	AddConditions(level, join->quals);
	return true;
}

// FROM and WHERE of a level.
bool FlattenItems(Level *level)
{
	ListCell *cell;
	foreach (cell, level->given->jointree->fromlist)
		if (!FlattenItem(level, static_cast<Node *>(lfirst(cell))))
			return false;
	AddConditions(level, level->given->jointree->quals);
	return true;
}

// The conditions that a row's own values decide, with zones named, go into the rows; the
// others are returned.
List *SplitConditions(QueryPlan *plan, const List *conditions)
{
	List *mine = NIL;
	List *late = NIL;
	ListCell *cell;
	foreach (cell, conditions) {
		auto *given = static_cast<Node *>(lfirst(cell));
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
		plan->rows->query->jointree->quals = reinterpret_cast<Node *>(make_ands_explicit(mine));
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

// Turns the query into one over the rows of its tables; false: refused.
bool JoinTables(QueryPlan *plan, Query *rows, const List *conditions)
{
	if (list_length(rows->rtable) > kMostTables)
		return Refuse(plan, psprintf("a join of %d tables is", list_length(rows->rtable)),
					  psprintf("Join at most %d.", kMostTables));
	plan->rows = static_cast<PlannedRows *>(palloc0(sizeof(PlannedRows)));
	plan->rows->query = rows;
	List *late = SplitConditions(plan, conditions);
	List *used = list_concat(list_make2(plan->query->targetList, plan->query->havingQual), late);
	if (!AddRowColumns(plan, used))
		return false;
	ReadRows(plan, late);
	return true;
}

// Turns the query into one over its only table.
bool ReadTable(QueryPlan *plan, const Query *rows, List *conditions)
{
	Query *query = plan->query;
	query->rtable = rows->rtable;
	query->jointree = makeFromExpr(rows->jointree->fromlist, nullptr);
	if (conditions != NIL)
		query->jointree->quals = reinterpret_cast<Node *>(make_ands_explicit(conditions));
	plan->varno = 1;
	return true;
}

int CompareOids(const ListCell *a, const ListCell *b)
{
	return list_oid_cmp(a, b);
}

// `outer` is what WITH looks out to; NULL: nothing.
bool FlattenBelow(QueryPlan *plan, Level *outer)
{
	Query *query = plan->query;
	auto *rows = makeNode(Query);
	List *conditions = NIL;
	rows->commandType = CMD_SELECT;
	rows->jointree = makeFromExpr(NIL, nullptr);
	const Level like = {plan, rows, &conditions, nullptr, nullptr, nullptr, false};
	Level level = LevelOf(&like, static_cast<Query *>(copyObjectImpl(query)), outer);
	if (!FlattenItems(&level))
		return false;
	query->targetList = castNode(List, InRows(&level, query->targetList));
	query->havingQual = InRows(&level, query->havingQual);
	query->cteList = NIL;
	if (plan->refusal.message != nullptr)
		return false;
	if (rows->rtable == NIL)
		return Refuse(plan, "a query without FROM is", kFromHint);
	list_sort(plan->tables, CompareOids);
	return list_length(rows->rtable) == 1 ? ReadTable(plan, rows, conditions)
										  : JoinTables(plan, rows, conditions);
}

} // namespace

bool FlattenFrom(QueryPlan *plan)
{
	return FlattenBelow(plan, nullptr);
}

Node *OverTables(const QueryPlan *plan, Node *expression)
{
	return OverTheirTables(expression, plan->rows->query);
}

} // namespace mezzanine::views

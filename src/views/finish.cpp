#include "views/finish.h"

#include "views/arms.h"
#include "views/base.h"
#include "views/cores.h"
#include "views/decompose.h"
#include "views/expression.h"
#include "views/sublinks.h"
#include "views/timezones.h"

namespace mezzanine::views
{

namespace
{

// A call of GROUPING: constant in each of the tables that the finish reads.
Node *GroupingValue(const QueryPlan *plan, const Node *grouping)
{
	ListCell *cell;
	if (plan->query->groupingSets != NIL)
		foreach (cell, plan->groupings)
			if (equal(lfirst(cell), grouping))
				return reinterpret_cast<Node *>(makeVar(
					1,
					static_cast<AttrNumber>(CountAttribute(plan) + list_length(plan->states) + 1 +
											foreach_current_index(cell)),
					INT4OID, -1, InvalidOid, 0));
	return reinterpret_cast<Node *>(
		makeConst(INT4OID, -1, InvalidOid, sizeof(int32), Int32GetDatum(0), false, true));
}

bool NamesCollation(Node *node, void *)
{
	if (node == nullptr)
		return false;
	return IsA(node, CollateExpr) || pg::WalkExpression(node, NamesCollation, nullptr);
}

// A column in an expression's place, with a collation as explicit as the expression's.
Node *ColumnInPlaceOf(const PlannedColumn *column, Node *given)
{
	Node *variable = ColumnVar(column);
	if (!OidIsValid(exprCollation(given)) || !NamesCollation(given, nullptr))
		return variable;
	auto *collate = makeNode(CollateExpr);
	collate->arg = reinterpret_cast<Expr *>(variable);
	collate->collOid = exprCollation(given);
	collate->location = -1;
	return reinterpret_cast<Node *>(collate);
}

// Replaces what the home tables hold by their columns.
Node *OverColumns(Node *node, void *context)
{
	auto *plan = static_cast<QueryPlan *>(context);
	if (node == nullptr)
		return nullptr;
	const PlannedColumn *column = ColumnFor(plan, node);
	if (column != nullptr)
		return ColumnInPlaceOf(column, node);
	if (IsA(node, Aggref))
		return AggregateValue(plan, castNode(Aggref, node));
	if (IsA(node, GroupingFunc))
		return GroupingValue(plan, node);
	return pg::MutateExpression(node, OverColumns, context);
}

List *TargetsOverColumns(const QueryPlan *plan)
{
	List *targets = NIL;
	ListCell *cell;
	foreach (cell, plan->query->targetList) {
		auto *target = lfirst_node(TargetEntry, cell);
		const PlannedColumn *column = ColumnForTarget(plan, target);
		auto *given = reinterpret_cast<Node *>(target->expr);
		// Only what orders the rows within a group of DISTINCT ON has no column.
		if (plan->shape == Shape::kDistinctOn && target->resjunk && column == nullptr)
			continue;
		TargetEntry *copy = flatCopyTargetEntry(target);
		copy->expr = reinterpret_cast<Expr *>(
			column != nullptr ? ColumnInPlaceOf(column, given)
							  : OverColumns(given, const_cast<QueryPlan *>(plan)));
		targets = lappend(targets, copy);
	}
	return targets;
}

// The order as far as the rows that are left have it.
List *OrderOf(const QueryPlan *plan, List *targets)
{
	List *order = NIL;
	ListCell *cell;
	foreach (cell, plan->query->sortClause) {
		auto *clause = lfirst_node(SortGroupClause, cell);
		ListCell *other;
		foreach (other, targets)
			if (lfirst_node(TargetEntry, other)->ressortgroupref == clause->tleSortGroupRef)
				order = lappend(order, clause);
	}
	return order;
}

// Folded away by the planner, which loads the library to call it: from then on the hooks see
// to it that a transaction older than the view, or one that writes, reads it right.
Node *IsLoaded()
{
	return BuildExpression("mezzanine_state.is_loaded()", NIL);
}

Node *ConditionsOf(const QueryPlan *plan)
{
	auto *context = const_cast<QueryPlan *>(plan);
	List *conditions = plan->is_sublink ? NIL : list_make1(IsLoaded());
	conditions = list_concat(
		conditions,
		castNode(List, OverColumns(reinterpret_cast<Node *>(plan->late_filter), context)));
	if (plan->query->havingQual != nullptr)
		conditions = lappend(conditions, OverColumns(plan->query->havingQual, context));
	return conditions == NIL ? nullptr : reinterpret_cast<Node *>(make_ands_explicit(conditions));
}

Query *Analyzed(const char *sql)
{
	List *statements = raw_parser(sql, RAW_PARSE_DEFAULT);
	return parse_analyze_fixedparams(linitial_node(RawStmt, statements), sql, nullptr, 0, nullptr);
}

void AppendNames(StringInfo sql, const List *columns, const PlannedCore *core)
{
	ListCell *cell;
	foreach (cell, columns) {
		auto *column = static_cast<PlannedColumn *>(lfirst(cell));
		const Oid collation = exprCollation(column->expression);
		if (core == nullptr || list_member_ptr(core->keys, column)) {
			appendStringInfo(sql, ", %s", quote_identifier(column->name));
			continue;
		}
		appendStringInfo(
			sql, ", NULL::%s",
			format_type_with_typemod(exprType(column->expression), exprTypmod(column->expression)));
		if (OidIsValid(collation) && collation != DEFAULT_COLLATION_OID)
			appendStringInfo(sql, " COLLATE %s", generate_collation_name(collation));
		appendStringInfo(sql, " AS %s", quote_identifier(column->name));
	}
}

// Whether the core groups by what a clause of the query refers to.
bool GroupsBy(const QueryPlan *plan, const PlannedCore *core, Index reference)
{
	ListCell *cell;
	foreach (cell, plan->matches) {
		const auto *match = static_cast<Match *>(lfirst(cell));
		if (match->reference == reference && list_member_ptr(core->keys, match->column))
			return true;
	}
	return false;
}

// The bits of GROUPING: set for each argument that the core does not group by.
int32 GroupingBits(const QueryPlan *plan, const GroupingFunc *grouping, const PlannedCore *core)
{
	int32 bits = 0;
	ListCell *cell;
	foreach (cell, grouping->refs)
		bits = bits << 1 | (GroupsBy(plan, core, static_cast<Index>(lfirst_int(cell))) ? 0 : 1);
	return bits;
}

// One of several tables, with NULL for what it does not group by.
void AppendArm(StringInfo sql, const QueryPlan *plan, const PlannedCore *core, const char *home)
{
	ListCell *cell;
	appendStringInfo(sql, "%sSELECT hash", sql->len > 0 ? " UNION ALL " : "");
	AppendNames(sql, plan->keys, core);
	appendStringInfoString(sql, ", count");
	AppendNames(sql, plan->states, nullptr);
	foreach (cell, plan->groupings)
		appendStringInfo(sql, ", %d AS grouping_%d",
						 GroupingBits(plan, lfirst_node(GroupingFunc, cell), core),
						 foreach_current_index(cell) + 1);
	appendStringInfo(sql, " FROM %s", home);
}

// What the home tables are called.
struct Homes {
	const List *cores; // of the outermost plan
	const List *names; // of char *
	const char *with;  // the WITH clause that makes them; empty: they are tables
};

// The name of a core's home table.
char *HomeOf(const PlannedCore *core, const Homes *homes)
{
	ListCell *cell;
	foreach (cell, homes->cores)
		if (lfirst(cell) == core)
			return static_cast<char *>(list_nth(homes->names, foreach_current_index(cell)));
	pg_unreachable();
}

// The home table of the first core that the finish reads.
const char *ShownHome(const QueryPlan *plan, const Homes *homes)
{
	return HomeOf(ShownCore(plan), homes);
}

// The groups, with what is known of their distinct values.
const char *JoinedSource(const QueryPlan *plan, const Homes *homes)
{
	StringInfoData sql;
	ListCell *cell;
	if (plan->chains == NIL)
		return ShownHome(plan, homes);
	initStringInfo(&sql);
	appendStringInfo(&sql, "%s AS home", ShownHome(plan, homes));
	foreach (cell, plan->chains) {
		const auto *chain = static_cast<PlannedChain *>(lfirst(cell));
		const int number = foreach_current_index(cell) + 1;
		ListCell *key;
		appendStringInfo(&sql, " LEFT JOIN %s AS distinct_%d ON home.hash = distinct_%d.hash",
						 HomeOf(chain->groups, homes), number, number);
		foreach (key, plan->keys) {
			const char *name = quote_identifier(static_cast<PlannedColumn *>(lfirst(key))->name);
			appendStringInfo(&sql, " AND home.%s IS NOT DISTINCT FROM distinct_%d.%s", name, number,
							 name);
		}
	}
	return sql.data;
}

// What stands after FROM.
const char *SourceOf(const QueryPlan *plan, const Homes *homes)
{
	StringInfoData sql;
	ListCell *cell;
	if (plan->shape == Shape::kRows)
		return psprintf("%1$s, mezzanine_state.copies(1, %1$s.count)", ShownHome(plan, homes));
	if (plan->query->groupingSets == NIL)
		return JoinedSource(plan, homes);
	initStringInfo(&sql);
	foreach (cell, plan->arms) {
		auto *core = static_cast<PlannedCore *>(lfirst(cell));
		AppendArm(&sql, plan, core, HomeOf(core, homes));
	}
	return psprintf("(%s) AS groups", sql.data);
}

Node *SublinkOverHomes(const PlannedSublink *sublink, SubLink *husk, void *context);

// What the finish selects from, with no columns yet.
Query *FromHomes(const QueryPlan *plan, const Homes *homes)
{
	Query *query = Analyzed(psprintf("%sSELECT FROM %s", homes->with, SourceOf(plan, homes)));
	query->cteList = NIL;
	return query;
}

Query *QueryOverHomes(const QueryPlan *plan, const Homes *homes);

// What a set operation combines, each over its home tables.
Query *BranchesOverHomes(const QueryPlan *plan, const Homes *homes)
{
	auto *query = static_cast<Query *>(copyObjectImpl(plan->query));
	ListCell *cell;
	foreach (cell, query->rtable)
		lfirst_node(RangeTblEntry, cell)->subquery = QueryOverHomes(
			static_cast<QueryPlan *>(list_nth(plan->branches, foreach_current_index(cell))), homes);
	return query;
}

// The query over the home tables.
Query *QueryOverHomes(const QueryPlan *plan, const Homes *homes)
{
	if (plan->branches != NIL)
		return BranchesOverHomes(plan, homes);
	Query *query = FromHomes(plan, homes);
	const Query *given = plan->query;
	query->targetList = TargetsOverColumns(plan);
	query->jointree->quals = ConditionsOf(plan);
	if (plan->shape != Shape::kDistinct && plan->shape != Shape::kDistinctOn) {
		query->distinctClause = given->distinctClause;
		query->hasDistinctOn = given->hasDistinctOn;
	}
	query->sortClause = OrderOf(plan, query->targetList);
	query->windowClause = given->windowClause;
	query->hasWindowFuncs = given->hasWindowFuncs;
	query->hasTargetSRFs = given->hasTargetSRFs;
	query->limitOffset = given->limitOffset;
	query->limitCount = given->limitCount;
	query->limitOption = given->limitOption;
	auto *context = const_cast<Homes *>(homes);
	query->hasSubLinks = plan->sublinks != NIL;
	query->targetList =
		castNode(List, FillSublinks(plan, reinterpret_cast<Node *>(query->targetList),
									SublinkOverHomes, context));
	query->jointree->quals = FillSublinks(plan, query->jointree->quals, SublinkOverHomes, context);
	return query;
}

Node *Subquery(SubLinkType type, Query *query)
{
	auto *sublink = makeNode(SubLink);
	sublink->subLinkType = type;
	sublink->subselect = reinterpret_cast<Node *>(query);
	sublink->location = -1;
	return reinterpret_cast<Node *>(sublink);
}

// A value of aggregates over the rows that are found by a key: where no group has it, that of no
// rows.
Node *ValueOfGroup(const QueryPlan *plan, Node *value, const Homes *homes)
{
	Query *group = FromHomes(plan, homes);
	group->jointree->quals =
		OverColumns(reinterpret_cast<Node *>(make_ands_explicit(list_copy(plan->late_filter))),
					const_cast<QueryPlan *>(plan));
	auto *when = makeNode(CaseWhen);
	when->expr = reinterpret_cast<Expr *>(Subquery(EXISTS_SUBLINK, group));
	when->result = reinterpret_cast<Expr *>(value);
	when->location = -1;
	auto *cases = makeNode(CaseExpr);
	cases->casetype = exprType(value);
	cases->casecollid = exprCollation(value);
	cases->args = list_make1(when);
	cases->defresult = reinterpret_cast<Expr *>(Subquery(EXPR_SUBLINK, QueryOfNoRows(plan)));
	cases->location = -1;
	return reinterpret_cast<Node *>(cases);
}

// A subquery in an expression, over the home tables; the context is the Homes.
Node *SublinkOverHomes(const PlannedSublink *sublink, SubLink *husk, void *context)
{
	const auto *homes = static_cast<Homes *>(context);
	const QueryPlan *plan = sublink->plan;
	husk->subselect = reinterpret_cast<Node *>(QueryOverHomes(plan, homes));
	auto *value = reinterpret_cast<Node *>(husk);
	return plan->is_keyed ? ValueOfGroup(plan, value, homes) : value;
}

SortGroupClause *GroupClauseOf(TargetEntry *target, Index reference)
{
	auto *clause = makeNode(SortGroupClause);
	target->ressortgroupref = reference;
	clause->tleSortGroupRef = reference;
	get_sort_group_operators(exprType(reinterpret_cast<Node *>(target->expr)), false, true, false,
							 &clause->sortop, &clause->eqop, nullptr, &clause->hashable);
	return clause;
}

void AppendTarget(Query *query, Node *expression, const char *name)
{
	query->targetList =
		lappend(query->targetList,
				makeTargetEntry(static_cast<Expr *>(copyObjectImpl(expression)),
								static_cast<AttrNumber>(list_length(query->targetList) + 1),
								pstrdup(name), false));
}

// group_hash of the keys; where there are none, all rows are one group.
Node *HashOf(const PlannedCore *core)
{
	StringInfoData sql;
	List *keys = NIL;
	ListCell *cell;
	if (core->keys == NIL)
		return BuildExpression("0::pg_catalog.int8", NIL);
	initStringInfo(&sql);
	foreach (cell, core->keys) {
		keys = lappend(keys, static_cast<PlannedColumn *>(lfirst(cell))->expression);
		appendStringInfo(&sql, "%s$%d", sql.len > 0 ? ", " : "mezzanine_state.group_hash(",
						 list_length(keys));
	}
	appendStringInfoChar(&sql, ')');
	return BuildExpression(sql.data, keys);
}

// The home tables where there are none yet: WITH home_1 AS (…), … and the rows that they are
// computed from.
Homes HomesOfNone(const QueryPlan *plan)
{
	StringInfoData sql;
	List *names = NIL;
	List *rows = NIL;
	ListCell *cell;
	initStringInfo(&sql);
	foreach (cell, plan->cores) {
		const auto *core = static_cast<PlannedCore *>(lfirst(cell));
		auto *of = const_cast<QueryPlan *>(core->plan);
		if (of->rows != nullptr && !list_member_ptr(rows, of)) {
			rows = lappend(rows, of);
			appendStringInfo(&sql, "%s%s AS (%s)", sql.len > 0 ? ", " : "WITH ", of->rows->label,
							 RowsQuery(of));
		}
		appendStringInfo(&sql, "%s%s AS (%s)", sql.len > 0 ? ", " : "WITH ", core->label,
						 TruthQuery(core));
		names = lappend(names, const_cast<char *>(core->label));
	}
	appendStringInfoChar(&sql, ' ');
	return {plan->cores, names, sql.data};
}

} // namespace

List *OutputsOverHome(const QueryPlan *inner)
{
	List *outputs = NIL;
	ListCell *cell;
	foreach (cell, TargetsOverColumns(inner)) {
		const auto *target = lfirst_node(TargetEntry, cell);
		if (!target->resjunk)
			outputs = lappend(outputs, NameZones(reinterpret_cast<Node *>(target->expr)));
	}
	return outputs;
}

Node *HavingOverHome(const QueryPlan *inner)
{
	return NameZones(OverColumns(inner->query->havingQual, const_cast<QueryPlan *>(inner)));
}

void LabelAll(const QueryPlan *plan)
{
	const List *with_rows = PlansWithRows(plan);
	ListCell *cell;
	foreach (cell, with_rows)
		static_cast<QueryPlan *>(lfirst(cell))->rows->label =
			list_length(with_rows) == 1 ? "rows"
										: psprintf("rows_%d", foreach_current_index(cell) + 1);
	foreach (cell, plan->cores)
		static_cast<PlannedCore *>(lfirst(cell))->label =
			list_length(plan->cores) == 1 ? "home"
										  : psprintf("home_%d", foreach_current_index(cell) + 1);
}

const char *FinishQuery(const QueryPlan *plan, List *homes)
{
	const Homes names = {plan->cores, homes, ""};
	return pg_get_querydef(QueryOverHomes(plan, &names), false);
}

const char *FinishQueryOfNone(const QueryPlan *plan)
{
	const Homes names = HomesOfNone(plan);
	return pg_get_querydef(QueryOverHomes(plan, &names), false);
}

const char *TruthQuery(const PlannedCore *core)
{
	Query *truth = SelectFromSource(core);
	ListCell *cell;
	if (core->filter != NIL)
		truth->jointree->quals = reinterpret_cast<Node *>(make_ands_explicit(core->filter));
	truth->hasAggs = true;
	AppendTarget(truth, HashOf(core), "hash");
	foreach (cell, core->keys) {
		auto *key = static_cast<PlannedColumn *>(lfirst(cell));
		AppendTarget(truth, key->expression, key->name);
		truth->groupClause = lappend(
			truth->groupClause, GroupClauseOf(llast_node(TargetEntry, truth->targetList),
											  static_cast<Index>(foreach_current_index(cell) + 1)));
	}
	AppendTarget(truth, BuildExpression("count(*)", NIL), "count");
	foreach (cell, core->states) {
		auto *state = static_cast<PlannedColumn *>(lfirst(cell));
		AppendTarget(truth, state->expression, state->name);
	}
	return pg_get_querydef(static_cast<Query *>(copyObjectImpl(truth)), false);
}

List *PublishedKeyNames(const QueryPlan *plan)
{
	List *names = NIL;
	ListCell *cell;
	foreach (cell, plan->query->targetList) {
		auto *target = lfirst_node(TargetEntry, cell);
		const PlannedColumn *column = ColumnForTarget(plan, target);
		if (!target->resjunk && column != nullptr && list_member_ptr(plan->keys, column))
			names = lappend(names, target->resname);
	}
	return names;
}

} // namespace mezzanine::views

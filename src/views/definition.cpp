#include "views/definition.h"

#include "views/base.h"
#include "views/cores.h"
#include "views/expression.h"
#include "views/finish.h"
#include "views/level.h"
#include "views/sublinks.h"
#include "views/timezones.h"

namespace mezzanine::views
{

namespace
{

// Where groups are read from.
enum class Groups { kDefined, kKept };

Query *Given(const Level *level, Groups groups);

// Notes it where the value of an expression over the base needs zones named.
void TellZones(QueryPlan *plan, Node *expression)
{
	Node *named = NameZones(expression);
	if (named != expression)
		AddZoneNotice(plan, Deparse(plan, expression), Deparse(plan, named));
}

// Whether the node has a value, and not parts alone.
bool IsExpression(const Node *node)
{
	return !IsA(node, TargetEntry) && !IsA(node, List) && !IsA(node, CaseWhen);
}

bool IsComputedInCores(const QueryPlan *plan, const Node *given)
{
	if (IsA(given, Aggref))
		return true;
	// Of an inner query all is computed in cores: what is over its groups in the next.
	return plan->is_inner || ColumnFor(plan, OverBase(plan, given)) != nullptr;
}

// Names time zones in what the cores compute, and leaves the rest alone.
Node *NameInCores(Node *node, void *context)
{
	auto *plan = static_cast<QueryPlan *>(context);
	if (node == nullptr)
		return nullptr;
	if (IsExpression(node) && IsComputedInCores(plan, node)) {
		TellZones(plan, OverBase(plan, node));
		return NameZones(node);
	}
	if (IsA(node, SubLink))
		return DefinitionOf(plan->level, castNode(SubLink, node));
	return pg::MutateExpression(node, NameInCores, context);
}

// Names time zones in all conditions and expressions of a part of a query.
Node *NameAll(Node *node, void *)
{
	if (node == nullptr)
		return nullptr;
	switch (nodeTag(node)) {
	case T_List:
	case T_TargetEntry:
	case T_RangeTblRef:
		return pg::MutateExpression(node, NameAll, nullptr);
	case T_FromExpr: {
		auto *from = static_cast<FromExpr *>(copyObjectImpl(node));
		from->fromlist = castNode(List, NameAll(reinterpret_cast<Node *>(from->fromlist), nullptr));
		from->quals = NameAll(from->quals, nullptr);
		return reinterpret_cast<Node *>(from);
	}
	case T_JoinExpr: {
		auto *join = static_cast<JoinExpr *>(copyObjectImpl(node));
		join->larg = NameAll(join->larg, nullptr);
		join->rarg = NameAll(join->rarg, nullptr);
		join->quals = NameAll(join->quals, nullptr);
		return reinterpret_cast<Node *>(join);
	}
	default:
		return NameZones(node);
	}
}

// SELECT what an inner plan shows FROM its home table.
Query *ReadGroups(const QueryPlan *inner)
{
	const PlannedCore *core = ShownCore(inner);
	auto *query = makeNode(Query);
	auto *reference = makeNode(RangeTblRef);
	ListCell *cell;
	reference->rtindex = 1;
	query->commandType = CMD_SELECT;
	query->rtable = list_make1(EntryOfHome(core, "home"));
	query->jointree = makeFromExpr(list_make1(reference), HavingOverHome(inner));
	foreach (cell, OutputsOverHome(inner))
		query->targetList =
			lappend(query->targetList,
					makeTargetEntry(static_cast<Expr *>(lfirst(cell)),
									static_cast<AttrNumber>(list_length(query->targetList) + 1),
									psprintf("c%d", foreach_current_index(cell) + 1), false));
	return query;
}

// Makes an entry, of whatever kind it was, a subquery.
void WriteOut(RangeTblEntry *entry, Query *query)
{
	ListCell *cell;
	const List *names = entry->eref->colnames;
	foreach (cell, query->targetList) {
		auto *target = lfirst_node(TargetEntry, cell);
		if (!target->resjunk && foreach_current_index(cell) < list_length(names))
			target->resname = pstrdup(strVal(list_nth(names, foreach_current_index(cell))));
	}
	if (entry->rtekind == RTE_CTE)
		IncrementVarSublevelsUp(reinterpret_cast<Node *>(query),
								static_cast<int>(entry->ctelevelsup), 1);
	const char *name = entry->eref->aliasname;
	entry->rtekind = RTE_SUBQUERY;
	entry->subquery = query;
	entry->relid = InvalidOid;
	entry->relkind = 0;
	entry->inh = false;
	entry->requiredPerms = 0;
	entry->alias = makeAlias(name, NIL);
}

// Whether an inner plan's groups are kept: they are not where no row of the whole can depend on
// them, and so no arm reads them.
bool IsKept(const Level *level, const QueryPlan *inner)
{
	return list_member_ptr(level->plan->cores, ShownCore(inner));
}

// FROM and WHERE of a level, with what it names written out, and zones named.
Query *Given(const Level *level, Groups groups)
{
	auto *query = static_cast<Query *>(copyObjectImpl(level->given));
	ListCell *cell;
	foreach (cell, query->rtable) {
		const Place *place = &level->places[foreach_current_index(cell) + 1];
		auto *entry = lfirst_node(RangeTblEntry, cell);
		if (place->inner != nullptr && groups == Groups::kKept && IsKept(level, place->inner))
			WriteOut(entry, ReadGroups(place->inner));
		else if (place->inner != nullptr)
			WriteOut(entry, static_cast<Query *>(copyObjectImpl(place->inner->definition)));
		else if (place->level != nullptr)
			WriteOut(entry, Given(place->level, groups));
	}
	if (!query->hasSubLinks)
		query->cteList = NIL;
	if (level->is_top)
		return query;
	query->targetList =
		castNode(List, NameAll(reinterpret_cast<Node *>(query->targetList), nullptr));
	query->jointree =
		castNode(FromExpr, NameAll(reinterpret_cast<Node *>(query->jointree), nullptr));
	return query;
}

bool IsLate(const QueryPlan *plan, const Node *given)
{
	ListCell *cell;
	foreach (cell, plan->level->gathering->late)
		if (equal(static_cast<LateCondition *>(lfirst(cell))->given, given))
			return true;
	return false;
}

// Conditions of WHERE, as given: those that come late, or the others.
List *ConditionsOf(const QueryPlan *plan, bool are_late)
{
	List *conditions = NIL;
	ListCell *cell;
	foreach (cell,
			 make_ands_implicit(reinterpret_cast<Expr *>(plan->level->given->jointree->quals)))
		if (IsLate(plan, static_cast<Node *>(lfirst(cell))) == are_late)
			conditions = lappend(conditions, copyObjectImpl(lfirst(cell)));
	return conditions;
}

// FROM of the plan's own query, and the conditions on rows, with zones named.
Query *TopOf(const QueryPlan *plan, Groups groups)
{
	Query *query = Given(plan->level, groups);
	query->jointree->quals = reinterpret_cast<Node *>(ConditionsOf(plan, false));
	query->jointree =
		castNode(FromExpr, NameAll(reinterpret_cast<Node *>(query->jointree), nullptr));
	return query;
}

void SetConditions(Query *query, List *conditions)
{
	query->jointree->quals =
		conditions == NIL ? nullptr : reinterpret_cast<Node *>(make_ands_explicit(conditions));
}

// DISTINCT ON has got an equal end to its order, over the outputs.
void CompleteOrder(const QueryPlan *plan, Query *definition)
{
	if (plan->shape != Shape::kDistinctOn)
		return;
	definition->sortClause = plan->query->sortClause;
	auto *tie_breaker = static_cast<TargetEntry *>(copyObjectImpl(llast(plan->query->targetList)));
	tie_breaker->expr = reinterpret_cast<Expr *>(ImageOfOutputs(definition));
	definition->targetList = lappend(definition->targetList, tie_breaker);
}

} // namespace

// What a set operation combines, defined in its place.
Query *DefinitionOfBranches(const QueryPlan *plan)
{
	auto *definition = static_cast<Query *>(copyObjectImpl(plan->query));
	ListCell *cell;
	foreach (cell, definition->rtable)
		lfirst_node(RangeTblEntry, cell)->subquery =
			static_cast<QueryPlan *>(list_nth(plan->branches, foreach_current_index(cell)))
				->definition;
	return definition;
}

void MakeDefinition(QueryPlan *plan)
{
	if (plan->branches != NIL) {
		plan->definition = DefinitionOfBranches(plan);
		return;
	}
	Query *definition = TopOf(plan, Groups::kDefined);
	ListCell *cell;
	List *late = ConditionsOf(plan, true);
	definition->targetList =
		castNode(List, NameInCores(reinterpret_cast<Node *>(definition->targetList), plan));
	definition->havingQual = NameInCores(definition->havingQual, plan);
	late = castNode(List, NameInCores(reinterpret_cast<Node *>(late), plan));
	foreach (cell, make_ands_implicit(reinterpret_cast<Expr *>(plan->query->jointree->quals)))
		if (!list_member(plan->late_filter, lfirst(cell)))
			TellZones(plan, static_cast<Node *>(lfirst(cell)));
	SetConditions(definition, list_concat(castNode(List, definition->jointree->quals), late));
	CompleteOrder(plan, definition);
	plan->definition = definition;
}

Query *GivenRows(const QueryPlan *plan)
{
	Query *rows = TopOf(plan, Groups::kKept);
	SetConditions(rows, castNode(List, rows->jointree->quals));
	rows->havingQual = nullptr;
	rows->groupClause = NIL;
	rows->groupingSets = NIL;
	rows->distinctClause = NIL;
	rows->sortClause = NIL;
	rows->windowClause = NIL;
	rows->limitCount = nullptr;
	rows->limitOffset = nullptr;
	rows->hasAggs = false;
	rows->hasDistinctOn = false;
	rows->hasWindowFuncs = false;
	rows->hasTargetSRFs = false;
	return rows;
}

} // namespace mezzanine::views

#include "views/grouped.h"

#include "views/correlation.h"
#include "views/expression.h"
#include "views/sum.h"

namespace mezzanine::views
{

namespace
{

// What an aggregate is over no rows; NULL where that is not known.
Node *OfNone(const Aggref *aggregate)
{
	if (get_func_namespace(aggregate->aggfnoid) != get_namespace_oid("pg_catalog", false) ||
		aggregate->aggkind == AGGKIND_HYPOTHETICAL)
		return nullptr;
	const char *name = get_func_name(aggregate->aggfnoid);
	if (strcmp(name, "count") == 0 || strcmp(name, "regr_count") == 0)
		return reinterpret_cast<Node *>(makeConst(INT8OID, -1, InvalidOid, sizeof(int64),
												  Int64GetDatum(0), false, FLOAT8PASSBYVAL));
	return reinterpret_cast<Node *>(makeNullConst(aggregate->aggtype, -1, aggregate->aggcollid));
}

// Replaces aggregates by what they are over no rows; *context is set where one has no such value.
Node *OverNone(Node *node, void *context)
{
	if (node == nullptr)
		return nullptr;
	if (!IsA(node, Aggref))
		return pg::MutateExpression(node, OverNone, context);
	Node *value = OfNone(castNode(Aggref, node));
	if (value != nullptr)
		return value;
	*static_cast<bool *>(context) = true;
	return node;
}

// The subquery with groups for all keys, which it shows after its value.
void GroupByKeys(Query *query, List *keys, List *conditions)
{
	ListCell *cell;
	if (conditions != NIL)
		query->jointree->quals =
			reinterpret_cast<Node *>(make_ands_explicit(list_copy(conditions)));
	query->sortClause = NIL;
	query->limitCount = nullptr;
	foreach (cell, keys) {
		auto *key = static_cast<Node *>(copyObjectImpl(lfirst(cell)));
		const int number = list_length(query->targetList) + 1;
		TargetEntry *target =
			makeTargetEntry(reinterpret_cast<Expr *>(key), static_cast<AttrNumber>(number),
							psprintf("k%d", number), false);
		auto *clause = makeNode(SortGroupClause);
		clause->tleSortGroupRef = assignSortGroupRef(target, query->targetList);
		get_sort_group_operators(exprType(key), false, true, false, &clause->sortop, &clause->eqop,
								 nullptr, &clause->hashable);
		query->targetList = lappend(query->targetList, target);
		query->groupClause = lappend(query->groupClause, clause);
	}
}

List *OutputsOf(const Query *query)
{
	List *outputs = NIL;
	ListCell *cell;
	foreach (cell, query->targetList)
		outputs = lappend(outputs, lfirst_node(TargetEntry, cell)->expr);
	return outputs;
}

// Columns of a number that stands for no table, one for each of some values.
List *ColumnsOf(int number, const List *values)
{
	List *columns = NIL;
	ListCell *cell;
	foreach (cell, values) {
		auto *value = static_cast<Node *>(lfirst(cell));
		columns = lappend(columns,
						  makeVar(number, static_cast<AttrNumber>(foreach_current_index(cell) + 1),
								  exprType(value), exprTypmod(value), exprCollation(value), 0));
	}
	return columns;
}

// The groups of a subquery that looks out, and what it shows of them.
struct Groups {
	QueryPlan *plan;
	List *of_none; // what it shows where there is no group
};

// Has the sum be of the rows with what the subquery shows for each.  NIL: refused.
List *JoinGroups(Level *level, const Correlation *correlation, const Groups *groups, List **sum)
{
	List *outputs;
	const int count = list_length(groups->of_none);
	if (!CheckAlternatives(level, 3 * static_cast<int64>(list_length(*sum))))
		return NIL;
	List *found =
		Product(*sum, JoinInner(level, groups->plan, NameInSubquery(correlation->query), &outputs));
	List *held = list_truncate(list_copy(outputs), count);
	if (!AddCorrelation(level, correlation, list_copy_tail(outputs, count), found))
		return NIL;
	List *missing = list_concat(Product(*sum, SumOf(0)), Negated(found));
	const int number = AddNumber(level, nullptr, nullptr);
	AddChoice(found, number, held);
	AddChoice(missing, number, groups->of_none);
	*sum = list_concat(found, missing);
	return ColumnsOf(number, held);
}

} // namespace

List *JoinAggregates(Level *level, const Correlation *correlation, List **sum)
{
	const List *keys = InnerKeys(correlation);
	bool is_unknown = false;
	if (correlation->others != NIL) {
		Refuse(level->plan, "this condition that ties a subquery to the query outside is",
			   "Tie it by equalities.");
		return NIL;
	}
	auto *of_none = castNode(
		List, OverNone(reinterpret_cast<Node *>(OutputsOf(correlation->query)), &is_unknown));
	const int count = list_length(of_none);
	GroupByKeys(correlation->query, const_cast<List *>(keys), correlation->conditions);
	Groups groups = {PlanSubquery(level, correlation->query), of_none};
	if (groups.plan == nullptr)
		return NIL;
	if (keys == NIL && correlation->outside == NIL) {
		List *outputs;
		*sum = Product(*sum,
					   JoinInner(level, groups.plan, NameInSubquery(correlation->query), &outputs));
		return list_truncate(outputs, count);
	}
	if (is_unknown) {
		Refuse(level->plan, "such an aggregate in a subquery in an expression is",
			   "Join the groups in FROM.");
		return NIL;
	}
	return JoinGroups(level, correlation, &groups, sum);
}

} // namespace mezzanine::views

#include "views/scalar.h"

#include "views/correlation.h"
#include "views/expression.h"
#include "views/sum.h"

namespace mezzanine::views
{

namespace
{

// A subquery, and what it is over the numbers.
struct Scalar {
	const SubLink *sublink;
	Node *value = nullptr;
};

struct ScalarSearch {
	Level *level;
	List **sum;
};

bool IsScalar(const SubLink *sublink)
{
	const Query *query = castNode(Query, sublink->subselect);
	return sublink->subLinkType == EXPR_SUBLINK && query->hasAggs && query->groupClause == NIL &&
		   query->groupingSets == NIL && query->havingQual == nullptr &&
		   query->distinctClause == NIL && query->limitOffset == nullptr &&
		   query->setOperations == nullptr && !query->hasWindowFuncs && !query->hasTargetSRFs;
}

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

// Has the sum be of the rows with the value of a subquery that looks out; false: refused.
bool JoinGroups(Level *level, const Correlation *correlation, QueryPlan *inner, List **sum,
				Node **value)
{
	List *outputs;
	bool is_unknown = false;
	const auto *target = linitial_node(TargetEntry, correlation->query->targetList);
	auto *of_none = OverNone(reinterpret_cast<Node *>(target->expr), &is_unknown);
	if (is_unknown)
		return Refuse(level->plan, "such an aggregate in a subquery in an expression is",
					  "Join the groups in FROM.");
	List *found =
		Product(*sum, JoinInner(level, inner, NameInSubquery(correlation->query), &outputs));
	Node *held = static_cast<Node *>(linitial(outputs));
	if (!AddCorrelation(level, correlation, list_delete_first(list_copy(outputs)), found))
		return false;
	List *missing = list_concat(Product(*sum, SumOf(0)), Negated(found));
	const int number = AddNumber(level, nullptr, nullptr);
	AddChoice(found, number, list_make1(held));
	AddChoice(missing, number, list_make1(of_none));
	*value = reinterpret_cast<Node *>(
		makeVar(number, 1, exprType(held), exprTypmod(held), exprCollation(held), 0));
	*sum = list_concat(found, missing);
	return true;
}

bool JoinScalar(Level *level, const SubLink *sublink, List **sum)
{
	Correlation correlation;
	Node *value = nullptr;
	if (!Separate(level, sublink, &correlation))
		return false;
	const List *keys = InnerKeys(&correlation);
	if (correlation.others != NIL)
		return Refuse(level->plan, "this condition that ties a subquery to the query outside is",
					  "Tie it by equalities.");
	if (keys == NIL && correlation.outside != NIL)
		return Refuse(level->plan, "a subquery that looks out but by equalities is",
					  "Tie it to the query outside by equalities in its WHERE.");
	const auto *target =
		static_cast<TargetEntry *>(copyObjectImpl(linitial(correlation.query->targetList)));
	// What only orders is not asked for.
	correlation.query->targetList = list_make1(const_cast<TargetEntry *>(target));
	linitial_node(TargetEntry, correlation.query->targetList)->ressortgroupref = 0;
	GroupByKeys(correlation.query, const_cast<List *>(keys), correlation.conditions);
	QueryPlan *inner = PlanSubquery(level, correlation.query);
	if (inner == nullptr)
		return false;
	if (keys == NIL) {
		List *outputs;
		*sum = Product(*sum, JoinInner(level, inner, NameInSubquery(correlation.query), &outputs));
		value = static_cast<Node *>(linitial(outputs));
	} else if (!JoinGroups(level, &correlation, inner, sum, &value)) {
		return false;
	}
	auto *scalar = static_cast<Scalar *>(palloc(sizeof(Scalar)));
	*scalar = {sublink, value};
	level->scalars = lappend(level->scalars, scalar);
	return true;
}

// True: refused.
bool Find(Node *node, void *context)
{
	auto *search = static_cast<ScalarSearch *>(context);
	if (node == nullptr)
		return false;
	if (!IsA(node, SubLink))
		return pg::WalkExpression(node, Find, context);
	const SubLink *sublink = castNode(SubLink, node);
	if (!IsScalar(sublink) || ScalarValue(search->level, sublink) != nullptr)
		return false;
	return !JoinScalar(search->level, sublink, search->sum);
}

// The same below aggregates alone.
bool FindInAggregates(Node *node, void *context)
{
	if (node == nullptr || IsA(node, SubLink))
		return false;
	if (IsA(node, Aggref))
		return pg::WalkExpression(node, Find, context);
	return pg::WalkExpression(node, FindInAggregates, context);
}

} // namespace

bool JoinScalars(Level *level, Node *expression, List **sum)
{
	ScalarSearch search = {level, sum};
	return !Find(flatten_join_alias_vars(const_cast<Query *>(level->given), expression), &search);
}

bool JoinGroupedScalars(Level *level, List **sum)
{
	const Query *given = level->given;
	ScalarSearch search = {level, sum};
	List *parts = list_make2(given->targetList, given->havingQual);
	ListCell *cell;
	if (FindInAggregates(
			flatten_join_alias_vars(const_cast<Query *>(given), reinterpret_cast<Node *>(parts)),
			&search))
		return false;
	foreach (cell, list_concat(list_copy(given->groupClause), given->distinctClause)) {
		Node *key = get_sortgroupclause_expr(lfirst_node(SortGroupClause, cell), given->targetList);
		if (!JoinScalars(level, key, sum))
			return false;
	}
	return true;
}

Node *ScalarValue(const Level *level, const SubLink *sublink)
{
	ListCell *cell;
	foreach (cell, level->scalars) {
		const auto *scalar = static_cast<Scalar *>(lfirst(cell));
		if (equal(scalar->sublink, sublink))
			return static_cast<Node *>(copyObjectImpl(scalar->value));
	}
	return nullptr;
}

} // namespace mezzanine::views

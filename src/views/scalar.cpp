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

// Whether the subquery selects one expression, aggregated or not, of rows that WHERE leaves.
bool IsScalar(const SubLink *sublink)
{
	const Query *query = castNode(Query, sublink->subselect);
	return sublink->subLinkType == EXPR_SUBLINK && query->groupClause == NIL &&
		   query->groupingSets == NIL && query->havingQual == nullptr &&
		   query->distinctClause == NIL && query->limitOffset == nullptr &&
		   query->setOperations == nullptr && !query->hasWindowFuncs && !query->hasTargetSRFs &&
		   (query->hasAggs || query->limitCount == nullptr);
}

// Whether the columns of a unique index are all among those of the table that the keys compare.
bool AreUnique(Relation index, int varno, const List *keys)
{
	if (!index->rd_index->indisunique || !index->rd_index->indisvalid ||
		!index->rd_index->indimmediate || RelationGetIndexPredicate(index) != NIL)
		return false;
	for (int i = 0; i < index->rd_index->indnkeyatts; i++) {
		const AttrNumber attribute = index->rd_index->indkey.values[i];
		bool is_compared = false;
		ListCell *cell;
		foreach (cell, keys)
			is_compared |= IsA(lfirst(cell), Var) && lfirst_node(Var, cell)->varno == varno &&
						   lfirst_node(Var, cell)->varattno == attribute && attribute > 0;
		if (!is_compared)
			return false;
	}
	return true;
}

// Whether the subquery finds one row at most, in a table by its unique columns.
bool FindsOneRow(const Correlation *correlation)
{
	const Query *query = correlation->query;
	const List *keys = InnerKeys(correlation);
	bool is_found = false;
	ListCell *cell;
	if (list_length(query->jointree->fromlist) != 1 ||
		!IsA(linitial(query->jointree->fromlist), RangeTblRef))
		return false;
	const int varno = linitial_node(RangeTblRef, query->jointree->fromlist)->rtindex;
	const RangeTblEntry *entry = rt_fetch(varno, query->rtable);
	if (entry->rtekind != RTE_RELATION || entry->relkind == RELKIND_VIEW)
		return false;
	Relation relation = table_open(entry->relid, AccessShareLock);
	foreach (cell, RelationGetIndexList(relation)) {
		Relation index = index_open(lfirst_oid(cell), AccessShareLock);
		is_found |= AreUnique(index, varno, keys);
		index_close(index, AccessShareLock);
	}
	table_close(relation, NoLock);
	return is_found;
}

// A subquery that looks one row up, as an aggregate of it.  Whoever drops the unique index and has
// it find several rows makes an error of the query; when they are gone, the group is right again.
bool AggregateLookup(Correlation *correlation)
{
	auto *target = linitial_node(TargetEntry, correlation->query->targetList);
	auto *value = reinterpret_cast<Node *>(target->expr);
	if (!FindsOneRow(correlation) || correlation->outside != NIL ||
		OidIsValid(get_element_type(exprType(value))) || checkExprHasSubLink(value))
		return false;
	target->expr =
		reinterpret_cast<Expr *>(BuildExpression("(array_agg($1))[1]", list_make1(value)));
	correlation->query->hasAggs = true;
	return true;
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
	if (!CheckAlternatives(level, 3 * static_cast<int64>(list_length(*sum))))
		return false;
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
	const Refusal none = level->plan->refusal;
	const bool is_separate = Separate(level, sublink, &correlation);
	if (!castNode(Query, sublink->subselect)->hasAggs &&
		(!is_separate || !AggregateLookup(&correlation))) {
		level->plan->refusal = none; // it is not ours
		return true;
	}
	if (!is_separate)
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

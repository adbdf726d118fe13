#include "views/extremes.h"

#include "views/expression.h"
#include "views/grouped.h"

namespace mezzanine::views
{

namespace
{

// The strategy and the family of an operator that orders.
struct Order {
	int strategy; // 0: it is none
	Oid family;
};

// A comparison that a family has under one of the strategies.
Order OrderOf(Oid operation, Oid family)
{
	ListCell *cell;
	foreach (cell, get_op_btree_interpretation(operation)) {
		const auto *meaning = static_cast<OpBtreeInterpretation *>(lfirst(cell));
		if (!OidIsValid(family) || meaning->opfamily_id == family)
			return {meaning->strategy, meaning->opfamily_id};
	}
	return {0, InvalidOid};
}

Oid SortOperatorOf(Oid aggregate)
{
	HeapTuple tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(aggregate));
	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	const Oid operation = reinterpret_cast<Form_pg_aggregate>(GETSTRUCT(tuple))->aggsortop;
	ReleaseSysCache(tuple);
	return operation;
}

// max or min of the values, by the family's own order; NULL: there is no such aggregate.
Node *ExtremeOf(Node *values, const char *name, Oid family)
{
	List *names = list_make2(makeString(pstrdup("pg_catalog")), makeString(pstrdup(name)));
	Oid type = exprType(values);
	Oid function;
	Oid result;
	Oid variadic;
	Oid *declared;
	int count;
	bool returns_set;
	if (func_get_detail(names, NIL, NIL, 1, &type, false, false, false, &function, &result,
						&returns_set, &count, &variadic, &declared,
						nullptr) != FUNCDETAIL_AGGREGATE)
		return nullptr;
	const int strategy = strcmp(name, "max") == 0 ? BTGreaterStrategyNumber : BTLessStrategyNumber;
	if (OrderOf(SortOperatorOf(function), family).strategy != strategy)
		return nullptr;
	Node *extreme = BuildExpression(psprintf("%s($1)", name), list_make1(values));
	return exprType(extreme) == type ? extreme : nullptr;
}

// Which of max and min decide, by the strategy of the operator.
List *ExtremesOf(Node *values, Order order)
{
	List *extremes = NIL;
	const bool is_more =
		order.strategy == BTGreaterStrategyNumber || order.strategy == BTGreaterEqualStrategyNumber;
	const bool is_other = order.strategy == ROWCOMPARE_NE;
	if (!is_more)
		extremes = lappend(extremes, ExtremeOf(values, "max", order.family));
	if (is_more || is_other)
		extremes = lappend(extremes, ExtremeOf(values, "min", order.family));
	return list_member_ptr(extremes, nullptr) ? NIL : extremes;
}

// The values, with the collation that they are compared by.
Node *InCollation(Node *values, Oid collation)
{
	if (!OidIsValid(collation) || exprCollation(values) == collation)
		return values;
	auto *collate = makeNode(CollateExpr);
	collate->arg = reinterpret_cast<Expr *>(values);
	collate->collOid = collation;
	collate->location = -1;
	return reinterpret_cast<Node *>(collate);
}

Node *Compare(const OpExpr *comparison, Node *left, void *right)
{
	auto *copy = static_cast<OpExpr *>(copyObjectImpl(comparison));
	copy->args = list_make2(copyObjectImpl(left), copyObjectImpl(right));
	return reinterpret_cast<Node *>(copy);
}

// Over an extreme or both, and then the number of NULLs.
Node *TruthOf(const OpExpr *comparison, Node *left, const List *values)
{
	Node *is_met = Compare(comparison, left, linitial(values));
	if (list_length(values) == 3)
		is_met = BuildExpression("$1 OR $2",
								 list_make2(is_met, Compare(comparison, left, lsecond(values))));
	return BuildExpression("CASE WHEN $1 THEN true WHEN $2 > 0 OR ($3 IS NULL AND $4 IS NOT NULL) "
						   "THEN NULL::bool ELSE false END",
						   list_make4(is_met, llast(values), left, linitial(values)));
}

} // namespace

Node *CompareWithExtremes(Level *level, const Correlation *correlation, const OpExpr *comparison,
						  List **sum)
{
	const Order order = OrderOf(comparison->opno, InvalidOid);
	Node *inside =
		InCollation(static_cast<Node *>(lsecond(comparison->args)), comparison->inputcollid);
	List *aggregates = order.strategy == 0 ? NIL : ExtremesOf(inside, order);
	ListCell *cell;
	if (aggregates == NIL) {
		Refuse(level->plan, "this comparison with a subquery is",
			   "Compare by an operator that orders, with values that have max and min.");
		return nullptr;
	}
	aggregates = lappend(aggregates,
						 BuildExpression("count(*) FILTER (WHERE $1 IS NULL)", list_make1(inside)));
	foreach (cell, aggregates)
		correlation->query->targetList =
			lappend(correlation->query->targetList,
					makeTargetEntry(static_cast<Expr *>(lfirst(cell)),
									static_cast<AttrNumber>(foreach_current_index(cell) + 1),
									psprintf("c%d", foreach_current_index(cell) + 1), false));
	correlation->query->hasAggs = true;
	const List *values = JoinAggregates(level, correlation, sum);
	if (values == NIL)
		return nullptr;
	return TruthOf(comparison, InNumbers(level, linitial(comparison->args)), values);
}

} // namespace mezzanine::views

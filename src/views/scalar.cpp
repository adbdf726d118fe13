#include "views/scalar.h"

#include "views/correlation.h"
#include "views/expression.h"
#include "views/grouped.h"
#include "views/nulls.h"
#include "views/semijoin.h"

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

// Whether the subquery selects one expression, aggregated or not, of rows that WHERE leaves.  All
// of them are one group.
bool IsScalar(const SubLink *sublink)
{
	const Query *query = castNode(Query, sublink->subselect);
	return sublink->subLinkType == EXPR_SUBLINK && query->groupClause == NIL &&
		   query->groupingSets == NIL && (query->hasAggs || query->havingQual == nullptr) &&
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

// What the subquery has for a value where HAVING leaves its row, and NULL where not.
Expr *WithHaving(Query *query, Expr *value)
{
	if (query->havingQual == nullptr)
		return value;
	Node *having = query->havingQual;
	query->havingQual = nullptr;
	return reinterpret_cast<Expr *>(
		BuildExpression("CASE WHEN $1 THEN $2 END", list_make2(having, value)));
}

void Register(Level *level, const SubLink *sublink, Node *value)
{
	auto *scalar = static_cast<Scalar *>(palloc(sizeof(Scalar)));
	*scalar = {sublink, value};
	level->scalars = lappend(level->scalars, scalar);
}

bool JoinScalar(Level *level, const SubLink *sublink, List **sum)
{
	Correlation correlation;
	const Refusal none = level->plan->refusal;
	const bool is_separate = Separate(level, sublink, &correlation);
	if (!castNode(Query, sublink->subselect)->hasAggs &&
		(!is_separate || !AggregateLookup(&correlation))) {
		level->plan->refusal = none; // it is not ours
		return true;
	}
	if (!is_separate)
		return false;
	auto *target =
		static_cast<TargetEntry *>(copyObjectImpl(linitial(correlation.query->targetList)));
	// What only orders is not asked for.
	target->ressortgroupref = 0;
	target->expr = WithHaving(correlation.query, target->expr);
	correlation.query->targetList = list_make1(target);
	const List *values = JoinAggregates(level, &correlation, sum);
	if (values == NIL)
		return false;
	Register(level, sublink, static_cast<Node *>(linitial(values)));
	return true;
}

bool Join(ScalarSearch *search, const SubLink *sublink, bool is_condition)
{
	if (ScalarValue(search->level, sublink) != nullptr)
		return true;
	if (IsScalar(sublink))
		return JoinScalar(search->level, sublink, search->sum);
	if (!IsTruth(sublink))
		return true; // it is not ours
	Node *value =
		JoinTruth(search->level, sublink,
				  is_condition && !AsksForNull(search->level->given, sublink), search->sum);
	if (value == nullptr)
		return false;
	Register(search->level, sublink, value);
	return true;
}

// True: refused.
bool Find(const SubLink *sublink, bool is_condition, void *context)
{
	return !Join(static_cast<ScalarSearch *>(context), sublink, is_condition);
}

// The same below aggregates alone.
bool FindInAggregates(Node *node, void *context)
{
	if (node == nullptr || IsA(node, SubLink))
		return false;
	if (IsA(node, Aggref))
		return WalkSublinks(node, false, Find, context);
	return pg::WalkExpression(node, FindInAggregates, context);
}

bool IsGrouped(const Query *query)
{
	return query->hasAggs || query->groupClause != NIL || query->groupingSets != NIL ||
		   query->havingQual != nullptr;
}

// Of no subquery of rows, nor of a husk.
constexpr int kOfGroup = -1;

bool Mark(Node *node, void *)
{
	if (node == nullptr || IsA(node, Aggref))
		return false;
	if (!IsA(node, SubLink))
		return pg::WalkExpression(node, Mark, nullptr);
	castNode(SubLink, node)->subLinkId = kOfGroup;
	return false;
}

} // namespace

void TellApart(Query *query)
{
	ListCell *cell;
	if (!IsGrouped(query) || (query->groupClause != NIL && query->groupingSets == NIL))
		return;
	foreach (cell, query->targetList) {
		auto *target = lfirst_node(TargetEntry, cell);
		if (target->ressortgroupref == 0 ||
			get_sortgroupref_clause_noerr(target->ressortgroupref, query->groupClause) == nullptr)
			(void)Mark(reinterpret_cast<Node *>(target->expr), nullptr);
	}
	(void)Mark(query->havingQual, nullptr);
}

bool JoinScalars(Level *level, Node *expression, bool is_condition, List **sum)
{
	ScalarSearch search = {level, sum};
	return !WalkSublinks(flatten_join_alias_vars(const_cast<Query *>(level->given), expression),
						 is_condition, Find, &search);
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
	foreach (cell, given->groupClause)
		if (!JoinScalars(
				level,
				get_sortgroupclause_expr(lfirst_node(SortGroupClause, cell), given->targetList),
				false, sum))
			return false;
	foreach (cell, IsGrouped(given) ? NIL : given->distinctClause) {
		const Refusal none = level->plan->refusal;
		Node *key = get_sortgroupclause_expr(lfirst_node(SortGroupClause, cell), given->targetList);
		if (!JoinScalars(level, key, false, sum))
			level->plan->refusal = none; // a reader's query finds what is distinct
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

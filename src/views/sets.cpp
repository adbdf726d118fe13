#include "views/sets.h"

#include "views/expression.h"
#include "views/nesting.h"

namespace mezzanine::views
{

namespace
{

const RangeTblEntry *LeftmostLeaf(const Query *query, const Node *tree)
{
	while (IsA(tree, SetOperationStmt))
		tree = castNode(SetOperationStmt, tree)->larg;
	return rt_fetch(castNode(RangeTblRef, tree)->rtindex, query->rtable);
}

int LeftmostNumber(const Node *tree)
{
	while (IsA(tree, SetOperationStmt))
		tree = castNode(SetOperationStmt, tree)->larg;
	return castNode(RangeTblRef, tree)->rtindex;
}

// The outputs of a tree of set operations, called as those of its first leaf.
List *OutputsOf(const Query *query, const SetOperationStmt *tree)
{
	const Query *first = LeftmostLeaf(query, reinterpret_cast<const Node *>(tree))->subquery;
	const int number = LeftmostNumber(reinterpret_cast<const Node *>(tree));
	List *outputs = NIL;
	ListCell *cell;
	foreach (cell, tree->colTypes) {
		const int i = foreach_current_index(cell);
		const auto attribute = static_cast<AttrNumber>(i + 1);
		auto *column =
			makeVar(number, attribute, lfirst_oid(cell), list_nth_int(tree->colTypmods, i),
					list_nth_oid(tree->colCollations, i), 0);
		const char *name = list_nth_node(TargetEntry, first->targetList, i)->resname;
		outputs =
			lappend(outputs, makeTargetEntry(reinterpret_cast<Expr *>(column), attribute,
											 name != nullptr ? pstrdup(name) : nullptr, false));
	}
	return outputs;
}

// A copy of what a part of the tree gives, to stand where the query's leaves do.
Query *QueryOf(const Query *query, const Node *tree)
{
	if (IsA(tree, RangeTblRef))
		return static_cast<Query *>(copyObjectImpl(
			rt_fetch(castNode(RangeTblRef, tree)->rtindex, query->rtable)->subquery));
	auto *part = makeNode(Query);
	ListCell *cell;
	part->commandType = CMD_SELECT;
	part->hasSubLinks = query->hasSubLinks;
	part->rtable = static_cast<List *>(copyObjectImpl(query->rtable));
	foreach (cell, part->rtable) // are further in than before
		IncrementVarSublevelsUp(
			reinterpret_cast<Node *>(lfirst_node(RangeTblEntry, cell)->subquery), 1, 1);
	part->jointree = makeFromExpr(NIL, nullptr);
	part->setOperations = static_cast<Node *>(copyObjectImpl(tree));
	part->targetList = OutputsOf(query, castNode(SetOperationStmt, tree));
	return part;
}

// Adds a query to those that set operations combine.
Node *AddLeaf(Query *query, Query *subquery)
{
	auto *entry = makeNode(RangeTblEntry);
	auto *reference = makeNode(RangeTblRef);
	List *names = NIL;
	ListCell *cell;
	foreach (cell, subquery->targetList) {
		const auto *target = lfirst_node(TargetEntry, cell);
		if (!target->resjunk)
			names = lappend(names, makeString(pstrdup(target->resname != nullptr ? target->resname
																				 : "?column?")));
	}
	entry->rtekind = RTE_SUBQUERY;
	entry->subquery = subquery;
	query->rtable = lappend(query->rtable, entry);
	reference->rtindex = list_length(query->rtable);
	const char *name = psprintf("branch_%d", reference->rtindex);
	entry->alias = makeAlias(name, NIL);
	entry->eref = makeAlias(name, names);
	return reinterpret_cast<Node *>(reference);
}

bool IsUnion(const Node *tree, bool all)
{
	const bool is_operation = IsA(tree, SetOperationStmt);
	return is_operation && castNode(SetOperationStmt, tree)->op == SETOP_UNION &&
		   (castNode(SetOperationStmt, tree)->all || !all);
}

SetOperationStmt *UnionAll(const SetOperationStmt *like, Node *left, Node *right)
{
	auto *operation = static_cast<SetOperationStmt *>(palloc(sizeof(SetOperationStmt)));
	*operation = *like;
	operation->op = SETOP_UNION;
	operation->all = true;
	operation->groupClauses = NIL;
	operation->larg = left;
	operation->rarg = right;
	return operation;
}

// The tree with UNION ALL for each UNION at its top (`all`: UNION ALL alone), and what else there
// is made leaves of the query.
Node *Leaves(Query *query, Node *tree, bool all)
{
	if (IsA(tree, RangeTblRef))
		return tree;
	if (!IsUnion(tree, all))
		return AddLeaf(query, QueryOf(query, tree));
	const auto *operation = castNode(SetOperationStmt, tree);
	Node *left = Leaves(query, operation->larg, all);
	Node *right = Leaves(query, operation->rarg, all);
	return reinterpret_cast<Node *>(UnionAll(operation, left, right));
}

// The query with all its leaves under UNION ALL.
Query *CombinedByAll(const Query *query, bool all)
{
	auto *combined = static_cast<Query *>(copyObjectImpl(query));
	combined->setOperations = Leaves(combined, combined->setOperations, all);
	combined->sortClause = NIL;
	return combined;
}

Node *Number(int number)
{
	return reinterpret_cast<Node *>(
		makeConst(INT4OID, -1, InvalidOid, sizeof(int32), Int32GetDatum(number), false, true));
}

// One side of INTERSECT or EXCEPT, whose rows have its number as one more column.
Node *AddSide(Query *query, const Node *tree, int number)
{
	Query *side = SelectFromQuery(QueryOf(query, tree), "side");
	AddTarget(side, Number(number), "side");
	return AddLeaf(query, side);
}

// Both sides' rows, with the number of their side as the last column.
Query *BothSides(const Query *query)
{
	auto *both = static_cast<Query *>(copyObjectImpl(query));
	auto *given = castNode(SetOperationStmt, both->setOperations);
	Node *left = AddSide(both, given->larg, 1);
	Node *right = AddSide(both, given->rarg, 2);
	SetOperationStmt *operation = UnionAll(given, left, right);
	operation->colTypes = lappend_oid(list_copy(operation->colTypes), INT4OID);
	operation->colTypmods = lappend_int(list_copy(operation->colTypmods), -1);
	operation->colCollations = lappend_oid(list_copy(operation->colCollations), InvalidOid);
	both->setOperations = reinterpret_cast<Node *>(operation);
	both->sortClause = NIL;
	both->targetList = OutputsOf(both, operation);
	return both;
}

Node *CountOfSide(Node *side, int number)
{
	return BuildExpression(psprintf("pg_catalog.count(*) FILTER (WHERE $1 = %d)", number),
						   list_make1(side));
}

// SELECT columns FROM both sides GROUP BY columns; *side is the number of a row's side.
Query *GroupsOfSides(const Query *query, Node **side)
{
	Query *groups = SelectFromQuery(BothSides(query), "sides");
	ListCell *cell;
	*side = reinterpret_cast<Node *>(llast_node(TargetEntry, groups->targetList)->expr);
	groups->targetList = list_delete_last(groups->targetList);
	foreach (cell, groups->targetList)
		groups->groupClause =
			lappend(groups->groupClause, ClauseOf(lfirst_node(TargetEntry, cell)));
	groups->hasAggs = true;
	return groups;
}

// Adds FROM generate_series(1, number), which repeats each row so many times.
void Repeat(Query *query, Node *number)
{
	auto *function = makeNode(RangeTblFunction);
	auto *entry = makeNode(RangeTblEntry);
	auto *reference = makeNode(RangeTblRef);
	function->funcexpr =
		BuildExpression("pg_catalog.generate_series(1::int8, $1)", list_make1(number));
	function->funccolcount = 1;
	entry->rtekind = RTE_FUNCTION;
	entry->functions = list_make1(function);
	entry->alias = makeAlias("copies", NIL);
	entry->eref = makeAlias("copies", list_make1(makeString(pstrdup("copies"))));
	entry->lateral = true;
	entry->inFromCl = true;
	query->rtable = lappend(query->rtable, entry);
	reference->rtindex = list_length(query->rtable);
	query->jointree->fromlist = lappend(query->jointree->fromlist, reference);
}

// INTERSECT ALL and EXCEPT ALL.
Query *RepeatedGroups(const Query *query, SetOperation operation)
{
	Node *side;
	Query *groups = GroupsOfSides(query, &side);
	AddTarget(groups, CountOfSide(side, 1), "of_one");
	AddTarget(groups, CountOfSide(side, 2), "of_other");
	Query *repeated = SelectFromQuery(groups, "groups");
	List *counts = list_copy_tail(repeated->targetList, list_length(repeated->targetList) - 2);
	repeated->targetList =
		list_truncate(repeated->targetList, list_length(repeated->targetList) - 2);
	List *numbers = list_make2(linitial_node(TargetEntry, counts)->expr,
							   lsecond_node(TargetEntry, counts)->expr);
	Repeat(repeated,
		   BuildExpression(operation == SETOP_INTERSECT ? "LEAST($1, $2)" : "$1 - $2", numbers));
	return repeated;
}

// The context of Ungrouped.
struct GroupingSet {
	const Query *query;
	List *references; // of the clauses that the set groups by
};

bool GroupsBy(const GroupingSet *set, const Node *expression, bool in_set)
{
	ListCell *cell;
	foreach (cell, set->query->groupClause) {
		const auto *clause = lfirst_node(SortGroupClause, cell);
		const bool is_in =
			list_member_int(set->references, static_cast<int>(clause->tleSortGroupRef));
		if (is_in == in_set && equal(get_sortgroupclause_expr(const_cast<SortGroupClause *>(clause),
															  set->query->targetList),
									 expression))
			return true;
	}
	return false;
}

int32 BitsOf(const GroupingSet *set, const GroupingFunc *grouping)
{
	int32 bits = 0;
	ListCell *cell;
	foreach (cell, grouping->refs)
		bits = bits << 1 | (list_member_int(set->references, lfirst_int(cell)) ? 0 : 1);
	return bits;
}

// Replaces what other sets group by, by NULL, and GROUPING; the context is the GroupingSet.
Node *Ungrouped(Node *node, void *context)
{
	const auto *set = static_cast<GroupingSet *>(context);
	if (node == nullptr)
		return nullptr;
	if (IsA(node, Aggref) || GroupsBy(set, node, true))
		return node;
	if (IsA(node, GroupingFunc))
		return Number(BitsOf(set, castNode(GroupingFunc, node)));
	if (!IsA(node, List) && !IsA(node, TargetEntry) && GroupsBy(set, node, false))
		return reinterpret_cast<Node *>(
			makeNullConst(exprType(node), exprTypmod(node), exprCollation(node)));
	return pg::MutateExpression(node, Ungrouped, context);
}

// The query with one of its grouping sets as its GROUP BY.
Query *QueryOfSet(const Query *query, List *references)
{
	GroupingSet set = {query, references};
	auto *of_set = static_cast<Query *>(copyObjectImpl(query));
	ListCell *cell;
	of_set->groupingSets = NIL;
	of_set->groupDistinct = false;
	of_set->sortClause = NIL;
	of_set->groupClause = NIL;
	of_set->targetList = NIL;
	foreach (cell, query->targetList) {
		auto *target = lfirst_node(TargetEntry, cell);
		const bool is_key = list_member_int(references, static_cast<int>(target->ressortgroupref));
		if (target->resjunk && !is_key)
			continue;
		auto *copy = castNode(TargetEntry, Ungrouped(reinterpret_cast<Node *>(target), &set));
		copy = flatCopyTargetEntry(copy);
		copy->resno = static_cast<AttrNumber>(list_length(of_set->targetList) + 1);
		copy->ressortgroupref = 0;
		of_set->targetList = lappend(of_set->targetList, copy);
		if (is_key)
			of_set->groupClause = lappend(of_set->groupClause, ClauseOf(copy));
	}
	of_set->havingQual = Ungrouped(query->havingQual, &set);
	if (of_set->groupClause == NIL && of_set->havingQual == nullptr)
		of_set->havingQual =
			makeBoolConst(true, false); // all rows are one group, if there are none too
	return of_set;
}

// A tree of UNION ALL over no queries yet, with the outputs of this one.
SetOperationStmt *OperationLike(const Query *query)
{
	auto *operation = makeNode(SetOperationStmt);
	ListCell *cell;
	foreach (cell, query->targetList) {
		const auto *target = lfirst_node(TargetEntry, cell);
		auto *shown = reinterpret_cast<Node *>(target->expr);
		if (target->resjunk)
			continue;
		operation->colTypes = lappend_oid(operation->colTypes, exprType(shown));
		operation->colTypmods = lappend_int(operation->colTypmods, exprTypmod(shown));
		operation->colCollations = lappend_oid(operation->colCollations, exprCollation(shown));
	}
	return operation;
}

} // namespace

bool IsUnionAll(const Query *query)
{
	return IsUnion(query->setOperations, true);
}

Query *WithLeaves(const Query *query)
{
	return CombinedByAll(query, true);
}

Query *OverUnionAll(const Query *query)
{
	const auto *operation = castNode(SetOperationStmt, query->setOperations);
	if (operation->op == SETOP_UNION)
		return DistinctFromQuery(CombinedByAll(query, false), "branches");
	if (operation->all)
		return RepeatedGroups(query, operation->op);
	Node *side;
	Query *groups = GroupsOfSides(query, &side);
	List *counts = list_make2(CountOfSide(side, 1), CountOfSide(side, 2));
	groups->havingQual = BuildExpression(
		operation->op == SETOP_INTERSECT ? "$1 > 0 AND $2 > 0" : "$1 > 0 AND $2 = 0", counts);
	return groups;
}

Query *DistinctOfGroups(const Query *query)
{
	const bool has_groups = query->hasAggs || query->groupClause != NIL ||
							query->groupingSets != NIL || query->havingQual != nullptr;
	if (!has_groups || query->distinctClause == NIL || query->hasDistinctOn)
		return nullptr;
	auto *groups = static_cast<Query *>(copyObjectImpl(query));
	groups->distinctClause = NIL;
	groups->sortClause = NIL;
	return DistinctFromQuery(groups, "groups");
}

Query *UnionOfSets(const Query *query)
{
	const List *sets = expand_grouping_sets(query->groupingSets, query->groupDistinct, -1);
	auto *all = makeNode(Query);
	Node *tree = nullptr;
	ListCell *cell;
	if (checkExprHasSubLink(reinterpret_cast<Node *>(query->targetList)) ||
		checkExprHasSubLink(query->havingQual))
		return nullptr;
	if (list_length(sets) == 1)
		return QueryOfSet(query, linitial_node(List, sets));
	const SetOperationStmt *like = OperationLike(query);
	all->commandType = CMD_SELECT;
	all->jointree = makeFromExpr(NIL, nullptr);
	foreach (cell, sets) {
		Query *of_set = QueryOfSet(query, lfirst_node(List, cell));
		IncrementVarSublevelsUp(reinterpret_cast<Node *>(of_set), 1, 1);
		Node *leaf = AddLeaf(all, of_set);
		tree = tree == nullptr ? leaf : reinterpret_cast<Node *>(UnionAll(like, tree, leaf));
	}
	all->setOperations = tree;
	all->targetList = OutputsOf(all, castNode(SetOperationStmt, tree));
	return all;
}

} // namespace mezzanine::views

#include "views/unions.h"

#include "views/expression.h"
#include "views/sum.h"

namespace mezzanine::views
{

namespace
{

// Adds the branches' numbers in the query's range table; false: not all are joined by UNION, or,
// where `all` is set, UNION ALL.
bool AddBranches(Node *tree, bool all, List **branches)
{
	if (IsA(tree, RangeTblRef)) {
		*branches = lappend_int(*branches, castNode(RangeTblRef, tree)->rtindex);
		return true;
	}
	const SetOperationStmt *operation = castNode(SetOperationStmt, tree);
	return operation->op == SETOP_UNION && (operation->all || !all) &&
		   AddBranches(operation->larg, all, branches) &&
		   AddBranches(operation->rarg, all, branches);
}

void MakeAll(Node *tree)
{
	if (IsA(tree, RangeTblRef))
		return;
	auto *operation = castNode(SetOperationStmt, tree);
	operation->all = true;
	operation->groupClauses = NIL;
	MakeAll(operation->larg);
	MakeAll(operation->rarg);
}

// What a branch selects, in the types of the whole.
List *InTypes(const List *outputs, const SetOperationStmt *operation)
{
	List *coerced = NIL;
	ListCell *cell;
	foreach (cell, outputs) {
		auto *output = static_cast<Node *>(lfirst(cell));
		const Oid type = list_nth_oid(operation->colTypes, foreach_current_index(cell));
		coerced = lappend(coerced,
						  exprType(output) == type
							  ? output
							  : BuildExpression(psprintf("$1::%s", format_type_be_qualified(type)),
												list_make1(output)));
	}
	return coerced;
}

// The branches' sums one after another, with their columns for those of `number`.  NIL: refused.
List *AddUp(Level *branches_level, const List *branches, int number)
{
	const auto *operation = castNode(SetOperationStmt, branches_level->given->setOperations);
	List *sum = NIL;
	ListCell *cell;
	foreach (cell, branches) {
		const int branch = lfirst_int(cell);
		const RangeTblEntry *entry = rt_fetch(branch, branches_level->given->rtable);
		List *part = FlattenQuery(branches_level, branch, entry->subquery, branches_level);
		if (part == NIL)
			return NIL;
		AddChoice(part, number, InTypes(branches_level->places[branch].outputs, operation));
		sum = list_concat(sum, part);
	}
	return sum;
}

List *ColumnsOf(const SetOperationStmt *operation, int number)
{
	List *columns = NIL;
	ListCell *cell;
	foreach (cell, operation->colTypes) {
		const int i = foreach_current_index(cell);
		columns = lappend(columns, makeVar(number, static_cast<AttrNumber>(i + 1), lfirst_oid(cell),
										   list_nth_int(operation->colTypmods, i),
										   list_nth_oid(operation->colCollations, i), 0));
	}
	return columns;
}

// SELECT DISTINCT all columns FROM (the query).
Query *DistinctOver(Query *all, const SetOperationStmt *operation)
{
	auto *query = makeNode(Query);
	auto *entry = makeNode(RangeTblEntry);
	auto *reference = makeNode(RangeTblRef);
	List *names = NIL;
	ListCell *cell;
	foreach (cell, ColumnsOf(operation, 1)) {
		const int i = foreach_current_index(cell) + 1;
		auto *clause = makeNode(SortGroupClause);
		const auto *shown = list_nth_node(TargetEntry, all->targetList, i - 1);
		TargetEntry *target = makeTargetEntry(static_cast<Expr *>(lfirst(cell)),
											  static_cast<AttrNumber>(i), shown->resname, false);
		target->ressortgroupref = clause->tleSortGroupRef = static_cast<Index>(i);
		get_sort_group_operators(exprType(static_cast<Node *>(lfirst(cell))), false, true, false,
								 &clause->sortop, &clause->eqop, nullptr, &clause->hashable);
		query->targetList = lappend(query->targetList, target);
		query->distinctClause = lappend(query->distinctClause, clause);
		names = lappend(names, makeString(pstrdup(shown->resname)));
	}
	IncrementVarSublevelsUp(reinterpret_cast<Node *>(all), 1, 1);
	entry->rtekind = RTE_SUBQUERY;
	entry->subquery = all;
	entry->alias = makeAlias("branches", NIL);
	entry->eref = makeAlias("branches", names);
	entry->inFromCl = true;
	reference->rtindex = 1;
	query->commandType = CMD_SELECT;
	query->rtable = list_make1(entry);
	query->jointree = makeFromExpr(list_make1(reference), nullptr);
	return query;
}

} // namespace

List *FlattenUnion(Level *level, int number, const Query *query, Level *outer)
{
	const auto *operation = castNode(SetOperationStmt, query->setOperations);
	List *branches = NIL;
	if (!AddBranches(query->setOperations, operation->all, &branches)) {
		Refuse(level->plan, "a subquery with INTERSECT or EXCEPT, or UNION within UNION ALL, is",
			   "Use EXISTS or NOT EXISTS, and UNION ALL alone.");
		return NIL;
	}
	if (!operation->all) {
		auto *all = static_cast<Query *>(copyObjectImpl(query));
		MakeAll(all->setOperations);
		all->sortClause = NIL;
		return FlattenQuery(level, number, DistinctOver(all, operation), outer);
	}
	Place *place = &level->places[number];
	place->level = LevelBelow(level, query, outer);
	place->level->is_optional = true;
	const int columns = AddNumber(level, nullptr, nullptr);
	place->outputs = ColumnsOf(operation, columns);
	return AddUp(place->level, branches, columns);
}

} // namespace mezzanine::views

#include "views/unions.h"

#include "views/expression.h"
#include "views/sets.h"
#include "views/sum.h"

namespace mezzanine::views
{

namespace
{

// The branches' numbers in the query's range table.
List *BranchesOf(const Node *tree)
{
	if (IsA(tree, RangeTblRef))
		return list_make1_int(castNode(RangeTblRef, tree)->rtindex);
	const auto *operation = castNode(SetOperationStmt, tree);
	return list_concat(BranchesOf(operation->larg), BranchesOf(operation->rarg));
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

} // namespace

List *FlattenSets(Level *level, int number, const Query *query, Level *outer)
{
	const auto *operation = castNode(SetOperationStmt, query->setOperations);
	if (operation->colTypes == NIL && operation->op != SETOP_UNION) { // PostgreSQL takes all for it
		Refuse(level->plan, "INTERSECT or EXCEPT of no columns is", "Select a column.");
		return NIL;
	}
	if (!IsUnionAll(query))
		return FlattenQuery(level, number, OverUnionAll(query), outer);
	const Query *all = WithLeaves(query);
	Place *place = &level->places[number];
	place->level = LevelBelow(level, all, outer);
	place->level->is_optional = true;
	const int columns = AddNumber(level, nullptr, nullptr);
	place->outputs = ColumnsOf(castNode(SetOperationStmt, all->setOperations), columns);
	return AddUp(place->level, BranchesOf(all->setOperations), columns);
}

} // namespace mezzanine::views

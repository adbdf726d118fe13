#include "views/values.h"

#include "views/expression.h"
#include "views/sum.h"

namespace mezzanine::views
{

namespace
{

// Whether the column is not NULL where all conditions are met.
bool IsPresent(const Var *column, const List *conditions)
{
	ListCell *cell;
	foreach (cell, conditions) {
		auto *condition = static_cast<Node *>(lfirst(cell));
		if (!contain_nonstrict_functions(condition) &&
			list_member(pull_vars_of_level(condition, static_cast<int>(column->varlevelsup)),
						column))
			return true;
	}
	return false;
}

bool IsOfTable(const Level *level, const Var *column)
{
	return column->varattno > 0 && level->places[column->varno].number > 0 &&
		   rt_fetch(column->varno, level->given->rtable)->rtekind == RTE_RELATION;
}

} // namespace

bool CheckValues(Level *level, const List *columns, const List *conditions)
{
	ListCell *cell;
	foreach (cell, columns) {
		const auto *column = lfirst_node(Var, cell);
		if (!IsOfTable(level, column) || column->varno != linitial_node(Var, columns)->varno)
			return Refuse(level->plan,
						  "a condition that compares more than one table with another is",
						  "Compare columns of one table on each side, or use equalities.");
		if (!IsPresent(column, conditions))
			return Refuse(level->plan, "a comparison that NULLs may meet is",
						  "Compare by operators that NULLs never meet.");
	}
	return true;
}

void AddValues(Level *level, const List *columns, const List *outputs, List *sum)
{
	ListCell *cell;
	foreach (cell, columns) {
		auto *column = static_cast<Var *>(copyObjectImpl(lfirst(cell)));
		Oid equal_operator;
		column->varlevelsup = 0;
		get_sort_group_operators(column->vartype, false, true, false, nullptr, &equal_operator,
								 nullptr, nullptr);
		Node *mine = InNumbers(level, column);
		auto *equality = castNode(
			OpExpr, make_opclause(equal_operator, BOOLOID, false, reinterpret_cast<Expr *>(mine),
								  static_cast<Expr *>(copyObjectImpl(
									  list_nth(outputs, foreach_current_index(cell)))),
								  InvalidOid, column->varcollid));
		set_opfuncid(equality);
		AddCondition(sum, reinterpret_cast<Node *>(equality));
	}
}

} // namespace mezzanine::views

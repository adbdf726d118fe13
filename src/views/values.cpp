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

// Whether values of the type that are equal are the same in all else: 1.0 and 1.00 are not.
bool HaveOneImage(Oid type, Oid collation)
{
	const Oid element = get_element_type(type);
	if (OidIsValid(element))
		return HaveOneImage(element, collation);
	const TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY);
	if (!OidIsValid(entry->btree_opf))
		return false;
	const Oid proc = get_opfamily_proc(entry->btree_opf, entry->btree_opintype,
									   entry->btree_opintype, BTEQUALIMAGE_PROC);
	return OidIsValid(proc) && DatumGetBool(OidFunctionCall1Coll(
								   proc, collation, ObjectIdGetDatum(entry->btree_opintype)));
}

// Whether the operator is one that indexes search by: those take equal values for each other.
bool IsOfIndexes(Oid operation)
{
	bool is_found = false;
	CatCList *members = SearchSysCacheList1(AMOPOPID, ObjectIdGetDatum(operation));
	for (int i = 0; i < members->n_members; i++) {
		const auto *member =
			reinterpret_cast<FormData_pg_amop *>(GETSTRUCT(&members->members[i]->tuple));
		is_found |= member->amoppurpose == AMOP_SEARCH;
	}
	ReleaseSysCacheList(members);
	return is_found;
}

// Finds the column, the context, where it is no operand of such an operator.
bool IsToldApart(Node *node, void *context)
{
	ListCell *cell;
	if (node == nullptr)
		return false;
	if (!IsA(node, OpExpr) || !IsOfIndexes(castNode(OpExpr, node)->opno))
		return equal(node, context) || pg::WalkExpression(node, IsToldApart, context);
	foreach (cell, castNode(OpExpr, node)->args)
		if (!equal(lfirst(cell), context) &&
			IsToldApart(static_cast<Node *>(lfirst(cell)), context))
			return true;
	return false;
}

// Whether all values that are equal to the column's meet the conditions as it does.
bool IsAnyOfEquals(Var *column, const List *conditions)
{
	if (HaveOneImage(column->vartype, column->varcollid))
		return true;
	// An operator may go by another collation than the distinct values do.
	return !OidIsValid(column->varcollid) &&
		   !IsToldApart(reinterpret_cast<Node *>(const_cast<List *>(conditions)), column);
}

} // namespace

bool CheckValues(Level *level, const List *columns, const List *conditions)
{
	ListCell *cell;
	foreach (cell, columns) {
		auto *column = lfirst_node(Var, cell);
		if (!IsOfTable(level, column) || column->varno != linitial_node(Var, columns)->varno)
			return Refuse(level->plan,
						  "a condition that compares more than one table with another is",
						  "Compare columns of one table on each side, or use equalities.");
		if (!IsPresent(column, conditions))
			return Refuse(level->plan, "a comparison that NULLs may meet is",
						  "Compare by operators that NULLs never meet.");
		if (!IsAnyOfEquals(column, conditions))
			return Refuse(level->plan, "a comparison that tells equal values apart is",
						  "Compare the column itself, by an operator that indexes search by.");
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

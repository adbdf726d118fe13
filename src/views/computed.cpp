#include "views/computed.h"

namespace mezzanine::views
{

namespace
{

// Whether a value's text is read under any setting alike.
bool IsReadAlike(Oid type)
{
	Oid input;
	Oid parameter;
	if (OidIsValid(get_element_type(type)))
		return IsReadAlike(get_element_type(type));
	if (get_typtype(type) != TYPTYPE_BASE && get_typtype(type) != TYPTYPE_ENUM)
		return false;
	getTypeInputInfo(type, &input, &parameter);
	return func_volatile(input) == PROVOLATILE_IMMUTABLE || get_typtype(type) == TYPTYPE_ENUM;
}

} // namespace

bool IsComputed(const RangeTblEntry *entry)
{
	return entry->rtekind == RTE_FUNCTION || entry->rtekind == RTE_VALUES ||
		   entry->rtekind == RTE_TABLEFUNC;
}

Node *ComputedFrom(const RangeTblEntry *entry)
{
	return reinterpret_cast<Node *>(
		list_make3(entry->functions, entry->values_lists, entry->tablefunc));
}

RangeTblEntry *MutateComputed(const RangeTblEntry *entry, pg::TreeMutator mutator, void *context)
{
	auto *copy = static_cast<RangeTblEntry *>(copyObjectImpl(entry));
	copy->functions = castNode(List, mutator(reinterpret_cast<Node *>(copy->functions), context));
	copy->values_lists =
		castNode(List, mutator(reinterpret_cast<Node *>(copy->values_lists), context));
	copy->tablefunc =
		castNode(TableFunc, mutator(reinterpret_cast<Node *>(copy->tablefunc), context));
	return copy;
}

RangeTblEntry *ValuesIn(const Query *query)
{
	ListCell *cell;
	if (list_length(query->rtable) != 1 || query->hasAggs || query->hasWindowFuncs ||
		query->sortClause != NIL || query->distinctClause != NIL || query->limitCount != nullptr ||
		query->limitOffset != nullptr || query->setOperations != nullptr ||
		query->jointree->quals != nullptr)
		return nullptr;
	auto *values = linitial_node(RangeTblEntry, query->rtable);
	if (values->rtekind != RTE_VALUES)
		return nullptr;
	foreach (cell, query->targetList) {
		auto *column = reinterpret_cast<Node *>(lfirst_node(TargetEntry, cell)->expr);
		if (!IsA(column, Var) || castNode(Var, column)->varattno != foreach_current_index(cell) + 1)
			return nullptr;
	}
	return values;
}

void UnwrapValues(Query *query)
{
	ListCell *cell;
	foreach (cell, query->rtable) {
		auto *entry = lfirst_node(RangeTblEntry, cell);
		RangeTblEntry *values =
			entry->rtekind == RTE_SUBQUERY ? ValuesIn(entry->subquery) : nullptr;
		if (values == nullptr)
			continue;
		IncrementVarSublevelsUp(reinterpret_cast<Node *>(values->values_lists), -1, 1);
		values->lateral = entry->lateral;
		values->alias = entry->alias;
		values->eref = entry->eref;
		lfirst(cell) = values;
	}
}

bool IsSettledRecord(const RangeTblFunction *function)
{
	ListCell *cell;
	if (!IsA(function->funcexpr, FuncExpr) || function->funccoltypes == NIL)
		return false;
	switch (castNode(FuncExpr, function->funcexpr)->funcid) {
	case F_JSON_TO_RECORD:
	case F_JSON_TO_RECORDSET:
	case F_JSONB_TO_RECORD:
	case F_JSONB_TO_RECORDSET:
		break;
	default:
		return false;
	}
	foreach (cell, function->funccoltypes)
		if (!IsReadAlike(lfirst_oid(cell)))
			return false;
	return true;
}

} // namespace mezzanine::views

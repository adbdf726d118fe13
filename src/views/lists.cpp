#include "views/lists.h"

#include "views/computed.h"

namespace mezzanine::views
{

namespace
{

// Replaces the columns of a subquery by one of its rows, the context, a List.
Node *OfRow(Node *node, void *context)
{
	if (node == nullptr)
		return nullptr;
	if (!IsA(node, Param) || castNode(Param, node)->paramkind != PARAM_SUBLINK)
		return pg::MutateExpression(node, OfRow, context);
	return static_cast<Node *>(
		copyObjectImpl(list_nth(static_cast<List *>(context), castNode(Param, node)->paramid - 1)));
}

// The comparison with any of the rows, or with all.
Node *WithRows(const SubLink *sublink, List *rows)
{
	List *comparisons = NIL;
	ListCell *cell;
	foreach (cell, rows) {
		auto *row = static_cast<Node *>(copyObjectImpl(lfirst(cell)));
		IncrementVarSublevelsUp(row, -1, 1);
		comparisons = lappend(comparisons, OfRow(sublink->testexpr, row));
	}
	const bool is_any = sublink->subLinkType == ANY_SUBLINK;
	return reinterpret_cast<Node *>(is_any ? make_orclause(comparisons)
										   : make_andclause(comparisons));
}

Node *Unlisted(Node *node, void *context)
{
	if (node == nullptr)
		return nullptr;
	if (IsA(node, Query))
		return reinterpret_cast<Node *>(pg::MutateQuery(castNode(Query, node), Unlisted, context));
	node = pg::MutateExpression(node, Unlisted, context);
	if (!IsA(node, SubLink))
		return node;
	const SubLink *sublink = castNode(SubLink, node);
	if (sublink->subLinkType != ANY_SUBLINK && sublink->subLinkType != ALL_SUBLINK)
		return node;
	const RangeTblEntry *values = ValuesIn(castNode(Query, sublink->subselect));
	return values == nullptr ? node : WithRows(sublink, values->values_lists);
}

bool IsVarOrSublink(Node *node, void *context)
{
	if (node == nullptr)
		return false;
	return IsA(node, Var) || IsA(node, SubLink) ||
		   pg::WalkExpression(node, IsVarOrSublink, context);
}

// The row that a subquery without FROM selects; NIL: there may be none, or several.
List *OnlyRow(const Query *query)
{
	List *row = NIL;
	ListCell *cell;
	if (query->rtable != NIL || query->cteList != NIL || query->jointree->quals != nullptr ||
		query->hasAggs || query->havingQual != nullptr || query->groupClause != NIL ||
		query->groupingSets != NIL || query->hasTargetSRFs || query->hasWindowFuncs ||
		query->limitCount != nullptr || query->limitOffset != nullptr)
		return NIL;
	foreach (cell, query->targetList)
		row = lappend(row, lfirst_node(TargetEntry, cell)->expr);
	return list_make1(row);
}

} // namespace

Query *WithoutLists(Query *query)
{
	return castNode(Query, Unlisted(reinterpret_cast<Node *>(query), nullptr));
}

List *RowsListed(const RangeTblEntry *entry)
{
	List *rows = NIL;
	if (entry->rtekind == RTE_VALUES) {
		rows = entry->values_lists;
	} else if (entry->rtekind == RTE_SUBQUERY && entry->subquery->setOperations == nullptr) {
		const RangeTblEntry *values = ValuesIn(entry->subquery);
		rows = values != nullptr ? values->values_lists : OnlyRow(entry->subquery);
	}
	return IsVarOrSublink(reinterpret_cast<Node *>(rows), nullptr) ? NIL : rows;
}

} // namespace mezzanine::views

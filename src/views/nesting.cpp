#include "views/nesting.h"

namespace mezzanine::views
{

namespace
{

// Names of a query's outputs, which have one each from here on.
List *NamesOf(const Query *query)
{
	List *names = NIL;
	ListCell *cell;
	foreach (cell, query->targetList) {
		auto *target = lfirst_node(TargetEntry, cell);
		if (target->resjunk)
			continue;
		if (target->resname == nullptr)
			target->resname = psprintf("c%d", target->resno);
		names = lappend(names, makeString(pstrdup(target->resname)));
	}
	return names;
}

} // namespace

Query *SelectFromQuery(Query *query, const char *name)
{
	auto *outer = makeNode(Query);
	auto *entry = makeNode(RangeTblEntry);
	auto *reference = makeNode(RangeTblRef);
	ListCell *cell;
	// What it takes from outside is one level further out now.
	IncrementVarSublevelsUp(reinterpret_cast<Node *>(query), 1, 1);
	entry->rtekind = RTE_SUBQUERY;
	entry->subquery = query;
	entry->alias = makeAlias(name, NIL);
	entry->eref = makeAlias(name, NamesOf(query));
	entry->inFromCl = true;
	reference->rtindex = 1;
	outer->commandType = CMD_SELECT;
	outer->rtable = list_make1(entry);
	outer->jointree = makeFromExpr(list_make1(reference), nullptr);
	foreach (cell, query->targetList) {
		const auto *target = lfirst_node(TargetEntry, cell);
		auto *shown = reinterpret_cast<Node *>(target->expr);
		if (!target->resjunk)
			AddTarget(outer,
					  reinterpret_cast<Node *>(makeVar(1, target->resno, exprType(shown),
													   exprTypmod(shown), exprCollation(shown), 0)),
					  target->resname);
	}
	return outer;
}

SortGroupClause *ClauseOf(TargetEntry *target)
{
	auto *clause = makeNode(SortGroupClause);
	target->ressortgroupref = clause->tleSortGroupRef = static_cast<Index>(target->resno);
	get_sort_group_operators(exprType(reinterpret_cast<Node *>(target->expr)), false, true, false,
							 &clause->sortop, &clause->eqop, nullptr, &clause->hashable);
	return clause;
}

void AddTarget(Query *query, Node *expression, const char *name)
{
	query->targetList =
		lappend(query->targetList,
				makeTargetEntry(reinterpret_cast<Expr *>(expression),
								static_cast<AttrNumber>(list_length(query->targetList) + 1),
								pstrdup(name), false));
}

Query *DistinctFromQuery(Query *query, const char *name)
{
	Query *distinct = SelectFromQuery(query, name);
	ListCell *cell;
	foreach (cell, distinct->targetList)
		distinct->distinctClause =
			lappend(distinct->distinctClause, ClauseOf(lfirst_node(TargetEntry, cell)));
	return distinct;
}

} // namespace mezzanine::views

#include "views/arms.h"

#include "views/base.h"
#include "views/computed.h"
#include "views/definition.h"

namespace mezzanine::views
{

namespace
{

// Replaces numbers by places in a range table; the context is an array of these.
Node *Placed(Node *node, void *context)
{
	if (node == nullptr)
		return nullptr;
	if (!IsA(node, Var))
		return pg::MutateExpression(node, Placed, context);
	auto *var = static_cast<Var *>(copyObjectImpl(node));
	var->varno = static_cast<int *>(context)[var->varno];
	var->varnosyn = 0;
	var->varattnosyn = 0;
	return reinterpret_cast<Node *>(var);
}

// An arm's table, where it is no function or VALUES.
RangeTblEntry *EntryInArm(const PlannedTable *table)
{
	return table->inner == nullptr
			   ? static_cast<RangeTblEntry *>(copyObjectImpl(table->entry))
			   : EntryOfHome(ShownCore(table->inner), table->entry->eref->aliasname);
}

// An arm's tables in FROM.  `indexes` are the places in the range table, by number.
Query *ArmSelect(const PlannedRows *rows, const PlannedArm *arm, int *indexes)
{
	auto *query = makeNode(Query);
	query->commandType = CMD_SELECT;
	query->jointree = makeFromExpr(NIL, nullptr);
	int number = -1;
	int computed = 0;
	while ((number = bms_next_member(arm->tables, number)) >= 0) {
		const PlannedTable *table =
			static_cast<const PlannedTable *>(list_nth(rows->tables, number - 1));
		auto *reference = makeNode(RangeTblRef);
		RangeTblEntry *entry =
			IsComputed(table->entry)
				? MutateComputed(static_cast<RangeTblEntry *>(list_nth(arm->computed, computed++)),
								 Placed, indexes)
				: EntryInArm(table);
		query->rtable = lappend(query->rtable, entry);
		reference->rtindex = indexes[number] = list_length(query->rtable);
		query->jointree->fromlist = lappend(query->jointree->fromlist, reference);
	}
	return query;
}

} // namespace

const char *ArmQuery(const PlannedRows *rows, const PlannedArm *arm)
{
	auto *indexes =
		static_cast<int *>(palloc0(sizeof(int) * static_cast<Size>(list_length(rows->tables) + 1)));
	Query *query = ArmSelect(rows, arm, indexes);
	ListCell *cell;
	foreach (cell, rows->columns) {
		const auto *column = lfirst_node(TargetEntry, cell);
		Node *expression = Placed(
			static_cast<Node *>(list_nth(arm->columns, foreach_current_index(cell))), indexes);
		query->targetList =
			lappend(query->targetList, makeTargetEntry(reinterpret_cast<Expr *>(expression),
													   column->resno, column->resname, false));
	}
	if (arm->conditions != NIL)
		query->jointree->quals = Placed(
			reinterpret_cast<Node *>(make_ands_explicit(list_copy(arm->conditions))), indexes);
	return pg_get_querydef(query, false);
}

const char *RowsQuery(const QueryPlan *plan)
{
	const PlannedRows *rows = plan->rows;
	if (rows->is_flat)
		return ArmQuery(rows, static_cast<PlannedArm *>(linitial(rows->arms)));
	Query *query = GivenRows(plan);
	query->targetList = static_cast<List *>(copyObjectImpl(rows->columns));
	return pg_get_querydef(query, false);
}

} // namespace mezzanine::views

#include "views/rows_views.h"

#include "views/advice.h"
#include "views/arms.h"
#include "views/base.h"
#include "views/run.h"
#include "views/script.h"

namespace mezzanine::views
{

namespace
{

int DepthOfRows(const PlannedRows *rows)
{
	int depth = 0;
	ListCell *cell;
	foreach (cell, SourcesOf(rows)) {
		const QueryPlan *inner = static_cast<PlannedTable *>(lfirst(cell))->inner;
		if (inner != nullptr)
			depth = std::max(depth, 1 + DepthOf(ShownCore(inner)));
	}
	return depth;
}

void CommentOnView(const char *view, const char *comment)
{
	RUN("COMMENT ON VIEW %s IS %s", view, quote_literal_cstr(comment));
}

// Makes the views of the arms of rows that are no inner join.
void CreateArms(const QueryPlan *plan, const PlannedRows *rows, const char *bare)
{
	int number = 0;
	ListCell *cell;
	foreach (cell, PlansWithRows(plan)) {
		const PlannedRows *before = static_cast<QueryPlan *>(lfirst(cell))->rows;
		if (before == rows)
			break;
		number += before->is_flat ? 0 : list_length(before->arms);
	}
	foreach (cell, rows->arms) {
		auto *arm = static_cast<PlannedArm *>(lfirst(cell));
		arm->name = FreeArmName(bare, ++number);
		RUN("CREATE VIEW %s AS %s", arm->name, ArmQuery(rows, arm));
		CommentOnView(arm->name, psprintf("rows that are %s those of %s",
										  arm->sign > 0 ? "among" : "taken from", rows->name));
	}
}

// The statements that enter a rows view, the tables that it joins, and its arms.
List *EntriesOf(const PlannedRows *rows, Oid view)
{
	const Oid oid = RelationOid(rows->name);
	List *entries =
		list_make1(psprintf("INSERT INTO %s.rows (rows, view, depth) VALUES (%u, %u, %d)",
							kInfoSchema, oid, view, DepthOfRows(rows)));
	List *sources = NIL;
	ListCell *cell;
	foreach (cell, SourcesOf(rows)) {
		const auto *table = static_cast<PlannedTable *>(lfirst(cell));
		sources = list_append_unique_oid(sources, table->inner != nullptr
													  ? RelationOid(ShownCore(table->inner)->home)
													  : table->entry->relid);
	}
	foreach (cell, sources)
		entries =
			lappend(entries, psprintf("INSERT INTO %s.row_source (rows, source) VALUES (%u, %u)",
									  kInfoSchema, oid, lfirst_oid(cell)));
	foreach (cell, rows->is_flat ? NIL : rows->arms) {
		const auto *arm = static_cast<PlannedArm *>(lfirst(cell));
		entries =
			lappend(entries, psprintf("INSERT INTO %s.arm (arm, rows, sign) VALUES (%u, %u, %d)",
									  kInfoSchema, RelationOid(arm->name), oid, arm->sign));
	}
	return entries;
}

} // namespace

int DepthOf(const PlannedCore *core)
{
	if (core->source != nullptr)
		return 1 + DepthOf(core->source);
	return core->plan->rows == nullptr ? 0 : DepthOfRows(core->plan->rows);
}

void CreateRows(const QueryPlan *plan, const QueryPlan *of, const char *bare)
{
	const List *all = PlansWithRows(plan);
	PlannedRows *rows = of->rows;
	int number = 1;
	while (list_nth(all, number - 1) != of)
		number++;
	const char *name = FreeRowsName(bare, number);
	RUN("CREATE VIEW %s AS %s", name, RowsQuery(of));
	CommentOnView(name,
				  psprintf("the rows of the tables that %s is computed from", PublishedName(bare)));
	rows->name = name;
	if (!rows->is_flat)
		CreateArms(plan, rows, bare);
	ListCell *cell;
	foreach (cell, IndexCommandsOfHomes(of))
		Run(static_cast<char *>(lfirst(cell)));
}

List *RowsEntries(const QueryPlan *plan, Oid view)
{
	List *entries = NIL;
	ListCell *cell;
	foreach (cell, PlansWithRows(plan))
		entries =
			list_concat(entries, EntriesOf(static_cast<QueryPlan *>(lfirst(cell))->rows, view));
	return entries;
}

} // namespace mezzanine::views

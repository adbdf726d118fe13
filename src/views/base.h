// The base of a query: one table, the groups of an inner query, or the rows of several.
//
// The rows are a relation whose columns are what the query uses of its tables, and whose rows are
// those that FROM and the conditions on rows leave.  create_view makes it as a view; all that
// follows from there knows one source only.  Where the rows are one inner join, that is the view.
// Else the view is the query's FROM as given, and arms, one view each, tell the inner joins that
// add up to it.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// Makes the base of what became of FROM (plan->level), and turns plan->query into one over it.
// False: refused.
bool MakeBase(QueryPlan *plan);

// An expression of the query as given as one over the base.
Node *OverBase(const QueryPlan *plan, const void *given);

// An expression over plan->rows as one over an arm's tables.
Node *OverArm(const PlannedArm *arm, Node *expression);

// The same as one over plan->rows->entries.
Node *OverEntries(const PlannedRows *rows, Node *expression);

// A table, or where it is not made yet a WITH query, of a core's groups, called `alias`.
RangeTblEntry *EntryOfHome(const PlannedCore *core, const char *alias);

// SELECT FROM what a core is computed from.
Query *SelectFromSource(const PlannedCore *core);

// The tables of the arms, each number once and in their order: a List of PlannedTable pointers.
List *SourcesOf(const PlannedRows *rows);

// The plans of a view that have rows, each after those whose groups are among them: a List of
// QueryPlan pointers.
List *PlansWithRows(const QueryPlan *plan);

} // namespace mezzanine::views

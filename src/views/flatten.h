// What FROM names, made one relation.
//
// Joins are taken apart into tables and conditions, and subqueries that only select and join,
// with plain views and WITH queries, into what they are made of.  A query over one table stays
// one.  A query over several is planned as one over their rows: a relation whose columns are
// the tables' columns that the query uses, and whose rows are those of the join that the
// conditions on rows let pass.  create_view makes it as a view; all that follows from there
// knows one source only.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// Fills in the plan's tables, makes plan->rows where there are several, and turns plan->query
// into one over the base.  False: refused.  To be called with settings pinned.
bool FlattenFrom(QueryPlan *plan);

// An expression over plan->rows as one over the tables, numbered as in plan->rows->query.
Node *OverTables(const QueryPlan *plan, Node *expression);

} // namespace mezzanine::views

// The tables of a query: whether their changes can be followed, and several of them made one.
//
// A query over several tables is planned as one over their rows: a relation whose columns are
// the tables' columns that the query uses, and whose rows are those of the join that the
// conditions on rows let pass.  create_view makes it as a view; all that follows from there
// knows one source only.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// Fills in the plan's tables; false: refused.
bool CheckTables(QueryPlan *plan);

// Where FROM names several tables, makes plan->rows and turns plan->query into one over them.
// False: refused.  To be called with settings pinned.
bool JoinTables(QueryPlan *plan);

// An expression over plan->rows as one over the tables, numbered as in plan->rows->query.
Node *OverTables(const QueryPlan *plan, Node *expression);

} // namespace mezzanine::views

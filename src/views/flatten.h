// What FROM names, made one relation.
//
// Joins are taken apart into tables and conditions, and subqueries that only select and join,
// with plain views and WITH queries, into what they are made of.  Subqueries that group are
// planned as queries of their own, whose home tables then are among the tables.  What FROM comes
// to is a sum of inner joins (level.h), and a query over it one over one relation (base.h).
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// Plans what FROM names, and turns plan->query into a query over the base.  False: refused.  To
// be called with settings pinned.
bool FlattenFrom(QueryPlan *plan);

// Plans the query, or those that UNION, INTERSECT and EXCEPT combine in it.  False: refused.
bool PlanQuery(QueryPlan *plan);

} // namespace mezzanine::views

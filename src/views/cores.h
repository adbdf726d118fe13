// Which groupings a query needs, and which columns each keeps.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// Fills in the plan's shape, keys, states, cores and filters; false: refused.
bool PlanCores(QueryPlan *plan);

// The column that holds the value of `node`; NULL: none does.
const PlannedColumn *ColumnFor(const QueryPlan *plan, Node *node);

// The same for an entry of the select list.
const PlannedColumn *ColumnForTarget(const QueryPlan *plan, const TargetEntry *target);

// The image of what a query's rows show.
Node *ImageOfOutputs(const Query *query);

} // namespace mezzanine::views

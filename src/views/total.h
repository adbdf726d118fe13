// The query that adds up the cells of a spread view.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// SELECT … with the columns of `home`: each group's home row and cells as one row.
const char *TotalQuery(const PlannedCore *core, const char *home, const char *cells);

// Whether every state of the view adds up, so that its groups may have several cells; else
// plan->refusal says which does not.
bool CheckSpread(QueryPlan *plan);

} // namespace mezzanine::views

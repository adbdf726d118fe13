// The rows of a query, and the arms that add up to them, as SQL.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// SELECT … that is the rows, and the one that is an arm of them.
const char *RowsQuery(const QueryPlan *plan);
const char *ArmQuery(const PlannedRows *rows, const PlannedArm *arm);

} // namespace mezzanine::views

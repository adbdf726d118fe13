// The views of rows and of their arms: made, and entered into the catalogue.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// Makes the view of the rows of `of`, one of the plans within `plan`, and those of its arms; from
// here on it is what its cores are computed from.  `bare` is the name of the mezzanine view.
void CreateRows(const QueryPlan *plan, const QueryPlan *of, const char *bare);

// The statements that enter all that is said of the plan's rows: a List of char *.
List *RowsEntries(const QueryPlan *plan, Oid view);

// 0 where all that the core is computed from are base tables.
int DepthOf(const PlannedCore *core);

} // namespace mezzanine::views

// The tables of a query: whether their changes can be followed.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// Adds a table in FROM to the plan's; false: refused.
bool AddTable(QueryPlan *plan, const RangeTblEntry *entry);

} // namespace mezzanine::views

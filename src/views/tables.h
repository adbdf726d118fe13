// The tables of a query: whether their changes can be followed.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// Whether a table in FROM can be followed; false: refused.
bool CheckTable(QueryPlan *plan, const RangeTblEntry *entry);

} // namespace mezzanine::views

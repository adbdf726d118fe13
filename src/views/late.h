// What is left for the time when a reader asks: whether it may be.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// Whether the conditions that come late decide about whole groups; false: refused.
bool CheckLateFilter(QueryPlan *plan);

// Whether the finish gives every reader the one answer of that time; false: refused.
bool CheckFinish(QueryPlan *plan);

} // namespace mezzanine::views

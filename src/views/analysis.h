// Reads the query of a view to be, and says how it would be maintained or why not.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// Parses and analyses `query` under the caller's search_path.
//
// Raises PostgreSQL's own errors for what is not a query at all; what cannot be
// maintained comes back as plan->refusal.
QueryPlan *AnalyzeQuery(const char *query);

// Raises `refusal` as 0A000, where there is one.
void RaiseRefusal(const Refusal *refusal);

} // namespace mezzanine::views

// Queries as given, with what was left open settled.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// Makes plan->definition: the query with time zones named, and plan->notices that say so.
void MakeDefinition(QueryPlan *plan);

// FROM and WHERE of the query as given, with zones named.  What comes late is left out, and groups
// are read from their home tables.
Query *GivenRows(const QueryPlan *plan);

} // namespace mezzanine::views

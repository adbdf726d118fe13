// Aggregates over distinct values: one core keeps these, and feeds another that adds them up.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// The chain for the distinct values of `argument` among the rows that `filter` admits (NULL:
// all), made where there is none.
PlannedChain *ChainFor(QueryPlan *plan, Node *argument, Expr *filter);

// The distinct value as the chain's second core reads it from the first.
Node *ValueOf(const PlannedChain *chain);

// Settles the chains' keys and columns, when the plan's keys are settled.
void CompleteChains(QueryPlan *plan);

} // namespace mezzanine::views

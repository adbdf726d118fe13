// The aggregates of a subquery, for each row that asks.
//
// Where nothing ties the subquery to the query outside, they are a core of one row, joined with
// every row.  Where equalities tie it, a core groups by its sides of these; a row that has no group
// there finds what the aggregates are over nothing.
#pragma once

#include "views/correlation.h"

namespace mezzanine::views
{

// Joins the outputs of the subquery, all of them aggregates and what follows from these, to a sum.
// Returns what stands for each, over the numbers.  NIL: refused.
List *JoinAggregates(Level *level, const Correlation *correlation, List **sum);

} // namespace mezzanine::views

// Comparisons with ANY by order: `x < ANY (SELECT y …)` is `x < (SELECT max(y) …)`, and NULL, where
// it is not true, if some y is NULL, or x is and there is any.
#pragma once

#include "views/correlation.h"

namespace mezzanine::views
{

// Joins what the comparison's right side, an expression of the subquery, is compared as to a sum;
// its left side is the query's outside.  Returns what stands for it.  NULL: refused.
Node *CompareWithExtremes(Level *level, const Correlation *correlation, const OpExpr *comparison,
						  List **sum);

} // namespace mezzanine::views

// EXISTS, IN, ANY and ALL of subqueries in expressions of rows.
//
// EXISTS and IN are joins with the distinct keys of what matches: rows that have a match, for which
// the condition is true, and all rows less those, for which it is false.  IN is NULL for rows that
// have no match but for NULLs.  Other comparisons with ANY are comparisons with the greatest or the
// least there is (extremes.h); ALL is the opposite of ANY.
#pragma once

#include "views/level.h"

namespace mezzanine::views
{

// Whether it is one of these.
bool IsTruth(const SubLink *sublink);

// Joins such a subquery of the level to a sum; `is_condition`: that it is NULL may be told as that
// it is false.  Returns what stands for it, over the numbers.  NULL: refused.
Node *JoinTruth(Level *level, const SubLink *sublink, bool is_condition, List **sum);

} // namespace mezzanine::views

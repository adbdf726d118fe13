// EXISTS and IN as conditions, and their opposites: joins with the distinct keys of what matches.
#pragma once

#include "views/level.h"

namespace mezzanine::views
{

// Whether a conjunct is [NOT] EXISTS or [NOT] IN of a subquery.
bool IsSemijoin(const Node *conjunct);

// Has a sum be of the rows that meet such a conjunct of the level; false: refused.
bool Semijoin(Level *level, Node *conjunct, List **sum);

} // namespace mezzanine::views

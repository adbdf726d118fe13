// What depends on the session's TimeZone, said with the zone named.
//
// `ts::date` is one day under UTC and another under Tokyo: a row that entered one group
// would leave another.  `(ts AT TIME ZONE 'Asia/Tokyo')::date` is the same for all.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// A copy of the expression with the session's time zone named where it matters; the
// expression itself where it does not.  What cannot be said so is left as it is.  To be
// called with settings pinned.
Node *NameZones(Node *expression);

// Whether a call of a STABLE function depends on its arguments alone, as it is used here.
bool IsSettled(Node *node);

} // namespace mezzanine::views

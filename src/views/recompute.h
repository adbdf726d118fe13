// Recomputing: a group's row from the truth, where the delta does not add up.
#pragma once

#include "views/keys.h"

namespace mezzanine::views
{

// Fills `row`, a slot of the home table, with what the truth says of the group by the latest
// snapshot, under the key given; false where the group has no rows.  Runs in the current
// user's name.
//
// Requires: the group's home row is locked, or its fence held, so that no other commit
// comes between the snapshot and the writing of the row.
bool Recompute(ViewProgram *view, KeyValues key, TupleTableSlot *row);

// Frees the plans; neither allocates nor raises.
void FreeRecomputePlans(ViewProgram *view);

} // namespace mezzanine::views

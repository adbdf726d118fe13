// The walk: takes the fences that a transaction's changes need in a join.
#pragma once

#include "views/terms.h"

namespace mezzanine::views
{

// Takes the fences of the edges that the changes cross in their join.  Pushes the
// snapshot of the last walk: under it the terms see whatever others did before us.
//
// Requires: nothing has been written yet that depends on these fences.
void FenceChanges(JoinChanges *changes);

} // namespace mezzanine::views

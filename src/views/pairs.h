// Pairs: what left a table and what came in its place are joined once, where the conditions of
// the join cannot tell them apart: an UPDATE of a row that many join costs one way to them.
#pragma once

#include "views/terms.h"

namespace mezzanine::views
{

// One table's changes: pairs, and what is left over.
struct SplitChanges {
	JoinChanges pairs;
	JoinChanges rest;
};

// Splits the changes of a source; false where there is nothing to be gained.  In the current
// context; CloseSplit frees it.
bool SplitIntoPairs(JoinChanges *changes, int source, SplitChanges *split);
void CloseSplit(SplitChanges *split);

} // namespace mezzanine::views

// Conditions that tie two sides by more than equalities.
//
// Which rows of one side have a match cannot be told from the other side alone then.  So the join
// of both is kept, as the distinct values of the columns that the conditions compare; a row has a
// match where its values are among them.
#pragma once

#include "views/level.h"

namespace mezzanine::views
{

// Whether rows of the level can be found again by these columns, Vars as given, with which
// `conditions` are met: they are of one table, and not NULL then, and whatever is equal to them
// meets the conditions too.  False: refused.
bool CheckValues(Level *level, const List *columns, const List *conditions);

// Adds to all of a sum that the columns, as given, have the values that a core shows.
void AddValues(Level *level, const List *columns, const List *outputs, List *sum);

} // namespace mezzanine::views

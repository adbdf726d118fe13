// Set operations in FROM.
//
// UNION ALL is the sum of its branches, whose columns are those of a number that stands for no
// table.  The others are groups over that (sets.h).
#pragma once

#include "views/level.h"

namespace mezzanine::views
{

// An entry of FROM that is a query of set operations.  NIL: refused.
List *FlattenSets(Level *level, int number, const Query *query, Level *outer);

} // namespace mezzanine::views

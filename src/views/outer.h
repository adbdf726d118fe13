// Outer joins as sums of inner joins (level.h).
//
// `a LEFT JOIN b ON c` has the rows of the inner join, and those of `a` with NULLs where no row of
// `b` matches.  The latter are all rows of `a` with NULLs, less those that have a match; and which
// have is kept: D, the distinct values of b's sides of the equalities in `c`, is a core, with at
// most one row that a row of `a` joins.
//
//     + a JOIN b ON c   + a with NULLs   − a JOIN D with NULLs
#pragma once

#include "views/level.h"

namespace mezzanine::views
{

// What an outer join of a level's FROM is.  NIL: refused.
List *FlattenOuter(Level *level, const JoinExpr *join);

// SELECT DISTINCT keys FROM items, of a query as given, WHERE conditions, where the keys are not
// NULL.
Query *DistinctKeys(const Query *given, List *items, List *keys, List *conditions);

// Whether two values that are equal by the operator to one are equal by the default operator of
// the type of `key`, one of its arguments; so that among distinct keys there is at most one.
bool FindsOne(const OpExpr *equality, Node *key);

} // namespace mezzanine::views

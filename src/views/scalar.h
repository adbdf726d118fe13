// Scalar subqueries of a row, which have one value for each row that asks: aggregates, and lookups
// of one row by unique columns.
//
// One that nothing ties to the query outside is a core of one row, joined with every row.  One that
// equalities tie is a core that groups by its sides of these; where it has no such group, the
// subquery's value is that of its aggregates over nothing.
#pragma once

#include "views/level.h"

namespace mezzanine::views
{

// Plans the scalar subqueries in an expression of the level, and joins what stands for them to a
// sum; from then on InNumbers knows them.  Others are left alone.  False: refused.
bool JoinScalars(Level *level, Node *expression, List **sum);

// The same for what the level's query, the plan's own, groups by and aggregates.
bool JoinGroupedScalars(Level *level, List **sum);

// What stands for a subquery in an expression of the level; NULL: it was not planned.
Node *ScalarValue(const Level *level, const SubLink *sublink);

} // namespace mezzanine::views

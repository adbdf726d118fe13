// Scalar subqueries of a row, which have one value for each row that asks: aggregates, and lookups
// of one row by unique columns.
#pragma once

#include "views/level.h"

namespace mezzanine::views
{

// Plans the subqueries in an expression of the level that are such, or EXISTS, IN, ANY and ALL
// (semijoin.h), and joins what stands for them to a sum; from then on InNumbers knows them.  Others
// are left alone.  `is_condition`: the expression may be false for NULL.  False: refused.
bool JoinScalars(Level *level, Node *expression, bool is_condition, List **sum);

// The same for what the level's query, the plan's own, groups by and aggregates.
bool JoinGroupedScalars(Level *level, List **sum);

// Has subqueries beside the aggregates of all rows not be taken for equal ones of rows: that group
// is there where no row is.
void TellApart(Query *query);

// What stands for a subquery in an expression of the level; NULL: it was not planned.
Node *ScalarValue(const Level *level, const SubLink *sublink);

} // namespace mezzanine::views

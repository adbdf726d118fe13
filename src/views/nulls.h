// Where in an expression it is no matter whether a subquery is NULL or false.
//
// It is none in a condition, below AND and OR, and where a condition is asked for within an
// expression: in FILTER, WHEN, and IS TRUE.
#pragma once

#include "pg/pg.h"

namespace mezzanine::views
{

// What is done with a subquery; `is_condition`: it may be false for NULL.  True ends the walk.
using VisitSublink = bool (*)(const SubLink *sublink, bool is_condition, void *context);

// Visits the subqueries in an expression that is a condition or not; none inside another.
bool WalkSublinks(Node *node, bool is_condition, VisitSublink visit, void *context);

// Whether such a subquery stands anywhere in the query where NULL is not as false.
bool AsksForNull(const Query *query, const SubLink *sublink);

} // namespace mezzanine::views

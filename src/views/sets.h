// Set operations and grouping sets as queries that know neither: groups of the rows of UNION ALL.
//
//     a UNION b       SELECT DISTINCT columns FROM (a UNION ALL b)
//     a INTERSECT b   SELECT columns FROM (a, 1 UNION ALL b, 2) GROUP BY columns
//                     HAVING there are rows of both
//     a EXCEPT b      the same with rows of 1 and none of 2
//     … ALL           each group as many times as both have rows of it, or as the one has more
//     GROUPING SETS   UNION ALL of a query for each set
//
// And DISTINCT over groups is groups of the groups.
#pragma once

#include "pg/pg.h"

namespace mezzanine::views
{

// A query whose rows are those of a UNION ALL; what that combines may be set operations.
bool IsUnionAll(const Query *query);

// A query of UNION ALL with no other operation in its tree: what such a one gives is a subquery of
// its own.
Query *WithLeaves(const Query *query);

// A query of any other set operation as one over UNION ALL.
Query *OverUnionAll(const Query *query);

// A query that selects DISTINCT over groups as one over these; NULL: the query is none.
Query *DistinctOfGroups(const Query *query);

// A query of grouping sets as the UNION ALL of one for each; NULL: it cannot be.
Query *UnionOfSets(const Query *query);

} // namespace mezzanine::views

// Queries made of queries: subqueries put into FROM of others, and clauses over their columns.
#pragma once

#include "pg/pg.h"

namespace mezzanine::views
{

// SELECT all that a query selects FROM (the query) AS name.  The query is taken over.
Query *SelectFromQuery(Query *query, const char *name);

// A clause that groups by an output, or has it be distinct.
SortGroupClause *ClauseOf(TargetEntry *target);

// Adds an output.
void AddTarget(Query *query, Node *expression, const char *name);

// SELECT DISTINCT all that a query selects FROM (the query).
Query *DistinctFromQuery(Query *query, const char *name);

} // namespace mezzanine::views

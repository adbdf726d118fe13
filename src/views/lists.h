// Comparisons with lists of rows that stand in the query: `x IN (VALUES (1), (2))`.
#pragma once

#include "pg/pg.h"

namespace mezzanine::views
{

// The query with such comparisons, wherever they stand in it, as those with each row.
Query *WithoutLists(Query *query);

// The rows, Lists of expressions, that VALUES in FROM or a subquery of one row without FROM gives,
// where they are of constants; NIL: it is neither.
List *RowsListed(const RangeTblEntry *entry);

} // namespace mezzanine::views

// The indexes on the tables by which a group's rows are found again, and by which a changed
// row finds those of other tables that it joins.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// What there is to say about an index.
struct IndexAdvice {
	bool is_needed;
	const char *table;   // on which it would be, qualified and quoted
	const char *present; // the index that serves; NULL: none does
	const char *command; // CREATE INDEX … that would; NULL: none can, or one is there
};

// The index that serves the core's recomputations, where some column may be computed again.
IndexAdvice AdviseIndex(const PlannedCore *core);

// From a table's changed rows to the rows of another that they join.
struct JoinAdvice {
	const char *from; // as the query calls it; NULL: no equality leads to the table
	const char *to;
	IndexAdvice index;
};

// One for each two tables that an equality joins, both ways: a List of JoinAdvice pointers.
//
// Requires: plan->rows.
List *AdviseJoins(const QueryPlan *plan);

// CREATE INDEX commands, a List of char *, for home tables that the plan's rows join by other
// columns than the one that their key's index begins with.
//
// Requires: plan->rows; the home tables are there.
List *IndexCommandsOfHomes(const QueryPlan *plan);

} // namespace mezzanine::views

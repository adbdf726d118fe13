// Aggregates as columns of the home table, and as expressions over these.
//
// avg(x), say, is kept as count(x) and sum(x), and divided when it is read.  What has no
// parts that follow by the delta is kept as it is, and computed again where it must be.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// Adds to plan->states what `aggregate` needs and is not there yet; `output` is what the
// select list calls it.  False: refused.
bool AddAggregate(QueryPlan *plan, const Aggref *aggregate, const char *output);

// The aggregate's value over the columns of the finish's source, relation number 1.
Node *AggregateValue(QueryPlan *plan, const Aggref *aggregate);

// A column of the tables that the finish reads.
Node *ColumnVar(const PlannedColumn *column);

// Adds a column to `states`, after `previous` or, where that is NULL, at the end.
PlannedColumn *AddState(const QueryPlan *plan, List **states, Node *aggregate, const char *name,
						const PlannedColumn *previous);

} // namespace mezzanine::views

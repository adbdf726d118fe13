// The two queries at the ends of a view: what readers run over the home tables, and what
// it equals.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// Makes plan->definition: the query with time zones named, and plan->notices that say so.
void MakeDefinition(QueryPlan *plan);

// What an inner plan's query selects, over the columns of the home table that it shows.
List *OutputsOverHome(const QueryPlan *inner);

// SELECT … that makes plan->rows of the tables.
const char *RowsQuery(const QueryPlan *plan);

// SELECT … FROM the home tables of plan->cores, which are there.  `homes` are their names,
// qualified and quoted.
const char *FinishQuery(const QueryPlan *plan, List *homes);

// The same where there are none yet: they are called home, or home_1, home_2, …
const char *FinishQueryOfNone(const QueryPlan *plan);

// SELECT … that computes a core's home table from its source.  `homes` are those of the
// cores before it.
const char *TruthQuery(const QueryPlan *plan, const PlannedCore *core, const List *homes);

// The same where there are none yet.
const char *TruthQueryOfNone(const QueryPlan *plan, const PlannedCore *core);

// The names of the published columns that make up the grouping key.
List *PublishedKeyNames(const QueryPlan *plan);

} // namespace mezzanine::views

// The two queries at the ends of a view: what readers run over the home tables, and what
// it equals.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// What an inner plan's query selects, over the columns of the home table that it shows.
List *OutputsOverHome(const QueryPlan *inner);

// Its HAVING, over the same; NULL: none.
Node *HavingOverHome(const QueryPlan *inner);

// Labels cores and rows, for what is said of them before they are made.
void LabelAll(const QueryPlan *plan);

// SELECT … FROM the home tables of plan->cores, which are there.  `homes` are their names,
// qualified and quoted.
const char *FinishQuery(const QueryPlan *plan, List *homes);

// The same where there are none yet: they are called by their labels.
const char *FinishQueryOfNone(const QueryPlan *plan);

// SELECT … that computes a core's home table from its source.
const char *TruthQuery(const PlannedCore *core);

// The names of the published columns that make up the grouping key.
List *PublishedKeyNames(const QueryPlan *plan);

} // namespace mezzanine::views

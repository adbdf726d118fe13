// The SQL that makes a view: composed from a QueryPlan, run by define.cpp.
#pragma once

#include "views/analysis.h"

namespace mezzanine::views
{

// The names of a view's four relations, quoted and qualified.
struct ViewNames {
	const char *bare;       // as given, unquoted
	const char *view;       // mezzanine.<name>
	const char *home;       // mezzanine_state.<name>
	const char *truth;      // mezzanine_state.<name>_truth
	const char *definition; // mezzanine_state.<name>_definition
};

ViewNames NamesOf(const char *bare_name);

// SELECT … that computes the home table's rows from the base.
const char *TruthQuery(const QueryPlan *plan);

// SELECT … that publishes the home table's rows.
const char *PublishedQuery(const QueryPlan *plan, const char *home);

// CREATE INDEX … on the grouping key, for readers.
const char *KeyIndexCommand(const QueryPlan *plan, const char *home);

// The names of the published columns that belong to the key, as a text[] literal's elements.
List *PublishedKeyNames(const QueryPlan *plan);

} // namespace mezzanine::views

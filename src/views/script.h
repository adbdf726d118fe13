// The SQL that makes a view: composed from a QueryPlan, run by define.cpp.
#pragma once

#include "views/analysis.h"

namespace mezzanine::views
{

// The names of a view's four relations, quoted and qualified.
struct ViewNames {
	const char *bare;       // as given, unquoted
	const char *view;       // mezzanine.<name>
	const char *home;       // mezzanine_state.<name>, or one like it
	const char *truth;      // mezzanine_state.<name>_truth, or one like it
	const char *definition; // mezzanine_state.<name>_definition, or one like it
};

// mezzanine.<name>, quoted.
const char *PublishedName(const char *bare_name);

// Names that are free now.  Two long names may be cut to the same one, and a view may be
// called what another's truth is called: those behind the published view are numbered.
ViewNames FreeNames(const char *bare_name);

// SELECT … that computes the home table's rows from the base.
const char *TruthQuery(const QueryPlan *plan);

// SELECT … that publishes the home table's rows.
const char *PublishedQuery(const QueryPlan *plan, const char *home);

// CREATE INDEX … on the grouping key, for readers.
const char *KeyIndexCommand(const QueryPlan *plan, const char *home);

// The names of the published columns that belong to the key, as a text[] literal's elements.
List *PublishedKeyNames(const QueryPlan *plan);

} // namespace mezzanine::views

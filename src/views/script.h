// The names of a view's relations, and the SQL that makes them.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// mezzanine.<name>, quoted.
const char *PublishedName(const char *bare_name);

// Names in mezzanine_state that are free now, quoted and qualified.  Two long names may be
// cut to the same one, and a view may be called what another's truth is called: those
// behind the published view are numbered.
const char *FreeDefinitionName(const char *bare_name);
const char *FreeRowsName(const char *bare_name, int number);
const char *FreeArmName(const char *bare_name, int number);
const char *FreeHomeName(const char *bare_name, int number); // numbers count from 1
const char *FreeTruthName(const char *bare_name, int number);
const char *FreeCellsName(const char *bare_name, int number);
const char *FreeTotalName(const char *bare_name, int number);

// CREATE INDEX … on what readers may look a row up by; NULL: there is nothing.
const char *KeyIndexCommand(const QueryPlan *plan, const PlannedCore *core, const char *home);

} // namespace mezzanine::views

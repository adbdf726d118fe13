// The triggers that tell of a table's changes.
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

// Makes those that the table lacks, and has all fire always: one set serves all views on it.
// Requires: SPI is connected.
void WatchBase(Oid base);

// When the table's trigger of that name fires (pg_trigger.tgenabled); 0: there is none.  Raises
// where it calls another function than that of mezzanine_state.
char FiringOf(Oid table, const char *name, const char *calls);

} // namespace mezzanine::views

// Dumps being restored, and replicated changes: rows that come to the engine's own tables from
// elsewhere.
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

// Whether a row for a home table is to be dropped without a word: a COPY brings the state of
// then, or a subscription the publisher's, and the view here follows from its own table.
bool ComesFromElsewhere();

// While create_view enters a view into the catalogue.
void BeginRegistration();
void EndRegistration();

// A home table that no catalogue knows: its schema was restored without its data.
bool IsOrphanHome(Oid relation);

void InitRestore();

} // namespace mezzanine::views

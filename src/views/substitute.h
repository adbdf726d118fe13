// Reading one's own changes: installs the planner and executor hooks.
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

void InitSubstitution();

// Lets SQL functions be inlined again; at the end of a transaction, which an error in
// the planner may have brought about.
void AllowInlining();

} // namespace mezzanine::views

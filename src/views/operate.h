// What is done to a view that exists, and the writes to home tables by SQL that it takes, which the
// guard lets pass.
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

// Whether refresh is writing this home table just now.
bool IsRefreshing(Oid home);

// The published view's cores; raises 42809 where it is no mezzanine view.
List *RequireCores(Oid view);

void InitOperation();

} // namespace mezzanine::views

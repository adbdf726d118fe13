// The engine's own writes to home tables by SQL, which the guard lets pass.
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

// Whether refresh is writing this home table just now.
bool IsRefreshing(Oid home);

void InitOperation();

} // namespace mezzanine::views

// Compiling a view: from its truth view's analysed query to expressions and columns.
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

// Fills in the filter, keys and arguments of `view`, and adds the attributes that they read
// to those used in `program`.  In the current context, and in the owner's name.
void CompileTruth(BaseProgram *program, ViewProgram *view);

} // namespace mezzanine::views

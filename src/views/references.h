// The foreign keys that a join goes by; core/references.h says what follows from them.
#pragma once

#include "views/join.h"

namespace mezzanine::views
{

// Fills the join's references, in the current context: those of plain tables whose foreign key is
// validated and enforced, and all of whose columns the join equates by the key's own operators. One
// that is deferred counts too: it has been checked when changes are applied.
void CompileReferences(JoinProgram *join);

} // namespace mezzanine::views

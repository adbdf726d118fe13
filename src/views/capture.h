// Capture, for those who see rows come and go without a row trigger.
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

// Adds a row, in the base table's form, to the delta of every view on the table; takes it
// away where `sign` is -1.
void CaptureVersion(BaseProgram *program, TupleTableSlot *slot, int sign);

} // namespace mezzanine::views

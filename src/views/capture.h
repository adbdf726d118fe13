// Capture, for those who see rows come and go without a row trigger.
#pragma once

#include "views/partitions.h"

namespace mezzanine::views
{

// The program of a table with triggers of ours.  NULL for a partition that is being detached
// or restored, and where no view is on the table: its schema was restored without the
// catalogue's rows.  They make the view anew when they come (restore.cpp); until then reading
// it is an error.
BaseProgram *ProgramOf(const RowSource *source);

// Adds the change of a row of `source` to the delta of every view on the table; NULL: the row
// was not there, or is no more.
void CaptureChange(const BaseProgram *program, const RowSource *source, TupleTableSlot *before,
				   TupleTableSlot *after);

// Adds a row, in the base table's form, to the delta of every view on the table; takes it
// away where `sign` is -1.
void CaptureVersion(BaseProgram *program, TupleTableSlot *slot, int sign);

} // namespace mezzanine::views

// Rows of joins: captured where their tables change, joined at the commit.
#pragma once

#include "views/fold.h"

namespace mezzanine::views
{

// Adds the change of a row of the program's table, from `before` to `after`, to the changes of
// the joins that read it; NULL: it was not there, or is no more.
void CaptureRows(const Sink *sink, const BaseProgram *program, TupleTableSlot *before,
				 TupleTableSlot *after);

// The table has become empty: the joins that read it are made anew at the commit.
void CaptureTruncate(const Sink *sink, const BaseProgram *program);

// Joins the changed rows, and folds what comes and goes into the delta of the cores on each
// join.  Takes the fences of the joins, in the order of the rows views' oids: to be called
// before anything is written.
//
// Requires: `rows` is sealed.
void JoinRows(core::Delta *rows, core::Delta *delta);

} // namespace mezzanine::views

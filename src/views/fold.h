// Folding: rows with a sign flow into the group delta of every core on their table.
//
// Where the rows come from is the caller's business: a trigger at work, or another core's
// home table at commit.
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

// Where changes go: a delta, at a nesting level of subtransactions.
struct Sink {
	core::Delta *delta;
	int depth;
	bool nests; // a subtransaction's part goes with it
};

// Adds the change of a row of the program's table from `before` to `after`; NULL: it was
// not there, or is no more.
void FoldRow(const Sink *sink, const BaseProgram *program, TupleTableSlot *before,
			 TupleTableSlot *after);

// The table has become empty.
void FoldTruncate(const Sink *sink, const BaseProgram *program);

} // namespace mezzanine::views

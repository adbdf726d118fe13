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

// Changed rows that wait for their depth: base tables' own, and those of home tables, as the
// cores before are applied.
struct PendingRows {
	List *deltas; // of core::Delta pointers, sealed
	int deepest;  // of the rows views in them; -1: none
};

// Seals the delta and has its rows wait.
void AddPending(PendingRows *pending, core::Delta *rows);

// Locks the tables of the rows views among these sources, before anything else is taken: who
// holds a fence or a row does not wait for a table.
void LockJoins(const List *touched_sources);

// Joins the changed rows of the rows views of one depth, and folds what comes and goes into the
// delta of the cores on them.  Takes the fences of the joins, in the order of the rows views'
// oids: to be called before anything of that depth is written.
void JoinRows(const PendingRows *pending, int depth, core::Delta *delta);

} // namespace mezzanine::views

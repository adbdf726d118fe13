// Spread views: a group's state in several cells, so that its writers need not share a row.
//
// The home row is cell 0; others are rows of the cells table, with the same columns and a
// number.  A writer takes the first free cell by a fence that it only tries, and opens one
// where none is free.  Every cell is a part: what one adds another may take away, and
// readers add them up (total.h).
#pragma once

#include "pg/store.h"
#include "views/home.h"

namespace mezzanine::views
{

// The work on a spread view.
struct Spread {
	core::Delta *delta;
	std::size_t view_index; // in the delta
	ViewProgram *view;
	pg::Store *home;
	pg::Store cells;
	TupleTableSlot *written_home;
	TupleTableSlot *written_cell;
};

void OpenSpread(Spread *spread);
void CloseSpread(Spread *spread);

// Adds a group's change to one of its cells, and now and then folds those that are idle.
// Waits only where every cell that the view may have is taken, where the group is new, or
// for a transaction with many groups.
//
// Requires: groups come in the order of their hashes.
void ApplyToCell(Spread *spread, core::Group *group);

} // namespace mezzanine::views

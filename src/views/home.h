// Home rows: finding a group's one row, and turning it into state and back.
#pragma once

#include "pg/store.h"
#include "views/keys.h"

namespace mezzanine::views
{

// Whether two groups of the delta have equal keys.
bool SameKey(ViewProgram *view, const core::Group *a, const core::Group *b);

// core::Delta::MergeGroups, through the door.
void MergeGroups(core::Delta *delta, std::size_t view_index, std::size_t into, std::size_t from);

// Finds the latest version of the group's home row; it is in store->slot.
bool FindHomeRow(pg::Store *store, ViewProgram *view, const core::Group &group);

// A group as it will be.
struct GroupState {
	core::Delta::Stored stored;
	NullableDatum *columns; // of the arguments that the core knows nothing of
	bool recompute;         // the above is not the whole truth: ask it
	int32 cell = 0;         // for a row of the table of cells
};

// The group's change added to what `home` stores, or to nothing where it is NULL.  Valid
// until the next call, and as long as `home` is.
//
// Raises MZ014 when a whole is no set of rows, 22003 where it overflows.
GroupState CombineWithHome(core::Delta *delta, const ViewProgram *view, const core::Group &group,
						   TupleTableSlot *home, core::Extent extent = core::Extent::kWhole);

// Adds what `row` stores, a part, to the group's change.
void AddPart(const ViewProgram *view, core::Group *group, TupleTableSlot *row);

KeyValues KeyOfGroup(const ViewProgram *view, const core::Group *group);
KeyValues KeyOfRow(const ViewProgram *view, TupleTableSlot *row);
bool HasKey(ViewProgram *view, TupleTableSlot *row, KeyValues key);

// Fills `row`, of the home table or of the table of cells, with the state, under a key.
void FillHomeRow(const ViewProgram *view, const GroupState *state, uint64 hash, KeyValues key,
				 TupleTableSlot *row);

// Fills `row` with the group's key and no rows.
void FillTouchRow(const ViewProgram *view, const core::Group &group, TupleTableSlot *row);

// Deletes every row that the latest snapshot sees.  Requires: nobody else writes.
void DeleteAllRows(pg::Store *store);

} // namespace mezzanine::views

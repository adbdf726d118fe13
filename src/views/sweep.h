// A sweep along a view's home rows in the order of their hashes, beside a large delta.
//
// A search of its own for each group would descend the index each time.  The sweep goes from
// leaf to leaf, passes over gaps by a new descent, and sees at one glance that a range of
// hashes is empty: so new groups cost no search at all.
#pragma once

#include "views/home.h"

namespace mezzanine::views
{

struct Sweep {
	pg::Store *store;
	ViewProgram *view;
	TupleTableSlot *slot;  // the row that the sweep is at
	MemoryContext context; // of the search
	bool open;
	pg::Search search;
	uint64 end;  // the last hash of the range that is open
	bool at_row; // `slot` has a row
	bool at_end;
	bool took;        // the sweep gave away a row of this hash:
	uint64 took_hash; // there may be others
};

// The ranges in which large deltas are fenced: by the upper bits of the hash.
constexpr int kRangeBits = 10;

Sweep *BeginSweep(pg::Store *store, ViewProgram *view);

// Finds the group's home row; it is in store->slot.  A row that is not found is not there; one
// that is found may have changed since.
//
// Requires: hashes come in order; the group's range is fenced, so that nobody else makes rows
// in it.
bool SweepTo(Sweep *sweep, const core::Group &group);

void EndSweep(Sweep *sweep);

} // namespace mezzanine::views

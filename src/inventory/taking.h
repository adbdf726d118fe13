// One call that takes units, and how far it has come; shared by the stages of take.cpp.
#pragma once

#include "inventory/array.h"
#include "inventory/reap.h"
#include "inventory/units.h"

#include "cell/cell.h"

namespace mezzanine::inventory
{

// What this call knows of one stock, and has of it.
struct Holding {
	cell::Cell *cells; // fenced
	int count;
	int room;
	int64 fenced;   // units in them
	int64 wanted;   // with all that wants lack, and what is kept
	bool surveyed;  // `glimpses` and `expired` are of this round
	bool busy;      // a cell with units is another's
	bool exhausted; // all that is free is fenced
	bool waited;    // for a cell
	cell::Glimpses glimpses;
	ExpiredHolds expired;
};

struct Taking {
	Order *order;
	Holding *holdings; // as the order's pools
	int64 *at_best;    // what the wants lack at best; as the order's wants
	int rounds;
	bool alone;   // no fence is needed
	bool crowded; // more fences are needed than there may be
	bool exact;   // nobody was giving at the survey's instant
	int giving;   // a pool that somebody gives to, where not exact
	pg::Store cells;
	pg::Store reservations;
};

// Adds without overflow: more than a bigint is enough for whatever is wanted.
inline int64 AddUpTo(int64 a, int64 b)
{
	return b > PG_INT64_MAX - a ? PG_INT64_MAX : a + b;
}

// What has to be there of a pool for the plan: also what is kept, of all of its group if it
// has one.
int64 Needed(const Order *order, int pool);

// --- what there is (survey.cpp) ---

// Looks at all cells and expired holds of the stocks that are short, in one snapshot.
//
// Requires: the wants say what they lack of what is fenced.
void Survey(Taking *taking);

// Looks for expired holds to make up for cells that are another's.
void LookForExpired(Taking *taking);

// --- what can be had (gather.cpp) ---

// Whether the call has fenced a cell.
bool HasCell(const Holding &holding, int32 number);

// Reads a cell that has just been fenced.
void AddCell(Taking *taking, int pool, int32 number);

// Fences and reads a cell if it is free.
void TryCell(Taking *taking, int pool, int32 number);

// Fences free cells with units until they hold `units`: one that has as much where there
// is one, else several.  Each backend starts at another.
void FenceCells(Taking *taking, int pool, int64 units);

// --- what is taken (withdraw.cpp) ---

// Takes what is planned, expired holds included.
//
// Requires: the cells that the plan needs are fenced, the holds locked.
void Withdraw(Taking *taking);

} // namespace mezzanine::inventory

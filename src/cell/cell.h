// Cells: rows that together hold one counter, each written only under its fence.
//
//   fence::AcquireBefore(cell::FenceOf(stock, 0), ExclusiveLock, deadline);
//   cell::Cell cell = cell::Read(&store, stock, 0);
//   cell::Change(&store, &cell, -quantity);
//
// A cell is read in its latest version, whatever the transaction's snapshot, and changed in
// place.  Where the snapshot does not see the latest version, a signed adjustment is put
// beside it instead; whoever sees both folds it in.  A cell's units are the sum of its rows.
#pragma once

#include "pg/store.h"

#include "core/admission.h"
#include "fence/fence.h"

namespace mezzanine::cell
{

// Columns of the table of cells, in order.
enum Column : AttrNumber { kStock = 1, kNumber, kAdjustment, kAvailable, kColumns = kAvailable };

// Where a row of a cell is.
struct Place {
	ItemPointerData row;
	int64 adjustment; // its number; 0 for the cell itself
};

struct Cell {
	int64 stock;
	int32 number;
	int64 available;
	int row_count; // 0: the cell does not exist yet
	core::CellRow *rows;
	Place *places; // of the rows
};

// A cell as a snapshot shows it, fenced or not.
struct Glimpse {
	int32 number;
	int64 units;
};

struct Glimpses {
	Glimpse *glimpse; // by number
	int count;
	int64 units; // their sum, or the most that a bigint holds
};

// The fence of a cell.  Stocks 2^32 apart share fences, which costs waiting alone.
fence::Fence FenceOf(int64 stock, int32 number);

// Reads a cell into memory of the current context.
//
// Requires: the cell's fence is held; `store` is opened on the primary key.
Cell Read(pg::Store *store, int64 stock, int32 number);

// Reads all cells of a stock as `snapshot` sees them; no fence is required.
Glimpses Glance(pg::Store *store, int64 stock, Snapshot snapshot);

// Adds `delta` units, making the cell if it does not exist.
//
// Requires: the fence has been held since Read.  The cell is stale afterwards.
// Raises 22003 where the cell would exceed a bigint, MZ014 where it would be negative.
void Change(pg::Store *store, Cell *cell, int64 delta);

// Empties a cell and removes it where the snapshot sees all of it; else as Change.
void Remove(pg::Store *store, Cell *cell);

} // namespace mezzanine::cell

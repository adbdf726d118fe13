// Books: what a stock has in all, and the mark of stocks that have had large entries.
//
// Units enter a stock side by side, each into a cell.  So that their sum stays a bigint,
// large entries take turns and are counted against what is there; and so is every entry of
// a stock that has ever had one: core/total.h says why the others need not be.
#pragma once

#include "inventory/tables.h"

#include "core/total.h"

namespace mezzanine::inventory
{

// What a stock has, as `snapshot` sees it: more than a bigint counts as the most that one
// holds.
core::StockTotal ReadTotal(pg::Store *cells, int64 stock, Snapshot snapshot);

// Waits until the caller may put `units` more into a stock: for others who give, where the
// entry is counted.  `goods`: the units come into the house, rather than out of the floor.
//
// Requires: EnterGate.  The givers' fence is held afterwards, unless `alone`.
// Raises 22003 where the stock would exceed a bigint, MZ002 at the deadline.
struct Entry {
	int64 stock;
	int64 units;
	bool goods;
};
void AdmitEntry(pg::Store *cells, const Entry &entry, bool alone, TimestampTz deadline);

} // namespace mezzanine::inventory

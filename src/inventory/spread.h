// Spread: over which cells a stock lies, and which of them this backend tries first.
//
// A quiet stock has one cell.  Whoever had to wait for a cell and finds plenty in it moves
// half to a new one, so that a hot stock comes to have as many as it needs; cells that are
// emptied go, so that scarce stock comes together again.
#pragma once

#include "inventory/tables.h"

#include "cell/cell.h"

namespace mezzanine::inventory
{

constexpr int32 kNoCell = -1;

// The cell that this backend last had units of `stock` from; 0 at first, kNoCell where it
// was sold out.
int32 PreferredCell(int64 stock);
void PreferCell(int64 stock, int32 number);

// The mark that givers hold together, in kGives, and counters in ShareLock.
fence::Fence GiversFence(int64 stock);
constexpr LOCKMODE kGives = RowExclusiveLock;

// The most cells that the stock's policy allows.
int32 CellsMax(int64 stock);

// Fences a number that no cell of `stock` has, where the policy allows one more; kNoCell
// where it does not, or others are about to use all that are left.
//
// Requires: EnterGate, not alone; `cells` are the stock's by a snapshot of this call.
int32 FenceNewCell(pg::Store *store, int64 stock, const cell::Glimpses &cells);

} // namespace mezzanine::inventory

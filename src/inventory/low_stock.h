// Low stock: a notice when what is available of a stock falls to its low-water mark, once,
// until it has risen above it.
//
// It is found out at the commit of the transaction that crosses the mark, and buyers do not
// queue for it.  Each committing transaction that changed a stock with a mark holds the
// stock's fence of marks together with the others, and looks at the cells with all that is
// written in flight.  Of several that cross the mark only together, the last to write sees
// what the others wrote.  Whoever sees that the mark may be crossed lets the fence go, takes
// it alone, and so waits for those whose commit is in progress; then what is committed, with
// its own, is exact.  docs/concurrency.md says why none is missed.
#pragma once

#include "pg/door.h"

namespace mezzanine::inventory
{

// The transaction has changed, or will, what is available of `stock`.
void WatchStock(int64 stock);

// The same, whether or not the stock has a mark: for who changes that.
void WatchMark(int64 stock);

// The mark of a stock that has just been read for another reason: it need not be read again.
void LearnMark(int64 stock, bool marked, int64 low_water);

// Has other sessions look marks up anew once this transaction has committed.
void ForgetMarks(Relation stocks);

void InitLowStock();

} // namespace mezzanine::inventory

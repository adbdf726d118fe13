// What is in store for a stock's cells: also what transactions in flight have written.
#pragma once

#include "pg/store.h"

#include "core/outlook.h"

namespace mezzanine::cell
{

// Bounds of what the stock's cells hold when the transactions in flight have ended, whatever
// becomes of them.  What this transaction has written counts as done.  Waits for nobody.
//
// Requires: `store` is opened on the primary key of the cells.
core::Outlook Foresee(pg::Store *store, int64 stock);

} // namespace mezzanine::cell

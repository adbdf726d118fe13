// Units: what is available of stocks, given and taken.
//
//   pg::Store cells = OpenCells();
//   GiveUnits(&cells, stock, 5, DT_NOEND);
//   pg::CloseStore(&cells);
//
//   int64 missing;
//   const core::Demand demand = {stock, 5, 1};
//   if (!TakeUnits(&demand, 1, deadline, &missing))
//       ... /* nothing was taken: `missing` units of it are not there */
//
// The account "available" of the journal is the caller's business: each gives or takes
// what it records.  Only reaped holds are recorded here.
#pragma once

#include "inventory/tables.h"

#include "core/cart.h"

namespace mezzanine::inventory
{

pg::Store OpenCells();

// Adds `units` to what is available of `stock`: released, expired, received, returned.
//
// May wait, while it keeps every lock the caller has: give to several stocks in the order
// of their numbers.  Requires: units > 0.
// Raises MZ002 at the deadline (DT_NOEND: none), 22003 beyond a bigint.
void GiveUnits(pg::Store *cells, int64 stock, int64 units, TimestampTz deadline);

// Takes all that `demands` ask for, or nothing.  Expired holds are reaped where the units
// are needed.
//
// False: there was an instant at which no outcome of the transactions in flight would have
// left enough; then missing[i] is what demand i lacked (0: nothing).
//
// Requires: `demands` came from core::SumDemand; room for `count` numbers in `missing`.
// Raises MZ002 where there is no answer at the deadline.
bool TakeUnits(const core::Demand *demands, int count, TimestampTz deadline, int64 *missing);

} // namespace mezzanine::inventory

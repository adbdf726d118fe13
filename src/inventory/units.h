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
//
// How it stays exact.  Units lie in cells; a cell is changed under its fence, and whoever
// finds enough in the cells that it could fence takes it.  Whoever does not looks at all
// cells and all expired holds of the stock in *one snapshot*: what transactions in flight
// have taken is still in it, so nothing that they may do leaves more, but for what they
// give.  Who gives holds the stock's mark of givers to the end of its transaction; the
// snapshot counts only where it was taken while nobody had that mark.  Then less than was
// asked for means: it was not there, at that instant.  docs/concurrency.md has the proof.
#pragma once

#include "inventory/books.h"

#include "core/allocation.h"
#include "core/cart.h"

namespace mezzanine::inventory
{

pg::Store OpenCells();

// Adds `units` that were held to what is available of `stock`: released, or expired.
//
// May wait, while it keeps every lock the caller has: give to several stocks in the order
// of their numbers.  Requires: units > 0.
// Raises MZ002 at the deadline (DT_NOEND: none).
void GiveUnits(pg::Store *cells, int64 stock, int64 units, TimestampTz deadline);

// The same for units that enter the stock: received, returned, or out of the floor.
//
// Raises 22003 where the stock would exceed a bigint.
void EnterUnits(pg::Store *cells, const Entry &entry, TimestampTz deadline);

// Takes all that `demands` ask for, or nothing.  Expired holds are reaped where the units
// are needed.
//
// False: there was an instant at which no outcome of the transactions in flight would have
// left enough; then missing[i] is what demand i lacked (0: nothing).
//
// Holds of `spared`, a reservation that the caller has locked and goes on to change, are left
// alone (NULL: none is).
//
// Requires: `demands` came from core::SumDemand; room for `count` numbers in `missing`;
// CommandCounterIncrement since the transaction's last move of units.
// Raises MZ002 where there is no answer at the deadline.
bool TakeUnits(const core::Demand *demands, int count, TimestampTz deadline, int64 *missing,
			   const pg_uuid_t *spared = nullptr);

// What is asked for, and the stocks that it may come from.
struct Order {
	core::Pool *pools; // sorted by stock, each once
	int pool_count;
	core::Want *wants; // their candidates are among the pools
	int want_count;
	core::Strategy strategy;
	bool partial; // take what there is, rather than all or nothing
	TimestampTz deadline;
	const pg_uuid_t *spared; // as for TakeUnits
};

// The same for wants that several stocks may serve.  True: taken is what core::Pool::planned
// and core::Candidate::units say; Want::missing is what is not there, zero unless partial.
// False: nothing is taken, and Want::missing is what was not there.
bool TakeOrder(Order *order);

} // namespace mezzanine::inventory

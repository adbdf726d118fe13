// The desk: what calls of clerks share, that correct stocks, take goods back, set them aside
// and send them elsewhere.
//
// Calls about one stock take turns under its desk fence, to the end of the transaction.
// Buyers don't take it and don't wait for it; a clerk's call touches the cells last.
#pragma once

#include "inventory/idempotency.h"
#include "inventory/journal.h"
#include "inventory/serial.h"
#include "inventory/stock.h"

namespace mezzanine::inventory
{

// A stock as a caller names it.
struct Place {
	text *sku;
	text *location;
	text *lot; // NULL: the units that belong to no lot
};

// Reads arguments 0 and 1, the item and the location, and the lot.
Place RequirePlace(FunctionCallInfo fcinfo, int lot_number);
void AddPlace(StringInfo payload, const Place &place);

// Waits for the desk fence of a stock; `to_come` more fences may follow.
void TakeDesk(int64 stock, int to_come);

// Takes units from what is available; expired holds are reaped where they are needed.
//
// Raises MZ001 where there are not as many.
void TakeAvailable(const Place &place, int64 stock, int64 units);

// Adds units that come into the house.  Raises 22003 where the stock would exceed a bigint.
void EnterAvailable(int64 stock, int64 units);

// A row of a table whose rows are numbered per stock: (stock, sequence, ...).
ScanKeyData KeyOfStock(int64 stock);

// Does what `act` does, which returns a number, and gives the same number whenever the key
// is given again.  `status` is a word for it.
template <typename Act>
int64 AnswerOnce(const Key &key, int fences_to_come, const char *status, Act &&act)
{
	Outcome outcome;
	if (Recall(key, fences_to_come, DT_NOEND, &outcome))
		return outcome.movement;
	outcome = Outcome{};
	outcome.status = status;
	outcome.movement = act();
	Remember(key, outcome);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	return outcome.movement;
}

} // namespace mezzanine::inventory

// Stocks by their names and by their numbers.
#pragma once

#include "inventory/arguments.h"

namespace mezzanine::inventory
{

// A lot as a caller names it.
struct Lot {
	text *name;          // NULL: the units that belong to no lot
	Optional expires_on; // a date
};

// Adds a lot to the payload of a key.
void AddLot(StringInfo payload, const Lot &lot);

// A stock, as its row says.
struct Stock {
	int64 stock;
	bool serialised;
	Optional expires_on;
};

// A stock, made where it does not exist.  Two first receipts of one item wait for each
// other.
//
// Raises 22023 where the lot is known to expire on another day, anywhere, or where a day
// is given without a lot.
Stock FindOrMakeStock(text *sku, text *location, const Lot &lot, bool serialised);

// A stock that exists; `lot` NULL for the units that belong to no lot.
//
// Raises MZ010 where there is none.
Stock RequireStock(text *sku, text *location, text *lot);

// A stock with its names.
struct StockNames {
	Stock stock;
	text *sku;
	text *location;
	text *lot; // NULL for none
};

// The names of the stock of this number, which must exist.
StockNames NamesOf(int64 number);

// Raises MZ010 where the item was never received anywhere.
void RequireItem(text *sku);

// Whether the stock of this number is kept by serial number.
bool IsSerialised(int64 number);

// Raises MZ010: there is no stock of the line's item, or none at its location.
[[noreturn]] void RaiseNoSuchStock(const Line &line);

// Fills in sku and location of stocks that exist.
void NameStocks(const Lines &lines);

} // namespace mezzanine::inventory

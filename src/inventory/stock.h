// Stocks by their names and by their numbers.
#pragma once

#include "inventory/arguments.h"

namespace mezzanine::inventory
{

// The number of a stock, making it where it does not exist.  Two first receipts of the
// same stock wait for each other.
int64 FindOrMakeStock(text *sku, text *location);

// Fills in stock, and location where it was left out.
//
// Raises MZ010 for an unknown item or location, 0A000 where an item has several locations
// and none was named.
void ResolveStocks(const Lines &lines);

// Fills in sku and location of stocks that exist.
void NameStocks(const Lines &lines);

} // namespace mezzanine::inventory

// Serials: units that are told apart by a number of their own.
//
// A stock is kept by serial number or it is not, from its item's first receipt on.  One
// row a serial, for life, says where the unit is: in a stock, in quarantine, on a transfer,
// sold or gone.  Units in a stock that are available and those that are held are not told
// apart: a reservation holds units, and the confirmation decides which ones they are.
//
// A serial changes under its row's lock, in its latest version.  Who needs any units takes
// those that nobody has locked.  There are always enough: of the serials in a stock, others
// have locked no more than they took units, and units are counted exactly.
#pragma once

#include "inventory/arguments.h"
#include "inventory/stock.h"

namespace mezzanine::inventory
{

// Serials that a caller names: sorted, each once.
struct Serials {
	text **serial;
	int count; // 0: none were named
};

// Where units are.
struct Whereabouts {
	int64 stock;
	const char *state; // stock, quarantine, transit, sold, gone
	const pg_uuid_t *reservation;
	int64 transfer; // 0: none
};

// Units that a caller names item by item: sorted, each once.
struct NamedUnits {
	text **sku;
	text **serial;
	int count;
};

// What happens to serials, for their rows and their history.
struct SerialChange {
	Whereabouts to;
	int64 sequence; // of the movement that moves the units
	const char *reason;
};

// Raises 22023 where one is NULL, empty, too long, or named twice.
Serials OptionalSerials(FunctionCallInfo fcinfo, int number);
void AddSerials(StringInfo payload, const Serials &serials);

// The same for an argument of type inventory.unit[].
NamedUnits OptionalUnits(FunctionCallInfo fcinfo, int number);
void AddUnits(StringInfo payload, const NamedUnits &units);

// Those of one item.
Serials SerialsOf(const NamedUnits &units, const text *sku);

// Raises 22023 unless `serials` names each of `quantity` units of a stock that is kept by
// serial number, or nothing where it is not.
void CheckSerials(const Stock &stock, text *sku, const Serials &serials, int64 quantity);

// A unit's latest change, and whether it is at a place.
struct SerialState {
	int64 sequence; // 0: the unit is unknown
	bool here;
};

// Locks the unit, where it is known, and tells whether it is at `place`.
SerialState LockSerial(text *sku, text *serial, const Whereabouts &place);

// Enters units that come into the house: new ones, or ones that were sold or gone.  Who
// enters serials of an item waits for others who do: two receipts of one new serial have no
// row to meet at.
//
// Raises MZ012 where one is in the house already.
void EnterSerials(text *sku, const Serials &serials, const SerialChange &change);

// Moves `named` units that are at `from`.
//
// Raises MZ012 where one is not.
void MoveSerials(text *sku, const Serials &named, const Whereabouts &from,
				 const SerialChange &change);

// Moves any `units` units that are at `from`; nothing where the stock is not kept by serial
// number.  May wait for whoever has locked them.
void MoveAnySerials(int64 units, const Whereabouts &from, const SerialChange &change);

// The same for units of a stock that a reservation has held and sells.
void SellSerials(int64 stock, int64 units, const pg_uuid_t *reservation, int64 sequence);

// Exchanges the whereabouts of two units of an item.
//
// Raises MZ012 where one is unknown.
void ExchangeSerials(text *sku, text *serial, text *instead, int64 sequence, const char *reason);

} // namespace mezzanine::inventory

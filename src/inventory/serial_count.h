// Counts of stocks that are kept by serial number: see core/serial_count.h.
#pragma once

#include "inventory/serial.h"

#include "core/serial_count.h"

namespace mezzanine::inventory
{

// Units of a stock at a point, by serial.
struct UnitsAtPoint {
	core::SerialAtPoint *unit;
	int count;
};

// Those in the stock, as `snapshot` sees it.
UnitsAtPoint LookAtUnits(int64 stock, Snapshot snapshot);

// The same as two arrays, for the point's row, and back: text[] and bigint[].
Datum SerialArray(const UnitsAtPoint &units);
Datum ChangeArray(const UnitsAtPoint &units);
UnitsAtPoint UnitsFromArrays(Datum serials, Datum changes);

// What somebody has found, and what it is compared with.
struct ShelfCount {
	text *sku;
	int64 stock;
	int64 point;
	UnitsAtPoint at_point;
	Serials found;
};

// What is wrong by it, locked against others.
struct SerialFindings {
	Serials missing;
	Serials surplus;
};

// Waits for whoever is moving a unit that seems to be wrong.
//
// Requires: TakeDesk.
SerialFindings CompareSerials(const ShelfCount &count);

} // namespace mezzanine::inventory

// Corrections of stocks, as rows; see core/correction.h.
#pragma once

#include "inventory/desk.h"

#include "core/correction.h"

namespace mezzanine::inventory
{

struct Correction {
	int64 delta;
	bool is_count;
	int64 counted; // of a count
	int64 point;
	const char *reason;
};

// What has been corrected of a stock, as `snapshot` sees it; NULL for the latest.
core::Corrections FindCorrections(int64 stock, Snapshot snapshot);

// The numbers of those that counts have made, in their order.
struct CountNumbers {
	int64 *number;
	int count;
};
CountNumbers FindCountNumbers(int64 stock);

// Moves `correction.delta` units into what is available, or out of it, and writes the
// correction; returns its number.  `serials` are those of the units.
//
// Requires: TakeDesk.  Raises MZ001 where there are not as many.
int64 Correct(const Place &place, const Stock &stock, const Serials &serials,
			  const Correction &correction);

} // namespace mezzanine::inventory

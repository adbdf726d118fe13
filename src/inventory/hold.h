// Holds: the rows that an accepted reservation consists of.
#pragma once

#include "inventory/reservation.h"

namespace mezzanine::inventory
{

struct Hold {
	Lines lines; // as asked for
	const core::Demand *demands;
	int count;
	Interval *ttl;
	Optional reference;
};

// The tables that holds are written to.
struct HoldStores {
	pg::Store *reservations;
	pg::Store *lines;
	pg::Store *journal;
};

// The lines asked for, one a stock, in the order of the cart.
Lines LinesOf(const Lines &asked, const core::Demand *demands, int count);

// Writes the reservation, its lines and their movements from available to held.
//
// Requires: the fences of its stocks are held; their cells are the caller's business.
Outcome WriteHold(const HoldStores &stores, const Hold &hold);

} // namespace mezzanine::inventory

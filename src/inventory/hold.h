// Holds: the rows that an accepted cart consists of, and what a cart is answered.
#pragma once

#include "inventory/candidates.h"
#include "inventory/reservation.h"

namespace mezzanine::inventory
{

// For how long a cart is held, and what is kept with it.
struct Terms {
	Interval *ttl;
	Optional reference;
};

// The tables that holds are written to.
struct HoldStores {
	pg::Store *reservations;
	pg::Store *lines;
	pg::Store *journal;
};

// Writes the reservation of a cart, its lines and their movements from available to held:
// one line a stock, in the order of the cart and of preference.  The answer says what the
// cart lacks, if it is held in part.
//
// Requires: the units that the cart's plan says were taken from the stocks' cells, under
// their fences.
Outcome WriteHold(const HoldStores &stores, const Cart &cart, const Terms &terms);

// The answer to a cart of which nothing is held.
Outcome RejectCart(const Cart &cart);

} // namespace mezzanine::inventory

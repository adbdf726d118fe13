// Prolonging: a hold gets another expiry and the next fence, so that whoever had the last
// one is refused from then on.
#pragma once

#include "inventory/reservation.h"

namespace mezzanine::inventory
{

// Gives the hold at least `ttl` from now on, by the clock, and the next fence; returns the outcome
// with the lines that are still held.
//
// Requires: the reservation is locked, held, and not expired.
Outcome Prolong(pg::Store *reservations, Reservation *reservation, Interval *ttl);

} // namespace mezzanine::inventory

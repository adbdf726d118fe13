// Moves: units of a reservation's line from one account to another, in the line and in the
// journal.  The line's row is the caller's business: WriteLine when all moves are made.
#pragma once

#include "inventory/reservation.h"

namespace mezzanine::inventory
{

// held -> sold
void SellUnits(pg::Store *journal, HeldLine *line, int64 units);

// held -> available, by whoever owns the reservation
void ReturnUnits(pg::Store *journal, HeldLine *line, int64 units, const char *reason);

// held -> available, because the hold has expired
void ExpireUnits(pg::Store *journal, HeldLine *line, int64 units);

// available -> held, of the units that expiry returned
void ReacquireUnits(pg::Store *journal, HeldLine *line, int64 units);

// Room for as many demands.
core::Demand *NewDemands(int count);

// Adds up demands of one stock and sorts by stock; returns how many remain.
int SumDemands(core::Demand *demands, int count);

// Adds the units to the stocks' cells, in the order of the stocks.
void GiveDemands(core::Demand *demands, int count, TimestampTz deadline);

} // namespace mezzanine::inventory

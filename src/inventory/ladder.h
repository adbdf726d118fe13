// The ladder: the fences of the stocks that a call changes, taken in one order by all.
//
// Whoever takes fences holds the gate with everybody else.  Whoever would need too many of
// them, for the lock table is of limited size, takes the whole gate instead, and no fence.
#pragma once

#include "pg/door.h"

#include "core/cart.h"

namespace mezzanine::inventory
{

struct Ladder {
	const core::Demand *stocks; // sorted by stock, each once
	int count;
	bool whole_gate;
};

// Takes the fences of `count` stocks, waiting in their queues until `deadline`.
//
// Requires: `stocks` came from core::SumDemand, and outlives the ladder.
// Raises MZ002 at the deadline.
Ladder Climb(const core::Demand *stocks, int count, TimestampTz deadline);

// Lets the fences go.  Requires: nothing was written since Climb.
void LetGo(const Ladder &ladder);

} // namespace mezzanine::inventory

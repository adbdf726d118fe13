// The ladder: the fences that a call takes, in one order for all.
//
// Whoever takes fences holds the gate together with everybody else.  A transaction that
// would need too many of them, for the lock table is of limited size, takes the gate alone
// instead, and no fences.
//
// A call announces at its first step how many fences may follow, so that it takes the gate
// in the right mode at once.  Only a transaction of many calls comes from the one mode to
// the other; of two that do so at the same time, one ends with 40P01.
#pragma once

#include "pg/door.h"

#include "core/cart.h"
#include "fence/fence.h"

namespace mezzanine::inventory
{

// Takes one fence, or the gate alone where that and `to_come` more would be too many.
//
// Raises MZ002 at the deadline.
void TakeFence(fence::Fence fence, int to_come, TimestampTz deadline);

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

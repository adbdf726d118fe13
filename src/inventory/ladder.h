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

#include "fence/fence.h"

namespace mezzanine::inventory
{

// Takes the gate for up to `fences` fences; true when alone, so that none is needed.
//
// Raises MZ002 at the deadline.
bool EnterGate(int fences, TimestampTz deadline);

// Lets the gate go.  Requires: nothing was written since EnterGate.
void LeaveGate(bool alone);

// Whether the transaction holds as many fences as it may.
bool HasAllFences();

// Takes one fence exclusively, or as `mode` says: without waiting, false when it is not to
// be had; or waiting in its queue until `deadline`.
//
// Requires: EnterGate, not alone.
bool TryFence(fence::Fence fence, LOCKMODE mode = ExclusiveLock);
bool TryFenceSoon(fence::Fence fence); // for a moment
void WaitForFence(fence::Fence fence, TimestampTz deadline, LOCKMODE mode = ExclusiveLock);

// Lets one fence go.  Requires: nothing was written under it since it was taken.
void DropFence(fence::Fence fence, LOCKMODE mode = ExclusiveLock);

// Takes the gate and one fence, or the gate alone where that and `to_come` more would be
// too many.
//
// Raises MZ002 at the deadline.
void TakeFence(fence::Fence fence, int to_come, TimestampTz deadline);

} // namespace mezzanine::inventory

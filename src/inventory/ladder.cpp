#include "inventory/ladder.h"

namespace mezzanine::inventory
{

namespace
{

// Fences that one transaction may hold.  The lock table has room for about 64 locks a
// connection (max_locks_per_transaction), for all of them together.
constexpr int kFencesMax = 500;

constexpr fence::Fence kGate = {fence::Realm::kGate, 0, 0};
constexpr LOCKMODE kWithOthers = RowExclusiveLock;
constexpr LOCKMODE kAlone = ShareRowExclusiveLock;

// How many fences the transaction has taken; too many rather than too few, where a
// savepoint was rolled back.  Starts anew when the transaction is another one.
struct Count {
	LocalTransactionId transaction;
	int fences;
};
Count count_of_transaction{};

int *FencesTaken()
{
	const LocalTransactionId current = pg::LocalTransaction();
	if (count_of_transaction.transaction != current)
		count_of_transaction = {current, 0};
	return &count_of_transaction.fences;
}

} // namespace

bool EnterGate(int fences, TimestampTz deadline)
{
	const bool alone = fences > kFencesMax - *FencesTaken();
	fence::AcquireBefore(kGate, alone ? kAlone : kWithOthers, deadline);
	return alone;
}

void LeaveGate(bool alone)
{
	fence::Release(kGate, alone ? kAlone : kWithOthers);
}

bool HasAllFences()
{
	return *FencesTaken() >= kFencesMax;
}

bool TryFence(fence::Fence fence, LOCKMODE mode)
{
	if (!fence::TryAcquire(fence, mode))
		return false;
	++*FencesTaken();
	return true;
}

bool TryFenceSoon(fence::Fence fence)
{
	if (!fence::AcquireSoon(fence, ExclusiveLock))
		return false;
	++*FencesTaken();
	return true;
}

void WaitForFence(fence::Fence fence, TimestampTz deadline, LOCKMODE mode)
{
	fence::AcquireBefore(fence, mode, deadline);
	++*FencesTaken();
}

void DropFence(fence::Fence fence, LOCKMODE mode)
{
	fence::Release(fence, mode);
	--*FencesTaken();
}

void TakeFence(fence::Fence fence, int to_come, TimestampTz deadline)
{
	if (!EnterGate(to_come + 1, deadline))
		WaitForFence(fence, deadline);
}

} // namespace mezzanine::inventory

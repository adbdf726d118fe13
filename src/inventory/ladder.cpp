#include "inventory/ladder.h"

#include "cell/cell.h"

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

// Takes the gate for `fences` fences; true when alone, so that none is needed.
bool EnterGate(int fences, TimestampTz deadline)
{
	const bool alone = fences > kFencesMax - *FencesTaken();
	fence::AcquireBefore(kGate, alone ? kAlone : kWithOthers, deadline);
	return alone;
}

} // namespace

void TakeFence(fence::Fence fence, int to_come, TimestampTz deadline)
{
	if (EnterGate(to_come + 1, deadline))
		return;
	fence::AcquireBefore(fence, ExclusiveLock, deadline);
	++*FencesTaken();
}

Ladder Climb(const core::Demand *stocks, int count, TimestampTz deadline)
{
	const Ladder ladder = {stocks, count, EnterGate(count, deadline)};
	if (ladder.whole_gate)
		return ladder;
	for (int i = 0; i < count; ++i)
		fence::AcquireBefore(cell::FenceOf(stocks[i].stock, 0), ExclusiveLock, deadline);
	*FencesTaken() += count;
	return ladder;
}

void LetGo(const Ladder &ladder)
{
	if (ladder.whole_gate) {
		fence::Release(kGate, kAlone);
		return;
	}
	for (int i = ladder.count - 1; i >= 0; --i)
		fence::Release(cell::FenceOf(ladder.stocks[i].stock, 0), ExclusiveLock);
	fence::Release(kGate, kWithOthers);
	*FencesTaken() -= ladder.count;
}

} // namespace mezzanine::inventory

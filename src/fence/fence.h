// Fences: transaction-scoped advisory locks that order two actions.
//
// They use lock tags of the extension's own classes, so they never meet an
// application's advisory locks, and pg_locks shows them (locktype advisory,
// objsubid = the realm).  A collision of two tags costs waiting, never exactness.
// PostgreSQL releases them at commit or rollback, or keeps them with a prepared
// transaction; Release lets one go early where nothing has been written under it.
#pragma once

#include "pg/door.h"

namespace mezzanine::fence
{

// What a fence stands for; the lock tag's class.
enum class Realm : uint16 {
	kGroup = 19801,    // views: (view, high half of the group's hash)
	kGroups = 19800,   // views: (view, range of groups by the upper bits of their hashes)
	kSpread = 19809,   // views: (view, group by the upper bits of its hash, and cell)
	kCell = 19802,     // inventory: (stock, cell)
	kKey = 19803,      // inventory: idempotency key, by hash
	kStock = 19804,    // inventory: naming of stocks, by hash of the item
	kGate = 19805,     // inventory: everybody, or one who needs too many cells
	kGivers = 19806,   // inventory: stock; those who give to it, or one who counts it
	kMark = 19807,     // inventory: low-water marks of stocks, by 256ths
	kLease = 19810,    // inventory: a lease, by hash of its name
	kResource = 19811, // inventory: a resource that is booked, by hash of its name
	kDay = 19812,      // inventory: a day of a resource (hash, day)
	kHour = 19813,     // inventory: an hour of a resource (hash, hour)
	kDesk = 19820,     // inventory: clerical work on a stock: corrections, quarantine
	kSerials = 19821,  // inventory: serials of an item that come into the house, by hash
	kTransfer = 19822, // inventory: a transfer
	kConsumer = 19814, // inventory: a consumer of the journal, by hash of its name
	kExpected = 19815, // inventory: an expectation, by its number
	kSide = 19816,     // views: (rows view, a side of an edge of its join)
	kEdge = 19817,     // views: (rows view, hash of an edge and a key on it)
};

struct Fence {
	Realm realm;
	uint32 high;
	uint32 low;
};

// Waits in the lock's queue.
void Acquire(Fence fence, LOCKMODE mode);

// True when the fence could be had at once.
bool TryAcquire(Fence fence, LOCKMODE mode);

// Tries for a moment, outside the queue; true when the fence could be had.
bool AcquireSoon(Fence fence, LOCKMODE mode);

// Waits in the lock's queue until `deadline`; a deadline in the past tries once, DT_NOEND
// waits as long as the session's lock_timeout allows.
//
// Raises MZ002 at the deadline, 55P03 where the session's own lock_timeout comes first.
void AcquireBefore(Fence fence, LOCKMODE mode, TimestampTz deadline);

// Waits for the end of the transaction `holder` until `deadline`, as AcquireBefore does.
void AwaitBefore(TransactionId holder, TimestampTz deadline);

// Waits for a moment, for nobody.  Raises MZ002 at the deadline.
void PauseBefore(TimestampTz deadline);

// Waits for the transactions that hold `fence` now in the way of `mode`, until `deadline`.
// It takes no place in the queue: nobody waits because of it.
void AwaitHoldersBefore(Fence fence, LOCKMODE mode, TimestampTz deadline);

// Lets go before the transaction ends.  Requires: nothing was written under the fence,
// and it was not taken inside a subtransaction that is still open.
void Release(Fence fence, LOCKMODE mode);

} // namespace mezzanine::fence

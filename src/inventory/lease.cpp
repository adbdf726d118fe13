// inventory.lease(), release_lease(), check_fence(): one owner at a time for anything that
// has a name.
//
// Two locks of one tag order everything.  Who changes the lease holds it against others who
// do.  Who has checked the fence holds it, together with all others who have, to the end of
// the transaction: until then the lease is granted to nobody else, so that a worker that
// sleeps between its check and its commit still is the only owner when it commits.
#include "inventory/named.h"
#include "inventory/outcome.h"
#include "inventory/tables.h"

#include "core/lease.h"

namespace mezzanine::inventory
{

namespace
{

enum Column : AttrNumber { kName = 1, kHolder, kFence, kGrantedAt, kExpiresAt };

constexpr LOCKMODE kChecking = RowExclusiveLock;         // together with others who check
constexpr LOCKMODE kChanging = ShareUpdateExclusiveLock; // alone, beside those who check
constexpr LOCKMODE kGranting = ExclusiveLock;            // alone

// A lease in its latest version.
struct LeaseRow {
	bool exists;
	core::Lease lease;
	text *holder;
	TimestampTz granted_at;
	ItemPointerData place;
};

fence::Fence FenceOf(const text *name)
{
	return FenceOfName(fence::Realm::kLease, name);
}

pg::Store OpenLeases(LOCKMODE mode)
{
	return OpenTable("lease", "lease_pkey", mode);
}

LeaseRow FindLease(pg::Store *leases, const text *name)
{
	LeaseRow row{};
	row.lease.expires_at = DT_NOBEGIN;
	ScanKeyData key;
	ScanKeyInit(&key, kName, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(name));
	pg::Search search = pg::BeginSearch(leases, &key, 1);
	if (pg::NextMatch(&search, leases->slot)) {
		slot_getallattrs(leases->slot);
		const Datum *values = leases->slot->tts_values;
		row.exists = true;
		row.lease.fence = DatumGetInt64(values[kFence - 1]);
		row.lease.expires_at = DatumGetTimestampTz(values[kExpiresAt - 1]);
		row.holder = DatumGetTextPCopy(values[kHolder - 1]);
		row.granted_at = DatumGetTimestampTz(values[kGrantedAt - 1]);
		row.place = leases->slot->tts_tid;
	}
	pg::EndSearch(&search);
	return row;
}

// Requires: the lease is held against others who change it.
void WriteLease(pg::Store *leases, const text *name, LeaseRow *row)
{
	TupleTableSlot *slot = BlankRow(leases);
	SetColumn(slot, kName, PointerGetDatum(name));
	SetColumn(slot, kHolder, PointerGetDatum(row->holder));
	SetColumn(slot, kFence, Int64GetDatum(row->lease.fence));
	SetColumn(slot, kGrantedAt, TimestampTzGetDatum(row->granted_at));
	SetColumn(slot, kExpiresAt, TimestampTzGetDatum(row->lease.expires_at));
	ExecStoreVirtualTuple(slot);
	if (!row->exists)
		pg::InsertRow(leases, slot);
	else if (pg::UpdateRow(leases, &row->place, slot) != pg::Written::kDone)
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVARIANT),
						errmsg("lease \"%s\" changed without its lock", text_to_cstring(name)),
						errdetail("Its row was changed under the lock that guards it."),
						errhint("Change leases through the functions of the schema inventory.")));
}

// Renews or grants; false where somebody else has the lease, or still works under it.
bool TakeLease(pg::Store *leases, const text *name, text *holder, Interval *ttl, LeaseRow *row)
{
	*row = FindLease(leases, name);
	// By the clock, read after the lock is held.
	const TimestampTz now = GetCurrentTimestamp();
	switch (core::JudgeLease(row->lease, row->exists && SameText(row->holder, holder), now)) {
	case core::Grant::kRefused:
		return false;
	case core::Grant::kRenewed:
		break;
	case core::Grant::kNew:
		if (!fence::TryAcquire(FenceOf(name), kGranting))
			return false;
		row->holder = holder;
		row->granted_at = now;
		++row->lease.fence;
		break;
	}
	row->lease.expires_at = EndOf(ttl, now);
	WriteLease(leases, name, row);
	return true;
}

// Raises MZ004 unless `fence` is the lease's last, and for `also_expired` false not over.
void RequireFence(const text *name, int64 fence, const LeaseRow &row, bool also_expired)
{
	const char *lease = text_to_cstring(name);
	switch (core::JudgeFence(row.lease, fence, GetCurrentTimestamp())) {
	case core::FenceState::kValid:
		return;
	case core::FenceState::kExpired:
		if (also_expired)
			return;
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_STALE_FENCE),
						errmsg("lease \"%s\" has expired", lease),
						errdetail("It lasted until %s.", timestamptz_to_str(row.lease.expires_at)),
						errhint("Stop the work; take the lease again before starting anew.")));
	case core::FenceState::kStale:
		ereport(ERROR,
				(errcode(pg::ERRCODE_MEZZANINE_STALE_FENCE),
				 errmsg("fence " INT64_FORMAT " of lease \"%s\" is stale", fence, lease),
				 row.exists ? errdetail("The lease is at fence " INT64_FORMAT ".", row.lease.fence)
							: errdetail("The lease was never granted."),
				 errhint("Stop the work: it belongs to somebody else by now.")));
	}
}

} // namespace

// lease(name, holder, ttl) -> the fence, NULL where somebody else has it
MEZZANINE_FUNCTION(mezzanine_lease)
{
	PreventCommandIfReadOnly("inventory.lease()");
	text *name = RequireText(fcinfo, 0, "name");
	text *holder = RequireText(fcinfo, 1, "holder");
	Interval *ttl = RequireTtl(fcinfo, 2);

	fence::Acquire(FenceOf(name), kChanging);
	pg::Store leases = OpenLeases(RowExclusiveLock);
	LeaseRow row;
	const bool taken = TakeLease(&leases, name, holder, ttl, &row);
	pg::CloseStore(&leases);
	if (!taken) {
		fence::Release(FenceOf(name), kChanging);
		PG_RETURN_NULL();
	}
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	PG_RETURN_INT64(row.lease.fence);
}

// release_lease(name, fence)
MEZZANINE_FUNCTION(mezzanine_release_lease)
{
	PreventCommandIfReadOnly("inventory.release_lease()");
	text *name = RequireText(fcinfo, 0, "name");
	const int64 fence = DatumGetInt64(RequireValue(fcinfo, 1, "fence"));

	fence::Acquire(FenceOf(name), kChanging);
	pg::Store leases = OpenLeases(RowExclusiveLock);
	LeaseRow row = FindLease(&leases, name);
	RequireFence(name, fence, row, true);
	const TimestampTz now = GetCurrentTimestamp();
	if (now < row.lease.expires_at) {
		row.lease.expires_at = now;
		WriteLease(&leases, name, &row);
	}
	pg::CloseStore(&leases);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	PG_RETURN_VOID();
}

// check_fence(name, fence)
MEZZANINE_FUNCTION(mezzanine_check_fence)
{
	// A standby's locks hold nobody back on the primary.
	PreventCommandDuringRecovery("inventory.check_fence()");
	text *name = RequireText(fcinfo, 0, "name");
	const int64 fence = DatumGetInt64(RequireValue(fcinfo, 1, "fence"));

	fence::Acquire(FenceOf(name), kChecking);
	pg::Store leases = OpenLeases(AccessShareLock);
	RequireFence(name, fence, FindLease(&leases, name), false);
	pg::CloseStore(&leases);
	PG_RETURN_VOID();
}

} // namespace mezzanine::inventory

#include "views/statistics.h"

using namespace mezzanine;

namespace mezzanine::views
{

namespace
{

// --- this session's ---

HTAB *all_counts = nullptr;
ViewCounts *pending = nullptr; // those with counts of this transaction

// The work and the application under way.
Work work = {};
struct Application {
	ViewCounts *counts; // NULL: none
	int level;
	instr_time began;
	pg::Waits waits; // before
};
Application application = {};

void CreateAllCounts()
{
	HASHCTL control = {};
	control.keysize = sizeof(Oid);
	control.entrysize = sizeof(ViewCounts);
	all_counts = hash_create("mezzanine statistics", 16, &control, HASH_ELEM | HASH_BLOBS);
}

void AddWaits()
{
	const pg::Waits waits = pg::WaitsSoFar();
	AddCount(application.counts, kWaits, waits.count - application.waits.count);
	AddCount(application.counts, kWaitTime, waits.microseconds - application.waits.microseconds);
}

// An error has ended the transaction or subtransaction at this level.
void EndWorkAt(int level)
{
	if (application.counts != nullptr && level <= application.level) {
		pg::EndWait();
		AddWaits();
		application.counts = nullptr;
	}
	if (work.counts == nullptr || level > work.level)
		return;
	AddCount(work.counts, kErrors, 1);
	work = {application.counts, application.level};
}

// --- the server's ---

// A view's counts in shared memory.  A slot is never given back: a view that was dropped
// keeps its slot until the server stops.
struct Slot {
	pg_atomic_uint64 key; // database and view; 0: free
	pg_atomic_uint64 counts[kCounts];
	pg_atomic_uint64 last_applied; // TimestampTz
	pg_atomic_uint64 since;
};

constexpr uint32 kSlots = 4096; // a power of two
struct SharedCounts {
	pg_atomic_uint64 uncounted; // transactions that found no slot
	Slot slots[kSlots];
};

// NULL where the library is not in shared_preload_libraries.
SharedCounts *shared = nullptr;
shmem_request_hook_type next_shmem_request = nullptr;
shmem_startup_hook_type next_shmem_startup = nullptr;

void RequestSharedMemory()
{
	if (next_shmem_request)
		next_shmem_request();
	RequestAddinShmemSpace(MAXALIGN(sizeof(SharedCounts)));
}

void InitSlot(Slot *slot)
{
	pg_atomic_init_u64(&slot->key, 0);
	for (pg_atomic_uint64 &count : slot->counts)
		pg_atomic_init_u64(&count, 0);
	pg_atomic_init_u64(&slot->last_applied, 0);
	pg_atomic_init_u64(&slot->since, 0);
}

void StartSharedMemory()
{
	if (next_shmem_startup)
		next_shmem_startup();
	bool found;
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	shared = static_cast<SharedCounts *>(
		ShmemInitStruct("mezzanine statistics", sizeof(SharedCounts), &found));
	if (!found) {
		pg_atomic_init_u64(&shared->uncounted, 0);
		for (Slot &slot : shared->slots)
			InitSlot(&slot);
	}
	LWLockRelease(AddinShmemInitLock);
}

uint64 KeyOf(Oid view)
{
	return uint64{MyDatabaseId} << 32 | view;
}

// The view's slot.  Two who claim one at a time look at the same free slot first, so that
// the second finds what the first put there.
Slot *FindSlot(Oid view, bool claims)
{
	const uint64 key = KeyOf(view);
	const uint32 first = murmurhash32(view) ^ murmurhash32(MyDatabaseId);
	for (uint32 i = 0; i < kSlots; i++) {
		Slot *slot = &shared->slots[(first + i) % kSlots];
		uint64 present = pg_atomic_read_u64(&slot->key);
		if (present == 0 && claims && pg_atomic_compare_exchange_u64(&slot->key, &present, key)) {
			pg_atomic_write_u64(&slot->since, static_cast<uint64>(GetCurrentTimestamp()));
			return slot;
		}
		if (present == key)
			return slot;
		if (present == 0)
			return nullptr;
	}
	return nullptr;
}

void AddToServer(const ViewCounts *counts)
{
	Slot *slot = FindSlot(counts->view, true);
	if (slot == nullptr) {
		pg_atomic_fetch_add_u64(&shared->uncounted, 1);
		return;
	}
	for (int i = 0; i < kCounts; i++)
		if (counts->pending[i] != 0)
			pg_atomic_fetch_add_u64(&slot->counts[i], static_cast<int64>(counts->pending[i]));
	const auto applied = static_cast<uint64>(counts->last_applied);
	uint64 present = pg_atomic_read_u64(&slot->last_applied);
	while (counts->pending[kBatches] != 0 && present < applied &&
		   !pg_atomic_compare_exchange_u64(&slot->last_applied, &present, applied))
		;
}

// --- the end of a transaction: nothing here allocates or raises ---

void AddUp(ViewCounts *counts, bool committed)
{
	if (!committed) {
		counts->pending[kBatches] = counts->pending[kRowsIn] = counts->pending[kRowsChanged] = 0;
	} else if (counts->pending[kBatches] != 0) {
		counts->pending[kBatches] = 1; // of several cores and depths
		counts->last_applied = GetCurrentTimestamp();
	}
	for (int i = 0; i < kCounts; i++)
		counts->total[i] += counts->pending[i];
	if (shared != nullptr)
		AddToServer(counts);
	memset(counts->pending, 0, sizeof(counts->pending));
}

void EndTransaction(XactEvent event, void *)
{
	if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT && event != XACT_EVENT_PREPARE)
		return;
	if (event == XACT_EVENT_ABORT)
		EndWorkAt(0);
	work = {};
	application = {};
	while (pending != nullptr) {
		ViewCounts *counts = pending;
		pending = counts->next_pending;
		counts->is_pending = false;
		AddUp(counts, event != XACT_EVENT_ABORT);
	}
}

void EndSubtransaction(SubXactEvent event, SubTransactionId, SubTransactionId, void *)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		EndWorkAt(GetCurrentTransactionNestLevel());
}

} // namespace

ViewCounts *CountsOf(Oid view)
{
	if (all_counts == nullptr)
		CreateAllCounts();
	bool found;
	auto *counts = static_cast<ViewCounts *>(hash_search(all_counts, &view, HASH_ENTER, &found));
	if (!found) {
		memset(counts, 0, sizeof(ViewCounts));
		counts->view = view;
		counts->since = GetCurrentTimestamp();
	}
	return counts;
}

void AddCount(ViewCounts *counts, Count count, uint64 number)
{
	counts->pending[count] += number;
	if (counts->is_pending)
		return;
	counts->is_pending = true;
	counts->next_pending = pending;
	pending = counts;
}

Work EnterWork(ViewCounts *counts)
{
	const Work outer = work;
	work = {counts, GetCurrentTransactionNestLevel()};
	return outer;
}

void LeaveWork(Work outer)
{
	work = outer;
}

void BeginApplication(ViewCounts *counts)
{
	application.counts = counts;
	application.level = GetCurrentTransactionNestLevel();
	application.waits = pg::WaitsSoFar();
	INSTR_TIME_SET_CURRENT(application.began);
	(void)EnterWork(counts);
}

void EndApplication(uint64 rows_changed)
{
	instr_time ended;
	INSTR_TIME_SET_CURRENT(ended);
	INSTR_TIME_SUBTRACT(ended, application.began);
	AddCount(application.counts, kBatches, 1);
	AddCount(application.counts, kRowsChanged, rows_changed);
	AddCount(application.counts, kApplyTime, INSTR_TIME_GET_MICROSEC(ended));
	AddWaits();
	application.counts = nullptr;
	work = {};
}

void InitStatistics()
{
	RegisterXactCallback(EndTransaction, nullptr);
	RegisterSubXactCallback(EndSubtransaction, nullptr);
	if (!process_shared_preload_libraries_in_progress)
		return;
	next_shmem_request = shmem_request_hook;
	shmem_request_hook = RequestSharedMemory;
	next_shmem_startup = shmem_startup_hook;
	shmem_startup_hook = StartSharedMemory;
}

namespace
{

// What there is of a view: in the server, or in this session alone.
struct Seen {
	uint64 counts[kCounts];
	TimestampTz last_applied;
	TimestampTz since;
};

Seen SeenInServer(Oid view)
{
	Seen seen = {};
	Slot *slot = FindSlot(view, false);
	if (slot == nullptr)
		return seen;
	for (int i = 0; i < kCounts; i++)
		seen.counts[i] = pg_atomic_read_u64(&slot->counts[i]);
	seen.last_applied = static_cast<TimestampTz>(pg_atomic_read_u64(&slot->last_applied));
	seen.since = static_cast<TimestampTz>(pg_atomic_read_u64(&slot->since));
	return seen;
}

Seen SeenInSession(Oid view)
{
	Seen seen = {};
	const auto *counts =
		all_counts == nullptr
			? nullptr
			: static_cast<ViewCounts *>(hash_search(all_counts, &view, HASH_FIND, nullptr));
	if (counts == nullptr)
		return seen;
	memcpy(seen.counts, counts->total, sizeof(seen.counts));
	seen.last_applied = counts->last_applied;
	seen.since = counts->since;
	return seen;
}

void ResetSession()
{
	HASH_SEQ_STATUS scan;
	if (all_counts == nullptr)
		return;
	hash_seq_init(&scan, all_counts);
	while (auto *counts = static_cast<ViewCounts *>(hash_seq_search(&scan))) {
		memset(counts->total, 0, sizeof(counts->total));
		counts->last_applied = 0;
		counts->since = GetCurrentTimestamp();
	}
}

// Only this database's.
void ResetServer()
{
	for (Slot &slot : shared->slots) {
		if (pg_atomic_read_u64(&slot.key) >> 32 != MyDatabaseId)
			continue;
		for (pg_atomic_uint64 &count : slot.counts)
			pg_atomic_write_u64(&count, 0);
		pg_atomic_write_u64(&slot.last_applied, 0);
		pg_atomic_write_u64(&slot.since, static_cast<uint64>(GetCurrentTimestamp()));
	}
}

Datum MillisecondsOf(uint64 microseconds)
{
	return Float8GetDatum(static_cast<double>(microseconds) / 1000);
}

} // namespace

} // namespace mezzanine::views

using namespace mezzanine::views;

// stat_view(view regclass) -> record, as declared
MEZZANINE_FUNCTION(mezzanine_stat_view)
{
	const Oid view = PG_GETARG_OID(0);
	TupleDesc description;
	if (get_call_result_type(fcinfo, nullptr, &description) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	const Seen seen = shared != nullptr ? SeenInServer(view) : SeenInSession(view);
	Datum values[] = {
		CStringGetTextDatum(shared != nullptr ? "server" : "session"),
		UInt64GetDatum(seen.counts[kBatches]),
		UInt64GetDatum(seen.counts[kRowsIn]),
		UInt64GetDatum(seen.counts[kRowsChanged]),
		MillisecondsOf(seen.counts[kApplyTime]),
		UInt64GetDatum(seen.counts[kWaits]),
		MillisecondsOf(seen.counts[kWaitTime]),
		UInt64GetDatum(seen.counts[kErrors]),
		TimestampTzGetDatum(seen.last_applied),
		TimestampTzGetDatum(seen.since),
	};
	bool nulls[lengthof(values)] = {};
	nulls[lengthof(values) - 2] = seen.last_applied == 0;
	nulls[lengthof(values) - 1] = seen.since == 0;
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(description), values, nulls)));
}

// stat_reset() -> void
MEZZANINE_FUNCTION(mezzanine_stat_reset)
{
	ResetSession();
	if (shared != nullptr)
		ResetServer();
	PG_RETURN_VOID();
}

// uncounted_transactions() -> bigint
MEZZANINE_FUNCTION(mezzanine_uncounted_transactions)
{
	PG_RETURN_INT64(shared == nullptr ? 0
									  : static_cast<int64>(pg_atomic_read_u64(&shared->uncounted)));
}

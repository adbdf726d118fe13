#include "inventory/low_stock.h"

#include "inventory/tables.h"
#include "inventory/units.h"

#include "cell/cell.h"
#include "cell/outlook.h"

namespace mezzanine::inventory
{

namespace
{

// Stocks share this many fences, so that no transaction needs more.
constexpr uint32 kFences = 256;

// Where to tell of events, by NOTIFY; empty: nowhere.
char *low_stock_channel = nullptr;

// Marks that this session has looked up; whoever changes one has them forgotten.
struct KnownMark {
	int64 stock; // the hash key
	int64 low_water;
};
HTAB *known_marks = nullptr;
constexpr long kKnownMarksMax = 10000;
Oid stock_table = InvalidOid;
bool marks_are_stale = false;

// Stocks with a mark that the transaction has changed, in its own memory.
struct Watched {
	int64 *stocks;
	int count;
	int room;
};
Watched watched = {};

// A prepared transaction cannot NOTIFY: its event is in the table alone.
struct Stores {
	bool may_notify;
	pg::Store stocks;
	pg::Store cells;
	pg::Store events;
};

// --- marks ---

HTAB *KnownMarks()
{
	if (known_marks != nullptr &&
		(marks_are_stale || hash_get_num_entries(known_marks) > kKnownMarksMax)) {
		hash_destroy(known_marks);
		known_marks = nullptr;
	}
	marks_are_stale = false;
	if (known_marks == nullptr) {
		HASHCTL control = {};
		control.keysize = sizeof(int64);
		control.entrysize = sizeof(KnownMark);
		known_marks =
			hash_create("mezzanine low-water marks", 64, &control, HASH_ELEM | HASH_BLOBS);
	}
	return known_marks;
}

int64 ReadMark(pg::Store *stocks, int64 stock)
{
	ScanKeyData key;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(stock));
	int64 low_water = core::kNeverLow;
	pg::Search search = pg::BeginSearch(stocks, &key, 1);
	if (pg::NextMatch(&search, stocks->slot)) {
		slot_getallattrs(stocks->slot);
		if (!stocks->slot->tts_isnull[stock::kLowWater - 1])
			low_water = DatumGetInt64(stocks->slot->tts_values[stock::kLowWater - 1]);
	}
	pg::EndSearch(&search);
	return low_water;
}

bool HasMark(int64 stock)
{
	auto *known = static_cast<KnownMark *>(hash_search(KnownMarks(), &stock, HASH_FIND, nullptr));
	if (known == nullptr) {
		pg::Store stocks = OpenTable("stock", "stock_pkey", AccessShareLock);
		stock_table = RelationGetRelid(stocks.table);
		const int64 low_water = ReadMark(&stocks, stock);
		pg::CloseStore(&stocks);
		known = static_cast<KnownMark *>(hash_search(KnownMarks(), &stock, HASH_ENTER, nullptr));
		known->low_water = low_water;
	}
	return known->low_water != core::kNeverLow;
}

// Called when the definition of a table may have changed, or ForgetMarks was.
void MarksMayHaveChanged(Datum, Oid relation)
{
	if (relation == InvalidOid || relation == stock_table)
		marks_are_stale = true;
}

// --- events ---

// Whether the stock is known to be low; then *place is where the event is.
bool FindOpenEvent(pg::Store *events, int64 stock, ItemPointerData *place)
{
	ScanKeyData key;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(stock));
	pg::Search search = pg::BeginSearch(events, &key, 1);
	const bool found = pg::NextMatch(&search, events->slot);
	if (found)
		*place = events->slot->tts_tid;
	pg::EndSearch(&search);
	return found;
}

void InsertEvent(Stores *stores, int64 stock, int64 available, int64 low_water)
{
	pg::Store *events = &stores->events;
	const int64 event = NextNumber("low_stock_sequence");
	TupleTableSlot *slot = BlankRow(events);
	SetColumn(slot, low_stock_event::kEvent, Int64GetDatum(event));
	SetColumn(slot, low_stock_event::kStock, Int64GetDatum(stock));
	SetColumn(slot, low_stock_event::kAt, TimestampTzGetDatum(GetCurrentTimestamp()));
	SetColumn(slot, low_stock_event::kTransaction,
			  UInt64GetDatum(U64FromFullTransactionId(GetTopFullTransactionId())));
	SetColumn(slot, low_stock_event::kAvailable, Int64GetDatum(available));
	SetColumn(slot, low_stock_event::kLowWater, Int64GetDatum(low_water));
	pg::InsertRow(events, ExecStoreVirtualTuple(slot));
	if (stores->may_notify && low_stock_channel[0] != '\0')
		Async_Notify(low_stock_channel, psprintf(INT64_FORMAT, event));
}

void CloseEvent(pg::Store *events, ItemPointerData place)
{
	TupleTableSlot *slot = events->slot;
	if (!table_tuple_fetch_row_version(events->table, &place, SnapshotAny, slot))
		elog(ERROR, "a low-stock event vanished under its fence");
	Datum values[low_stock_event::kColumns] = {};
	bool nulls[low_stock_event::kColumns] = {};
	bool replace[low_stock_event::kColumns] = {};
	values[low_stock_event::kRecoveredAt - 1] = TimestampTzGetDatum(GetCurrentTimestamp());
	replace[low_stock_event::kRecoveredAt - 1] = true;
	bool copied;
	HeapTuple closed = heap_modify_tuple(ExecFetchSlotHeapTuple(slot, false, &copied),
										 RelationGetDescr(events->table), values, nulls, replace);
	ExecForceStoreHeapTuple(closed, slot, false);
	if (pg::UpdateRow(events, &place, slot) != pg::Written::kDone)
		elog(ERROR, "a low-stock event changed under its fence");
	heap_freetuple(closed);
}

// --- at the commit ---

bool MayCross(Stores *stores, int64 stock)
{
	ItemPointerData place;
	const bool low = FindOpenEvent(&stores->events, stock, &place);
	const int64 low_water = ReadMark(&stores->stocks, stock);
	return core::MayCross(low, cell::Foresee(&stores->cells, stock), low_water);
}

// Writes or closes the stock's event where the mark is crossed.  Requires: its fence, alone.
void Settle(Stores *stores, int64 stock)
{
	ItemPointerData place;
	const bool low = FindOpenEvent(&stores->events, stock, &place);
	const int64 low_water = ReadMark(&stores->stocks, stock);
	Snapshot latest = RegisterSnapshot(GetLatestSnapshot());
	const int64 available = cell::Glance(&stores->cells, stock, latest).units;
	UnregisterSnapshot(latest);
	switch (core::CrossingOf(low, available, low_water)) {
	case core::Crossing::kNone:
		break;
	case core::Crossing::kFalls:
		InsertEvent(stores, stock, available, low_water);
		break;
	case core::Crossing::kRecovers:
		CloseEvent(&stores->events, place);
		break;
	}
}

uint32 Bucket(int64 stock)
{
	return static_cast<uint32>(static_cast<uint64>(stock) % kFences);
}

// By fence, which all take in this order, then by stock.
int CompareStocks(const void *a, const void *b)
{
	const int64 left = *static_cast<const int64 *>(a);
	const int64 right = *static_cast<const int64 *>(b);
	if (Bucket(left) != Bucket(right))
		return Bucket(left) < Bucket(right) ? -1 : 1;
	return left < right ? -1 : left > right ? 1 : 0;
}

// Looks at stocks that share a fence, which is held to the end of the commit.
void CheckTogether(Stores *stores, const int64 *stocks, int count)
{
	const fence::Fence fence = {fence::Realm::kMark, 0, Bucket(stocks[0])};
	fence::Acquire(fence, ShareLock);
	bool may_cross = false;
	for (int i = 0; i < count && !may_cross; ++i)
		may_cross = MayCross(stores, stocks[i]);
	if (!may_cross)
		return;
	// Let go before waiting: two that hold it together would wait for each other.
	fence::Release(fence, ShareLock);
	fence::Acquire(fence, ExclusiveLock);
	for (int i = 0; i < count; ++i)
		Settle(stores, stocks[i]);
}

void CheckWatched(bool may_notify)
{
	if (watched.count == 0)
		return;
	const Watched all = watched;
	watched = {};
	qsort(all.stocks, static_cast<size_t>(all.count), sizeof(int64), CompareStocks);
	int count = 0;
	for (int i = 0; i < all.count; ++i) {
		if (i == 0 || all.stocks[i] != all.stocks[i - 1])
			all.stocks[count++] = all.stocks[i];
	}

	Stores stores;
	stores.may_notify = may_notify;
	stores.stocks = OpenTable("stock", "stock_pkey", AccessShareLock);
	stores.cells = OpenCells();
	stores.events = OpenTable("low_stock_event", "low_stock_event_open", RowExclusiveLock);
	for (int from = 0, to; from < count; from = to) {
		to = from + 1;
		while (to < count && Bucket(all.stocks[to]) == Bucket(all.stocks[from]))
			++to;
		CheckTogether(&stores, &all.stocks[from], to - from);
	}
	pg::CloseStore(&stores.events);
	pg::CloseStore(&stores.cells);
	pg::CloseStore(&stores.stocks);
}

void AtEnd(XactEvent event, void *)
{
	switch (event) {
	case XACT_EVENT_PRE_COMMIT:
	case XACT_EVENT_PRE_PREPARE:
		CheckWatched(event == XACT_EVENT_PRE_COMMIT);
		break;
	case XACT_EVENT_COMMIT:
	case XACT_EVENT_ABORT:
	case XACT_EVENT_PREPARE:
		watched = {};
		break;
	default:
		break;
	}
}

} // namespace

void WatchMark(int64 stock)
{
	if (watched.count > 0 && watched.stocks[watched.count - 1] == stock)
		return;
	if (watched.count == watched.room) {
		watched.room = watched.room == 0 ? 16 : 2 * watched.room;
		const Size bytes = static_cast<Size>(watched.room) * sizeof(int64);
		watched.stocks = static_cast<int64 *>(
			watched.count == 0 ? MemoryContextAllocHuge(TopTransactionContext, bytes)
							   : repalloc_huge(watched.stocks, bytes));
	}
	watched.stocks[watched.count++] = stock;
}

void WatchStock(int64 stock)
{
	if (HasMark(stock))
		WatchMark(stock);
}

void LearnMark(int64 stock, bool marked, int64 low_water)
{
	// Only what HasMark would find: not where the marks are to be looked up anew, because what
	// is told here may have been read before the change.
	if (known_marks == nullptr || marks_are_stale || !OidIsValid(stock_table) ||
		hash_get_num_entries(known_marks) > kKnownMarksMax)
		return;
	auto *known = static_cast<KnownMark *>(hash_search(known_marks, &stock, HASH_ENTER, nullptr));
	known->low_water = marked ? low_water : core::kNeverLow;
}

void ForgetMarks(Relation stocks)
{
	CacheInvalidateRelcache(stocks);
}

void InitLowStock()
{
	DefineCustomStringVariable("mezzanine.low_stock_channel",
							   "Channel on which low stock is told of, by NOTIFY.",
							   "The payload is the number of the event; empty: no NOTIFY.",
							   &low_stock_channel, "", PGC_USERSET, 0, nullptr, nullptr, nullptr);
	CacheRegisterRelcacheCallback(MarksMayHaveChanged, Datum{0});
	RegisterXactCallback(AtEnd, nullptr);
}

} // namespace mezzanine::inventory

#include "inventory/books.h"

#include "inventory/ladder.h"
#include "inventory/reservation.h"
#include "inventory/spread.h"

namespace mezzanine::inventory
{

namespace
{

// Givers that take turns; it conflicts with the others' kGives.
constexpr LOCKMODE kGivesAlone = ExclusiveLock;

ScanKeyData KeyOf(int64 stock)
{
	ScanKeyData key;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(stock));
	return key;
}

int64 HeldOf(int64 stock, Snapshot snapshot)
{
	pg::Store lines = OpenLinesByStock();
	ScanKeyData key = KeyOf(stock);
	int64 held = 0;
	pg::Search search = pg::BeginSearchAt(&lines, &key, 1, snapshot);
	while (pg::NextMatch(&search, lines.slot)) {
		CHECK_FOR_INTERRUPTS();
		if (pg_add_s64_overflow(held, HeldUnits(ReadHeldLine(lines.slot)), &held))
			held = PG_INT64_MAX;
	}
	pg::EndSearch(&search);
	pg::CloseStore(&lines);
	return held;
}

bool HasMark(pg::Store *marks, int64 stock)
{
	ScanKeyData key = KeyOf(stock);
	pg::Search search = pg::BeginSearch(marks, &key, 1);
	const bool found = pg::NextMatch(&search, marks->slot);
	pg::EndSearch(&search);
	return found;
}

bool HasHadLarge(int64 stock)
{
	pg::Store marks = OpenTable("large_stock", "large_stock_pkey", AccessShareLock);
	const bool found = HasMark(&marks, stock);
	pg::CloseStore(&marks);
	return found;
}

// Requires: nobody else gives.
void MarkLarge(int64 stock)
{
	pg::Store marks = OpenTable("large_stock", "large_stock_pkey", RowExclusiveLock);
	if (!HasMark(&marks, stock)) {
		TupleTableSlot *slot = BlankRow(&marks);
		SetColumn(slot, 1, Int64GetDatum(stock));
		pg::InsertRow(&marks, ExecStoreVirtualTuple(slot));
	}
	pg::CloseStore(&marks);
}

// Counts the entry against what is there.  Requires: nobody else gives.
void CountEntry(pg::Store *cells, const Entry &entry)
{
	Snapshot latest = RegisterSnapshot(GetLatestSnapshot());
	const core::StockTotal total = ReadTotal(cells, entry.stock, latest);
	UnregisterSnapshot(latest);
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { core::CheckEntry(entry.units, total, entry.goods); }))
		MEZZANINE_RAISE(failure);
	MarkLarge(entry.stock);
}

} // namespace

core::StockTotal ReadTotal(pg::Store *cells, int64 stock, Snapshot snapshot)
{
	core::StockTotal total{};
	total.available = cell::Glance(cells, stock, snapshot).units;
	total.held = HeldOf(stock, snapshot);
	pg::Store stocks = OpenTable("stock", "stock_pkey", AccessShareLock);
	ScanKeyData key = KeyOf(stock);
	pg::Search search = pg::BeginSearchAt(&stocks, &key, 1, snapshot);
	if (pg::NextMatch(&search, stocks.slot)) {
		slot_getallattrs(stocks.slot);
		const Datum *values = stocks.slot->tts_values;
		total.safety_stock = DatumGetInt64(values[stock::kSafetyStock - 1]);
		total.oversell_limit = DatumGetInt64(values[stock::kOversellLimit - 1]);
	}
	pg::EndSearch(&search);
	pg::CloseStore(&stocks);
	return total;
}

void AdmitEntry(pg::Store *cells, const Entry &entry, bool alone, TimestampTz deadline)
{
	bool counted = core::IsLarge(entry.units, LastNumber("journal_sequence"));
	const fence::Fence givers = GiversFence(entry.stock);
	while (!alone) {
		counted = counted || HasHadLarge(entry.stock);
		WaitForFence(givers, deadline, counted ? kGivesAlone : kGives);
		// The first large entry may have come while this one waited.
		if (counted || !HasHadLarge(entry.stock))
			break;
		DropFence(givers, kGives);
	}
	if (counted || (alone && HasHadLarge(entry.stock)))
		CountEntry(cells, entry);
}

} // namespace mezzanine::inventory

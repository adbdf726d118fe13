// inventory.count_start(), count(): corrects a stock to what was found in the shelf.
//
// A count takes time, and goods are sold meanwhile.  count_start() notes what the books say,
// in one snapshot; the difference to what is found is what the books are off by, and is
// applied whatever has moved since.  A number in the journal would not do as the point: what
// transactions in flight have moved has lower numbers, and is not in the books yet.
#include "inventory/correction.h"
#include "inventory/reservation.h"
#include "inventory/units.h"

#include "cell/cell.h"

namespace mezzanine::inventory
{

namespace
{

enum Column : AttrNumber { kStock = 1, kSequence, kAt, kOnHand, kByCounts };

struct Counting {
	Key key;
	Place place;
	int64 counted;
	int64 point;
	const char *reason;
};

int64 Plus(int64 a, int64 b)
{
	int64 sum;
	if (pg_add_s64_overflow(a, b, &sum))
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_OVERFLOW), errmsg("quantity out of range"),
						errdetail("The units of a stock exceed a bigint."),
						errhint("Use larger base units.")));
	return sum;
}

int64 HeldOf(int64 stock, Snapshot snapshot)
{
	pg::Store lines = OpenLinesByStock();
	ScanKeyData key = KeyOfStock(stock);
	int64 held = 0;
	pg::Search search = pg::BeginSearchAt(&lines, &key, 1, snapshot);
	while (pg::NextMatch(&search, lines.slot)) {
		CHECK_FOR_INTERRUPTS();
		held = Plus(held, HeldUnits(ReadHeldLine(lines.slot)));
	}
	pg::EndSearch(&search);
	pg::CloseStore(&lines);
	return held;
}

// The units by which what is available is less than what is there.
int64 FloorOf(int64 stock, Snapshot snapshot)
{
	pg::Store stocks = OpenTable("stock", "stock_pkey", AccessShareLock);
	ScanKeyData key = KeyOfStock(stock);
	int64 floor = 0;
	pg::Search search = pg::BeginSearchAt(&stocks, &key, 1, snapshot);
	if (pg::NextMatch(&search, stocks.slot)) {
		slot_getallattrs(stocks.slot);
		const Datum *values = stocks.slot->tts_values;
		floor = DatumGetInt64(values[stock::kSafetyStock - 1]) -
				DatumGetInt64(values[stock::kOversellLimit - 1]);
	}
	pg::EndSearch(&search);
	pg::CloseStore(&stocks);
	return floor;
}

// What is in the house by the books, and how counts have corrected it: in one snapshot.
core::CountPoint LookAtBooks(int64 stock)
{
	core::CountPoint point{};
	point.sequence = NextNumber("journal_sequence");
	Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
	pg::Store cells = OpenCells();
	point.on_hand = Plus(Plus(cell::Glance(&cells, stock, snapshot).units, HeldOf(stock, snapshot)),
						 FloorOf(stock, snapshot));
	pg::CloseStore(&cells);
	point.by_counts = FindCorrections(stock, snapshot).by_counts;
	UnregisterSnapshot(snapshot);
	return point;
}

pg::Store OpenPoints(LOCKMODE mode)
{
	return OpenTable("count_point", "count_point_pkey", mode);
}

int64 Begin(const Place &place)
{
	const Stock stock = RequireStock(place.sku, place.location, place.lot);
	const core::CountPoint point = LookAtBooks(stock.stock);
	pg::Store points = OpenPoints(RowExclusiveLock);
	TupleTableSlot *slot = BlankRow(&points);
	SetColumn(slot, kStock, Int64GetDatum(stock.stock));
	SetColumn(slot, kSequence, Int64GetDatum(point.sequence));
	SetColumn(slot, kAt, TimestampTzGetDatum(GetCurrentTimestamp()));
	SetColumn(slot, kOnHand, Int64GetDatum(point.on_hand));
	SetColumn(slot, kByCounts, Int64GetDatum(point.by_counts));
	pg::InsertRow(&points, ExecStoreVirtualTuple(slot));
	pg::CloseStore(&points);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	return point.sequence;
}

core::CountPoint RequirePoint(const Counting &call, int64 stock)
{
	pg::Store points = OpenPoints(AccessShareLock);
	ScanKeyData keys[2] = {KeyOfStock(stock), {}};
	ScanKeyInit(&keys[1], kSequence, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(call.point));
	pg::Search search = pg::BeginSearch(&points, keys, 2);
	if (!pg::NextMatch(&search, points.slot))
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
						errmsg("no count of item \"%s\" at location \"%s\" began at " INT64_FORMAT,
							   text_to_cstring(call.place.sku),
							   text_to_cstring(call.place.location), call.point),
						errdetail("A count is as of a point that inventory.count_start() "
								  "returned for the same stock."),
						errhint("Call inventory.count_start() before counting.")));
	slot_getallattrs(points.slot);
	const Datum *values = points.slot->tts_values;
	const core::CountPoint point = {call.point, DatumGetInt64(values[kOnHand - 1]),
									DatumGetInt64(values[kByCounts - 1])};
	pg::EndSearch(&search);
	pg::CloseStore(&points);
	return point;
}

void RefuseSerialised(const Place &place, const Stock &stock)
{
	if (stock.serialised)
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_NOT_SUPPORTED),
						errmsg("item \"%s\" is kept by serial number", text_to_cstring(place.sku)),
						errdetail("A count does not say which units are there."),
						errhint("Compare the serials with inventory.serials, and adjust().")));
}

int64 Enter(const Counting &call)
{
	const Stock stock = RequireStock(call.place.sku, call.place.location, call.place.lot);
	RefuseSerialised(call.place, stock);
	TakeDesk(stock.stock, 1);
	const core::CountPoint point = RequirePoint(call, stock.stock);
	const core::Corrections corrections = FindCorrections(stock.stock, nullptr);
	int64 difference = 0;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			difference = core::CountDifference(call.counted, point, corrections);
		}))
		MEZZANINE_RAISE(failure);
	(void)Correct(call.place, stock, Serials{},
				  {difference, true, call.counted, call.point, call.reason});
	return difference;
}

} // namespace

// count_start(sku, location, lot)
MEZZANINE_FUNCTION(mezzanine_count_start)
{
	PreventCommandIfReadOnly("inventory.count_start()");
	return Int64GetDatum(Begin(RequirePlace(fcinfo, 2)));
}

// count(sku, location, counted, as_of_sequence, reason, key, lot)
MEZZANINE_FUNCTION(mezzanine_count)
{
	PreventCommandIfReadOnly("inventory.count()");
	Counting call{};
	call.place = RequirePlace(fcinfo, 6);
	call.counted = DatumGetInt64(RequireValue(fcinfo, 2, "counted"));
	call.point = DatumGetInt64(RequireValue(fcinfo, 3, "as_of_sequence"));
	text *reason = RequireText(fcinfo, 4, "reason");
	call.reason = text_to_cstring(reason);

	StringInfoData payload;
	call.key = BeginKey(fcinfo, 5, "count", &payload);
	AddPlace(&payload, call.place);
	AddBytes(&payload, &call.counted, sizeof(call.counted));
	AddBytes(&payload, &call.point, sizeof(call.point));
	AddText(&payload, reason);
	FinishKey(&call.key, &payload);
	return Int64GetDatum(AnswerOnce(call.key, 2, "counted", [&] { return Enter(call); }));
}

} // namespace mezzanine::inventory

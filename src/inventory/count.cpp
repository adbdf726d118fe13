// inventory.count_start(), count(): corrects a stock to what was found in the shelf.
//
// A count takes time, and goods are sold meanwhile.  count_start() notes what the books say,
// in one snapshot; the difference to what is found is what the books are off by, and is
// applied whatever has moved since.  A number in the journal would not do as the point: what
// transactions in flight have moved has lower numbers, and is not in the books yet.
#include "inventory/correction.h"
#include "inventory/units.h"

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

// What is in the house by the books, and how counts have corrected it: in one snapshot.
core::CountPoint LookAtBooks(int64 stock)
{
	core::CountPoint point{};
	point.sequence = NextNumber("journal_sequence");
	Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
	pg::Store cells = OpenCells();
	const core::StockTotal total = ReadTotal(&cells, stock, snapshot);
	pg::CloseStore(&cells);
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { point.on_hand = core::OnHand(total); }))
		MEZZANINE_RAISE(failure);
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

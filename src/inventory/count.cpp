// inventory.count_start(), count(): corrects a stock to what was found in the shelf.
//
// A count takes time, and goods are sold meanwhile.  count_start() notes what the books say,
// in one snapshot; the difference to what is found is what the books are off by, and is
// applied whatever has moved since.  A number in the journal would not do as the point: what
// transactions in flight have moved has lower numbers, and is not in the books yet.
#include "inventory/correction.h"
#include "inventory/serial_count.h"
#include "inventory/units.h"

namespace mezzanine::inventory
{

namespace
{

enum Column : AttrNumber { kStock = 1, kSequence, kAt, kOnHand, kByCounts, kSerials, kChanges };

// What the books said when somebody began to count.
struct Point {
	core::CountPoint books;
	UnitsAtPoint units; // of a stock that is kept by serial number
};

struct Counting {
	Key key;
	Place place;
	int64 counted;
	int64 point;
	const char *reason;
	Serials serials; // of what was found
};

// What is in the house by the books, and how counts have corrected it: in one snapshot.
Point LookAtBooks(const Stock &stock)
{
	Point point{};
	point.books.sequence = NextNumber("journal_sequence");
	Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
	pg::Store cells = OpenCells();
	const core::StockTotal total = ReadTotal(&cells, stock.stock, snapshot);
	pg::CloseStore(&cells);
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { point.books.on_hand = core::OnHand(total); }))
		MEZZANINE_RAISE(failure);
	point.books.by_counts = FindCorrections(stock.stock, snapshot).by_counts;
	if (stock.serialised)
		point.units = LookAtUnits(stock.stock, snapshot);
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
	const Point point = LookAtBooks(stock);
	pg::Store points = OpenPoints(RowExclusiveLock);
	TupleTableSlot *slot = BlankRow(&points);
	SetColumn(slot, kStock, Int64GetDatum(stock.stock));
	SetColumn(slot, kSequence, Int64GetDatum(point.books.sequence));
	SetColumn(slot, kAt, TimestampTzGetDatum(GetCurrentTimestamp()));
	SetColumn(slot, kOnHand, Int64GetDatum(point.books.on_hand));
	SetColumn(slot, kByCounts, Int64GetDatum(point.books.by_counts));
	if (stock.serialised) {
		SetColumn(slot, kSerials, SerialArray(point.units));
		SetColumn(slot, kChanges, ChangeArray(point.units));
	}
	pg::InsertRow(&points, ExecStoreVirtualTuple(slot));
	pg::CloseStore(&points);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	return point.books.sequence;
}

Point RequirePoint(const Counting &call, int64 stock)
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
	Point point = {
		{call.point, DatumGetInt64(values[kOnHand - 1]), DatumGetInt64(values[kByCounts - 1])}, {}};
	if (!points.slot->tts_isnull[kSerials - 1])
		point.units = UnitsFromArrays(PointerGetDatum(PG_DETOAST_DATUM_COPY(values[kSerials - 1])),
									  PointerGetDatum(PG_DETOAST_DATUM_COPY(values[kChanges - 1])));
	pg::EndSearch(&search);
	pg::CloseStore(&points);
	return point;
}

core::Corrections CheckedCorrections(const Point &point, int64 stock)
{
	const core::Corrections corrections = FindCorrections(stock, nullptr);
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { core::CheckPoint(point.books, corrections); }))
		MEZZANINE_RAISE(failure);
	return corrections;
}

// Corrects the books by units, one way or the other; `serials` are those of the units.
void CorrectBy(const Counting &call, const Stock &stock, int64 delta, const Serials &serials)
{
	(void)Correct(call.place, stock, serials, {delta, true, call.counted, call.point, call.reason});
	CommandCounterIncrement(); /* the next correction shall see it */
}

// Surplus units come first: what is held may be among the missing.
int64 EnterSerials(const Counting &call, const Stock &stock, const Point &point)
{
	const SerialFindings findings =
		CompareSerials({call.place.sku, stock.stock, call.point, point.units, call.serials});
	const int missing = findings.missing.count;
	const int surplus = findings.surplus.count;
	if (surplus > 0 || missing == 0)
		CorrectBy(call, stock, surplus, findings.surplus);
	if (missing > 0)
		CorrectBy(call, stock, -missing, findings.missing);
	return surplus - missing;
}

int64 EnterNumber(const Counting &call, const Stock &stock, const Point &point,
				  const core::Corrections &corrections)
{
	int64 difference = 0;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			difference = core::CountDifference(call.counted, point.books, corrections);
		}))
		MEZZANINE_RAISE(failure);
	CorrectBy(call, stock, difference, Serials{});
	return difference;
}

int64 Enter(const Counting &call)
{
	const Stock stock = RequireStock(call.place.sku, call.place.location, call.place.lot);
	CheckSerials(stock, call.place.sku, call.serials, call.counted);
	TakeDesk(stock.stock, 1);
	const Point point = RequirePoint(call, stock.stock);
	const core::Corrections corrections = CheckedCorrections(point, stock.stock);
	return stock.serialised ? EnterSerials(call, stock, point)
							: EnterNumber(call, stock, point, corrections);
}

} // namespace

// count_start(sku, location, lot)
MEZZANINE_FUNCTION(mezzanine_count_start)
{
	PreventCommandIfReadOnly("inventory.count_start()");
	return Int64GetDatum(Begin(RequirePlace(fcinfo, 2)));
}

// count(sku, location, counted, as_of_sequence, reason, key, lot, serials)
MEZZANINE_FUNCTION(mezzanine_count)
{
	PreventCommandIfReadOnly("inventory.count()");
	Counting call{};
	call.place = RequirePlace(fcinfo, 6);
	call.counted = DatumGetInt64(RequireValue(fcinfo, 2, "counted"));
	call.point = DatumGetInt64(RequireValue(fcinfo, 3, "as_of_sequence"));
	text *reason = RequireText(fcinfo, 4, "reason");
	call.reason = text_to_cstring(reason);
	call.serials = OptionalSerials(fcinfo, 7);

	StringInfoData payload;
	call.key = BeginKey(fcinfo, 5, "count", &payload);
	AddPlace(&payload, call.place);
	AddBytes(&payload, &call.counted, sizeof(call.counted));
	AddBytes(&payload, &call.point, sizeof(call.point));
	AddText(&payload, reason);
	AddSerials(&payload, call.serials);
	FinishKey(&call.key, &payload);
	return Int64GetDatum(AnswerOnce(call.key, 2, "counted", [&] { return Enter(call); }));
}

} // namespace mezzanine::inventory

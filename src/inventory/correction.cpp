#include "inventory/correction.h"

#include "inventory/array.h"
#include "inventory/tables.h"

#include "core/total.h"

namespace mezzanine::inventory
{

namespace
{

enum Column : AttrNumber {
	kStock = 1,
	kSequence,
	kAt,
	kVerb,
	kDelta,
	kCounted,
	kPoint,
	kReason,
};

void WriteCorrection(int64 stock, int64 sequence, const Correction &correction)
{
	pg::Store store = OpenTable("correction", "correction_pkey", RowExclusiveLock);
	TupleTableSlot *slot = BlankRow(&store);
	SetColumn(slot, kStock, Int64GetDatum(stock));
	SetColumn(slot, kSequence, Int64GetDatum(sequence));
	SetColumn(slot, kAt, TimestampTzGetDatum(GetCurrentTimestamp()));
	SetColumn(slot, kVerb, CStringGetTextDatum(correction.is_count ? "count" : "adjust"));
	SetColumn(slot, kDelta, Int64GetDatum(correction.delta));
	if (correction.is_count) {
		SetColumn(slot, kCounted, Int64GetDatum(correction.counted));
		SetColumn(slot, kPoint, Int64GetDatum(correction.point));
	}
	SetColumn(slot, kReason, CStringGetTextDatum(correction.reason));
	pg::InsertRow(&store, ExecStoreVirtualTuple(slot));
	pg::CloseStore(&store);
}

} // namespace

core::Corrections FindCorrections(int64 stock, Snapshot snapshot)
{
	pg::Store store = OpenTable("correction", "correction_pkey", AccessShareLock);
	ScanKeyData key = KeyOfStock(stock);
	core::Corrections corrections{};
	pg::Search search = snapshot == nullptr ? pg::BeginSearch(&store, &key, 1)
											: pg::BeginSearchAt(&store, &key, 1, snapshot);
	while (pg::NextMatch(&search, store.slot)) {
		CHECK_FOR_INTERRUPTS();
		slot_getallattrs(store.slot);
		const Datum *values = store.slot->tts_values;
		// In the order of the index, the last one last.
		corrections.last = DatumGetInt64(values[kSequence - 1]);
		if (store.slot->tts_isnull[kPoint - 1])
			continue;
		corrections.last_point = DatumGetInt64(values[kPoint - 1]);
		const int64 delta = DatumGetInt64(values[kDelta - 1]);
		pg::Failure failure;
		if (!pg::CallCore(&failure, [&] {
				corrections.by_counts = core::AddUnits(corrections.by_counts, delta);
			}))
			MEZZANINE_RAISE(failure);
	}
	pg::EndSearch(&search);
	pg::CloseStore(&store);
	return corrections;
}

CountNumbers FindCountNumbers(int64 stock)
{
	pg::Store store = OpenTable("correction", "correction_pkey", AccessShareLock);
	ScanKeyData key = KeyOfStock(stock);
	int room = 8;
	CountNumbers numbers = {AllocateArray<int64>(room), 0};
	pg::Search search = pg::BeginSearch(&store, &key, 1);
	while (pg::NextMatch(&search, store.slot)) {
		CHECK_FOR_INTERRUPTS();
		slot_getallattrs(store.slot);
		if (store.slot->tts_isnull[kPoint - 1])
			continue;
		if (numbers.count == room) {
			room *= 2;
			numbers.number = static_cast<int64 *>(
				repalloc_huge(numbers.number, static_cast<Size>(room) * sizeof(int64)));
		}
		numbers.number[numbers.count++] = DatumGetInt64(store.slot->tts_values[kSequence - 1]);
	}
	pg::EndSearch(&search);
	pg::CloseStore(&store);
	return numbers;
}

int64 Correct(const Place &place, const Stock &stock, const Serials &serials,
			  const Correction &correction)
{
	int64 sequence = 0;
	if (correction.delta == 0) {
		sequence = NextNumber("journal_sequence");
	} else {
		const bool adds = correction.delta > 0;
		Movement movement{};
		movement.stock = stock.stock;
		movement.from = adds ? "adjustment" : "available";
		movement.to = adds ? "available" : "adjustment";
		movement.quantity = adds ? correction.delta : -correction.delta;
		movement.reason = correction.reason;
		sequence = RecordOne(movement);
		const Whereabouts here = {stock.stock, "stock", nullptr, 0};
		if (adds)
			EnterSerials(place.sku, serials, {here, sequence, correction.reason});
		else
			MoveSerials(place.sku, serials, here,
						{{stock.stock, "gone", nullptr, 0}, sequence, correction.reason});
		if (adds)
			EnterAvailable(stock.stock, movement.quantity);
		else
			TakeAvailable(place, stock.stock, movement.quantity);
	}
	WriteCorrection(stock.stock, sequence, correction);
	return sequence;
}

} // namespace mezzanine::inventory

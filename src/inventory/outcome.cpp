#include "inventory/outcome.h"

#include "inventory/tables.h"

namespace mezzanine::inventory
{

namespace
{

// Columns of the type inventory.outcome, counted from 0.
enum Column { kReservation, kStatus, kFence, kExpiresAt, kLines, kShortfall, kReplayed };

} // namespace

Optional LineArray(const Lines &lines)
{
	const Oid type = RowType("line");
	TupleDesc descriptor = lookup_rowtype_tupdesc(type, -1);
	auto *elements = static_cast<Datum *>(palloc(static_cast<Size>(lines.count) * sizeof(Datum)));
	for (int i = 0; i < lines.count; ++i) {
		const Line &line = lines.line[i];
		Datum values[] = {PointerGetDatum(line.sku), Int64GetDatum(line.quantity),
						  PointerGetDatum(line.location)};
		bool nulls[] = {false, false, line.location == nullptr};
		elements[i] = HeapTupleGetDatum(heap_form_tuple(descriptor, values, nulls));
	}
	ReleaseTupleDesc(descriptor);
	return {true, PointerGetDatum(
					  construct_array(elements, lines.count, type, -1, false, TYPALIGN_DOUBLE))};
}

void FillOutcome(const Outcome &outcome, Datum *values, bool *nulls)
{
	const bool rejected = outcome.reservation == nullptr;
	values[kReservation] = UUIDPGetDatum(outcome.reservation);
	nulls[kReservation] = rejected;
	values[kStatus] = CStringGetTextDatum(outcome.status);
	nulls[kStatus] = false;
	values[kFence] = Int64GetDatum(outcome.fence);
	nulls[kFence] = rejected;
	values[kExpiresAt] = TimestampTzGetDatum(outcome.expires_at);
	nulls[kExpiresAt] = rejected;
	values[kLines] = outcome.lines.value;
	nulls[kLines] = !outcome.lines.given;
	values[kShortfall] = outcome.shortfall.value;
	nulls[kShortfall] = !outcome.shortfall.given;
	values[kReplayed] = BoolGetDatum(outcome.replayed);
	nulls[kReplayed] = false;
}

Datum OutcomeDatum(FunctionCallInfo fcinfo, const Outcome &outcome)
{
	TupleDesc descriptor;
	if (get_call_result_type(fcinfo, nullptr, &descriptor) != TYPEFUNC_COMPOSITE ||
		descriptor->natts != kOutcomeColumns)
		elog(ERROR, "function does not return inventory.outcome");

	Datum values[kOutcomeColumns];
	bool nulls[kOutcomeColumns];
	FillOutcome(outcome, values, nulls);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls));
}

} // namespace mezzanine::inventory

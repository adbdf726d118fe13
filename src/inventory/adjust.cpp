// inventory.adjust(): corrects a stock by so many units.
#include "inventory/correction.h"

namespace mezzanine::inventory
{

namespace
{

struct Adjusting {
	Key key;
	Place place;
	int64 delta;
	const char *reason;
	Optional expected; // the last correction that the caller knows of
	Serials serials;
};

void CheckExpected(const Adjusting &call, int64 stock)
{
	if (!call.expected.given)
		return;
	const core::Corrections corrections = FindCorrections(stock, nullptr);
	const int64 expected = DatumGetInt64(call.expected.value);
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { core::CheckExpected(expected, corrections); }))
		MEZZANINE_RAISE(failure);
}

int64 Adjust(const Adjusting &call, int64 units)
{
	const Stock stock = RequireStock(call.place.sku, call.place.location, call.place.lot);
	TakeDesk(stock.stock, 2);
	CheckExpected(call, stock.stock);
	CheckSerials(stock, call.place.sku, call.serials, units);
	return Correct(call.place, stock, call.serials, {call.delta, false, 0, 0, call.reason});
}

} // namespace

// adjust(sku, location, delta, reason, key, expect_sequence, lot, serials)
MEZZANINE_FUNCTION(mezzanine_adjust)
{
	PreventCommandIfReadOnly("inventory.adjust()");
	Adjusting call{};
	call.place = RequirePlace(fcinfo, 6);
	call.delta = DatumGetInt64(RequireValue(fcinfo, 2, "delta"));
	int64 units = 0;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { units = core::AdjustedUnits(call.delta); }))
		MEZZANINE_RAISE(failure);
	text *reason = RequireText(fcinfo, 3, "reason");
	call.reason = text_to_cstring(reason);
	call.expected = OptionalValue(fcinfo, 5);
	call.serials = OptionalSerials(fcinfo, 7);

	StringInfoData payload;
	call.key = BeginKey(fcinfo, 4, "adjust", &payload);
	AddPlace(&payload, call.place);
	AddBytes(&payload, &call.delta, sizeof(call.delta));
	AddText(&payload, reason);
	const int64 expected = call.expected.given ? DatumGetInt64(call.expected.value) : -1;
	AddBytes(&payload, &expected, sizeof(expected));
	AddSerials(&payload, call.serials);
	FinishKey(&call.key, &payload);
	return Int64GetDatum(AnswerOnce(call.key, 3, "adjusted", [&] { return Adjust(call, units); }));
}

} // namespace mezzanine::inventory

#include "inventory/desk.h"

#include "inventory/ladder.h"
#include "inventory/units.h"

namespace mezzanine::inventory
{

Place RequirePlace(FunctionCallInfo fcinfo, int lot_number)
{
	return {RequireText(fcinfo, 0, "sku"), RequireText(fcinfo, 1, "location"),
			OptionalLot(fcinfo, lot_number)};
}

void AddPlace(StringInfo payload, const Place &place)
{
	AddText(payload, place.sku);
	AddText(payload, place.location);
	AddText(payload, place.lot);
}

void TakeDesk(int64 stock, int to_come)
{
	TakeFence({fence::Realm::kDesk, static_cast<uint32>(stock >> 32), static_cast<uint32>(stock)},
			  to_come, DT_NOEND);
}

void TakeAvailable(const Place &place, int64 stock, int64 units)
{
	const core::Demand demand = {stock, units, 1};
	int64 missing = 0;
	if (TakeUnits(&demand, 1, DT_NOEND, &missing))
		return;
	ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INSUFFICIENT_STOCK),
					errmsg("item \"%s\" at location \"%s\" has too few units available",
						   text_to_cstring(place.sku), text_to_cstring(place.location)),
					errdetail("The call takes " INT64_FORMAT "; there are " INT64_FORMAT
							  ", beyond what is held and the safety stock.",
							  units, units - missing),
					errhint("Release holds or lower the safety stock first, or take fewer.")));
}

void EnterAvailable(int64 stock, int64 units)
{
	pg::Store cells = OpenCells();
	EnterUnits(&cells, {stock, units, true}, DT_NOEND);
	pg::CloseStore(&cells);
}

ScanKeyData KeyOfStock(int64 stock)
{
	ScanKeyData key;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(stock));
	return key;
}

} // namespace mezzanine::inventory

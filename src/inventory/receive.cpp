// inventory.receive(): adds units to a stock, making it on its first receipt.
#include "inventory/desk.h"

namespace mezzanine::inventory
{

namespace
{

struct Receiving {
	Key key;
	text *sku;
	text *location;
	Lot lot;
	int64 quantity;
	Serials serials;
	Optional reference;
};

int64 AddUnits(const Receiving &call)
{
	const Stock stock = FindOrMakeStock(call.sku, call.location, call.lot, call.serials.count > 0);
	CheckSerials(stock, call.sku, call.serials, call.quantity);

	Movement movement{};
	movement.stock = stock.stock;
	movement.from = "supplier";
	movement.to = "available";
	movement.quantity = call.quantity;
	movement.reason = "receive";
	movement.reference = call.reference;
	const int64 sequence = RecordOne(movement);
	EnterSerials(call.sku, call.serials,
				 {{stock.stock, "stock", nullptr, 0}, sequence, movement.reason});

	EnterAvailable(stock.stock, call.quantity);
	return sequence;
}

} // namespace

// receive(sku, location, quantity, key, lot, expires_on, serials, reference)
MEZZANINE_FUNCTION(mezzanine_receive)
{
	PreventCommandIfReadOnly("inventory.receive()");
	Receiving call{};
	call.sku = RequireText(fcinfo, 0, "sku");
	call.location = RequireText(fcinfo, 1, "location");
	call.quantity = RequireQuantity(fcinfo, 2);
	call.lot = {OptionalLot(fcinfo, 4), OptionalValue(fcinfo, 5)};
	call.serials = OptionalSerials(fcinfo, 6);
	call.reference = OptionalValue(fcinfo, 7);

	StringInfoData payload;
	call.key = BeginKey(fcinfo, 3, "receive", &payload);
	AddText(&payload, call.sku);
	AddText(&payload, call.location);
	AddBytes(&payload, &call.quantity, sizeof(call.quantity));
	AddLot(&payload, call.lot);
	AddSerials(&payload, call.serials);
	AddOptional(&payload, call.reference);
	FinishKey(&call.key, &payload);
	return Int64GetDatum(AnswerOnce(call.key, 3, "received", [&] { return AddUnits(call); }));
}

} // namespace mezzanine::inventory

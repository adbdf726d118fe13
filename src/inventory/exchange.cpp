// inventory.exchange_serials(): mends the books where one unit went another's way.
#include "inventory/desk.h"
#include "inventory/named.h"
#include "inventory/tables.h"

namespace mezzanine::inventory
{

namespace
{

struct Exchanging {
	Key key;
	text *sku;
	text *serial;
	text *instead;
	const char *reason;
};

int64 Exchange(const Exchanging &call)
{
	const int64 sequence = NextNumber("journal_sequence");
	ExchangeSerials(call.sku, call.serial, call.instead, sequence, call.reason);
	return sequence;
}

} // namespace

// exchange_serials(sku, serial, instead, reason, key)
MEZZANINE_FUNCTION(mezzanine_exchange_serials)
{
	PreventCommandIfReadOnly("inventory.exchange_serials()");
	Exchanging call{};
	call.sku = RequireText(fcinfo, 0, "sku");
	call.serial = RequireText(fcinfo, 1, "serial");
	call.instead = RequireText(fcinfo, 2, "instead");
	text *reason = RequireText(fcinfo, 3, "reason");
	call.reason = text_to_cstring(reason);
	if (SameText(call.serial, call.instead))
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
						errmsg("a unit cannot be exchanged for itself"),
						errdetail("Both serials are \"%s\".", text_to_cstring(call.serial)),
						errhint("Name the unit that went the way of the other.")));

	StringInfoData payload;
	call.key = BeginKey(fcinfo, 4, "exchange_serials", &payload);
	AddText(&payload, call.sku);
	AddText(&payload, call.serial);
	AddText(&payload, call.instead);
	AddText(&payload, reason);
	FinishKey(&call.key, &payload);
	return Int64GetDatum(AnswerOnce(call.key, 0, "exchanged", [&] { return Exchange(call); }));
}

} // namespace mezzanine::inventory

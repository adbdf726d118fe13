// inventory.ship_transfer(): takes available units of one location, to be received by another.
#include "inventory/moves.h"
#include "inventory/named.h"
#include "inventory/transfer.h"
#include "inventory/units.h"

namespace mezzanine::inventory
{

namespace
{

struct Shipping {
	Key key;
	Lines lines;
	TransferHead head;
	text *lot;
	NamedUnits units; // those of items that are told apart that go; any, where none is named
};

// One demand a stock, by stock.
core::Demand *DemandsOf(const Shipping &call, int *count)
{
	core::Demand *demands = NewDemands(call.lines.count);
	for (int i = 0; i < call.lines.count; ++i) {
		const Line &line = call.lines.line[i];
		if (line.location != nullptr && !SameText(line.location, call.head.from_location))
			ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
							errmsg("a line names another location than the transfer leaves"),
							errdetail("The line names \"%s\", the transfer \"%s\".",
									  text_to_cstring(line.location),
									  text_to_cstring(call.head.from_location)),
							errhint("Leave the location of lines NULL.")));
		const Stock stock = RequireStock(line.sku, call.head.from_location, call.lot);
		demands[i] = {stock.stock, line.quantity, i + 1};
	}
	*count = SumDemands(demands, call.lines.count);
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			core::CheckShipped({demands, static_cast<size_t>(*count)});
		}))
		MEZZANINE_RAISE(failure);
	return demands;
}

// Takes the units of all lines, or raises MZ001 about the first that lacks some.
void TakeLines(const Shipping &call, const core::Demand *demands, int count)
{
	auto *missing = static_cast<int64 *>(
		MemoryContextAllocHuge(CurrentMemoryContext, static_cast<Size>(count) * sizeof(int64)));
	if (TakeUnits(demands, count, DT_NOEND, missing))
		return;
	int lacking = 0;
	while (lacking < count - 1 && missing[lacking] == 0)
		++lacking;
	const core::Demand &demand = demands[lacking];
	ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INSUFFICIENT_STOCK),
					errmsg("item \"%s\" at location \"%s\" has too few units available",
						   text_to_cstring(call.lines.line[demand.line - 1].sku),
						   text_to_cstring(call.head.from_location)),
					errdetail("The transfer takes " INT64_FORMAT "; there are " INT64_FORMAT ".",
							  demand.quantity, demand.quantity - missing[lacking]),
					errhint("Send fewer, or release holds first.")));
}

// Raises 22023 where a unit is named that is of no line.
void CheckNamed(const Shipping &call)
{
	for (int i = 0; i < call.units.count; ++i) {
		bool sent = false;
		for (int j = 0; j < call.lines.count && !sent; ++j)
			sent = SameText(call.units.sku[i], call.lines.line[j].sku);
		if (!sent)
			ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
							errmsg("the transfer has no line of item \"%s\"",
								   text_to_cstring(call.units.sku[i])),
							errdetail("The argument \"serials\" names unit \"%s\" of it.",
									  text_to_cstring(call.units.serial[i])),
							errhint("Add a line, or leave the unit out.")));
	}
}

// Moves the units that are named, or any.
void ShipSerials(const Shipping &call, const core::Demand &demand, const SerialChange &change)
{
	text *sku = call.lines.line[demand.line - 1].sku;
	const Serials named = SerialsOf(call.units, sku);
	const Whereabouts here = {demand.stock, "stock", nullptr, 0};
	if (named.count == 0) {
		MoveAnySerials(demand.quantity, here, change);
		return;
	}
	CheckSerials({demand.stock, IsSerialised(demand.stock), {}}, sku, named, demand.quantity);
	MoveSerials(sku, named, here, change);
}

void ShipLine(const Shipping &call, pg::Store *lines, pg::Store *journal,
			  const core::Demand &demand)
{
	const int64 transfer = call.head.number;
	Movement movement{};
	movement.stock = demand.stock;
	movement.from = "available";
	movement.to = "transit";
	movement.quantity = demand.quantity;
	movement.reason = "ship";
	movement.reference = ReferenceTo(transfer);
	const int64 sequence = Record(journal, movement);
	WriteTransferLine(lines, transfer, {demand.line, demand.stock, {demand.quantity, 0, 0}, 0, {}});
	ShipSerials(call, demand,
				{{demand.stock, "transit", nullptr, transfer}, sequence, movement.reason});
}

int64 Ship(Shipping *call)
{
	int count;
	CheckNamed(*call);
	const core::Demand *demands = DemandsOf(*call, &count);
	TakeLines(*call, demands, count);
	call->head.number = NextNumber("transfer_sequence");
	WriteTransfer(call->head);
	pg::Store lines = OpenTransferLines();
	pg::Store journal = OpenJournal();
	for (int i = 0; i < count; ++i) {
		CHECK_FOR_INTERRUPTS();
		ShipLine(*call, &lines, &journal, demands[i]);
	}
	pg::CloseStore(&journal);
	pg::CloseStore(&lines);
	return call->head.number;
}

} // namespace

// ship_transfer(lines, from_location, to_location, key, eta, lot, serials)
MEZZANINE_FUNCTION(mezzanine_ship_transfer)
{
	PreventCommandIfReadOnly("inventory.ship_transfer()");
	Shipping call{};
	call.lines = RequireLines(fcinfo, 0);
	call.head.from_location = RequireText(fcinfo, 1, "from_location");
	call.head.to_location = RequireText(fcinfo, 2, "to_location");
	call.head.eta = OptionalValue(fcinfo, 4);
	call.lot = OptionalLot(fcinfo, 5);
	call.units = OptionalUnits(fcinfo, 6);
	if (SameText(call.head.from_location, call.head.to_location))
		ereport(ERROR,
				(errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
				 errmsg("a transfer cannot end where it begins"),
				 errdetail("Both locations are \"%s\".", text_to_cstring(call.head.from_location)),
				 errhint("Name the location that the goods go to.")));

	StringInfoData payload;
	call.key = BeginKey(fcinfo, 3, "ship_transfer", &payload);
	AddLines(&payload, call.lines);
	AddText(&payload, call.head.from_location);
	AddText(&payload, call.head.to_location);
	AddText(&payload, call.lot);
	const TimestampTz eta = call.head.eta.given ? DatumGetTimestampTz(call.head.eta.value) : 0;
	AddBytes(&payload, &call.head.eta.given, sizeof(call.head.eta.given));
	AddBytes(&payload, &eta, sizeof(eta));
	AddUnits(&payload, call.units);
	FinishKey(&call.key, &payload);
	return Int64GetDatum(
		AnswerOnce(call.key, call.lines.count, "shipped", [&] { return Ship(&call); }));
}

} // namespace mezzanine::inventory

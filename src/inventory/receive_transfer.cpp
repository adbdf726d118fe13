// inventory.receive_transfer(), close_transfer(): what was sent arrives, or is given up.
#include "inventory/moves.h"
#include "inventory/named.h"
#include "inventory/transfer.h"
#include "inventory/units.h"

namespace mezzanine::inventory
{

namespace
{

int64 UnitsInTransit(const TransferLine &line)
{
	int64 units = 0;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { units = core::InTransit(line.carried); }))
		MEZZANINE_RAISE(failure);
	return units;
}

// Of all lines; never more than was shipped, which is a bigint.
int64 UnitsInTransit(const Transfer &transfer)
{
	int64 units = 0;
	for (int i = 0; i < transfer.count; ++i)
		units += UnitsInTransit(transfer.line[i]);
	return units;
}

[[noreturn]] void RaiseNothingInTransit(const Transfer &transfer)
{
	ereport(ERROR,
			(errcode(pg::ERRCODE_MEZZANINE_MORE_THAN_HELD),
			 errmsg("nothing of transfer " INT64_FORMAT " is on its way", transfer.head.number),
			 errdetail("All of it has arrived or was given up."),
			 errhint("inventory.transfers shows what has become of it.")));
	pg_unreachable();
}

// The line of the transfer that carries the item of `asked`; `names` are those of its lines.
TransferLine *LineOf(const Transfer &transfer, const StockNames *names, const Line &asked)
{
	if (asked.location != nullptr && !SameText(asked.location, transfer.head.to_location))
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
						errmsg("a line names another location than the transfer goes to"),
						errdetail("The line names \"%s\", the transfer \"%s\".",
								  text_to_cstring(asked.location),
								  text_to_cstring(transfer.head.to_location)),
						errhint("Leave the location of lines NULL.")));
	for (int i = 0; i < transfer.count; ++i)
		if (SameText(names[i].sku, asked.sku))
			return &transfer.line[i];
	ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_MORE_THAN_HELD),
					errmsg("transfer " INT64_FORMAT " carries no item \"%s\"", transfer.head.number,
						   text_to_cstring(asked.sku)),
					errdetail("Only what was sent can arrive."),
					errhint("Check the item; receive() what came from elsewhere.")));
	pg_unreachable();
}

// What arrives, as the caller says.
struct Arrival {
	Lines lines;
	NamedUnits units; // of items that are told apart
};

// Notes that `units` of an item arrive, which a line of the transfer carries.
void PlanLine(Transfer *transfer, const StockNames *names, const Line &asked)
{
	TransferLine *line = LineOf(*transfer, names, asked);
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { core::Arrive(asked.quantity, &line->carried); }))
		MEZZANINE_RAISE(failure);
	line->arriving += asked.quantity;
}

// Notes which units of the lines arrive.  An item whose units are named needs no line.
void PlanUnits(Transfer *transfer, const StockNames *names, const NamedUnits &units)
{
	for (int i = 0; i < units.count;) {
		text *sku = units.sku[i];
		const Serials named = SerialsOf(units, sku);
		const Line asked = {sku, nullptr, named.count, 0};
		TransferLine *line = LineOf(*transfer, names, asked);
		if (line->arriving == 0)
			PlanLine(transfer, names, asked);
		line->named = named;
		CheckSerials(names[line - transfer->line].stock, sku, named, line->arriving);
		i += named.count;
	}
}

// Notes how much of each line arrives: what is asked for, or all where nothing is.
void PlanArrival(Transfer *transfer, const StockNames *names, const Arrival &arrival)
{
	const Lines &asked = arrival.lines;
	const bool all = asked.count == 0 && arrival.units.count == 0;
	for (int i = 0; all && i < transfer->count; ++i) {
		transfer->line[i].arriving = UnitsInTransit(transfer->line[i]);
		transfer->line[i].carried.received += transfer->line[i].arriving;
	}
	for (int i = 0; i < asked.count; ++i)
		PlanLine(transfer, names, asked.line[i]);
	PlanUnits(transfer, names, arrival.units);
}

// Writes that units of a line are at `to` now, or given up.
void SettleUnits(pg::Store *receipts, const Transfer &transfer, const TransferLine &line, text *sku,
				 const Movement &movement)
{
	const int64 units = movement.quantity;
	const bool lost = strcmp(movement.to, "adjustment") == 0;
	const int64 sequence = RecordOne(movement);
	WriteReceipt(receipts, transfer.head.number, {line.line, sequence, units, lost});
	const Whereabouts from = {line.stock, "transit", nullptr, transfer.head.number};
	const SerialChange change = {
		{movement.stock, lost ? "gone" : "stock", nullptr, 0}, sequence, movement.reason};
	if (line.named.count > 0)
		MoveSerials(sku, line.named, from, change);
	else
		MoveAnySerials(units, from, change);
}

// Moves units of a line into the stock of the same item and lot at the other location, and
// returns its number.
int64 ReceiveLine(pg::Store *receipts, const Transfer &transfer, const TransferLine &line,
				  const StockNames &names)
{
	const Stock stock =
		FindOrMakeStock(names.sku, transfer.head.to_location, {names.lot, names.stock.expires_on},
						names.stock.serialised);
	Movement movement{};
	movement.stock = stock.stock;
	movement.from = "transit";
	movement.to = "available";
	movement.quantity = line.arriving;
	movement.reason = "arrive";
	movement.reference = ReferenceTo(transfer.head.number);
	SettleUnits(receipts, transfer, line, names.sku, movement);
	return stock.stock;
}

int64 ReceiveTransfer(int64 number, const Arrival &arrival)
{
	Transfer transfer = RequireTransfer(number, 2);
	if (UnitsInTransit(transfer) == 0)
		RaiseNothingInTransit(transfer);
	auto *names =
		static_cast<StockNames *>(palloc(static_cast<Size>(transfer.count) * sizeof(StockNames)));
	for (int i = 0; i < transfer.count; ++i)
		names[i] = NamesOf(transfer.line[i].stock);
	PlanArrival(&transfer, names, arrival);

	core::Demand *given = NewDemands(transfer.count);
	int count = 0;
	pg::Store receipts = OpenReceipts();
	for (int i = 0; i < transfer.count; ++i) {
		CHECK_FOR_INTERRUPTS();
		const TransferLine &line = transfer.line[i];
		if (line.arriving > 0)
			given[count++] = {ReceiveLine(&receipts, transfer, line, names[i]), line.arriving,
							  line.line};
	}
	pg::CloseStore(&receipts);
	count = SumDemands(given, count); /* by stock */
	pg::Store cells = OpenCells();
	for (int i = 0; i < count; ++i)
		EnterUnits(&cells, {given[i].stock, given[i].quantity, true}, DT_NOEND);
	pg::CloseStore(&cells);
	return UnitsInTransit(transfer);
}

int64 CloseTransfer(int64 number, const char *reason)
{
	const Transfer transfer = RequireTransfer(number, 0);
	const int64 lost = UnitsInTransit(transfer);
	if (lost == 0)
		RaiseNothingInTransit(transfer);
	pg::Store receipts = OpenReceipts();
	for (int i = 0; i < transfer.count; ++i) {
		CHECK_FOR_INTERRUPTS();
		const TransferLine &line = transfer.line[i];
		Movement movement{};
		movement.stock = line.stock;
		movement.from = "transit";
		movement.to = "adjustment";
		movement.quantity = UnitsInTransit(line);
		movement.reason = reason;
		movement.reference = ReferenceTo(number);
		if (movement.quantity > 0)
			SettleUnits(&receipts, transfer, line, nullptr, movement);
	}
	pg::CloseStore(&receipts);
	return lost;
}

} // namespace

// receive_transfer(transfer, lines, key, serials)
MEZZANINE_FUNCTION(mezzanine_receive_transfer)
{
	PreventCommandIfReadOnly("inventory.receive_transfer()");
	const int64 number = DatumGetInt64(RequireValue(fcinfo, 0, "transfer"));
	const Arrival arrival = {OptionalLines(fcinfo, 1), OptionalUnits(fcinfo, 3)};

	StringInfoData payload;
	Key key = BeginKey(fcinfo, 2, "receive_transfer", &payload);
	AddBytes(&payload, &number, sizeof(number));
	AddLines(&payload, arrival.lines);
	AddUnits(&payload, arrival.units);
	FinishKey(&key, &payload);
	return Int64GetDatum(
		AnswerOnce(key, 3, "received", [&] { return ReceiveTransfer(number, arrival); }));
}

// close_transfer(transfer, reason, key)
MEZZANINE_FUNCTION(mezzanine_close_transfer)
{
	PreventCommandIfReadOnly("inventory.close_transfer()");
	const int64 number = DatumGetInt64(RequireValue(fcinfo, 0, "transfer"));
	text *reason = RequireText(fcinfo, 1, "reason");
	const char *words = text_to_cstring(reason);

	StringInfoData payload;
	Key key = BeginKey(fcinfo, 2, "close_transfer", &payload);
	AddBytes(&payload, &number, sizeof(number));
	AddText(&payload, reason);
	FinishKey(&key, &payload);
	return Int64GetDatum(
		AnswerOnce(key, 1, "closed", [&] { return CloseTransfer(number, words); }));
}

} // namespace mezzanine::inventory

#include "inventory/transfer.h"

#include "inventory/ladder.h"

namespace mezzanine::inventory
{

namespace
{

namespace head
{
enum Column : AttrNumber { kTransfer = 1, kFromLocation, kToLocation, kEta, kShippedAt };
}
namespace line
{
enum Column : AttrNumber { kTransfer = 1, kLine, kStock, kQuantity };
}
namespace receipt
{
enum Column : AttrNumber { kTransfer = 1, kLine, kSequence, kQuantity, kLost };
}

ScanKeyData KeyOfTransfer(int64 transfer)
{
	ScanKeyData key;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(transfer));
	return key;
}

TransferHead RequireHead(int64 number)
{
	pg::Store store = OpenTable("transfer", "transfer_pkey", AccessShareLock);
	ScanKeyData key = KeyOfTransfer(number);
	pg::Search search = pg::BeginSearch(&store, &key, 1);
	if (!pg::NextMatch(&search, store.slot))
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_NO_SUCH_RESERVATION),
						errmsg("no such transfer " INT64_FORMAT, number),
						errdetail("No transaction that has committed made it."),
						errhint("Use the number that ship_transfer() returned.")));
	slot_getallattrs(store.slot);
	const Datum *values = store.slot->tts_values;
	const TransferHead head = {number,
							   DatumGetTextPCopy(values[head::kFromLocation - 1]),
							   DatumGetTextPCopy(values[head::kToLocation - 1]),
							   {}};
	pg::EndSearch(&search);
	pg::CloseStore(&store);
	return head;
}

void ReadTransferLines(Transfer *transfer)
{
	pg::Store store = OpenTable("transfer_line", "transfer_line_pkey", AccessShareLock);
	ScanKeyData key = KeyOfTransfer(transfer->head.number);
	int room = 8;
	transfer->line =
		static_cast<TransferLine *>(palloc(static_cast<Size>(room) * sizeof(TransferLine)));
	pg::Search search = pg::BeginSearch(&store, &key, 1);
	while (pg::NextMatch(&search, store.slot)) {
		CHECK_FOR_INTERRUPTS();
		if (transfer->count == room) {
			room *= 2;
			transfer->line = static_cast<TransferLine *>(
				repalloc_huge(transfer->line, static_cast<Size>(room) * sizeof(TransferLine)));
		}
		slot_getallattrs(store.slot);
		const Datum *values = store.slot->tts_values;
		transfer->line[transfer->count++] = {DatumGetInt32(values[line::kLine - 1]),
											 DatumGetInt64(values[line::kStock - 1]),
											 {DatumGetInt64(values[line::kQuantity - 1]), 0, 0},
											 0,
											 {}};
	}
	pg::EndSearch(&search);
	pg::CloseStore(&store);
}

TransferLine *LineNumbered(const Transfer &transfer, int32 number)
{
	for (int i = 0; i < transfer.count; ++i)
		if (transfer.line[i].line == number)
			return &transfer.line[i];
	elog(ERROR, "transfer " INT64_FORMAT " has no line %d", transfer.head.number, number);
}

void ReadReceipts(const Transfer &transfer)
{
	pg::Store store = OpenTable("transfer_receipt", "transfer_receipt_pkey", AccessShareLock);
	ScanKeyData key = KeyOfTransfer(transfer.head.number);
	TransferLine *current = nullptr;
	pg::Search search = pg::BeginSearch(&store, &key, 1);
	while (pg::NextMatch(&search, store.slot)) {
		CHECK_FOR_INTERRUPTS();
		slot_getallattrs(store.slot);
		const Datum *values = store.slot->tts_values;
		const int32 number = DatumGetInt32(values[receipt::kLine - 1]);
		if (current == nullptr || current->line != number)
			current = LineNumbered(transfer, number);
		const int64 units = DatumGetInt64(values[receipt::kQuantity - 1]);
		if (DatumGetBool(values[receipt::kLost - 1]))
			current->carried.lost += units;
		else
			current->carried.received += units;
	}
	pg::EndSearch(&search);
	pg::CloseStore(&store);
}

} // namespace

void WriteTransfer(const TransferHead &head)
{
	pg::Store store = OpenTable("transfer", "transfer_pkey", RowExclusiveLock);
	TupleTableSlot *slot = BlankRow(&store);
	SetColumn(slot, head::kTransfer, Int64GetDatum(head.number));
	SetColumn(slot, head::kFromLocation, PointerGetDatum(head.from_location));
	SetColumn(slot, head::kToLocation, PointerGetDatum(head.to_location));
	if (head.eta.given)
		SetColumn(slot, head::kEta, head.eta.value);
	SetColumn(slot, head::kShippedAt, TimestampTzGetDatum(GetCurrentTimestamp()));
	pg::InsertRow(&store, ExecStoreVirtualTuple(slot));
	pg::CloseStore(&store);
}

void WriteTransferLine(pg::Store *lines, int64 transfer, const TransferLine &line)
{
	TupleTableSlot *slot = BlankRow(lines);
	SetColumn(slot, line::kTransfer, Int64GetDatum(transfer));
	SetColumn(slot, line::kLine, Int32GetDatum(line.line));
	SetColumn(slot, line::kStock, Int64GetDatum(line.stock));
	SetColumn(slot, line::kQuantity, Int64GetDatum(line.carried.shipped));
	pg::InsertRow(lines, ExecStoreVirtualTuple(slot));
}

void WriteReceipt(pg::Store *receipts, int64 transfer, const TransferReceipt &receipt)
{
	TupleTableSlot *slot = BlankRow(receipts);
	SetColumn(slot, receipt::kTransfer, Int64GetDatum(transfer));
	SetColumn(slot, receipt::kLine, Int32GetDatum(receipt.line));
	SetColumn(slot, receipt::kSequence, Int64GetDatum(receipt.sequence));
	SetColumn(slot, receipt::kQuantity, Int64GetDatum(receipt.quantity));
	SetColumn(slot, receipt::kLost, BoolGetDatum(receipt.lost));
	pg::InsertRow(receipts, ExecStoreVirtualTuple(slot));
}

pg::Store OpenTransferLines()
{
	return OpenTable("transfer_line", "transfer_line_pkey", RowExclusiveLock);
}

pg::Store OpenReceipts()
{
	return OpenTable("transfer_receipt", "transfer_receipt_pkey", RowExclusiveLock);
}

Transfer RequireTransfer(int64 number, int to_come)
{
	TakeFence(
		{fence::Realm::kTransfer, static_cast<uint32>(number >> 32), static_cast<uint32>(number)},
		to_come, DT_NOEND);
	Transfer transfer{};
	transfer.head = RequireHead(number);
	ReadTransferLines(&transfer);
	ReadReceipts(transfer);
	return transfer;
}

Optional ReferenceTo(int64 transfer)
{
	char *text = psprintf("{\"transfer\": " INT64_FORMAT "}", transfer);
	return {true, DirectFunctionCall1(jsonb_in, CStringGetDatum(text))};
}

} // namespace mezzanine::inventory

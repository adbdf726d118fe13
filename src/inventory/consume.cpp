// inventory.consume(): the journal as an outbox, read by consumers that each have a position.
//
// The order of what is looked at matters: first the last number given out, then who is in
// flight, then the movements.  Whoever has a number got its transaction's number before
// (journal.cpp), so every movement up to the last number is there, or its transaction is
// known to be in flight.
#include "inventory/named.h"
#include "inventory/outcome.h"
#include "inventory/tables.h"

#include "core/outbox.h"

namespace mezzanine::inventory
{

namespace
{

enum Column : AttrNumber {
	kConsumer = 1,
	kUpto,
	kOpen,
	kOpenFrom,
	kNext,
	kGeneration,
	kPending,
	kPendingFrom,
	kCreatedAt,
	kConsumedAt
};

// A consumer in its latest version.
struct Consumer {
	text *name;
	core::Position position;
	TimestampTz created_at;
	ItemPointerData place; // invalid for a new one
};

// The last number given out, and who was in flight after it.
struct Look {
	int64 last;
	core::Flight flight;
};

Datum Value(const TupleTableSlot *slot, AttrNumber column)
{
	return slot->tts_values[column - 1];
}

pg::Store OpenConsumers()
{
	return OpenTable("consumer", "consumer_pkey", RowExclusiveLock);
}

// The elements of an array of eight-byte values without NULLs.
Datum *Elements(Datum array, Oid type, int *count)
{
	Datum *elements;
	deconstruct_array(DatumGetArrayTypeP(array), type, sizeof(int64), FLOAT8PASSBYVAL,
					  TYPALIGN_DOUBLE, &elements, nullptr, count);
	return elements;
}

std::span<const core::Pending> ReadPending(const TupleTableSlot *slot)
{
	int count;
	int froms;
	const Datum *transactions = Elements(Value(slot, kPending), XID8OID, &count);
	const Datum *from = Elements(Value(slot, kPendingFrom), INT8OID, &froms);
	Assert(count == froms); /* by constraint */
	auto *pending =
		static_cast<core::Pending *>(palloc(static_cast<Size>(count) * sizeof(core::Pending)));
	for (int i = 0; i < count; ++i)
		pending[i] = {DatumGetUInt64(transactions[i]), DatumGetInt64(from[i])};
	return {pending, static_cast<size_t>(count)};
}

// False where there is none.
bool FindConsumer(pg::Store *consumers, text *name, Consumer *consumer)
{
	ScanKeyData key;
	ScanKeyInit(&key, kConsumer, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(name));
	pg::Search search = pg::BeginSearch(consumers, &key, 1);
	const bool found = pg::NextMatch(&search, consumers->slot);
	if (found) {
		TupleTableSlot *slot = consumers->slot;
		slot_getallattrs(slot);
		consumer->name = name;
		consumer->position = {
			DatumGetInt64(Value(slot, kUpto)),       DatumGetUInt64(Value(slot, kOpen)),
			DatumGetInt64(Value(slot, kOpenFrom)),   DatumGetUInt64(Value(slot, kNext)),
			DatumGetInt16(Value(slot, kGeneration)), ReadPending(slot)};
		consumer->created_at = DatumGetTimestampTz(Value(slot, kCreatedAt));
		consumer->place = slot->tts_tid;
	}
	pg::EndSearch(&search);
	return found;
}

Consumer RequireConsumer(pg::Store *consumers, text *name)
{
	Consumer consumer{};
	if (!FindConsumer(consumers, name, &consumer))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("no such consumer \"%s\"", text_to_cstring(name)),
						errdetail("Movements are kept for consumers that are known."),
						errhint("Make it with inventory.create_consumer().")));
	return consumer;
}

// An array of eight-byte values, one from each that is pending.
template <typename Take> Datum PendingArray(const core::Position &position, Oid type, Take &&take)
{
	const auto count = static_cast<int>(position.pending.size());
	auto *elements = static_cast<Datum *>(palloc(static_cast<Size>(count) * sizeof(Datum)));
	for (int i = 0; i < count; ++i)
		elements[i] = take(position.pending[static_cast<size_t>(i)]);
	return PointerGetDatum(
		construct_array(elements, count, type, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

// Requires: the consumer's fence.
void WriteConsumer(pg::Store *consumers, Consumer *consumer)
{
	const core::Position &position = consumer->position;
	TupleTableSlot *slot = BlankRow(consumers);
	SetColumn(slot, kConsumer, PointerGetDatum(consumer->name));
	SetColumn(slot, kUpto, Int64GetDatum(position.upto));
	SetColumn(slot, kOpen, UInt64GetDatum(position.open));
	SetColumn(slot, kOpenFrom, Int64GetDatum(position.open_from));
	SetColumn(slot, kNext, UInt64GetDatum(position.next));
	SetColumn(slot, kGeneration, Int16GetDatum(static_cast<int16>(position.generation)));
	SetColumn(slot, kPending, PendingArray(position, XID8OID, [](const core::Pending &pending) {
				  return UInt64GetDatum(pending.transaction);
			  }));
	SetColumn(slot, kPendingFrom, PendingArray(position, INT8OID, [](const core::Pending &pending) {
				  return Int64GetDatum(pending.from);
			  }));
	SetColumn(slot, kCreatedAt, TimestampTzGetDatum(consumer->created_at));
	const bool is_new = !ItemPointerIsValid(&consumer->place);
	if (!is_new)
		SetColumn(slot, kConsumedAt, TimestampTzGetDatum(GetCurrentTimestamp()));
	ExecStoreVirtualTuple(slot);
	if (is_new)
		pg::InsertRow(consumers, slot);
	else if (pg::UpdateRow(consumers, &consumer->place, slot) != pg::Written::kDone)
		ereport(
			ERROR,
			(errcode(pg::ERRCODE_MEZZANINE_INVARIANT),
			 errmsg("consumer \"%s\" changed without its fence", text_to_cstring(consumer->name)),
			 errdetail("Its row was changed under the fence that guards it."),
			 errhint("Change consumers through the functions of the schema inventory.")));
}

// The number of a transaction that is not younger than `next`, in full.
uint64 Widen(TransactionId transaction, FullTransactionId next)
{
	uint64 epoch = EpochFromFullTransactionId(next);
	if (transaction > XidFromFullTransactionId(next))
		--epoch;
	return epoch << 32 | transaction;
}

Look LookAround()
{
	Look look{};
	look.last = LastNumber("journal_sequence");
	Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
	const FullTransactionId next = ReadNextFullTransactionId();
	const FullTransactionId own = GetTopFullTransactionIdIfAny();

	auto *running = static_cast<uint64 *>(palloc((snapshot->xcnt + 1) * sizeof(uint64)));
	size_t count = 0;
	for (uint32 i = 0; i < snapshot->xcnt; ++i)
		running[count++] = Widen(snapshot->xip[i], next);
	look.flight.open = Widen(snapshot->xmax, next);
	// A snapshot does not count its own transaction.
	if (FullTransactionIdIsValid(own) && U64FromFullTransactionId(own) < look.flight.open)
		running[count++] = U64FromFullTransactionId(own);
	look.flight.running = {running, count};
	look.flight.next = U64FromFullTransactionId(next);
	UnregisterSnapshot(snapshot);
	return look;
}

// Puts the movement in the journal's slot into the result, with the names of its stock.
void Emit(const ReturnSetInfo *result, const TupleTableSlot *movement, pg::Store *stocks)
{
	enum {
		kSequence,
		kAt,
		kSku,
		kLocation,
		kLot,
		kFrom,
		kTo,
		kQuantity,
		kReservation,
		kReason,
		kReference,
		kColumns
	};
	Datum values[kColumns] = {};
	bool nulls[kColumns] = {};
	const auto copy = [&](int to, const TupleTableSlot *slot, AttrNumber column) {
		values[to] = Value(slot, column);
		nulls[to] = slot->tts_isnull[column - 1];
	};
	copy(kSequence, movement, journal::kSequence);
	copy(kAt, movement, journal::kAt);
	copy(kFrom, movement, journal::kFromAccount);
	copy(kTo, movement, journal::kToAccount);
	copy(kQuantity, movement, journal::kQuantity);
	copy(kReservation, movement, journal::kReservation);
	copy(kReason, movement, journal::kReason);
	copy(kReference, movement, journal::kReference);

	ScanKeyData key;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ, Value(movement, journal::kStock));
	pg::Search search = pg::BeginSearch(stocks, &key, 1);
	nulls[kSku] = nulls[kLocation] = nulls[kLot] = !pg::NextMatch(&search, stocks->slot);
	if (!nulls[kSku]) {
		slot_getallattrs(stocks->slot);
		copy(kSku, stocks->slot, stock::kSku);
		copy(kLocation, stocks->slot, stock::kLocation);
		copy(kLot, stocks->slot, stock::kLot);
	}
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	pg::EndSearch(&search);
}

// How many movements were emitted, and up to which number all that were due.
struct Emitted {
	int64 count;
	int64 reached;
};

// Emits what is due, up to `most` and what comes late.
Emitted EmitDue(const ReturnSetInfo *result, const core::Position &position, const Look &look,
				int64 most)
{
	pg::Store movements = OpenTable("journal", "journal_pkey", AccessShareLock);
	pg::Store stocks = OpenTable("stock", "stock_pkey", AccessShareLock);
	ScanKeyData key;
	ScanKeyInit(&key, 1, BTGreaterEqualStrategyNumber, F_INT8GE,
				Int64GetDatum(core::FirstDue(position, look.flight)));
	Emitted emitted = {0, look.last};
	pg::Search search = pg::BeginSearch(&movements, &key, 1);
	while (pg::NextMatch(&search, movements.slot)) {
		CHECK_FOR_INTERRUPTS();
		slot_getallattrs(movements.slot);
		const int64 number = DatumGetInt64(Value(movements.slot, journal::kSequence));
		if (number > look.last)
			break;
		if (!core::IsDue(position, look.flight, number,
						 DatumGetUInt64(Value(movements.slot, journal::kTransaction))))
			continue;
		if (emitted.count >= most && number > position.upto) {
			emitted.reached = number - 1;
			break;
		}
		Emit(result, movements.slot, &stocks);
		++emitted.count;
	}
	pg::EndSearch(&search);
	pg::CloseStore(&stocks);
	pg::CloseStore(&movements);
	return emitted;
}

text *FenceConsumer(FunctionCallInfo fcinfo)
{
	text *name = RequireText(fcinfo, 0, "consumer");
	fence::Acquire(FenceOfName(fence::Realm::kConsumer, name), ExclusiveLock);
	return name;
}

// Whether the words of argument "start" mean the beginning.
bool FromBeginning(FunctionCallInfo fcinfo, int number)
{
	const char *start = text_to_cstring(RequireText(fcinfo, number, "start"));
	const bool beginning = strcmp(start, "beginning") == 0;
	if (!beginning && strcmp(start, "now") != 0)
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
						errmsg("unknown start \"%s\"", start),
						errdetail("A consumer starts at the beginning or now."),
						errhint("Pass \"beginning\" or \"now\".")));
	return beginning;
}

} // namespace

// consume(consumer, max) -> movements
MEZZANINE_FUNCTION(mezzanine_consume)
{
	PreventCommandIfReadOnly("inventory.consume()");
	const int32 most = DatumGetInt32(RequireValue(fcinfo, 1, "max"));
	if (most < 1)
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
						errmsg("the argument \"max\" must be greater than zero"),
						errdetail("The number given is %d.", most),
						errhint("Pass how many movements you can take in one go.")));
	text *name = FenceConsumer(fcinfo);
	InitMaterializedSRF(fcinfo, 0);

	pg::Store consumers = OpenConsumers();
	Consumer consumer = RequireConsumer(&consumers, name);
	const Look look = LookAround();
	const Emitted emitted = EmitDue(reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo),
									consumer.position, look, most);
	// A call that finds nothing new writes nothing, once nobody is waited for.
	if (emitted.count > 0 || emitted.reached > consumer.position.upto ||
		!consumer.position.pending.empty() || consumer.position.generation > 0) {
		const size_t count = look.flight.running.size();
		auto *room = static_cast<core::Pending *>(palloc(count * sizeof(core::Pending)));
		consumer.position =
			core::Advance(consumer.position, look.flight, emitted.reached, {room, count});
		WriteConsumer(&consumers, &consumer);
	}
	pg::CloseStore(&consumers);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	PG_RETURN_NULL();
}

// create_consumer(consumer, start)
MEZZANINE_FUNCTION(mezzanine_create_consumer)
{
	PreventCommandIfReadOnly("inventory.create_consumer()");
	const bool beginning = FromBeginning(fcinfo, 1);
	Consumer consumer{};
	consumer.name = FenceConsumer(fcinfo);
	pg::Store consumers = OpenConsumers();
	if (FindConsumer(&consumers, consumer.name, &consumer))
		ereport(ERROR, (errcode(ERRCODE_DUPLICATE_OBJECT),
						errmsg("consumer \"%s\" exists already", text_to_cstring(consumer.name)),
						errdetail("Its position would be lost."),
						errhint("Choose another name, or drop it first.")));
	consumer.position = core::NewPosition(beginning ? 0 : LastNumber("journal_sequence"));
	consumer.created_at = GetCurrentTimestamp();
	ItemPointerSetInvalid(&consumer.place);
	WriteConsumer(&consumers, &consumer);
	pg::CloseStore(&consumers);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	PG_RETURN_VOID();
}

// drop_consumer(consumer)
MEZZANINE_FUNCTION(mezzanine_drop_consumer)
{
	PreventCommandIfReadOnly("inventory.drop_consumer()");
	text *name = FenceConsumer(fcinfo);
	pg::Store consumers = OpenConsumers();
	Consumer consumer = RequireConsumer(&consumers, name);
	if (pg::DeleteRow(&consumers, &consumer.place) != pg::Written::kDone)
		elog(ERROR, "consumer changed without its fence");
	pg::CloseStore(&consumers);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	PG_RETURN_VOID();
}

// Trigger of tables with transactions' numbers: rows that SQL inserts come from a dump, for
// the functions write past it.  Those numbers are another cluster's; they are marked so.
MEZZANINE_FUNCTION(mezzanine_mark_restored)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("function was not called as a trigger"),
						errhint("It is for the tables of the schema inventory.")));
	const auto *trigger = reinterpret_cast<TriggerData *>(fcinfo->context);
	HeapTuple row = trigger->tg_trigtuple;
	TupleDesc columns = RelationGetDescr(trigger->tg_relation);
	int column = SPI_fnumber(columns, trigger->tg_trigger->tgargs[0]);
	bool isnull;
	Datum value = heap_getattr(row, column, columns, &isnull);
	if (isnull)
		return PointerGetDatum(row);
	if (SPI_gettypeid(columns, column) == XID8OID) {
		const uint64 number = DatumGetUInt64(value);
		if (number >> core::kGenerationShift < core::kGenerationMost)
			value = UInt64GetDatum(number + (uint64{1} << core::kGenerationShift));
	} else if (DatumGetInt16(value) < core::kGenerationMost) {
		value = Int16GetDatum(static_cast<int16>(DatumGetInt16(value) + 1));
	}
	return PointerGetDatum(heap_modify_tuple_by_cols(row, columns, 1, &column, &value, &isnull));
}

} // namespace mezzanine::inventory

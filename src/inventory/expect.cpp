// inventory.expect(), settle_expected(): what is to come and to go, and what of it is over.
#include "inventory/idempotency.h"
#include "inventory/outcome.h"
#include "inventory/tables.h"

#include "fence/fence.h"

namespace mezzanine::inventory
{

namespace
{

enum Column : AttrNumber {
	kExpectation = 1,
	kSku,
	kLocation,
	kDirection,
	kQuantity,
	kDue,
	kCreatedAt,
	kReference
};

enum SettlementColumn : AttrNumber { kOf = 1, kSettlement, kUnits, kAt };

struct Expecting {
	Key key;
	text *sku;
	text *location;
	int64 quantity;
	TimestampTz due;
	text *direction;
	Optional reference;
};

text *RequireDirection(FunctionCallInfo fcinfo, int number)
{
	text *direction = RequireText(fcinfo, number, "direction");
	const char *word = text_to_cstring(direction);
	if (strcmp(word, "in") != 0 && strcmp(word, "out") != 0)
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
						errmsg("unknown direction \"%s\"", word),
						errdetail("Units are to come in, or to go out."),
						errhint("Pass \"in\" or \"out\".")));
	return direction;
}

int64 InsertExpectation(const Expecting &call)
{
	const int64 number = NextNumber("expectation_sequence");
	pg::Store store = OpenTable("expectation", "expectation_pkey", RowExclusiveLock);
	TupleTableSlot *slot = BlankRow(&store);
	SetColumn(slot, kExpectation, Int64GetDatum(number));
	SetColumn(slot, kSku, PointerGetDatum(call.sku));
	SetColumn(slot, kLocation, PointerGetDatum(call.location));
	SetColumn(slot, kDirection, PointerGetDatum(call.direction));
	SetColumn(slot, kQuantity, Int64GetDatum(call.quantity));
	SetColumn(slot, kDue, TimestampTzGetDatum(call.due));
	SetColumn(slot, kCreatedAt, TimestampTzGetDatum(GetCurrentTimestamp()));
	if (call.reference.given)
		SetColumn(slot, kReference, call.reference.value);
	pg::InsertRow(&store, ExecStoreVirtualTuple(slot));
	pg::CloseStore(&store);
	return number;
}

int64 Expect(const Expecting &call)
{
	Outcome outcome;
	if (Recall(call.key, 0, DT_NOEND, &outcome))
		return outcome.movement;
	outcome = Outcome{};
	outcome.status = "expected";
	outcome.movement = InsertExpectation(call);
	Remember(call.key, outcome);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	return outcome.movement;
}

pg::Search SearchByNumber(pg::Store *store, int64 number)
{
	ScanKeyData key;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(number));
	return pg::BeginSearch(store, &key, 1);
}

int64 RequireExpected(int64 number)
{
	pg::Store store = OpenTable("expectation", "expectation_pkey", AccessShareLock);
	pg::Search search = SearchByNumber(&store, number);
	if (!pg::NextMatch(&search, store.slot))
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_NO_SUCH_RESERVATION),
						errmsg("no such expectation " INT64_FORMAT, number),
						errdetail("No transaction that has committed made it."),
						errhint("Use the number that expect() returned.")));
	slot_getallattrs(store.slot);
	const int64 quantity = DatumGetInt64(store.slot->tts_values[kQuantity - 1]);
	pg::EndSearch(&search);
	pg::CloseStore(&store);
	return quantity;
}

int64 SettledOf(pg::Store *settlements, int64 number)
{
	int64 settled = 0;
	pg::Search search = SearchByNumber(settlements, number);
	while (pg::NextMatch(&search, settlements->slot)) {
		slot_getallattrs(settlements->slot);
		settled += DatumGetInt64(settlements->slot->tts_values[kUnits - 1]);
	}
	pg::EndSearch(&search);
	return settled;
}

// Settles `quantity` units, 0 for all that are open; returns how many stay open.
int64 Settle(int64 number, int64 quantity)
{
	const int64 expected = RequireExpected(number);
	fence::Acquire(
		{fence::Realm::kExpected, static_cast<uint32>(number >> 32), static_cast<uint32>(number)},
		ExclusiveLock);
	pg::Store settlements =
		OpenTable("expectation_settlement", "expectation_settlement_pkey", RowExclusiveLock);
	const int64 open = expected - SettledOf(&settlements, number);
	const int64 units = quantity == 0 ? open : quantity;
	if (units > open)
		ereport(ERROR,
				(errcode(pg::ERRCODE_MEZZANINE_MORE_THAN_HELD), errmsg("more than is expected"),
				 errdetail("Of expectation " INT64_FORMAT ", " INT64_FORMAT
						   " units are open; " INT64_FORMAT " were to be settled.",
						   number, open, units),
				 errhint("Settle no more than are open.")));
	if (units > 0) {
		TupleTableSlot *slot = BlankRow(&settlements);
		SetColumn(slot, kOf, Int64GetDatum(number));
		SetColumn(slot, kSettlement, Int64GetDatum(NextNumber("expectation_sequence")));
		SetColumn(slot, kUnits, Int64GetDatum(units));
		SetColumn(slot, kAt, TimestampTzGetDatum(GetCurrentTimestamp()));
		pg::InsertRow(&settlements, ExecStoreVirtualTuple(slot));
	}
	pg::CloseStore(&settlements);
	return open - units;
}

} // namespace

// expect(sku, location, quantity, due, direction, key, reference)
MEZZANINE_FUNCTION(mezzanine_expect)
{
	PreventCommandIfReadOnly("inventory.expect()");
	Expecting call{};
	call.sku = RequireText(fcinfo, 0, "sku");
	call.location = RequireText(fcinfo, 1, "location");
	call.quantity = RequireQuantity(fcinfo, 2);
	call.due = DatumGetTimestampTz(RequireValue(fcinfo, 3, "due"));
	call.direction = RequireDirection(fcinfo, 4);
	call.reference = OptionalValue(fcinfo, 6);
	if (TIMESTAMP_NOT_FINITE(call.due))
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
						errmsg("the argument \"due\" must be finite"),
						errdetail("Nothing comes or goes at that time."),
						errhint("Pass the time at which the units are expected.")));

	StringInfoData payload;
	call.key = BeginKey(fcinfo, 5, "expect", &payload);
	AddText(&payload, call.sku);
	AddText(&payload, call.location);
	AddBytes(&payload, &call.quantity, sizeof(call.quantity));
	AddBytes(&payload, &call.due, sizeof(call.due));
	AddText(&payload, call.direction);
	AddOptional(&payload, call.reference);
	FinishKey(&call.key, &payload);
	return Int64GetDatum(Expect(call));
}

// settle_expected(expectation, quantity, key)
MEZZANINE_FUNCTION(mezzanine_settle_expected)
{
	PreventCommandIfReadOnly("inventory.settle_expected()");
	const int64 number = DatumGetInt64(RequireValue(fcinfo, 0, "expectation"));
	const int64 quantity = PG_ARGISNULL(1) ? 0 : RequireQuantity(fcinfo, 1);
	StringInfoData payload;
	Key key = BeginKey(fcinfo, 2, "settle_expected", &payload);
	AddBytes(&payload, &number, sizeof(number));
	AddBytes(&payload, &quantity, sizeof(quantity));
	FinishKey(&key, &payload);

	Outcome outcome;
	if (!Recall(key, 0, DT_NOEND, &outcome)) {
		outcome = Outcome{};
		outcome.status = "settled";
		outcome.movement = Settle(number, quantity);
		Remember(key, outcome);
		CommandCounterIncrement(); /* the next call of this statement shall see it */
	}
	PG_RETURN_INT64(outcome.movement);
}

} // namespace mezzanine::inventory

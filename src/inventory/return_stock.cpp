// inventory.return_stock(), quarantine(), settle_quarantine(): goods that come back, and
// goods that are set aside until somebody has looked at them.
#include "inventory/desk.h"
#include "inventory/tables.h"

namespace mezzanine::inventory
{

namespace
{

// Where units go or come from: an account of the journal, and a state of serials.
struct Condition {
	const char *account;
	const char *state;
};
constexpr Condition kAvailable = {"available", "stock"};
constexpr Condition kQuarantine = {"quarantine", "quarantine"};
constexpr Condition kGone = {"adjustment", "gone"};
constexpr Condition kSold = {"sold", "sold"};

struct Moving {
	Key key;
	Place place;
	int64 quantity;
	Condition from;
	Condition to;
	const char *reason;
	Serials serials;
	Optional reference;
};

bool Is(const Condition &a, const Condition &b)
{
	return strcmp(a.account, b.account) == 0;
}

enum Column : AttrNumber { kStock = 1, kSequence, kUnits };

pg::Store OpenQuarantine(LOCKMODE mode)
{
	return OpenTable("quarantine", "quarantine_pkey", mode);
}

void WriteQuarantine(int64 stock, int64 sequence, int64 units)
{
	pg::Store store = OpenQuarantine(RowExclusiveLock);
	TupleTableSlot *slot = BlankRow(&store);
	SetColumn(slot, kStock, Int64GetDatum(stock));
	SetColumn(slot, kSequence, Int64GetDatum(sequence));
	SetColumn(slot, kUnits, Int64GetDatum(units));
	pg::InsertRow(&store, ExecStoreVirtualTuple(slot));
	pg::CloseStore(&store);
}

int64 UnitsInQuarantine(int64 stock)
{
	pg::Store store = OpenQuarantine(AccessShareLock);
	ScanKeyData key = KeyOfStock(stock);
	int64 units = 0;
	pg::Search search = pg::BeginSearch(&store, &key, 1);
	while (pg::NextMatch(&search, store.slot)) {
		CHECK_FOR_INTERRUPTS();
		slot_getallattrs(store.slot);
		units += DatumGetInt64(store.slot->tts_values[kUnits - 1]);
	}
	pg::EndSearch(&search);
	pg::CloseStore(&store);
	return units;
}

void CheckQuarantine(const Moving &call, int64 stock)
{
	const int64 there = UnitsInQuarantine(stock);
	if (Is(call.to, kQuarantine) && call.quantity > PG_INT64_MAX - there)
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_OVERFLOW), errmsg("quantity out of range"),
						errdetail("More units would be in quarantine than a bigint holds."),
						errhint("Use larger base units.")));
	if (Is(call.from, kQuarantine) && call.quantity > there)
		ereport(ERROR,
				(errcode(pg::ERRCODE_MEZZANINE_INSUFFICIENT_STOCK),
				 errmsg("item \"%s\" at location \"%s\" has too few units in quarantine",
						text_to_cstring(call.place.sku), text_to_cstring(call.place.location)),
				 errdetail("The call is about " INT64_FORMAT "; there are " INT64_FORMAT ".",
						   call.quantity, there),
				 errhint("inventory.quarantined shows what is in quarantine.")));
}

// Moves the units' serials.  What comes back may have been sold elsewhere, or before there
// were books.
void MoveUnits(const Moving &call, int64 stock, int64 sequence)
{
	const SerialChange change = {{stock, call.to.state, nullptr, 0}, sequence, call.reason};
	if (Is(call.from, kSold))
		EnterSerials(call.place.sku, call.serials, change);
	else
		MoveSerials(call.place.sku, call.serials, {stock, call.from.state, nullptr, 0}, change);
}

int64 Move(const Moving &call, const Stock &stock)
{
	CheckSerials(stock, call.place.sku, call.serials, call.quantity);
	if (Is(call.from, kQuarantine) || Is(call.to, kQuarantine)) {
		TakeDesk(stock.stock, 2);
		CheckQuarantine(call, stock.stock);
	}
	Movement movement{};
	movement.stock = stock.stock;
	movement.from = call.from.account;
	movement.to = call.to.account;
	movement.quantity = call.quantity;
	movement.reason = call.reason;
	movement.reference = call.reference;
	const int64 sequence = RecordOne(movement);
	if (Is(call.from, kQuarantine) || Is(call.to, kQuarantine))
		WriteQuarantine(stock.stock, sequence,
						Is(call.to, kQuarantine) ? call.quantity : -call.quantity);
	MoveUnits(call, stock.stock, sequence);
	if (Is(call.from, kAvailable))
		TakeAvailable(call.place, stock.stock, call.quantity);
	if (Is(call.to, kAvailable))
		EnterAvailable(stock.stock, call.quantity);
	return sequence;
}

// Finishes the key with what all three functions have, and moves.
int64 MoveOnce(Moving *call, StringInfo payload, bool comes_back)
{
	AddPlace(payload, call->place);
	AddBytes(payload, &call->quantity, sizeof(call->quantity));
	AddText(payload, cstring_to_text(call->to.account));
	AddText(payload, cstring_to_text(call->reason));
	AddSerials(payload, call->serials);
	AddOptional(payload, call->reference);
	FinishKey(&call->key, payload);
	return AnswerOnce(call->key, 4, "moved", [&] {
		const Place &place = call->place;
		if (!comes_back)
			return Move(*call, RequireStock(place.sku, place.location, place.lot));
		RequireItem(place.sku);
		return Move(*call, FindOrMakeStock(place.sku, place.location, {place.lot, {}},
										   call->serials.count > 0));
	});
}

} // namespace

// return_stock(sku, location, quantity, state, key, lot, serials, reference)
MEZZANINE_FUNCTION(mezzanine_return_stock)
{
	PreventCommandIfReadOnly("inventory.return_stock()");
	Moving call{};
	call.place = RequirePlace(fcinfo, 5);
	call.quantity = RequireQuantity(fcinfo, 2);
	call.from = kSold;
	const Condition conditions[] = {kAvailable, kQuarantine, kGone};
	call.to = conditions[RequireChoice(fcinfo, 3, core::kReturnState)];
	call.reason = "return";
	call.serials = OptionalSerials(fcinfo, 6);
	call.reference = OptionalValue(fcinfo, 7);

	StringInfoData payload;
	call.key = BeginKey(fcinfo, 4, "return_stock", &payload);
	return Int64GetDatum(MoveOnce(&call, &payload, true));
}

// quarantine(sku, location, quantity, reason, key, lot, serials)
MEZZANINE_FUNCTION(mezzanine_quarantine)
{
	PreventCommandIfReadOnly("inventory.quarantine()");
	Moving call{};
	call.place = RequirePlace(fcinfo, 5);
	call.quantity = RequireQuantity(fcinfo, 2);
	call.from = kAvailable;
	call.to = kQuarantine;
	call.reason = text_to_cstring(RequireText(fcinfo, 3, "reason"));
	call.serials = OptionalSerials(fcinfo, 6);

	StringInfoData payload;
	call.key = BeginKey(fcinfo, 4, "quarantine", &payload);
	return Int64GetDatum(MoveOnce(&call, &payload, false));
}

// settle_quarantine(sku, location, quantity, state, reason, key, lot, serials)
MEZZANINE_FUNCTION(mezzanine_settle_quarantine)
{
	PreventCommandIfReadOnly("inventory.settle_quarantine()");
	Moving call{};
	call.place = RequirePlace(fcinfo, 6);
	call.quantity = RequireQuantity(fcinfo, 2);
	call.from = kQuarantine;
	const Condition conditions[] = {kAvailable, kGone};
	call.to = conditions[RequireChoice(fcinfo, 3, core::kSettledState)];
	call.reason = text_to_cstring(RequireText(fcinfo, 4, "reason"));
	call.serials = OptionalSerials(fcinfo, 7);

	StringInfoData payload;
	call.key = BeginKey(fcinfo, 5, "settle_quarantine", &payload);
	return Int64GetDatum(MoveOnce(&call, &payload, false));
}

} // namespace mezzanine::inventory

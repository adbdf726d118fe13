#include "inventory/stock.h"

#include "inventory/ladder.h"
#include "inventory/named.h"
#include "inventory/tables.h"

namespace mezzanine::inventory
{

namespace
{

// `lot` NULL: none was named.
[[noreturn]] void RaiseNoSuchLot(text *sku, text *location, text *lot)
{
	ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_NO_SUCH_STOCK),
					errmsg("no such item \"%s\" at location \"%s\"", text_to_cstring(sku),
						   text_to_cstring(location)),
					lot == nullptr ? errdetail("It was never received there without a lot.")
								   : errdetail("It was never received there in lot \"%s\".",
											   text_to_cstring(lot)),
					errhint("Check the spelling, name the lot if there is one, or receive the item "
							"there first.")));
	pg_unreachable();
}

[[noreturn]] void RaiseOtherExpiry(text *sku, const Lot &lot, const Optional &known)
{
	const char *asked = DatumGetCString(DirectFunctionCall1(date_out, lot.expires_on.value));
	ereport(ERROR,
			(errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
			 errmsg("lot \"%s\" of item \"%s\" does not expire on %s", text_to_cstring(lot.name),
					text_to_cstring(sku), asked),
			 known.given ? errdetail("It is known to expire on %s.",
									 DatumGetCString(DirectFunctionCall1(date_out, known.value)))
						 : errdetail("It is known and has no expiry day."),
			 errhint("Give other goods another lot, or leave out the argument "
					 "\"expires_on\".")));
	pg_unreachable();
}

text *CopyText(Datum value)
{
	return DatumGetTextPCopy(value);
}

// Reads a stock from the store's slot, which a search has filled.
Stock ReadStock(pg::Store *store)
{
	slot_getallattrs(store->slot);
	const Datum *values = store->slot->tts_values;
	return {DatumGetInt64(values[stock::kStock - 1]),
			DatumGetBool(values[stock::kSerialised - 1]),
			{!store->slot->tts_isnull[stock::kExpiresOn - 1], values[stock::kExpiresOn - 1]}};
}

// Looks a stock up by its full name; false when there is none.
bool FindExactly(pg::Store *store, text *sku, text *location, text *lot, Stock *found)
{
	ScanKeyData keys[3];
	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(sku));
	ScanKeyInit(&keys[1], 2, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(location));
	if (lot != nullptr)
		ScanKeyInit(&keys[2], 3, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(lot));
	else
		ScanKeyEntryInitialize(&keys[2], SK_ISNULL | SK_SEARCHNULL, 3, InvalidStrategy, InvalidOid,
							   InvalidOid, InvalidOid, Datum{0});

	pg::Search search = pg::BeginSearch(store, keys, 3);
	const bool exists = pg::NextMatch(&search, store->slot);
	if (exists)
		*found = ReadStock(store);
	pg::EndSearch(&search);
	return exists;
}

// What is known of an item from its other stocks.
struct Kin {
	bool any;
	bool serialised;
	bool has_lot; // the lot asked for is somewhere
	Optional expires_on;
};

Kin FindKin(pg::Store *store, text *sku, const text *lot)
{
	ScanKeyData key;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(sku));
	Kin kin{};
	pg::Search search = pg::BeginSearch(store, &key, 1);
	while (!kin.has_lot && pg::NextMatch(&search, store->slot)) {
		CHECK_FOR_INTERRUPTS();
		const Stock other = ReadStock(store);
		kin.any = true;
		kin.serialised = other.serialised;
		kin.expires_on = other.expires_on;
		kin.has_lot = lot != nullptr && !store->slot->tts_isnull[stock::kLot - 1] &&
					  SameText(DatumGetTextPP(store->slot->tts_values[stock::kLot - 1]), lot);
	}
	pg::EndSearch(&search);
	return kin;
}

void CheckExpiry(text *sku, const Lot &lot, const Optional &known)
{
	if (!lot.expires_on.given)
		return;
	if (!known.given || DatumGetDateADT(known.value) != DatumGetDateADT(lot.expires_on.value))
		RaiseOtherExpiry(sku, lot, known);
}

// As many cells as there may be transactions at work on one item at once: more bring
// nothing, and a stock has them only while it needs them.
constexpr int32 kCellsMaxAtFirst = 128;

// A new stock has no safety stock, no overselling and no low-water mark.
Stock InsertStock(text *sku, text *location, const Lot &lot, bool serialised)
{
	pg::Store store = OpenTable("stock", "stock_sku_location_key", RowExclusiveLock);
	const int64 stock = NextNumber("stock_sequence");
	TupleTableSlot *slot = BlankRow(&store);
	SetColumn(slot, stock::kStock, Int64GetDatum(stock));
	SetColumn(slot, stock::kSku, PointerGetDatum(sku));
	SetColumn(slot, stock::kLocation, PointerGetDatum(location));
	if (lot.name != nullptr)
		SetColumn(slot, stock::kLot, PointerGetDatum(lot.name));
	if (lot.expires_on.given)
		SetColumn(slot, stock::kExpiresOn, lot.expires_on.value);
	SetColumn(slot, stock::kSerialised, BoolGetDatum(serialised));
	SetColumn(slot, stock::kSafetyStock, Int64GetDatum(0));
	SetColumn(slot, stock::kOversellLimit, Int64GetDatum(0));
	SetColumn(slot, stock::kCellsMax, Int32GetDatum(kCellsMaxAtFirst));
	SetColumn(slot, stock::kCreatedAt, TimestampTzGetDatum(GetCurrentTimestamp()));
	pg::InsertRow(&store, ExecStoreVirtualTuple(slot));
	pg::CloseStore(&store);
	return {stock, serialised, lot.expires_on};
}

// Makes a stock, unless somebody has made it since.  All stocks of an item get their names
// under one fence: its lots expire on one day at all locations, and all its units have serial
// numbers or none has.
Stock MakeStock(pg::Store *store, text *sku, text *location, Lot lot, bool serialised)
{
	TakeFence(FenceOfName(fence::Realm::kStock, sku), 1, DT_NOEND);
	Stock stock;
	if (FindExactly(store, sku, location, lot.name, &stock)) {
		CheckExpiry(sku, lot, stock.expires_on);
		return stock;
	}
	const Kin kin = FindKin(store, sku, lot.name);
	if (kin.has_lot) {
		CheckExpiry(sku, lot, kin.expires_on);
		lot.expires_on = kin.expires_on;
	}
	return InsertStock(sku, location, lot, kin.any ? kin.serialised : serialised);
}

// Puts the row of a stock that must exist into the store's slot.
void FindByNumber(pg::Store *store, int64 stock)
{
	ScanKeyData key;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(stock));
	pg::Search search = pg::BeginSearch(store, &key, 1);
	if (!pg::NextMatch(&search, store->slot))
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVARIANT),
						errmsg("stock " INT64_FORMAT " does not exist", stock),
						errdetail("A reservation refers to it."),
						errhint("Run inventory.verify() to see what is missing.")));
	slot_getallattrs(store->slot);
	pg::EndSearch(&search);
}

} // namespace

void AddLot(StringInfo payload, const Lot &lot)
{
	AddText(payload, lot.name);
	const DateADT day = lot.expires_on.given ? DatumGetDateADT(lot.expires_on.value) : 0;
	AddBytes(payload, &lot.expires_on.given, sizeof(lot.expires_on.given));
	AddBytes(payload, &day, sizeof(day));
}

Stock FindOrMakeStock(text *sku, text *location, const Lot &lot, bool serialised)
{
	if (lot.expires_on.given && lot.name == nullptr)
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
						errmsg("the argument \"expires_on\" needs the argument \"lot\""),
						errdetail("Units expire lot by lot."), errhint("Name the lot.")));
	pg::Store store = OpenTable("stock", "stock_sku_location_key", AccessShareLock);
	Stock stock;
	if (FindExactly(&store, sku, location, lot.name, &stock))
		CheckExpiry(sku, lot, stock.expires_on);
	else
		stock = MakeStock(&store, sku, location, lot, serialised);
	pg::CloseStore(&store);
	return stock;
}

Stock RequireStock(text *sku, text *location, text *lot)
{
	pg::Store store = OpenTable("stock", "stock_sku_location_key", AccessShareLock);
	Stock stock;
	if (!FindExactly(&store, sku, location, lot, &stock))
		RaiseNoSuchLot(sku, location, lot);
	pg::CloseStore(&store);
	return stock;
}

void RaiseNoSuchStock(const Line &line)
{
	if (line.location == nullptr)
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_NO_SUCH_STOCK),
						errmsg("no such item \"%s\"", text_to_cstring(line.sku)),
						errdetail("It was never received at any location."),
						errhint("Check the spelling, or receive the item first.")));
	ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_NO_SUCH_STOCK),
					errmsg("no such item \"%s\" at location \"%s\"", text_to_cstring(line.sku),
						   text_to_cstring(line.location)),
					errdetail("It was never received there."),
					errhint("Check the spelling, or receive the item there first.")));
	pg_unreachable();
}

void RequireItem(text *sku)
{
	pg::Store store = OpenTable("stock", "stock_sku_location_key", AccessShareLock);
	if (!FindKin(&store, sku, nullptr).any)
		RaiseNoSuchStock({sku, nullptr, 0, 0});
	pg::CloseStore(&store);
}

StockNames NamesOf(int64 number)
{
	pg::Store store = OpenTable("stock", "stock_pkey", AccessShareLock);
	FindByNumber(&store, number);
	const Datum *values = store.slot->tts_values;
	const StockNames names = {
		ReadStock(&store), CopyText(values[stock::kSku - 1]),
		CopyText(values[stock::kLocation - 1]),
		store.slot->tts_isnull[stock::kLot - 1] ? nullptr : CopyText(values[stock::kLot - 1])};
	pg::CloseStore(&store);
	return names;
}

bool IsSerialised(int64 number)
{
	pg::Store store = OpenTable("stock", "stock_pkey", AccessShareLock);
	FindByNumber(&store, number);
	const bool serialised = DatumGetBool(store.slot->tts_values[stock::kSerialised - 1]);
	pg::CloseStore(&store);
	return serialised;
}

void NameStocks(const Lines &lines)
{
	pg::Store store = OpenTable("stock", "stock_pkey", AccessShareLock);
	for (int i = 0; i < lines.count; ++i) {
		CHECK_FOR_INTERRUPTS();
		Line *line = &lines.line[i];
		FindByNumber(&store, line->stock);
		line->sku = CopyText(store.slot->tts_values[stock::kSku - 1]);
		line->location = CopyText(store.slot->tts_values[stock::kLocation - 1]);
	}
	pg::CloseStore(&store);
}

} // namespace mezzanine::inventory

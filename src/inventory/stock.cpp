#include "inventory/stock.h"

#include "inventory/ladder.h"
#include "inventory/tables.h"

namespace mezzanine::inventory
{

namespace
{

[[noreturn]] void RaiseNoSuchStock(const Line &line)
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

[[noreturn]] void RaiseSeveralLocations(const Line &line)
{
	ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_NOT_SUPPORTED),
					errmsg("item \"%s\" has several locations", text_to_cstring(line.sku)),
					errdetail("Choosing among locations is not supported."),
					errhint("Name the location.")));
	pg_unreachable();
}

text *CopyText(Datum value)
{
	return DatumGetTextPCopy(value);
}

// Looks a line's stock up by its names; false when there is none.
bool FindByName(pg::Store *store, Line *line)
{
	ScanKeyData keys[2];
	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(line->sku));
	if (line->location != nullptr)
		ScanKeyInit(&keys[1], 2, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(line->location));

	const bool any_location = line->location == nullptr;
	bool found = false;
	pg::Search search = pg::BeginSearch(store, keys, any_location ? 1 : 2);
	while (pg::NextMatch(&search, store->slot)) {
		if (found)
			RaiseSeveralLocations(*line);
		found = true;
		slot_getallattrs(store->slot);
		line->stock = DatumGetInt64(store->slot->tts_values[stock::kStock - 1]);
		if (any_location)
			line->location = CopyText(store->slot->tts_values[stock::kLocation - 1]);
	}
	pg::EndSearch(&search);
	return found;
}

// The fence under which a stock gets its name.
fence::Fence NamingFence(const text *sku, const text *location)
{
	const uint64 seed =
		hash_bytes_extended(reinterpret_cast<const unsigned char *>(VARDATA_ANY(sku)),
							static_cast<int>(VARSIZE_ANY_EXHDR(sku)), 0);
	const uint64 hash =
		hash_bytes_extended(reinterpret_cast<const unsigned char *>(VARDATA_ANY(location)),
							static_cast<int>(VARSIZE_ANY_EXHDR(location)), seed);
	return {fence::Realm::kStock, static_cast<uint32>(hash >> 32), static_cast<uint32>(hash)};
}

// A new stock has no lot, no safety stock, no overselling, no low-water mark, and one cell:
// no function sets another policy yet.
void InsertStock(Line *line)
{
	pg::Store store = OpenTable("stock", "stock_sku_location_key", RowExclusiveLock);
	line->stock = NextNumber("stock_sequence");
	TupleTableSlot *slot = BlankRow(&store);
	SetColumn(slot, stock::kStock, Int64GetDatum(line->stock));
	SetColumn(slot, stock::kSku, PointerGetDatum(line->sku));
	SetColumn(slot, stock::kLocation, PointerGetDatum(line->location));
	SetColumn(slot, stock::kSafetyStock, Int64GetDatum(0));
	SetColumn(slot, stock::kOversellLimit, Int64GetDatum(0));
	SetColumn(slot, stock::kCellsMax, Int32GetDatum(1));
	SetColumn(slot, stock::kCreatedAt, TimestampTzGetDatum(GetCurrentTimestamp()));
	pg::InsertRow(&store, ExecStoreVirtualTuple(slot));
	pg::CloseStore(&store);
}

} // namespace

int64 FindOrMakeStock(text *sku, text *location)
{
	Line line = {sku, location, 0, 0};
	pg::Store store = OpenTable("stock", "stock_sku_location_key", AccessShareLock);
	if (!FindByName(&store, &line)) {
		TakeFence(NamingFence(sku, location), 1, DT_NOEND);
		if (!FindByName(&store, &line))
			InsertStock(&line);
	}
	pg::CloseStore(&store);
	return line.stock;
}

void ResolveStocks(const Lines &lines)
{
	pg::Store store = OpenTable("stock", "stock_sku_location_key", AccessShareLock);
	for (int i = 0; i < lines.count; ++i) {
		CHECK_FOR_INTERRUPTS();
		if (!FindByName(&store, &lines.line[i]))
			RaiseNoSuchStock(lines.line[i]);
	}
	pg::CloseStore(&store);
}

void NameStocks(const Lines &lines)
{
	pg::Store store = OpenTable("stock", "stock_pkey", AccessShareLock);
	for (int i = 0; i < lines.count; ++i) {
		CHECK_FOR_INTERRUPTS();
		Line *line = &lines.line[i];
		ScanKeyData key;
		ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(line->stock));
		pg::Search search = pg::BeginSearch(&store, &key, 1);
		if (!pg::NextMatch(&search, store.slot))
			ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVARIANT),
							errmsg("stock " INT64_FORMAT " does not exist", line->stock),
							errdetail("A reservation refers to it."),
							errhint("Run inventory.verify() to see what is missing.")));
		slot_getallattrs(store.slot);
		line->sku = CopyText(store.slot->tts_values[stock::kSku - 1]);
		line->location = CopyText(store.slot->tts_values[stock::kLocation - 1]);
		pg::EndSearch(&search);
	}
	pg::CloseStore(&store);
}

} // namespace mezzanine::inventory

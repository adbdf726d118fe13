#include "inventory/spread.h"

#include "inventory/ladder.h"

namespace mezzanine::inventory
{

namespace
{

// What this backend remembers; a hint, so that a stock may push another one out.
struct Preference {
	int64 stock;
	int32 cell;
};
constexpr int kPreferences = 1024;
Preference preferences[kPreferences];

Preference *PreferenceFor(int64 stock)
{
	return &preferences[static_cast<uint64>(stock) % kPreferences];
}

bool IsAmong(const cell::Glimpses &cells, int32 number)
{
	for (int i = 0; i < cells.count; ++i)
		if (cells.glimpse[i].number == number)
			return true;
	return false;
}

} // namespace

int32 PreferredCell(int64 stock)
{
	const Preference *preference = PreferenceFor(stock);
	return preference->stock == stock ? preference->cell : 0;
}

void PreferCell(int64 stock, int32 number)
{
	*PreferenceFor(stock) = {stock, number};
}

fence::Fence GiversFence(int64 stock)
{
	return {fence::Realm::kGivers, static_cast<uint32>(static_cast<uint64>(stock) >> 32),
			static_cast<uint32>(stock)};
}

int32 CellsMax(int64 stock)
{
	pg::Store store = OpenTable("stock", "stock_pkey", AccessShareLock);
	ScanKeyData key;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(stock));
	pg::Search search = pg::BeginSearch(&store, &key, 1);
	int32 most = 1;
	if (pg::NextMatch(&search, store.slot)) {
		slot_getallattrs(store.slot);
		most = DatumGetInt32(store.slot->tts_values[stock::kCellsMax - 1]);
	}
	pg::EndSearch(&search);
	pg::CloseStore(&store);
	return most;
}

int32 FenceNewCell(pg::Store *store, int64 stock, const cell::Glimpses &cells)
{
	const int32 most = CellsMax(stock);
	if (cells.count >= most)
		return kNoCell;
	for (int32 number = 0; number < most; ++number) {
		if (IsAmong(cells, number) || !TryFence(cell::FenceOf(stock, number)))
			continue;
		// It may have come since, and be another's business again.
		if (cell::Read(store, stock, number).row_count == 0)
			return number;
		DropFence(cell::FenceOf(stock, number));
	}
	return kNoCell;
}

} // namespace mezzanine::inventory

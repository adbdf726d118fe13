#include "inventory/candidates.h"

#include "inventory/array.h"
#include "inventory/low_stock.h"
#include "inventory/stock.h"
#include "inventory/tables.h"

#include "core/cart.h"

namespace mezzanine::inventory
{

namespace
{

// A location that some candidate is at.
struct Place {
	text *name;
	double rank; // the lowest is preferred
	bool ranked; // the rank has been looked up
};

// A stock that may serve a want.
struct Found {
	int64 stock;
	int32 place;
	int32 ordinal; // of the location, among those of the want by name
	int64 expires; // the lot's day; the greatest for none
};

// The search under way; its arrays grow.
struct Finding {
	const Preference *preference;
	pg::Store stocks;
	Place *places;
	int place_count;
	int place_room;
	Found *found; // of one want
	int found_count;
	int found_room;
	DateADT today;
};

// Makes room for one more.
template <typename T> void Grow(T **array, int count, int *room)
{
	if (count < *room)
		return;
	const int more = *room == 0 ? 4 : 2 * *room;
	T *grown = AllocateArray<T>(more);
	if (count > 0)
		memcpy(grown, *array, static_cast<Size>(count) * sizeof(T));
	*array = grown;
	*room = more;
}

bool SameText(const text *a, const text *b)
{
	if (a == nullptr || b == nullptr)
		return a == b;
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		   memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

int CompareText(const text *a, const text *b)
{
	if (a == nullptr || b == nullptr)
		return (a != nullptr) - (b != nullptr);
	const Size sizes[] = {VARSIZE_ANY_EXHDR(a), VARSIZE_ANY_EXHDR(b)};
	const int order =
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), sizes[0] < sizes[1] ? sizes[0] : sizes[1]);
	return order != 0 ? order : (sizes[0] > sizes[1]) - (sizes[0] < sizes[1]);
}

// --- lines ---

// A line and its place in the cart.
struct Placed {
	const Line *line;
	int number;
};

int CompareLines(const void *a, const void *b)
{
	const auto *x = static_cast<const Placed *>(a);
	const auto *y = static_cast<const Placed *>(b);
	if (const int order = CompareText(x->line->sku, y->line->sku))
		return order;
	if (const int order = CompareText(x->line->location, y->line->location))
		return order;
	return x->number - y->number;
}

int64 AddQuantities(int64 a, int64 b)
{
	int64 sum = 0;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { sum = core::AddQuantities(a, b); }))
		MEZZANINE_RAISE(failure);
	return sum;
}

// One line for all of the same item and location, in the order of the first of them.
Lines SumLines(const Lines &lines)
{
	auto *sorted = AllocateArray<Placed>(lines.count);
	for (int i = 0; i < lines.count; ++i)
		sorted[i] = {&lines.line[i], i};
	qsort(sorted, static_cast<size_t>(lines.count), sizeof(Placed), CompareLines);

	auto *summed = AllocateArray<Line>(lines.count); // by number; no item: summed into another
	Line *first = nullptr;
	for (int i = 0; i < lines.count; ++i) {
		const Line &line = *sorted[i].line;
		if (first != nullptr && SameText(first->sku, line.sku) &&
			SameText(first->location, line.location)) {
			first->quantity = AddQuantities(first->quantity, line.quantity);
			continue;
		}
		first = &summed[sorted[i].number];
		*first = line;
	}
	Lines result = {summed, 0};
	for (int i = 0; i < lines.count; ++i)
		if (summed[i].sku != nullptr)
			result.line[result.count++] = summed[i];
	return result;
}

// --- stocks ---

int32 PlaceNamed(Finding *finding, const text *name)
{
	for (int32 i = 0; i < finding->place_count; ++i)
		if (SameText(finding->places[i].name, name))
			return i;
	Grow(&finding->places, finding->place_count, &finding->place_room);
	finding->places[finding->place_count] = {DatumGetTextPCopy(PointerGetDatum(name)), 0, false};
	return finding->place_count++;
}

// Today in UTC, as the availability that readers see has it.
DateADT Today()
{
	const TimestampTz days = GetCurrentTimestamp() / USECS_PER_DAY;
	return static_cast<DateADT>(days);
}

// Adds the stock in the store's slot to what was found, unless its lot has expired.
void AddFound(Finding *finding, int32 *last_place, int32 *ordinal)
{
	TupleTableSlot *slot = finding->stocks.slot;
	slot_getallattrs(slot);
	LearnMark(DatumGetInt64(slot->tts_values[stock::kStock - 1]),
			  !slot->tts_isnull[stock::kLowWater - 1],
			  DatumGetInt64(slot->tts_values[stock::kLowWater - 1]));
	const int32 place = PlaceNamed(finding, DatumGetTextPP(slot->tts_values[stock::kLocation - 1]));
	if (place != *last_place)
		++*ordinal;
	*last_place = place;
	const bool expires = !slot->tts_isnull[stock::kExpiresOn - 1];
	const DateADT day = expires ? DatumGetDateADT(slot->tts_values[stock::kExpiresOn - 1]) : 0;
	if (expires && day < finding->today)
		return;
	Grow(&finding->found, finding->found_count, &finding->found_room);
	finding->found[finding->found_count++] = {DatumGetInt64(slot->tts_values[stock::kStock - 1]),
											  place, *ordinal, expires ? int64{day} : PG_INT64_MAX};
}

// Finds the stocks of a line; the line gets its location where there is only one.
void FindStocks(Finding *finding, Line *line)
{
	ScanKeyData keys[2];
	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(line->sku));
	if (line->location != nullptr)
		ScanKeyInit(&keys[1], 2, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(line->location));

	finding->found_count = 0;
	int32 place = -1;
	int32 ordinal = -1;
	pg::Search search = pg::BeginSearch(&finding->stocks, keys, line->location == nullptr ? 1 : 2);
	while (pg::NextMatch(&search, finding->stocks.slot)) {
		CHECK_FOR_INTERRUPTS();
		AddFound(finding, &place, &ordinal);
	}
	pg::EndSearch(&search);
	if (ordinal < 0)
		RaiseNoSuchStock(*line);
	if (ordinal == 0)
		line->location = finding->places[place].name;
}

// --- preference ---

double RankOf(const TupleTableSlot *slot, const Preference &preference)
{
	const AttrNumber column = preference.nearest ? location::kCoordinates : location::kPriority;
	if (slot->tts_isnull[column - 1])
		return get_float8_infinity();
	const Datum value = slot->tts_values[column - 1];
	if (!preference.nearest)
		return DatumGetInt32(value);
	return DatumGetFloat8(
		DirectFunctionCall2(point_distance, value, PointPGetDatum(preference.near)));
}

// Looks up the ranks of the locations that have something to be compared with.
void RankPlaces(Finding *finding)
{
	pg::Store store = OpenTable("location", "location_pkey", AccessShareLock);
	for (int i = 0; i < finding->found_count; ++i) {
		Place *place = &finding->places[finding->found[i].place];
		if (place->ranked)
			continue;
		place->ranked = true;
		place->rank = get_float8_infinity();
		ScanKeyData key;
		ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(place->name));
		pg::Search search = pg::BeginSearch(&store, &key, 1);
		if (pg::NextMatch(&search, store.slot)) {
			slot_getallattrs(store.slot);
			place->rank = RankOf(store.slot, *finding->preference);
		}
		pg::EndSearch(&search);
	}
	pg::CloseStore(&store);
}

// Puts what was found into the order of preference.
void SortFound(Finding *finding)
{
	const int count = finding->found_count;
	if (count < 2)
		return;
	if (finding->found[count - 1].ordinal != finding->found[0].ordinal)
		RankPlaces(finding);
	auto *ranked = AllocateArray<core::Ranked>(count);
	for (int i = 0; i < count; ++i) {
		const Found &found = finding->found[i];
		ranked[i] = {i, finding->places[found.place].rank, found.ordinal, found.expires,
					 found.stock};
	}
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			core::SortByPreference({ranked, static_cast<size_t>(count)});
		}))
		MEZZANINE_RAISE(failure);
	auto *sorted = AllocateArray<Found>(count);
	for (int i = 0; i < count; ++i)
		sorted[i] = finding->found[ranked[i].candidate];
	finding->found = sorted;
	finding->found_room = count;
}

// --- pools ---

// A stock as a candidate refers to it.
struct Reference {
	core::Candidate *candidate;
	int64 stock;
	const Line *line; // the want's
};

int CompareReferences(const void *a, const void *b)
{
	const int64 x = static_cast<const Reference *>(a)->stock;
	const int64 y = static_cast<const Reference *>(b)->stock;
	return (x > y) - (x < y);
}

// Makes one pool of each stock that candidates refer to.
void MakePools(Cart *cart, Reference *references, int count, const Place *places)
{
	qsort(references, static_cast<size_t>(count), sizeof(Reference), CompareReferences);
	cart->pools = AllocateArray<core::Pool>(count);
	cart->stocks = AllocateArray<Line>(count);
	for (int i = 0; i < count; ++i) {
		const Reference &reference = references[i];
		if (i == 0 || reference.stock != references[i - 1].stock) {
			const int pool = cart->pool_count++;
			cart->pools[pool] = {reference.stock, pool, 0, 0, 0};
			cart->stocks[pool] = {reference.line->sku, places[reference.candidate->place].name, 0,
								  reference.stock};
		}
		reference.candidate->pool = cart->pool_count - 1;
	}
}

// Wants that have no choice but one stock are added up, under the first of them.
void MergeWants(Cart *cart)
{
	auto *want_of_pool = AllocateArray<int>(cart->pool_count); // counted from 1
	int kept = 0;
	for (int i = 0; i < cart->want_count; ++i) {
		const core::Want &want = cart->wants[i];
		if (want.candidates.size() == 1) {
			int *first = &want_of_pool[want.candidates.front().pool];
			if (*first > 0) {
				int64 *sum = &cart->wants[*first - 1].quantity;
				*sum = AddQuantities(*sum, want.quantity);
				continue;
			}
			*first = kept + 1;
		}
		cart->wants[kept] = want;
		cart->lines[kept++] = cart->lines[i];
	}
	cart->want_count = kept;
}

// What a channel must leave of an item at a location.
int64 KeptFrom(pg::Store *channels, const Line &stock, text *channel)
{
	ScanKeyData keys[3];
	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(stock.sku));
	ScanKeyInit(&keys[1], 2, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(stock.location));
	ScanKeyInit(&keys[2], 3, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(channel));
	int64 kept = 0;
	pg::Search search = pg::BeginSearch(channels, keys, 3);
	if (pg::NextMatch(&search, channels->slot)) {
		slot_getallattrs(channels->slot);
		kept = DatumGetInt64(channels->slot->tts_values[channel::kSafetyStock - 1]);
	}
	pg::EndSearch(&search);
	return kept;
}

int CompareByName(const void *a, const void *b, void *stocks)
{
	const Line *x = static_cast<Line *>(stocks) + *static_cast<const int *>(a);
	const Line *y = static_cast<Line *>(stocks) + *static_cast<const int *>(b);
	if (const int order = CompareText(x->sku, y->sku))
		return order;
	if (const int order = CompareText(x->location, y->location))
		return order;
	return (x->stock > y->stock) - (x->stock < y->stock);
}

// Groups the lots of one location, of which the channel leaves units together.
void KeepForOthers(Cart *cart, text *channel)
{
	auto *order = AllocateArray<int>(cart->pool_count);
	for (int i = 0; i < cart->pool_count; ++i)
		order[i] = i;
	qsort_arg(order, static_cast<size_t>(cart->pool_count), sizeof(int), CompareByName,
			  cart->stocks);
	pg::Store channels = OpenTable("channel", "channel_pkey", AccessShareLock);
	const Line *before = nullptr;
	int first = 0;
	for (int i = 0; i < cart->pool_count; ++i) {
		CHECK_FOR_INTERRUPTS();
		const Line *stock = &cart->stocks[order[i]];
		if (before == nullptr || !SameText(before->sku, stock->sku) ||
			!SameText(before->location, stock->location)) {
			first = order[i];
			cart->pools[first].kept = KeptFrom(&channels, *stock, channel);
		}
		cart->pools[order[i]].group = first;
		before = stock;
	}
	pg::CloseStore(&channels);
}

} // namespace

Cart FindCandidates(const Lines &lines, const Preference &preference)
{
	const Lines summed = lines.count == 1 ? lines : SumLines(lines);
	Finding finding{};
	finding.preference = &preference;
	finding.today = Today();
	finding.stocks = OpenTable("stock", "stock_sku_location_key", AccessShareLock);

	Cart cart{};
	cart.want_count = summed.count;
	cart.wants = AllocateArray<core::Want>(summed.count);
	cart.lines = AllocateArray<Line>(summed.count);
	Reference *references = nullptr;
	int count = 0;
	int room = 0;
	for (int i = 0; i < summed.count; ++i) {
		CHECK_FOR_INTERRUPTS();
		cart.lines[i] = summed.line[i];
		FindStocks(&finding, &cart.lines[i]);
		SortFound(&finding);
		auto *candidates = AllocateArray<core::Candidate>(finding.found_count);
		cart.wants[i] = {
			summed.line[i].quantity, {candidates, static_cast<size_t>(finding.found_count)}, 0};
		for (int j = 0; j < finding.found_count; ++j) {
			candidates[j] = {0, finding.found[j].place, 0};
			Grow(&references, count, &room);
			references[count++] = {&candidates[j], finding.found[j].stock, &cart.lines[i]};
		}
	}
	pg::CloseStore(&finding.stocks);
	MakePools(&cart, references, count, finding.places);
	if (cart.want_count > 1)
		MergeWants(&cart);
	if (preference.channel != nullptr)
		KeepForOthers(&cart, preference.channel);
	return cart;
}

} // namespace mezzanine::inventory

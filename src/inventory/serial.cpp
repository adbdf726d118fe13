#include "inventory/serial.h"

#include "inventory/array.h"
#include "inventory/ladder.h"
#include "inventory/named.h"
#include "inventory/tables.h"

#include "fence/fence.h"

namespace mezzanine::inventory
{

namespace
{

// A serial in its latest version.
struct Unit {
	text *sku;
	text *serial;
	int64 stock;
	const char *state;
	int64 transfer;
	int64 sequence;
	bool sold_by; // whether `reservation` counts
	pg_uuid_t reservation;
	ItemPointerData place;
};

pg::Store OpenSerials()
{
	return OpenTable("serial", "serial_pkey", RowExclusiveLock);
}

pg::Store OpenHistory()
{
	return OpenTable("serial_history", "serial_history_pkey", RowExclusiveLock);
}

Unit ReadUnit(TupleTableSlot *slot)
{
	slot_getallattrs(slot);
	const Datum *values = slot->tts_values;
	Unit unit{};
	unit.sku = DatumGetTextPCopy(values[serial::kSku - 1]);
	unit.serial = DatumGetTextPCopy(values[serial::kSerial - 1]);
	unit.stock = DatumGetInt64(values[serial::kStock - 1]);
	unit.state = TextDatumGetCString(values[serial::kState - 1]);
	unit.transfer = DatumGetInt64(values[serial::kTransfer - 1]); /* NULL reads as 0 */
	unit.sequence = DatumGetInt64(values[serial::kSequence - 1]);
	unit.sold_by = !slot->tts_isnull[serial::kReservation - 1];
	if (unit.sold_by)
		unit.reservation = *DatumGetUUIDP(values[serial::kReservation - 1]);
	unit.place = slot->tts_tid;
	return unit;
}

Whereabouts WhereaboutsOf(const Unit &unit)
{
	return {unit.stock, unit.state, unit.sold_by ? &unit.reservation : nullptr, unit.transfer};
}

bool IsAt(const Unit &unit, const Whereabouts &place)
{
	return unit.stock == place.stock && strcmp(unit.state, place.state) == 0 &&
		   unit.transfer == place.transfer;
}

bool FindUnit(pg::Store *serials, text *sku, text *serial, Unit *unit)
{
	ScanKeyData keys[2];
	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(sku));
	ScanKeyInit(&keys[1], 2, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(serial));
	pg::Search search = pg::BeginSearch(serials, keys, 2);
	const bool exists = pg::NextMatch(&search, serials->slot);
	if (exists)
		*unit = ReadUnit(serials->slot);
	pg::EndSearch(&search);
	return exists;
}

// The unit in its latest version, locked, waiting for whoever holds it; false when there is
// none.
bool LockUnit(pg::Store *serials, text *sku, text *serial, Unit *unit)
{
	while (FindUnit(serials, sku, serial, unit)) {
		CHECK_FOR_INTERRUPTS();
		ItemPointerData place = unit->place;
		if (pg::LockRow(serials, &place, true, serials->slot) == pg::Written::kDone)
			return true;
	}
	return false;
}

const char *LocationOf(const Unit &unit)
{
	return text_to_cstring(NamesOf(unit.stock).location);
}

[[noreturn]] void RaiseNotThere(text *sku, text *serial, const Unit *unit)
{
	const char *where = "It was never received.";
	if (unit != nullptr && strcmp(unit->state, "stock") == 0)
		where = psprintf("It is in stock at \"%s\".", LocationOf(*unit));
	else if (unit != nullptr && strcmp(unit->state, "quarantine") == 0)
		where = psprintf("It is in quarantine at \"%s\".", LocationOf(*unit));
	else if (unit != nullptr && strcmp(unit->state, "transit") == 0)
		where = psprintf("It is on transfer " INT64_FORMAT ".", unit->transfer);
	else if (unit != nullptr && strcmp(unit->state, "sold") == 0)
		where = "It is sold.";
	else if (unit != nullptr)
		where = "It is lost or scrapped.";
	ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_NOT_AVAILABLE),
					errmsg("serial \"%s\" of item \"%s\" is not where this call needs it",
						   text_to_cstring(serial), text_to_cstring(sku)),
					errdetail_internal("%s", where),
					errhint("inventory.serials shows where each unit is.")));
	pg_unreachable();
}

void FillPlace(TupleTableSlot *slot, AttrNumber stock, const Whereabouts &place)
{
	// In both tables the columns follow each other: stock, state, reservation, transfer.
	SetColumn(slot, stock, Int64GetDatum(place.stock));
	SetColumn(slot, static_cast<AttrNumber>(stock + 1), CStringGetTextDatum(place.state));
	if (place.reservation != nullptr)
		SetColumn(slot, static_cast<AttrNumber>(stock + 2), UUIDPGetDatum(place.reservation));
	if (place.transfer != 0)
		SetColumn(slot, static_cast<AttrNumber>(stock + 3), Int64GetDatum(place.transfer));
}

void WriteHistory(pg::Store *history, const SerialChange &change, const Unit &unit)
{
	TupleTableSlot *slot = BlankRow(history);
	SetColumn(slot, serial_history::kSku, PointerGetDatum(unit.sku));
	SetColumn(slot, serial_history::kSerial, PointerGetDatum(unit.serial));
	SetColumn(slot, serial_history::kSequence, Int64GetDatum(change.sequence));
	SetColumn(slot, serial_history::kAt, TimestampTzGetDatum(GetCurrentTimestamp()));
	FillPlace(slot, serial_history::kStock, change.to);
	SetColumn(slot, serial_history::kReason, CStringGetTextDatum(change.reason));
	pg::InsertRow(history, ExecStoreVirtualTuple(slot));
}

// Writes where the unit is now.  Requires: its row is locked, or its place invalid, because
// it has none yet.
void WriteUnit(pg::Store *serials, pg::Store *history, const SerialChange &change, Unit unit)
{
	TupleTableSlot *slot = BlankRow(serials);
	SetColumn(slot, serial::kSku, PointerGetDatum(unit.sku));
	SetColumn(slot, serial::kSerial, PointerGetDatum(unit.serial));
	FillPlace(slot, serial::kStock, change.to);
	SetColumn(slot, serial::kSequence, Int64GetDatum(change.sequence));
	ExecStoreVirtualTuple(slot);
	if (!ItemPointerIsValid(&unit.place))
		pg::InsertRow(serials, slot);
	else if (pg::UpdateRow(serials, &unit.place, slot) != pg::Written::kDone)
		ereport(ERROR,
				(errcode(pg::ERRCODE_MEZZANINE_INVARIANT),
				 errmsg("serial \"%s\" changed without its lock", text_to_cstring(unit.serial)),
				 errdetail("It is a unit of item \"%s\".", text_to_cstring(unit.sku)),
				 errhint("Change serials through the functions of the schema inventory only.")));
	WriteHistory(history, change, unit);
}

int CompareSerials(const void *a, const void *b)
{
	const text *left = *static_cast<text *const *>(a);
	const text *right = *static_cast<text *const *>(b);
	const size_t left_bytes = VARSIZE_ANY_EXHDR(left);
	const size_t right_bytes = VARSIZE_ANY_EXHDR(right);
	const int order = memcmp(VARDATA_ANY(left), VARDATA_ANY(right),
							 left_bytes < right_bytes ? left_bytes : right_bytes);
	if (order != 0)
		return order;
	return (left_bytes > right_bytes) - (left_bytes < right_bytes);
}

[[noreturn]] void RaiseNamedTwice(const text *serial)
{
	ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
					errmsg("serial \"%s\" is named twice", text_to_cstring(serial)),
					errdetail("A serial stands for one unit."), errhint("Name each unit once.")));
	pg_unreachable();
}

void CheckEachOnce(const Serials &serials)
{
	for (int i = 1; i < serials.count; ++i)
		if (CompareSerials(&serials.serial[i - 1], &serials.serial[i]) == 0)
			RaiseNamedTwice(serials.serial[i]);
}

// A unit by its names.
struct UnitName {
	text *sku;
	text *serial;
};

int CompareUnitNames(const void *a, const void *b)
{
	const auto *left = static_cast<const UnitName *>(a);
	const auto *right = static_cast<const UnitName *>(b);
	const int order = CompareSerials(&left->sku, &right->sku);
	return order != 0 ? order : CompareSerials(&left->serial, &right->serial);
}

// A value of type inventory.unit.
UnitName ReadUnitName(HeapTupleHeader tuple)
{
	bool no_sku;
	bool no_serial;
	const Datum sku = GetAttributeByNum(tuple, 1, &no_sku);
	const Datum serial = GetAttributeByNum(tuple, 2, &no_serial);
	return {RequireName(sku, no_sku, "serials[].sku"),
			RequireName(serial, no_serial, "serials[].serial")};
}

// Units that a search has chosen and locked.
struct Chosen {
	Unit *unit;
	int64 count;
	int64 room;
};

void Choose(Chosen *chosen, const Unit &unit)
{
	if (chosen->count == chosen->room) {
		chosen->room *= 2;
		chosen->unit = static_cast<Unit *>(
			repalloc_huge(chosen->unit, static_cast<Size>(chosen->room) * sizeof(Unit)));
	}
	chosen->unit[chosen->count++] = unit;
}

// What a search for any units saw of those that it could not have.
struct Passed {
	bool any;             // there is at least one unit, chosen or not
	bool changed;         // one changed hands since the search began
	TransactionId holder; // one who has locked a unit
};

// Chooses up to `units` units at `from` that nobody else has locked, and locks them.
Passed ChooseFree(pg::Store *serials, const Whereabouts &from, int64 units, Chosen *chosen)
{
	const Datum state = CStringGetTextDatum(from.state);
	ScanKeyData keys[2];
	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(from.stock));
	ScanKeyInit(&keys[1], 2, BTEqualStrategyNumber, F_TEXTEQ, state);
	Passed passed{};
	chosen->count = 0;
	pg::Search search = pg::BeginSearch(serials, keys, 2);
	while (chosen->count < units && pg::NextMatch(&search, serials->slot)) {
		CHECK_FOR_INTERRUPTS();
		const Unit unit = ReadUnit(serials->slot);
		if (unit.transfer != from.transfer)
			continue;
		passed.any = true;
		const TransactionId holder = pg::RowHolder(serials->slot);
		ItemPointerData place = unit.place;
		if (pg::LockRow(serials, &place, false, serials->slot) == pg::Written::kDone)
			Choose(chosen, unit);
		else if (TransactionIdIsValid(holder))
			passed.holder = holder;
		else
			passed.changed = true;
	}
	pg::EndSearch(&search);
	return passed;
}

// Units may be sold that are not there yet, by the policy; but not without their numbers.
[[noreturn]] void RaiseTooFew(const Whereabouts &from, int64 units, int64 found)
{
	ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_NOT_AVAILABLE),
					errmsg("stock " INT64_FORMAT " has fewer serials than units", from.stock),
					errdetail("It must have " INT64_FORMAT
							  " in the state \"%s\", and has " INT64_FORMAT ".",
							  units, from.state, found),
					errhint("Receive the goods first.")));
	pg_unreachable();
}

} // namespace

Serials OptionalSerials(FunctionCallInfo fcinfo, int number)
{
	Serials serials{};
	if (PG_ARGISNULL(number))
		return serials;
	Datum *elements;
	bool *nulls;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(number), TEXTOID, -1, false, TYPALIGN_INT, &elements,
					  &nulls, &serials.count);
	const Size bytes = (static_cast<Size>(serials.count) + 1) * sizeof(text *);
	serials.serial = static_cast<text **>(MemoryContextAllocHuge(CurrentMemoryContext, bytes));
	for (int i = 0; i < serials.count; ++i)
		serials.serial[i] = RequireName(elements[i], nulls[i], "serials[]");
	qsort(serials.serial, static_cast<size_t>(serials.count), sizeof(text *), CompareSerials);
	CheckEachOnce(serials);
	return serials;
}

void AddSerials(StringInfo payload, const Serials &serials)
{
	AddBytes(payload, &serials.count, sizeof(serials.count));
	for (int i = 0; i < serials.count; ++i)
		AddText(payload, serials.serial[i]);
}

NamedUnits OptionalUnits(FunctionCallInfo fcinfo, int number)
{
	NamedUnits units{};
	if (PG_ARGISNULL(number))
		return units;
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(number);
	Datum *elements;
	bool *nulls;
	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_DOUBLE, &elements, &nulls,
					  &units.count);
	auto *pairs = AllocateArray<UnitName>(units.count + 1);
	for (int i = 0; i < units.count; ++i) {
		if (nulls[i])
			RaiseNull("serials[]");
		pairs[i] = ReadUnitName(DatumGetHeapTupleHeader(elements[i]));
	}
	qsort(pairs, static_cast<size_t>(units.count), sizeof(UnitName), CompareUnitNames);
	units.sku = AllocateArray<text *>(units.count + 1);
	units.serial = AllocateArray<text *>(units.count + 1);
	for (int i = 0; i < units.count; ++i) {
		units.sku[i] = pairs[i].sku;
		units.serial[i] = pairs[i].serial;
		if (i > 0 && CompareUnitNames(&pairs[i - 1], &pairs[i]) == 0)
			RaiseNamedTwice(pairs[i].serial);
	}
	return units;
}

void AddUnits(StringInfo payload, const NamedUnits &units)
{
	AddBytes(payload, &units.count, sizeof(units.count));
	for (int i = 0; i < units.count; ++i) {
		AddText(payload, units.sku[i]);
		AddText(payload, units.serial[i]);
	}
}

Serials SerialsOf(const NamedUnits &units, const text *sku)
{
	int first = 0;
	while (first < units.count && !SameText(units.sku[first], sku))
		++first;
	Serials serials = {units.serial + first, 0};
	while (first + serials.count < units.count && SameText(units.sku[first + serials.count], sku))
		++serials.count;
	return serials;
}

SerialState LockSerial(text *sku, text *serial, const Whereabouts &place)
{
	pg::Store rows = OpenSerials();
	Unit unit{};
	const bool known = LockUnit(&rows, sku, serial, &unit);
	pg::CloseStore(&rows);
	return {known ? unit.sequence : 0, known && IsAt(unit, place)};
}

void CheckSerials(const Stock &stock, text *sku, const Serials &serials, int64 quantity)
{
	if (!stock.serialised && serials.count > 0)
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
						errmsg("item \"%s\" is not kept by serial number", text_to_cstring(sku)),
						errdetail("It was received without serials before."),
						errhint("Leave out the argument \"serials\".")));
	if (stock.serialised && serials.count != quantity)
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
						errmsg("item \"%s\" is kept by serial number", text_to_cstring(sku)),
						errdetail("The call is about " INT64_FORMAT " units and names %d.",
								  quantity, serials.count),
						errhint("Name each unit in the argument \"serials\".")));
}

void EnterSerials(text *sku, const Serials &serials, const SerialChange &change)
{
	if (serials.count == 0)
		return;
	TakeFence(FenceOfName(fence::Realm::kSerials, sku), 1, DT_NOEND);
	pg::Store rows = OpenSerials();
	pg::Store history = OpenHistory();
	for (int i = 0; i < serials.count; ++i) {
		CHECK_FOR_INTERRUPTS();
		Unit unit{};
		if (!LockUnit(&rows, sku, serials.serial[i], &unit)) {
			unit.sku = sku;
			unit.serial = serials.serial[i];
			ItemPointerSetInvalid(&unit.place);
		} else if (strcmp(unit.state, "sold") != 0 && strcmp(unit.state, "gone") != 0) {
			RaiseNotThere(sku, serials.serial[i], &unit);
		}
		WriteUnit(&rows, &history, change, unit);
	}
	pg::CloseStore(&history);
	pg::CloseStore(&rows);
}

void MoveSerials(text *sku, const Serials &named, const Whereabouts &from,
				 const SerialChange &change)
{
	if (named.count == 0)
		return;
	pg::Store rows = OpenSerials();
	pg::Store history = OpenHistory();
	for (int i = 0; i < named.count; ++i) {
		CHECK_FOR_INTERRUPTS();
		Unit unit{};
		if (!LockUnit(&rows, sku, named.serial[i], &unit))
			RaiseNotThere(sku, named.serial[i], nullptr);
		if (!IsAt(unit, from))
			RaiseNotThere(sku, named.serial[i], &unit);
		WriteUnit(&rows, &history, change, unit);
	}
	pg::CloseStore(&history);
	pg::CloseStore(&rows);
}

void MoveAnySerials(int64 units, const Whereabouts &from, const SerialChange &change)
{
	pg::Store rows = OpenTable("serial", "serial_by_stock", RowExclusiveLock);
	constexpr int kRoomAtFirst = 8;
	Chosen chosen = {static_cast<Unit *>(palloc(kRoomAtFirst * sizeof(Unit))), 0, kRoomAtFirst};
	for (;;) {
		const Passed passed = ChooseFree(&rows, from, units, &chosen);
		if (chosen.count == units || (!passed.any && !IsSerialised(from.stock)))
			break;
		if (TransactionIdIsValid(passed.holder))
			fence::AwaitBefore(passed.holder, DT_NOEND);
		else if (!passed.changed)
			RaiseTooFew(from, units, chosen.count);
	}
	if (chosen.count > 0) {
		pg::Store history = OpenHistory();
		for (int64 i = 0; i < chosen.count; ++i) {
			CHECK_FOR_INTERRUPTS();
			WriteUnit(&rows, &history, change, chosen.unit[i]);
		}
		pg::CloseStore(&history);
	}
	pg::CloseStore(&rows);
}

void SellSerials(int64 stock, int64 units, const pg_uuid_t *reservation, int64 sequence)
{
	MoveAnySerials(units, {stock, "stock", nullptr, 0},
				   {{stock, "sold", reservation, 0}, sequence, "confirm"});
}

void ExchangeSerials(text *sku, text *serial, text *instead, int64 sequence, const char *reason)
{
	pg::Store rows = OpenSerials();
	pg::Store history = OpenHistory();
	text *names[] = {serial, instead};
	qsort(names, 2, sizeof(text *), CompareSerials); /* one order for all who lock several */
	Unit units[2];
	for (int i = 0; i < 2; ++i) {
		if (!LockUnit(&rows, sku, names[i], &units[i]))
			RaiseNotThere(sku, names[i], nullptr);
	}
	for (int i = 0; i < 2; ++i)
		WriteUnit(&rows, &history, {WhereaboutsOf(units[1 - i]), sequence, reason}, units[i]);
	pg::CloseStore(&history);
	pg::CloseStore(&rows);
}

} // namespace mezzanine::inventory

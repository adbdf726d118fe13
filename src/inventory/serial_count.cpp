#include "inventory/serial_count.h"

#include "inventory/array.h"
#include "inventory/correction.h"

namespace mezzanine::inventory
{

namespace
{

std::string_view ViewOf(const text *value)
{
	return {VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};
}

text *TextOf(std::string_view value)
{
	return cstring_to_text_with_len(value.data(), static_cast<int>(value.size()));
}

void AddUnit(UnitsAtPoint *units, int *room, const core::SerialAtPoint &unit)
{
	if (units->count == *room) {
		*room *= 2;
		units->unit = static_cast<core::SerialAtPoint *>(
			repalloc_huge(units->unit, static_cast<Size>(*room) * sizeof(core::SerialAtPoint)));
	}
	units->unit[units->count++] = unit;
}

Datum ArrayOf(Datum *elements, int count, Oid type)
{
	int16 length;
	bool by_value;
	char align;
	get_typlenbyvalalign(type, &length, &by_value, &align);
	return PointerGetDatum(construct_array(elements, count, type, length, by_value, align));
}

Datum *Elements(Datum array, Oid type, int *count)
{
	int16 length;
	bool by_value;
	char align;
	get_typlenbyvalalign(type, &length, &by_value, &align);
	Datum *elements;
	deconstruct_array(DatumGetArrayTypeP(array), type, length, by_value, align, &elements, nullptr,
					  count);
	return elements;
}

bool IsAmong(const CountNumbers &counts, int64 number)
{
	for (int i = counts.count - 1; i >= 0 && counts.number[i] >= number; --i)
		if (counts.number[i] == number)
			return true;
	return false;
}

// A comparison under way.
struct Comparing {
	const ShelfCount *count;
	core::SerialCount shelf;
	CountNumbers counts;
	SerialFindings findings;
};

core::Finding FindingOf(const Comparing &comparing, std::string_view serial,
						const SerialState &state)
{
	return core::FindingOf(comparing.shelf, {serial, state.sequence, state.here,
											 IsAmong(comparing.counts, state.sequence)});
}

// Notes what is wrong with a unit, once it is locked.
void Note(Comparing *comparing, text *serial)
{
	const ShelfCount *count = comparing->count;
	const SerialState state = LockSerial(count->sku, serial, {count->stock, "stock", nullptr, 0});
	SerialFindings *findings = &comparing->findings;
	switch (FindingOf(*comparing, ViewOf(serial), state)) {
	case core::Finding::kRight:
		break;
	case core::Finding::kMissing:
		findings->missing.serial[findings->missing.count++] = serial;
		break;
	case core::Finding::kSurplus:
		findings->surplus.serial[findings->surplus.count++] = serial;
		break;
	}
}

} // namespace

UnitsAtPoint LookAtUnits(int64 stock, Snapshot snapshot)
{
	pg::Store rows = OpenTable("serial", "serial_by_stock", AccessShareLock);
	ScanKeyData keys[2];
	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(stock));
	ScanKeyInit(&keys[1], 2, BTEqualStrategyNumber, F_TEXTEQ, CStringGetTextDatum("stock"));
	int room = 8;
	UnitsAtPoint units = {AllocateArray<core::SerialAtPoint>(room), 0};
	pg::Search search = pg::BeginSearchAt(&rows, keys, 2, snapshot);
	while (pg::NextMatch(&search, rows.slot)) {
		CHECK_FOR_INTERRUPTS();
		slot_getallattrs(rows.slot);
		const Datum *values = rows.slot->tts_values;
		const text *serial = DatumGetTextPCopy(values[serial::kSerial - 1]);
		AddUnit(&units, &room, {ViewOf(serial), DatumGetInt64(values[serial::kSequence - 1])});
	}
	pg::EndSearch(&search);
	pg::CloseStore(&rows);
	return units;
}

Datum SerialArray(const UnitsAtPoint &units)
{
	auto *elements = AllocateArray<Datum>(units.count + 1);
	for (int i = 0; i < units.count; ++i)
		elements[i] = PointerGetDatum(TextOf(units.unit[i].serial));
	return ArrayOf(elements, units.count, TEXTOID);
}

Datum ChangeArray(const UnitsAtPoint &units)
{
	auto *elements = AllocateArray<Datum>(units.count + 1);
	for (int i = 0; i < units.count; ++i)
		elements[i] = Int64GetDatum(units.unit[i].sequence);
	return ArrayOf(elements, units.count, INT8OID);
}

UnitsAtPoint UnitsFromArrays(Datum serials, Datum changes)
{
	int count;
	int change_count;
	const Datum *serial = Elements(serials, TEXTOID, &count);
	const Datum *change = Elements(changes, INT8OID, &change_count);
	UnitsAtPoint units = {AllocateArray<core::SerialAtPoint>(count + 1), 0};
	for (; units.count < count && units.count < change_count; ++units.count)
		units.unit[units.count] = {ViewOf(DatumGetTextPP(serial[units.count])),
								   DatumGetInt64(change[units.count])};
	return units;
}

SerialFindings CompareSerials(const ShelfCount &count)
{
	Snapshot latest = RegisterSnapshot(GetLatestSnapshot());
	const UnitsAtPoint here = LookAtUnits(count.stock, latest);
	UnregisterSnapshot(latest);

	auto *found = AllocateArray<std::string_view>(count.found.count + 1);
	for (int i = 0; i < count.found.count; ++i)
		found[i] = ViewOf(count.found.serial[i]);
	Comparing comparing = {&count,
						   {count.point,
							{count.at_point.unit, static_cast<size_t>(count.at_point.count)},
							{found, static_cast<size_t>(count.found.count)}},
						   FindCountNumbers(count.stock),
						   {{AllocateArray<text *>(here.count + 1), 0},
							{AllocateArray<text *>(count.found.count + 1), 0}}};
	for (int i = 0; i < here.count; ++i) {
		CHECK_FOR_INTERRUPTS();
		const core::SerialAtPoint &unit = here.unit[i];
		if (FindingOf(comparing, unit.serial, {unit.sequence, true}) != core::Finding::kRight)
			Note(&comparing, TextOf(unit.serial));
	}
	// Both are sorted: what is found and not here comes out in one walk.
	for (int i = 0, j = 0; i < count.found.count; ++i) {
		CHECK_FOR_INTERRUPTS();
		while (j < here.count && here.unit[j].serial < found[i])
			++j;
		if (j == here.count || here.unit[j].serial != found[i])
			Note(&comparing, count.found.serial[i]);
	}
	return comparing.findings;
}

} // namespace mezzanine::inventory

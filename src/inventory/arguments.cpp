#include "inventory/arguments.h"

#include "core/cart.h"

namespace mezzanine::inventory
{

namespace
{

// Names and keys are indexed: an item, a location and a lot, or an item and a serial number,
// fit into an entry of a B-tree.
constexpr int kNameBytesMax = 1000;
constexpr int kLotBytesMax = 500;

void CheckName(const text *value, const char *name, int bytes_max = kNameBytesMax)
{
	const int bytes = static_cast<int>(VARSIZE_ANY_EXHDR(value));
	if (bytes >= 1 && bytes <= bytes_max)
		return;
	ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
					errmsg("the argument \"%s\" has an invalid length", name),
					errdetail("It has %d bytes.", bytes),
					errhint("Pass between 1 and %d bytes.", bytes_max)));
}

void CheckQuantity(int64 quantity)
{
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { core::CheckQuantity(quantity); }))
		MEZZANINE_RAISE(failure);
}

TimestampTz After(TimestampTz start, Interval *time)
{
	return DatumGetTimestampTz(DirectFunctionCall2(
		timestamptz_pl_interval, TimestampTzGetDatum(start), IntervalPGetDatum(time)));
}

// An attribute of a line of a cart; the attributes are those of type inventory.line.
Datum LineAttribute(HeapTupleHeader tuple, AttrNumber attribute, const char *name, bool optional)
{
	bool isnull;
	const Datum value = GetAttributeByNum(tuple, attribute, &isnull);
	if (!isnull)
		return value;
	if (!optional)
		RaiseNull(name);
	return 0;
}

Line ReadLine(HeapTupleHeader tuple)
{
	Line line{};
	line.sku = DatumGetTextPP(LineAttribute(tuple, 1, "lines[].sku", false));
	CheckName(line.sku, "lines[].sku");
	line.quantity = DatumGetInt64(LineAttribute(tuple, 2, "lines[].quantity", false));
	CheckQuantity(line.quantity);
	const Datum location = LineAttribute(tuple, 3, "lines[].location", true);
	if (location != 0) {
		line.location = DatumGetTextPP(location);
		CheckName(line.location, "lines[].location");
	}
	return line;
}

} // namespace

text *RequireName(Datum value, bool isnull, const char *name)
{
	if (isnull)
		RaiseNull(name);
	text *word = DatumGetTextPP(value);
	CheckName(word, name);
	return word;
}

void RaiseNull(const char *name)
{
	ereport(ERROR,
			(errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
			 errmsg("the argument \"%s\" must not be NULL", name),
			 errdetail("The call cannot be answered without it."), errhint("Give it a value.")));
	pg_unreachable();
}

text *RequireText(FunctionCallInfo fcinfo, int number, const char *name)
{
	text *value = OptionalText(fcinfo, number, name);
	if (value == nullptr)
		RaiseNull(name);
	return value;
}

text *OptionalText(FunctionCallInfo fcinfo, int number, const char *name)
{
	if (PG_ARGISNULL(number))
		return nullptr;
	text *value = PG_GETARG_TEXT_PP(number);
	CheckName(value, name);
	return value;
}

text *OptionalLot(FunctionCallInfo fcinfo, int number)
{
	if (PG_ARGISNULL(number))
		return nullptr;
	text *lot = PG_GETARG_TEXT_PP(number);
	CheckName(lot, "lot", kLotBytesMax);
	return lot;
}

int64 RequireQuantity(FunctionCallInfo fcinfo, int number)
{
	const int64 quantity = DatumGetInt64(RequireValue(fcinfo, number, "quantity"));
	CheckQuantity(quantity);
	return quantity;
}

Datum RequireValue(FunctionCallInfo fcinfo, int number, const char *name)
{
	if (PG_ARGISNULL(number))
		RaiseNull(name);
	return PG_GETARG_DATUM(number);
}

Interval *RequireTtl(FunctionCallInfo fcinfo, int number)
{
	return CheckedTtl(RequireValue(fcinfo, number, "ttl"));
}

Interval *CheckedTtl(Datum value)
{
	Interval *ttl = DatumGetIntervalP(value);
	const TimestampTz now = GetCurrentTimestamp();
	if (After(now, ttl) <= now)
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
						errmsg("the argument \"ttl\" must be greater than zero"),
						errdetail("A hold would expire before it begins."),
						errhint("Pass a positive interval.")));
	return ttl;
}

Lines RequireLines(FunctionCallInfo fcinfo, int number)
{
	return CheckedLines(RequireValue(fcinfo, number, "lines"));
}

Lines CheckedLines(Datum value)
{
	ArrayType *array = DatumGetArrayTypeP(value);
	Datum *elements;
	bool *nulls;
	Lines lines{};
	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_DOUBLE, &elements, &nulls,
					  &lines.count);
	if (lines.count == 0)
		ereport(ERROR,
				(errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT), errmsg("the cart is empty"),
				 errdetail("The argument \"lines\" has no elements."),
				 errhint("Pass at least one line.")));

	lines.line = static_cast<Line *>(palloc(static_cast<Size>(lines.count) * sizeof(Line)));
	for (int i = 0; i < lines.count; ++i) {
		if (nulls[i])
			RaiseNull("lines[]");
		lines.line[i] = ReadLine(DatumGetHeapTupleHeader(elements[i]));
	}
	return lines;
}

Lines OptionalLines(FunctionCallInfo fcinfo, int number)
{
	return PG_ARGISNULL(number) ? Lines{} : RequireLines(fcinfo, number);
}

Optional OptionalValue(FunctionCallInfo fcinfo, int number)
{
	return {!PG_ARGISNULL(number), PG_GETARG_DATUM(number)};
}

TimestampTz RequireDeadline(FunctionCallInfo fcinfo, int number)
{
	Interval *wait = DatumGetIntervalP(RequireValue(fcinfo, number, "wait"));
	const TimestampTz now = GetCurrentTimestamp();
	const TimestampTz deadline = After(now, wait);
	if (deadline < now)
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
						errmsg("the argument \"wait\" must not be negative"),
						errdetail("No call can be answered before it was made."),
						errhint("Pass 0 to be answered at once.")));
	return deadline;
}

TimestampTz OptionalDeadline(FunctionCallInfo fcinfo, int number)
{
	return PG_ARGISNULL(number) ? DT_NOEND : RequireDeadline(fcinfo, number);
}

int RequireChoice(FunctionCallInfo fcinfo, int number, const core::Option &option)
{
	if (PG_ARGISNULL(number))
		RaiseNull(option.argument.data());
	const text *word = PG_GETARG_TEXT_PP(number);
	size_t choice = 0;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			choice = core::ChooseOption(option, {VARDATA_ANY(word), VARSIZE_ANY_EXHDR(word)});
		}))
		MEZZANINE_RAISE(failure);
	return static_cast<int>(choice);
}

Key BeginKey(FunctionCallInfo fcinfo, int number, const char *verb, StringInfo payload)
{
	initStringInfo(payload);
	return {OptionalText(fcinfo, number, "key"), verb, nullptr};
}

void AddText(StringInfo payload, const text *value)
{
	// The length in front keeps ('ab', 'c') and ('a', 'bc') apart; -1 stands for NULL.
	const int32 bytes = value == nullptr ? -1 : static_cast<int32>(VARSIZE_ANY_EXHDR(value));
	AddBytes(payload, &bytes, sizeof(bytes));
	if (value != nullptr)
		AddBytes(payload, VARDATA_ANY(value), bytes);
}

void AddLines(StringInfo payload, const Lines &lines)
{
	for (int i = 0; i < lines.count; ++i) {
		AddText(payload, lines.line[i].sku);
		AddText(payload, lines.line[i].location);
		AddBytes(payload, &lines.line[i].quantity, sizeof(lines.line[i].quantity));
	}
}

void AddBytes(StringInfo payload, const void *bytes, int count)
{
	appendBinaryStringInfo(payload, static_cast<const char *>(bytes), count);
}

void AddOptional(StringInfo payload, const Optional &value)
{
	// Used for jsonb, whose binary form is the same for equal values written alike.
	AddText(payload, value.given ? DatumGetTextPP(value.value) : nullptr);
}

void FinishKey(Key *key, StringInfo payload)
{
	if (key->key == nullptr)
		return;
	const Datum bytes = PointerGetDatum(cstring_to_text_with_len(payload->data, payload->len));
	key->payload = DatumGetByteaP(DirectFunctionCall1(sha256_bytea, bytes));
}

} // namespace mezzanine::inventory

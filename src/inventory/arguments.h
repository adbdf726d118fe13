// Arguments of the inventory's SQL functions: read, checked, and refused in words.
#pragma once

#include "pg/door.h"

#include "core/options.h"

namespace mezzanine::inventory
{

// One line of a cart, as asked for and as resolved.
struct Line {
	text *sku;
	text *location; // NULL: the only location of the item, until resolved
	int64 quantity;
	int64 stock; // once resolved
};

struct Lines {
	Line *line;
	int count;
};

// A key that makes a call's answer stick; see idempotency.h.
struct Key {
	text *key; // NULL: none was given
	const char *verb;
	bytea *payload; // SHA-256 of the arguments
};

// An argument that may be NULL.
struct Optional {
	bool given;
	Datum value;
};

// Each raises 22023 where argument `number`, called `name`, is NULL or out of its range.
text *RequireText(FunctionCallInfo fcinfo, int number, const char *name);
text *OptionalText(FunctionCallInfo fcinfo, int number, const char *name);
text *RequireName(Datum value, bool isnull, const char *name); // an element of an array
text *OptionalLot(FunctionCallInfo fcinfo, int number);
int64 RequireQuantity(FunctionCallInfo fcinfo, int number);
Datum RequireValue(FunctionCallInfo fcinfo, int number, const char *name);
Interval *RequireTtl(FunctionCallInfo fcinfo, int number);
Lines RequireLines(FunctionCallInfo fcinfo, int number);
Lines OptionalLines(FunctionCallInfo fcinfo, int number); // none for NULL
Optional OptionalValue(FunctionCallInfo fcinfo, int number);

// The same checks for values that are not arguments themselves.
Interval *CheckedTtl(Datum value);
Lines CheckedLines(Datum array);
[[noreturn]] void RaiseNull(const char *name);

// When the time that argument "wait" allows is over.
TimestampTz RequireDeadline(FunctionCallInfo fcinfo, int number);

// The same; DT_NOEND, without limit, for NULL.
TimestampTz OptionalDeadline(FunctionCallInfo fcinfo, int number);

// Which of the option's words was given, counted from 0.  Raises 22023 for an unknown one.
int RequireChoice(FunctionCallInfo fcinfo, int number, const core::Option &option);

// Starts a key from argument `number`; arguments are then added to its payload.
//
//   StringInfoData payload;
//   Key key = BeginKey(fcinfo, 4, "receive", &payload);
//   AddText(&payload, sku);
//   FinishKey(&key, &payload);
Key BeginKey(FunctionCallInfo fcinfo, int number, const char *verb, StringInfo payload);
void AddText(StringInfo payload, const text *value);
void AddLines(StringInfo payload, const Lines &lines);
void AddBytes(StringInfo payload, const void *bytes, int count);
void AddOptional(StringInfo payload, const Optional &value);
void FinishKey(Key *key, StringInfo payload);

} // namespace mezzanine::inventory

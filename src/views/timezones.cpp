#include "views/timezones.h"

#include "views/expression.h"

namespace mezzanine::views
{

namespace
{

struct Rule {
	Oid function;
	const char *form; // %1$s: the zone's name, quoted
};

// Functions that only convert between an instant and what a clock shows.
constexpr Rule kRules[] = {
	{F_DATE_TIMESTAMPTZ, "($1 AT TIME ZONE %1$s)::pg_catalog.date"},
	{F_TIME_TIMESTAMPTZ, "($1 AT TIME ZONE %1$s)::pg_catalog.time"},
	{F_TIMESTAMP_TIMESTAMPTZ, "$1 AT TIME ZONE %1$s"},
	{F_TIMESTAMPTZ_TIMESTAMP, "$1 AT TIME ZONE %1$s"},
	{F_TIMESTAMPTZ_DATE, "$1::pg_catalog.timestamp AT TIME ZONE %1$s"},
	{F_TIMESTAMPTZ_DATE_TIME, "($1 + $2) AT TIME ZONE %1$s"},
	// Said to be immutable by PostgreSQL, and yet not.
	{F_AGE_TIMESTAMPTZ_TIMESTAMPTZ, "age($1 AT TIME ZONE %1$s, $2 AT TIME ZONE %1$s)"},
};

const char *SessionZone()
{
	return quote_literal_cstr(pg_get_timezone_name(session_timezone));
}

// The text of a constant; NULL where it is none.
const char *ConstantText(Node *node)
{
	if (!IsA(node, Const) || castNode(Const, node)->constisnull ||
		castNode(Const, node)->consttype != TEXTOID)
		return nullptr;
	return TextDatumGetCString(castNode(Const, node)->constvalue);
}

// A format without what stands between double quotes, in upper case.
const char *FormatWords(const char *format)
{
	StringInfoData words;
	bool quoted = false;
	initStringInfo(&words);
	for (const char *c = format; *c != '\0'; c++) {
		if (*c == '"')
			quoted = !quoted;
		else if (!quoted)
			appendStringInfoChar(&words,
								 static_cast<char>(pg_toupper(static_cast<unsigned char>(*c))));
	}
	return words.data;
}

// A date's format that shows neither a locale's words nor the zone.
bool IsPlainDateFormat(Node *format, bool of_instant)
{
	const char *text = ConstantText(format);
	if (text == nullptr)
		return false;
	const char *words = FormatWords(text);
	return strstr(words, "TM") == nullptr &&
		   (!of_instant || (strstr(words, "TZ") == nullptr && strstr(words, "OF") == nullptr));
}

// A number's format that takes no sign, point or separator from the locale.
bool IsPlainNumberFormat(Node *format)
{
	const char *text = ConstantText(format);
	return text != nullptr && strpbrk(FormatWords(text), "LDGSC") == nullptr;
}

// A zone's name whose meaning no setting changes.
bool IsZoneName(Node *node)
{
	const char *name = ConstantText(node);
	int offset;
	pg_tz *zone;
	if (name == nullptr || pg_tzset(name) == nullptr)
		return false;
	if (pg_strcasecmp(name, "UTC") == 0)
		return true;
	char *lower = downcase_truncate_identifier(name, static_cast<int>(strlen(name)), false);
	return DecodeTimezoneAbbrev(0, lower, &offset, &zone) == UNKNOWN_FIELD;
}

// date_trunc: from a day on, a local midnight; below, an instant of the clock's own hour,
// of which there are two when the clock is set back.
Node *NameZoneOfTrunc(FuncExpr *call)
{
	static const char *const kDays[] = {"day",  "week",   "month",   "quarter",
										"year", "decade", "century", "millennium"};
	const char *unit = ConstantText(static_cast<Node *>(linitial(call->args)));
	const char *zone = SessionZone();
	for (const char *day : kDays)
		if (unit != nullptr && pg_strcasecmp(unit, day) == 0)
			return BuildExpression(
				psprintf("date_trunc($1, $2 AT TIME ZONE %1$s) AT TIME ZONE %1$s", zone),
				call->args);
	return BuildExpression(psprintf("date_trunc($1, $2, %s)", zone), call->args);
}

// extract and date_part: epoch counts from an instant, all other fields are the clock's.
Node *NameZoneOfField(FuncExpr *call, Oid plain)
{
	const char *field = ConstantText(static_cast<Node *>(linitial(call->args)));
	int value;
	if (field == nullptr)
		return nullptr;
	char *lower = downcase_truncate_identifier(field, static_cast<int>(strlen(field)), false);
	if (DecodeUnits(0, lower, &value) == UNITS &&
		(value == DTK_TZ || value == DTK_TZ_HOUR || value == DTK_TZ_MINUTE))
		return nullptr;
	const char *zone = strcmp(lower, "epoch") == 0 ? "'UTC'" : SessionZone();
	auto *named = static_cast<FuncExpr *>(copyObjectImpl(call));
	named->funcid = plain;
	lsecond(named->args) =
		BuildExpression(psprintf("$1 AT TIME ZONE %s", zone), list_make1(lsecond(call->args)));
	return reinterpret_cast<Node *>(named);
}

Node *IntervalConstant(int32 months, int32 days, TimeOffset time)
{
	auto *interval = static_cast<Interval *>(palloc0(sizeof(Interval)));
	interval->month = months;
	interval->day = days;
	interval->time = time;
	return reinterpret_cast<Node *>(makeConst(INTERVALOID, -1, InvalidOid, sizeof(Interval),
											  IntervalPGetDatum(interval), false, false));
}

Node *AddStep(Node *instant, Node *interval, const char *zone)
{
	return BuildExpression(psprintf("(($1 AT TIME ZONE %1$s) + $2) AT TIME ZONE %1$s", zone),
						   list_make2(instant, interval));
}

// An instant and a constant interval: months, then days by the clock, then time that has
// passed, each step as PostgreSQL takes it.
Node *NameZoneOfSum(Node *instant, Node *interval, int sign)
{
	if (!IsA(interval, Const) || castNode(Const, interval)->constisnull)
		return nullptr;
	const Interval *span = DatumGetIntervalP(castNode(Const, interval)->constvalue);
	Node *sum = instant;
	if (span->month != 0)
		sum = AddStep(sum, IntervalConstant(sign * span->month, 0, 0), SessionZone());
	if (span->day != 0)
		sum = AddStep(sum, IntervalConstant(0, sign * span->day, 0), SessionZone());
	if (span->time != 0 || sum == instant)
		sum = AddStep(sum, IntervalConstant(0, 0, sign * span->time), "'UTC'");
	return sum;
}

// A call of `function`, with the zone named; NULL where that cannot be.
Node *NameZoneOfCall(Node *node, Oid function, List *arguments)
{
	for (const Rule &rule : kRules)
		if (rule.function == function)
			return BuildExpression(psprintf(rule.form, SessionZone()), arguments);
	switch (function) {
	case F_DATE_TRUNC_TEXT_TIMESTAMPTZ:
		return NameZoneOfTrunc(castNode(FuncExpr, node));
	case F_EXTRACT_TEXT_TIMESTAMPTZ:
		return NameZoneOfField(castNode(FuncExpr, node), F_EXTRACT_TEXT_TIMESTAMP);
	case F_DATE_PART_TEXT_TIMESTAMPTZ:
		return NameZoneOfField(castNode(FuncExpr, node), F_DATE_PART_TEXT_TIMESTAMP);
	case F_TO_CHAR_TIMESTAMPTZ_TEXT:
		if (!IsPlainDateFormat(static_cast<Node *>(lsecond(arguments)), true))
			return nullptr;
		return BuildExpression(psprintf("to_char($1 AT TIME ZONE %s, $2)", SessionZone()),
							   arguments);
	case F_TIMESTAMPTZ_PL_INTERVAL:
		return NameZoneOfSum(static_cast<Node *>(linitial(arguments)),
							 static_cast<Node *>(lsecond(arguments)), 1);
	case F_TIMESTAMPTZ_MI_INTERVAL:
		return NameZoneOfSum(static_cast<Node *>(linitial(arguments)),
							 static_cast<Node *>(lsecond(arguments)), -1);
	case F_INTERVAL_PL_TIMESTAMPTZ:
		return NameZoneOfSum(static_cast<Node *>(lsecond(arguments)),
							 static_cast<Node *>(linitial(arguments)), 1);
	default:
		return nullptr;
	}
}

// An operand of a comparison as an instant.
Node *AsInstant(Node *operand)
{
	switch (exprType(operand)) {
	case DATEOID:
		return BuildExpression(psprintf("$1::pg_catalog.timestamp AT TIME ZONE %s", SessionZone()),
							   list_make1(operand));
	case TIMESTAMPOID:
		return BuildExpression(psprintf("$1 AT TIME ZONE %s", SessionZone()), list_make1(operand));
	default:
		return operand;
	}
}

// A comparison of an instant with what a clock shows; false where it is none.
bool NameZoneOfComparison(OpExpr *operation)
{
	if (get_func_rettype(operation->opfuncid) != BOOLOID ||
		operation->opfuncid >= FirstNormalObjectId ||
		func_volatile(operation->opfuncid) == PROVOLATILE_IMMUTABLE ||
		list_length(operation->args) != 2)
		return false;
	const Oid left = exprType(static_cast<Node *>(linitial(operation->args)));
	const Oid right = exprType(static_cast<Node *>(lsecond(operation->args)));
	if (left != TIMESTAMPTZOID && right != TIMESTAMPTZOID)
		return false;
	if (IsA(operation, NullIfExpr) && left != TIMESTAMPTZOID)
		return false; // it returns what is on the left
	const Oid same = OpernameGetOprid(
		list_make2(makeString(pstrdup("pg_catalog")), makeString(get_opname(operation->opno))),
		TIMESTAMPTZOID, TIMESTAMPTZOID);
	if (!OidIsValid(same))
		return false;
	linitial(operation->args) = AsInstant(static_cast<Node *>(linitial(operation->args)));
	lsecond(operation->args) = AsInstant(static_cast<Node *>(lsecond(operation->args)));
	operation->opno = same;
	operation->opfuncid = get_opcode(same);
	return true;
}

// The context is a bool: whether anything changed.
Node *Rename(Node *node, void *context)
{
	if (node == nullptr)
		return nullptr;
	Node *copy = pg::MutateExpression(node, Rename, context);
	Node *named = nullptr;
	if (IsA(copy, FuncExpr))
		named =
			NameZoneOfCall(copy, castNode(FuncExpr, copy)->funcid, castNode(FuncExpr, copy)->args);
	else if (IsA(copy, OpExpr))
		named =
			NameZoneOfCall(copy, castNode(OpExpr, copy)->opfuncid, castNode(OpExpr, copy)->args);
	if (named == nullptr &&
		(IsA(copy, OpExpr) || IsA(copy, DistinctExpr) || IsA(copy, NullIfExpr)) &&
		NameZoneOfComparison(reinterpret_cast<OpExpr *>(copy)))
		named = copy;
	if (named == nullptr)
		return copy;
	*static_cast<bool *>(context) = true;
	return named;
}

} // namespace

Node *NameZones(Node *expression)
{
	bool changed = false;
	Node *named = Rename(expression, &changed);
	return changed ? named : expression;
}

bool IsSettled(Node *node)
{
	if (!IsA(node, FuncExpr))
		return false;
	const FuncExpr *call = castNode(FuncExpr, node);
	switch (call->funcid) {
	case F_DATE_TRUNC_TEXT_TIMESTAMPTZ_TEXT:
		return IsZoneName(static_cast<Node *>(lthird(call->args)));
	case F_TO_CHAR_TIMESTAMP_TEXT:
	case F_TO_CHAR_INTERVAL_TEXT:
		return IsPlainDateFormat(static_cast<Node *>(lsecond(call->args)), false);
	case F_TO_CHAR_NUMERIC_TEXT:
	case F_TO_CHAR_INT4_TEXT:
	case F_TO_CHAR_INT8_TEXT:
	case F_TO_CHAR_FLOAT4_TEXT:
	case F_TO_CHAR_FLOAT8_TEXT:
		return IsPlainNumberFormat(static_cast<Node *>(lsecond(call->args)));
	default:
		return false;
	}
}

} // namespace mezzanine::views

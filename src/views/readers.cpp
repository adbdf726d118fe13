// SQL functions that published views call: what aggregates are in terms of their states.
#include "views/counts.h"

using namespace mezzanine;
using namespace mezzanine::views;

namespace
{

// A numeric's digits as PostgreSQL serializes them within the state of an aggregate:
// what numeric_send writes, in wider fields.
void AppendVariable(StringInfo state, Numeric value)
{
	bytea *sent = DatumGetByteaPP(DirectFunctionCall1(numeric_send, NumericGetDatum(value)));
	StringInfoData message;
	initStringInfo(&message);
	appendBinaryStringInfo(&message, VARDATA_ANY(sent), static_cast<int>(VARSIZE_ANY_EXHDR(sent)));
	const int digit_count = static_cast<int>(pq_getmsgint(&message, 2));
	const auto weight = static_cast<int16>(pq_getmsgint(&message, 2));
	const uint32 sign = pq_getmsgint(&message, 2);
	const uint32 scale = pq_getmsgint(&message, 2);
	pq_sendint32(state, static_cast<uint32>(digit_count));
	pq_sendint32(state, static_cast<uint32>(weight));
	pq_sendint32(state, sign);
	pq_sendint32(state, scale);
	for (int i = 0; i < digit_count; i++)
		pq_sendint16(state, static_cast<uint16>(pq_getmsgint(&message, 2)));
}

Numeric Zero()
{
	return int64_to_numeric(0);
}

// The serialized state of PostgreSQL's variance and deviation of numerics.  A sum that is
// no number stands for values that are none.
bytea *SerializedMoments(int64 count, Numeric sum, Numeric squares)
{
	const bool is_number = !numeric_is_nan(sum) && !numeric_is_inf(sum);
	StringInfoData state;
	pq_begintypsend(&state);
	pq_sendint64(&state, static_cast<uint64>(is_number ? count : 0));
	AppendVariable(&state, is_number ? sum : Zero());
	AppendVariable(&state, is_number ? squares : Zero());
	pq_sendint32(&state, 0); // the largest scale and its number: only to take values away
	pq_sendint64(&state, 0);
	pq_sendint64(&state, static_cast<uint64>(is_number ? 0 : count)); // NaN
	pq_sendint64(&state, 0);                                          // infinities
	pq_sendint64(&state, 0);
	return pq_endtypsend(&state);
}

// PostgreSQL's own final function over that state, so that every digit is its own.
Datum FinishMoments(FunctionCallInfo fcinfo, PGFunction finish)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	const Numeric squares = PG_ARGISNULL(2) ? Zero() : PG_GETARG_NUMERIC(2);
	LOCAL_FCINFO(read, 1);
	InitFunctionCallInfoData(*read, nullptr, 1, InvalidOid,
							 reinterpret_cast<fmNodePtr>(makeNode(AggState)), nullptr);
	read->args[0].isnull = false;
	read->args[0].value =
		PointerGetDatum(SerializedMoments(PG_GETARG_INT64(0), PG_GETARG_NUMERIC(1), squares));
	const Datum state = numeric_deserialize(read);

	LOCAL_FCINFO(call, 1);
	InitFunctionCallInfoData(*call, nullptr, 1, InvalidOid, read->context, nullptr);
	call->args[0].isnull = false;
	call->args[0].value = state;
	const Datum result = finish(call);
	if (call->isnull)
		PG_RETURN_NULL();
	return result;
}

// Which bits of a value an aggregate sets, by how many values have each.
using IsSet = bool (*)(int64 with_bit, int64 values);

// `counts` as bit_counts gives them, without trailing zeros; NULL: no bit is set anywhere.
Datum BitsWhere(FunctionCallInfo fcinfo, IsSet is_set)
{
	constexpr int kBits = 64;
	if (PG_ARGISNULL(1) || PG_GETARG_INT64(1) == 0)
		PG_RETURN_NULL();
	ArrayType *counts = ArrayArgument(fcinfo, 0);
	const int length = counts == nullptr ? 0 : LengthOf(counts);
	uint64 bits = 0;
	for (int bit = 0; bit < kBits && bit < length; bit++)
		if (is_set(CountsOf(counts)[bit], PG_GETARG_INT64(1)))
			bits |= static_cast<uint64>(1) << bit;
	PG_RETURN_INT64(static_cast<int64>(bits));
}

// The state of the aggregate first.
struct FirstValue {
	Datum value;
	bool is_null;
};

} // namespace

// var_pop(count bigint, sum numeric, squares numeric) -> numeric, and so on
MEZZANINE_FUNCTION(mezzanine_var_pop)
{
	return FinishMoments(fcinfo, numeric_var_pop);
}

MEZZANINE_FUNCTION(mezzanine_var_samp)
{
	return FinishMoments(fcinfo, numeric_var_samp);
}

MEZZANINE_FUNCTION(mezzanine_stddev_pop)
{
	return FinishMoments(fcinfo, numeric_stddev_pop);
}

MEZZANINE_FUNCTION(mezzanine_stddev_samp)
{
	return FinishMoments(fcinfo, numeric_stddev_samp);
}

// bits_in_all(counts bigint[], count bigint) -> bigint, and so on
MEZZANINE_FUNCTION(mezzanine_bits_in_all)
{
	return BitsWhere(fcinfo, [](int64 with_bit, int64 values) { return with_bit == values; });
}

MEZZANINE_FUNCTION(mezzanine_bits_in_some)
{
	return BitsWhere(fcinfo, [](int64 with_bit, int64) { return with_bit > 0; });
}

MEZZANINE_FUNCTION(mezzanine_bits_in_odd)
{
	return BitsWhere(fcinfo, [](int64 with_bit, int64) { return with_bit % 2 == 1; });
}

// first_add(internal, anyelement) -> internal
MEZZANINE_FUNCTION(mezzanine_first_add)
{
	MemoryContext context;
	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("aggregate support function called outside an aggregate"),
						errhint("Call the aggregate mezzanine_state.first.")));
	if (!PG_ARGISNULL(0))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	int16 length;
	bool by_value;
	get_typlenbyval(get_fn_expr_argtype(fcinfo->flinfo, 1), &length, &by_value);
	MemoryContext old = MemoryContextSwitchTo(context);
	auto *first = static_cast<FirstValue *>(palloc(sizeof(FirstValue)));
	first->is_null = PG_ARGISNULL(1);
	first->value = first->is_null ? 0 : datumCopy(PG_GETARG_DATUM(1), by_value, length);
	MemoryContextSwitchTo(old);
	PG_RETURN_POINTER(first);
}

// first_finish(internal, anyelement) -> anyelement
MEZZANINE_FUNCTION(mezzanine_first_finish)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	const auto *first = reinterpret_cast<FirstValue *>(PG_GETARG_POINTER(0));
	if (first->is_null)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(first->value);
}

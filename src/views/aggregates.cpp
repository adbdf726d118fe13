// SQL functions of the states that are kept by the delta, and of row images.
#include "views/counts.h"
#include "views/image.h"

namespace mezzanine::views
{

ArrayType *Grown(ArrayType *array, int length, MemoryContext context)
{
	const int old_length = array == nullptr ? 0 : LengthOf(array);
	if (old_length >= length)
		return array;
	const Size size = ARR_OVERHEAD_NONULLS(1) + sizeof(int64) * length;
	auto *grown = static_cast<ArrayType *>(MemoryContextAllocZero(context, size));
	SET_VARSIZE(grown, size);
	grown->ndim = 1;
	grown->elemtype = INT8OID;
	ARR_DIMS(grown)[0] = length;
	ARR_LBOUND(grown)[0] = 1;
	if (old_length > 0)
		memcpy(CountsOf(grown), CountsOf(array), sizeof(int64) * old_length);
	return grown;
}

ArrayType *ArrayArgument(FunctionCallInfo fcinfo, int argument)
{
	if (PG_ARGISNULL(argument))
		return nullptr;
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(argument);
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("an array of counts has no NULLs"),
				 errhint("Views call this function where it is of use.")));
	return array;
}

MemoryContext RequireAggregate(FunctionCallInfo fcinfo, const char *name)
{
	MemoryContext context = nullptr;
	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("aggregate support function called outside an aggregate"),
						errhint("Call the aggregate %s.%s.", kStateSchema, name)));
	return context;
}

} // namespace mezzanine::views

using namespace mezzanine;
using namespace mezzanine::views;

// image(VARIADIC "any") -> bytea
MEZZANINE_FUNCTION(mezzanine_image)
{
	if (get_fn_expr_variadic(fcinfo->flinfo))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("image does not take a VARIADIC array"),
						errhint("Pass the columns one by one.")));
	StringInfoData image;
	initStringInfo(&image);
	appendStringInfoSpaces(&image, VARHDRSZ);
	for (int i = 0; i < PG_NARGS(); i++)
		AppendImage(StorageOf(get_fn_expr_argtype(fcinfo->flinfo, i)), PG_GETARG_DATUM(i),
					PG_ARGISNULL(i), &image);
	SET_VARSIZE(image.data, image.len);
	PG_RETURN_BYTEA_P(image.data);
}

// bit_counts_add(bigint[], bigint) -> bigint[]
MEZZANINE_FUNCTION(mezzanine_bit_counts_add)
{
	MemoryContext context = RequireAggregate(fcinfo, "bit_counts");
	ArrayType *counts = ArrayArgument(fcinfo, 0);
	const auto bits = PG_ARGISNULL(1) ? 0 : static_cast<uint64>(PG_GETARG_INT64(1));
	const int length = bits == 0 ? 0 : pg_leftmost_one_pos64(bits) + 1;
	if (length > 0)
		counts = Grown(counts, length, context);
	for (int bit = 0; bit < length; bit++)
		CountsOf(counts)[bit] += static_cast<int64>(bits >> bit & 1);
	if (counts == nullptr)
		PG_RETURN_NULL();
	PG_RETURN_ARRAYTYPE_P(counts);
}

// any_value_first(anyelement, anyelement) -> anyelement
MEZZANINE_FUNCTION(mezzanine_any_value_first)
{
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

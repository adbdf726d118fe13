// Functions on arrays of counts that the totals of spread views call.
#include "views/counts.h"

using namespace mezzanine;
using namespace mezzanine::views;

namespace
{

// The counts before those of the display scales; core/state.h gives the layout.
constexpr int kScales = 3;

int64 CountAt(ArrayType *array, int i)
{
	return array != nullptr && i < LengthOf(array) ? CountsOf(array)[i] : 0;
}

} // namespace

// add_counts(bigint[], bigint[]) -> bigint[], without trailing zeros; NULL: nothing is left
MEZZANINE_FUNCTION(mezzanine_add_counts)
{
	ArrayType *a = ArrayArgument(fcinfo, 0);
	ArrayType *b = ArrayArgument(fcinfo, 1);
	int length = 0;
	for (int i = 0; i < (a == nullptr ? 0 : LengthOf(a)) || i < (b == nullptr ? 0 : LengthOf(b));
		 i++)
		if (CountAt(a, i) + CountAt(b, i) != 0)
			length = i + 1;
	if (length == 0)
		PG_RETURN_NULL();
	ArrayType *sum = Grown(nullptr, length, CurrentMemoryContext);
	for (int i = 0; i < length; i++)
		CountsOf(sum)[i] = CountAt(a, i) + CountAt(b, i);
	PG_RETURN_ARRAYTYPE_P(sum);
}

// scale_counts(count bigint, sum numeric, irregular bigint[]) -> bigint[]
MEZZANINE_FUNCTION(mezzanine_scale_counts)
{
	ArrayType *irregular = ArrayArgument(fcinfo, 2);
	if (irregular != nullptr)
		PG_RETURN_ARRAYTYPE_P(irregular);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	const int scale = DatumGetInt32(DirectFunctionCall1(numeric_scale, PG_GETARG_DATUM(1)));
	ArrayType *counts = Grown(nullptr, kScales + scale + 1, CurrentMemoryContext);
	CountsOf(counts)[kScales + scale] = PG_GETARG_INT64(0);
	PG_RETURN_ARRAYTYPE_P(counts);
}

// total_sum(count bigint, sum numeric, counts bigint[]) -> numeric
MEZZANINE_FUNCTION(mezzanine_total_sum)
{
	ArrayType *counts = ArrayArgument(fcinfo, 2);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	int64 finite = PG_GETARG_INT64(0);
	for (int i = 0; i < kScales; i++)
		finite -= CountAt(counts, i);
	if (finite == 0)
		PG_RETURN_NULL();
	int scale = 0;
	for (int i = kScales; counts != nullptr && i < LengthOf(counts); i++)
		if (CountAt(counts, i) != 0)
			scale = i - kScales;
	return DirectFunctionCall2(numeric_round, PG_GETARG_DATUM(1), Int32GetDatum(scale));
}

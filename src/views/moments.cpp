// SQL functions of the moments of floats: what their exact sums are made of, and the states
// that PostgreSQL's own final functions read.
#include "core/exact.h"
#include "views/counts.h"

using namespace mezzanine;
using namespace mezzanine::views;

namespace
{

// The kinds of values that are no number, as bits.
enum Special : int { kNan, kPositiveInfinity, kNegativeInfinity, kSpecials };

int64 SpecialBit(double value)
{
	if (std::isnan(value))
		return 1 << kNan;
	if (std::isinf(value))
		return value > 0 ? 1 << kPositiveInfinity : 1 << kNegativeInfinity;
	return 0;
}

Datum ExactNumeric(double value)
{
	constexpr double kIntegersEnd = 9007199254740992.0; // below it, doubles tell all apart
	if (value == std::trunc(value) && std::fabs(value) < kIntegersEnd)
		return NumericGetDatum(int64_to_numeric(static_cast<int64>(value)));
	char digits[core::kExactDigitsMax];
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { core::WriteExact(value, digits); }))
		MEZZANINE_RAISE(failure);
	return DirectFunctionCall3(numeric_in, CStringGetDatum(digits), ObjectIdGetDatum(InvalidOid),
							   Int32GetDatum(-1));
}

// How many values are special, of those whose bits begin at `first`.
struct SpecialCounts {
	int64 of[kSpecials];

	bool any() const { return of[kNan] + of[kPositiveInfinity] + of[kNegativeInfinity] > 0; }
};

SpecialCounts ReadSpecials(FunctionCallInfo fcinfo, int argument, int first)
{
	SpecialCounts counts = {};
	ArrayType *array = ArrayArgument(fcinfo, argument);
	const int length = array == nullptr ? 0 : LengthOf(array);
	for (int i = 0; i < kSpecials && first + i < length; i++)
		counts.of[i] = CountsOf(array)[first + i];
	return counts;
}

// Rounded once; beyond the range it is an error, as it is in PostgreSQL's own sums.
double Rounded(Datum numeric)
{
	const double value = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, numeric));
	if (std::isinf(value))
		float_overflow_error();
	return value;
}

// The sum of all values, where `sum` is that of the finite ones.
double SumOf(Datum sum, const SpecialCounts *specials)
{
	if (specials->of[kNan] > 0 ||
		(specials->of[kPositiveInfinity] > 0 && specials->of[kNegativeInfinity] > 0))
		return get_float8_nan();
	if (specials->of[kPositiveInfinity] > 0)
		return get_float8_infinity();
	if (specials->of[kNegativeInfinity] > 0)
		return -get_float8_infinity();
	return Rounded(sum);
}

// The sum of (a - mean of a) * (b - mean of b), from the sums of a, of b and of a * b.
double Deviations(int64 count, Datum a, Datum b, Datum products)
{
	const Datum number = NumericGetDatum(int64_to_numeric(count));
	const Datum difference =
		DirectFunctionCall2(numeric_sub, DirectFunctionCall2(numeric_mul, products, number),
							DirectFunctionCall2(numeric_mul, a, b));
	if (count == 0)
		return 0;
	return Rounded(difference) / static_cast<double>(count);
}

Datum FloatArray(const double *values, int count)
{
	auto *elements = static_cast<Datum *>(palloc(sizeof(Datum) * static_cast<Size>(count)));
	for (int i = 0; i < count; i++)
		elements[i] = Float8GetDatum(values[i]);
	return PointerGetDatum(construct_array(elements, count, FLOAT8OID, sizeof(float8),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

// One variable's sum, and the sum of its squared deviations.
struct Variable {
	double sum;
	double squares;
};

Variable ReadVariable(FunctionCallInfo fcinfo, int argument, const SpecialCounts *specials)
{
	const Datum sum = PG_GETARG_DATUM(argument);
	return {SumOf(sum, specials), specials->any() ? get_float8_nan()
												  : Deviations(PG_GETARG_INT64(0), sum, sum,
															   PG_GETARG_DATUM(argument + 1))};
}

bool HasNull(FunctionCallInfo fcinfo)
{
	constexpr int kSpecialsArgument = 1;
	for (int i = 0; i < PG_NARGS(); i++)
		if (i != kSpecialsArgument && PG_ARGISNULL(i))
			return true;
	return false;
}

} // namespace

// exact(double precision) -> numeric
MEZZANINE_FUNCTION(mezzanine_exact)
{
	const double value = PG_GETARG_FLOAT8(0);
	if (!std::isfinite(value))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(ExactNumeric(value));
}

// special(double precision) -> bigint
// special(y double precision, x double precision) -> bigint
MEZZANINE_FUNCTION(mezzanine_special)
{
	int64 bits = 0;
	for (int i = 0; i < PG_NARGS(); i++)
		bits |= SpecialBit(PG_GETARG_FLOAT8(i)) << kSpecials * i;
	PG_RETURN_INT64(bits);
}

// moments(count bigint, specials bigint[], sum numeric, squares numeric) -> double precision[]
MEZZANINE_FUNCTION(mezzanine_moments)
{
	if (HasNull(fcinfo))
		PG_RETURN_NULL();
	const SpecialCounts specials = ReadSpecials(fcinfo, 1, 0);
	const Variable x = ReadVariable(fcinfo, 2, &specials);
	const double state[] = {static_cast<double>(PG_GETARG_INT64(0)), x.sum, x.squares};
	PG_RETURN_DATUM(FloatArray(state, lengthof(state)));
}

// moments(count bigint, specials bigint[], sum_y numeric, squares_y numeric, sum_x numeric,
// squares_x numeric, products numeric) -> double precision[]
MEZZANINE_FUNCTION(mezzanine_moments_of_pairs)
{
	if (HasNull(fcinfo))
		PG_RETURN_NULL();
	const SpecialCounts specials_of_y = ReadSpecials(fcinfo, 1, 0);
	const SpecialCounts specials_of_x = ReadSpecials(fcinfo, 1, kSpecials);
	const Variable y = ReadVariable(fcinfo, 2, &specials_of_y);
	const Variable x = ReadVariable(fcinfo, 4, &specials_of_x);
	const double products = specials_of_y.any() || specials_of_x.any()
								? get_float8_nan()
								: Deviations(PG_GETARG_INT64(0), PG_GETARG_DATUM(2),
											 PG_GETARG_DATUM(4), PG_GETARG_DATUM(6));
	const double state[] = {
		static_cast<double>(PG_GETARG_INT64(0)), x.sum, x.squares, y.sum, y.squares, products};
	PG_RETURN_DATUM(FloatArray(state, lengthof(state)));
}

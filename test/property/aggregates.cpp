#include "aggregates.h"

namespace mezzanine::test
{
namespace
{

// The last digits of floats depend on the order of adding, so they are left out.  The quotients
// of small integers that come here may lie right between two neighbours (23/128): what is
// added moves them off.
std::string Rounded(const std::string &aggregate)
{
	return "round((" + aggregate + " + 1.2345e-7)::numeric, 6)";
}

// Kept by the delta, as far as there is one.
const std::vector<std::string> kPlainAggregates = {
	"count(*)",
	"count(i)",
	"count(s)",
	"sum(i)",
	"sum(b)",
	"sum(n)",
	"sum(f)",
	"sum(iv)",
	"sum(m)",
	"avg(i)",
	"avg(b)",
	"avg(n)",
	"avg(f)",
	"avg(iv)",
	"sum(i * b)",
	"min(i)",
	"max(b)",
	"trim_scale(max(n))",
	"max(f)",
	"min(s COLLATE \"C\")",
	"max(at)",
	"min(day)",
	"extract(epoch FROM max(iv))",
	"bool_and(flag)",
	"bool_or(flag)",
	"every(i > 0)",
	"bit_and(i)",
	"bit_or(i)",
	"bit_xor(b)",
	"variance(i)",
	"var_pop(b)",
	"stddev(n)",
	"stddev_pop(i)",
	Rounded("variance(f)"),
	Rounded("stddev_pop(f)"),
	Rounded("covar_samp(f, i)"),
	Rounded("corr(f, i)"),
	Rounded("regr_slope(i, f)"),
	Rounded("regr_avgx(f, k1)"),
	Rounded("regr_sxx(i, f)"),
	"regr_count(f, i)",
	"squares(i)",
	"tagged(s)",
};

// What adds up, so that a group may have several cells.
const std::vector<std::string> kAdditiveAggregates = {
	"count(*)",
	"count(i)",
	"sum(i)",
	"sum(b)",
	"sum(n)",
	"sum(iv)",
	"sum(m)",
	"avg(i)",
	"avg(n)",
	"avg(iv)",
	"bool_and(flag)",
	"every(i > 0)",
	"bit_or(i)",
	"bit_xor(b)",
	"variance(i)",
	"stddev_pop(n)",
	Rounded("var_samp(f)"),
	Rounded("covar_pop(f, k1)"),
};

// Computed again for a group that changed, or kept in a core of their own.
const std::vector<std::string> kOtherAggregates = {
	"count(DISTINCT i)",
	"count(DISTINCT s)",
	"sum(DISTINCT i)",
	"avg(DISTINCT b)",
	"array_agg(i ORDER BY i, id)",
	"array_agg(s ORDER BY id DESC)",
	"string_agg(s, ',' ORDER BY id)",
	"string_agg(DISTINCT s, ',' ORDER BY s)",
	"jsonb_agg(i ORDER BY id)",
	"jsonb_object_agg(id, s)",
	"json_agg(s ORDER BY id)::text",
	"percentile_cont(0.5) WITHIN GROUP (ORDER BY i)",
	"percentile_disc(0.25) WITHIN GROUP (ORDER BY b)",
	"mode() WITHIN GROUP (ORDER BY i)",
	"rank(5) WITHIN GROUP (ORDER BY i)",
	Rounded("corr(i, k1)"),
	Rounded("regr_slope(i, k1)"),
	Rounded("covar_pop(i, k1)"),
	"regr_count(i, b)",
};

const std::vector<std::string> kConditions = {
	"i > 10",
	"s IS NOT NULL",
	"flag",
	"n <> 'NaN'",
	"k1 = 1",
	"b % 3 = 0",
	"day >= date '2024-03-30'",
	"at < timestamptz '2024-03-31 01:00+00'",
	"k2 IN ('red', 'blue')",
	"f IS NULL OR f > 0",
	"NOT (i BETWEEN 0 AND 20)",
	"s LIKE '%a%' OR k1 IS NULL",
};

// With a FILTER now and then.
std::string Filtered(Random *random, std::string aggregate)
{
	// Only where the call is the whole expression may a FILTER follow.
	const bool whole = aggregate.back() == ')' && aggregate.rfind("round(", 0) != 0 &&
					   aggregate.rfind("trim_scale(", 0) != 0 &&
					   aggregate.rfind("extract(", 0) != 0;
	if (whole && random->Chance(25))
		aggregate += " FILTER (WHERE " + random->Pick(kConditions) + ")";
	return aggregate;
}

} // namespace

const char *OwnAggregates()
{
	return "CREATE FUNCTION plus_square(bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE "
		   "STRICT "
		   "AS 'SELECT $1 + $2 * $2';\n"
		   "CREATE FUNCTION minus_square(bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE "
		   "STRICT "
		   "AS 'SELECT $1 - $2 * $2';\n"
		   "CREATE AGGREGATE squares(bigint) (SFUNC = plus_square, STYPE = bigint, INITCOND = '0', "
		   "MSFUNC = plus_square, MINVFUNC = minus_square, MSTYPE = bigint, MINITCOND = '0');\n"
		   "CREATE FUNCTION tag(bigint[], text) RETURNS bigint[] LANGUAGE sql IMMUTABLE "
		   "AS 'SELECT ARRAY[$1[1] + coalesce(length($2), 7), $1[2] + 1]';\n"
		   "CREATE FUNCTION untag(bigint[], text) RETURNS bigint[] LANGUAGE sql IMMUTABLE "
		   "AS 'SELECT CASE WHEN $2 <> ''zz'' OR $2 IS NULL THEN "
		   "ARRAY[$1[1] - coalesce(length($2), 7), $1[2] - 1] END';\n"
		   "CREATE FUNCTION told(bigint[]) RETURNS text LANGUAGE sql IMMUTABLE "
		   "AS 'SELECT format(''%s of %s'', $1[1], $1[2])';\n"
		   "CREATE AGGREGATE tagged(text) (SFUNC = tag, STYPE = bigint[], FINALFUNC = told, "
		   "INITCOND = '{0,0}', MSFUNC = tag, MINVFUNC = untag, MSTYPE = bigint[], "
		   "MFINALFUNC = told, MINITCOND = '{0,0}')";
}

std::string RandomCondition(Random *random)
{
	return random->Pick(kConditions);
}

std::string RandomAggregate(Random *random)
{
	return Filtered(random, random->Pick(random->Chance(65) ? kPlainAggregates : kOtherAggregates));
}

std::string RandomAdditiveAggregate(Random *random)
{
	return Filtered(random, random->Pick(kAdditiveAggregates));
}

} // namespace mezzanine::test

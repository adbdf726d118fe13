-- Moments of floats, which are kept exactly: what truth views compute with, and what published
-- views make of it.  Executable by everybody, as the others.
CREATE FUNCTION mezzanine_state.exact(double precision) RETURNS numeric
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_exact';
COMMENT ON FUNCTION mezzanine_state.exact(double precision) IS
	'the value to its last digit; NULL for NaN and the infinities';

CREATE FUNCTION mezzanine_state.special(double precision) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_special';
COMMENT ON FUNCTION mezzanine_state.special(double precision) IS
	'1 for NaN, 2 for Infinity, 4 for -Infinity, 0 for a number';
CREATE FUNCTION mezzanine_state.special(y double precision, x double precision) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_special';
COMMENT ON FUNCTION mezzanine_state.special(double precision, double precision) IS
	'what special says of y, and eight times what it says of x';

CREATE AGGREGATE mezzanine_state.exact_sum(numeric) (
	SFUNC = pg_catalog.numeric_add, STYPE = numeric, INITCOND = '0',
	COMBINEFUNC = pg_catalog.numeric_add, FINALFUNC = pg_catalog.trim_scale, PARALLEL = SAFE
);
COMMENT ON AGGREGATE mezzanine_state.exact_sum(numeric) IS
	'the sum with as many decimal places as it has, whatever its values have; 0 of none';

CREATE FUNCTION mezzanine_state.moments(
	count bigint, specials bigint[], sum numeric, squares numeric) RETURNS double precision[]
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_moments';
COMMENT ON FUNCTION mezzanine_state.moments(bigint, bigint[], numeric, numeric) IS
	'the state of PostgreSQL''s variances of floats, from exact sums of the finite ones and the '
	'numbers of the others';
CREATE FUNCTION mezzanine_state.moments(
	count bigint, specials bigint[], sum_y numeric, squares_y numeric, sum_x numeric,
	squares_x numeric, products numeric) RETURNS double precision[]
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_moments_of_pairs';
COMMENT ON FUNCTION mezzanine_state.moments(
	bigint, bigint[], numeric, numeric, numeric, numeric, numeric) IS
	'the state of PostgreSQL''s covariances, correlation and regressions, likewise';

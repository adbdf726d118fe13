-- What published views compute with, and the aggregate that DISTINCT ON is kept by.
-- Executable by everybody: readers run them in their own name.
CREATE FUNCTION mezzanine_state.var_pop(count bigint, sum numeric, squares numeric)
	RETURNS numeric
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_var_pop';
CREATE FUNCTION mezzanine_state.var_samp(count bigint, sum numeric, squares numeric)
	RETURNS numeric
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_var_samp';
CREATE FUNCTION mezzanine_state.stddev_pop(count bigint, sum numeric, squares numeric)
	RETURNS numeric
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_stddev_pop';
CREATE FUNCTION mezzanine_state.stddev_samp(count bigint, sum numeric, squares numeric)
	RETURNS numeric
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_stddev_samp';
COMMENT ON FUNCTION mezzanine_state.var_pop(bigint, numeric, numeric) IS
	'PostgreSQL''s var_pop of values whose number, sum and sum of squares are given';
COMMENT ON FUNCTION mezzanine_state.var_samp(bigint, numeric, numeric) IS
	'PostgreSQL''s var_samp of values whose number, sum and sum of squares are given';
COMMENT ON FUNCTION mezzanine_state.stddev_pop(bigint, numeric, numeric) IS
	'PostgreSQL''s stddev_pop of values whose number, sum and sum of squares are given';
COMMENT ON FUNCTION mezzanine_state.stddev_samp(bigint, numeric, numeric) IS
	'PostgreSQL''s stddev_samp of values whose number, sum and sum of squares are given';

CREATE FUNCTION mezzanine_state.bits_in_all(counts bigint[], count bigint) RETURNS bigint
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_bits_in_all';
CREATE FUNCTION mezzanine_state.bits_in_some(counts bigint[], count bigint) RETURNS bigint
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_bits_in_some';
CREATE FUNCTION mezzanine_state.bits_in_odd(counts bigint[], count bigint) RETURNS bigint
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_bits_in_odd';
COMMENT ON FUNCTION mezzanine_state.bits_in_all(bigint[], bigint) IS
	'bit_and of values, by how many have each bit and how many there are';
COMMENT ON FUNCTION mezzanine_state.bits_in_some(bigint[], bigint) IS
	'bit_or of values, by how many have each bit and how many there are';
COMMENT ON FUNCTION mezzanine_state.bits_in_odd(bigint[], bigint) IS
	'bit_xor of values, by how many have each bit and how many there are';

CREATE FUNCTION mezzanine_state.copies(first bigint, last bigint) RETURNS SETOF bigint
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE ROWS 1 AS 'generate_series_int8';
COMMENT ON FUNCTION mezzanine_state.copies(bigint, bigint) IS
	'the numbers from first to last, which are mostly one; repeats the rows of a bag';

CREATE FUNCTION mezzanine_state.first_add(internal, anyelement) RETURNS internal
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_first_add';
COMMENT ON FUNCTION mezzanine_state.first_add(internal, anyelement) IS
	'transition function of mezzanine_state.first';
CREATE FUNCTION mezzanine_state.first_finish(internal, anyelement) RETURNS anyelement
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_first_finish';
COMMENT ON FUNCTION mezzanine_state.first_finish(internal, anyelement) IS
	'final function of mezzanine_state.first';
CREATE AGGREGATE mezzanine_state.first(anyelement) (
	SFUNC = mezzanine_state.first_add, STYPE = internal,
	FINALFUNC = mezzanine_state.first_finish, FINALFUNC_EXTRA, PARALLEL = SAFE
);
COMMENT ON AGGREGATE mezzanine_state.first(anyelement) IS
	'the first value, NULL or not; to be called with ORDER BY';

-- More of what the truth views compute with: states that the engine keeps by the delta, and
-- the image by which rows are told apart.  Executable by everybody, as those before.
CREATE FUNCTION mezzanine_state.image(VARIADIC "any") RETURNS bytea
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_image';
COMMENT ON FUNCTION mezzanine_state.image("any") IS
	'the bytes of the arguments: equal only where they look the same (1.0 and 1.00 do not)';

CREATE FUNCTION mezzanine_state.bit_counts_add(bigint[], bigint) RETURNS bigint[]
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_bit_counts_add';
COMMENT ON FUNCTION mezzanine_state.bit_counts_add(bigint[], bigint) IS
	'transition function of mezzanine_state.bit_counts';

CREATE AGGREGATE mezzanine_state.bit_counts(bigint) (
	SFUNC = mezzanine_state.bit_counts_add, STYPE = bigint[],
	COMBINEFUNC = mezzanine_state.irregular_merge, PARALLEL = SAFE
);
COMMENT ON AGGREGATE mezzanine_state.bit_counts(bigint) IS
	'the numbers of inputs with bit 0, bit 1, ... set, without trailing zeros; NULL when no '
	'input has any';

CREATE FUNCTION mezzanine_state.any_value_first(anyelement, anyelement) RETURNS anyelement
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_any_value_first';
COMMENT ON FUNCTION mezzanine_state.any_value_first(anyelement, anyelement) IS
	'transition function of mezzanine_state.any_value';

CREATE AGGREGATE mezzanine_state.any_value(anyelement) (
	SFUNC = mezzanine_state.any_value_first, STYPE = anyelement,
	COMBINEFUNC = mezzanine_state.any_value_first, PARALLEL = SAFE
);
COMMENT ON AGGREGATE mezzanine_state.any_value(anyelement) IS
	'one of the non-null inputs; for columns that are the same in all rows of a group';

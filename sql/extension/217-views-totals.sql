-- What the totals of spread views compute with.  Executable by everybody, as what truth
-- views compute with.
CREATE FUNCTION mezzanine_state.add_counts(bigint[], bigint[]) RETURNS bigint[]
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_add_counts';
COMMENT ON FUNCTION mezzanine_state.add_counts(bigint[], bigint[]) IS
	'the sums of two arrays, position by position, without trailing zeros; NULL when nothing is '
	'left';

CREATE AGGREGATE mezzanine_state.sum_counts(bigint[]) (
	SFUNC = mezzanine_state.add_counts, STYPE = bigint[],
	COMBINEFUNC = mezzanine_state.add_counts, PARALLEL = SAFE
);
COMMENT ON AGGREGATE mezzanine_state.sum_counts(bigint[]) IS
	'the sums of arrays, position by position';

CREATE FUNCTION mezzanine_state.scale_counts(count bigint, sum numeric, irregular bigint[])
	RETURNS bigint[]
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_scale_counts';
COMMENT ON FUNCTION mezzanine_state.scale_counts(bigint, numeric, bigint[]) IS
	'what mezzanine_state.irregular would say of the values if it always spoke: from their '
	'number, their sum and what it did say';

CREATE FUNCTION mezzanine_state.total_sum(count bigint, sum numeric, counts bigint[])
	RETURNS numeric
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_total_sum';
COMMENT ON FUNCTION mezzanine_state.total_sum(bigint, numeric, bigint[]) IS
	'a sum of parts with the display scale of the values that are left; NULL when none is finite';

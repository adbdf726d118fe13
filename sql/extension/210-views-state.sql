-- What the truth views compute with, and the triggers on base and home tables.
-- The former stay executable by everybody: who reads a view within a transaction that has
-- changed its base runs them in his own name.
CREATE FUNCTION mezzanine_state.group_hash(VARIADIC "any") RETURNS bigint
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_group_hash';
COMMENT ON FUNCTION mezzanine_state.group_hash("any") IS
	'hash of a grouping key, by the hash operators of the key''s own types; equal for equal '
	'keys, never NULL';

CREATE FUNCTION mezzanine_state.is_finite(numeric) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_is_finite';
COMMENT ON FUNCTION mezzanine_state.is_finite(numeric) IS 'false for NaN and the infinities';

CREATE FUNCTION mezzanine_state.irregular_add(bigint[], numeric) RETURNS bigint[]
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_irregular_add';
COMMENT ON FUNCTION mezzanine_state.irregular_add(bigint[], numeric) IS
	'transition function of mezzanine_state.irregular';
CREATE FUNCTION mezzanine_state.irregular_merge(bigint[], bigint[]) RETURNS bigint[]
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_irregular_merge';
COMMENT ON FUNCTION mezzanine_state.irregular_merge(bigint[], bigint[]) IS
	'combine function of mezzanine_state.irregular';
CREATE FUNCTION mezzanine_state.irregular_finish(bigint[]) RETURNS bigint[]
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_irregular_finish';
COMMENT ON FUNCTION mezzanine_state.irregular_finish(bigint[]) IS
	'final function of mezzanine_state.irregular';

CREATE AGGREGATE mezzanine_state.irregular(numeric) (
	SFUNC = mezzanine_state.irregular_add, STYPE = bigint[],
	COMBINEFUNC = mezzanine_state.irregular_merge,
	FINALFUNC = mezzanine_state.irregular_finish, PARALLEL = SAFE
);
COMMENT ON AGGREGATE mezzanine_state.irregular(numeric) IS
	'NULL when all inputs are finite and share one display scale; else the numbers of NaN, '
	'+Infinity, -Infinity and of inputs at scale 0, 1, ...';

CREATE FUNCTION mezzanine_state.is_loaded() RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_is_loaded';
COMMENT ON FUNCTION mezzanine_state.is_loaded() IS
	'true; published views call it so that planning a query on one loads the library';

CREATE FUNCTION mezzanine_state.touch() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'mezzanine_touch';
COMMENT ON FUNCTION mezzanine_state.touch() IS
	'BEFORE STATEMENT trigger of base tables: from here on the transaction reads its views by '
	'their definition';
CREATE FUNCTION mezzanine_state.capture() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'mezzanine_capture';
COMMENT ON FUNCTION mezzanine_state.capture() IS
	'AFTER trigger of base tables: adds a changed row, or a TRUNCATE, to the transaction''s delta';
CREATE FUNCTION mezzanine_state.guard() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'mezzanine_guard';
COMMENT ON FUNCTION mezzanine_state.guard() IS
	'BEFORE trigger of home tables: refuses every change that the engine did not make';

-- A trigger that is replaced keeps its name, and loses what that stands for.
CREATE FUNCTION mezzanine_state.is_impostor(t pg_trigger) RETURNS boolean
	LANGUAGE plpgsql STABLE STRICT
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN EXISTS (
		SELECT FROM (VALUES
			('mezzanine_touch', 'mezzanine_state.touch'::regproc, 62),
			('mezzanine_capture', 'mezzanine_state.capture', 29),
			('mezzanine_capture_truncate', 'mezzanine_state.capture', 32),
			('mezzanine_guard', 'mezzanine_state.guard', 31),
			('mezzanine_guard_truncate', 'mezzanine_state.guard', 34)) AS own(name, calls, type)
		WHERE own.name = t.tgname
		  AND ((t.tgfoid, t.tgtype) <> (own.calls, own.type) OR t.tgqual IS NOT NULL
		       OR t.tgattr::text <> ''));
END $$;
COMMENT ON FUNCTION mezzanine_state.is_impostor(pg_trigger) IS
	'whether a trigger has the name of one of the extension''s, and does not do what that does';

REVOKE ALL ON FUNCTION
	mezzanine_state.touch(), mezzanine_state.capture(), mezzanine_state.guard(),
	mezzanine_state.is_impostor(pg_trigger)
FROM PUBLIC;

-- verify: a view compared with its query.
CREATE FUNCTION mezzanine_state.has_equality(type regtype) RETURNS boolean
	LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_has_equality';
COMMENT ON FUNCTION mezzanine_state.has_equality(regtype) IS
	'whether values of the type can be compared for being equal, and sorted or hashed';

-- SELECT of all columns of a relation; what has no equality (json, xml, point) as text.
CREATE FUNCTION mezzanine_state.comparable(relation regclass) RETURNS text
	LANGUAGE plpgsql STABLE STRICT
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT 'SELECT ' || coalesce(string_agg(
	                   format(CASE WHEN mezzanine_state.has_equality(a.atttypid) THEN '%1$I'
	                               ELSE '%1$I::text AS %1$I' END, a.attname),
	                   ', ' ORDER BY a.attnum), '') || format(' FROM %s', relation)
	        FROM pg_attribute AS a
	        WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped);
END $$;
COMMENT ON FUNCTION mezzanine_state.comparable(regclass) IS
	'query of all columns of a relation, in a form that can be compared';

-- The relation's columns of floats, whose last digits depend on the order of additions, with
-- the relative difference that is allowed.
CREATE FUNCTION mezzanine_state.tolerances(relation regclass) RETURNS jsonb
	LANGUAGE plpgsql STABLE STRICT
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_object_agg(a.attname, CASE a.atttypid WHEN 'float4'::regtype
	                                                    THEN 1e-4 ELSE 1e-9 END), '{}')
	        FROM pg_attribute AS a
	        WHERE a.attrelid = relation AND a.atttypid IN ('float4'::regtype, 'float8'::regtype)
	          AND a.attnum > 0 AND NOT a.attisdropped);
END $$;
COMMENT ON FUNCTION mezzanine_state.tolerances(regclass) IS
	'relative differences that are allowed in the columns of floats of a relation; NULL: any';

CREATE FUNCTION mezzanine_state.agree(one jsonb, other jsonb, tolerances jsonb) RETURNS boolean
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN one - ARRAY(SELECT jsonb_object_keys(tolerances))
	           = other - ARRAY(SELECT jsonb_object_keys(tolerances))
	   AND NOT EXISTS (
		SELECT FROM jsonb_each_text(tolerances) AS t(name, tolerance)
		CROSS JOIN LATERAL (VALUES ((one ->> t.name)::float8, (other ->> t.name)::float8))
			AS v(a, b)
		WHERE t.tolerance IS NOT NULL AND v.a IS DISTINCT FROM v.b
		  AND (v.a IS NULL OR v.b IS NULL
		       OR v.a IN ('NaN', 'Infinity', '-Infinity') OR v.b IN ('NaN', 'Infinity', '-Infinity')
		       OR abs(v.a::numeric - v.b::numeric)
		          > t.tolerance::numeric * greatest(abs(v.a::numeric), abs(v.b::numeric))));
END $$;
COMMENT ON FUNCTION mezzanine_state.agree(jsonb, jsonb, jsonb) IS
	'whether two rows are equal but for the last digits of their floats';

-- PostgreSQL rounds the moments of floats at each row, and where they cancel out nothing else is
-- left; a view keeps them exactly.  So no tolerance tells right from wrong: it is the state that
-- is compared, to the last digit.
CREATE FUNCTION mezzanine_state.keeps_exact_moments(view regclass) RETURNS boolean
	LANGUAGE plpgsql STABLE STRICT
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN EXISTS (
		SELECT FROM mezzanine_info.cores AS c
		JOIN pg_rewrite AS r ON r.ev_class = c.truth
		JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
		WHERE c.view = keeps_exact_moments.view AND d.refclassid = 'pg_proc'::regclass
		  AND d.refobjid = 'mezzanine_state.exact_sum(numeric)'::regprocedure);
END $$;
COMMENT ON FUNCTION mezzanine_state.keeps_exact_moments(regclass) IS
	'whether a view shows variances, covariances or the like of floats';

-- Two relations with the same columns, as bags, in one statement and hence one snapshot.
-- Rows of one key that differ are shown as a pair.
CREATE FUNCTION mezzanine_state.comparison(
	expected regclass, actual regclass, key_columns text[]) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN format($query$
		WITH expected AS MATERIALIZED (%1$s),
		     actual   AS MATERIALIZED (%2$s),
		     missing  AS (SELECT %3$s AS key, to_jsonb(compared_row) AS row
		                  FROM (TABLE expected EXCEPT ALL TABLE actual) AS compared_row),
		     surplus  AS (SELECT %3$s AS key, to_jsonb(compared_row) AS row
		                  FROM (TABLE actual EXCEPT ALL TABLE expected) AS compared_row),
		     m AS (SELECT *, row_number() OVER (PARTITION BY missing.key ORDER BY missing.row)
		                       AS number
		           FROM missing),
		     s AS (SELECT *, row_number() OVER (PARTITION BY surplus.key ORDER BY surplus.row)
		                       AS number
		           FROM surplus)
		SELECT CASE WHEN s.row IS NULL THEN 'missing' WHEN m.row IS NULL THEN 'unexpected'
		            ELSE 'different' END,
		       COALESCE(m.key, s.key), m.row, s.row
		FROM m FULL JOIN s ON m.key = s.key AND m.number = s.number
		ORDER BY 2, m.number, s.number $query$,
		mezzanine_state.comparable(expected), mezzanine_state.comparable(actual),
		format('(SELECT coalesce(jsonb_object_agg(k, to_jsonb(compared_row) -> k), jsonb ''{}'')
		         FROM unnest(%L::text[]) AS k)', key_columns));
END $$;
COMMENT ON FUNCTION mezzanine_state.comparison(regclass, regclass, text[]) IS
	'the query that mezzanine_state.unequal_rows runs';

CREATE FUNCTION mezzanine_state.unequal_rows(
	expected regclass, actual regclass, key_columns text[],
	OUT kind text, OUT key jsonb, OUT expected_row jsonb, OUT actual_row jsonb)
	RETURNS SETOF record
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'mezzanine_unequal_rows';
COMMENT ON FUNCTION mezzanine_state.unequal_rows(regclass, regclass, text[]) IS
	'the rows in which two relations differ as bags, by what the second one''s owner may read';

CREATE FUNCTION mezzanine_state.compare(
	expected regclass, actual regclass, key_columns text[], max_differences integer,
	tolerances jsonb = NULL)
	RETURNS TABLE (kind text, key jsonb, expected_row jsonb, actual_row jsonb)
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	allowed jsonb := coalesce(tolerances, mezzanine_state.tolerances(expected));
BEGIN
	RETURN QUERY
		SELECT d.* FROM mezzanine_state.unequal_rows(expected, actual, key_columns) AS d
		WHERE NOT coalesce(mezzanine_state.agree(d.expected_row, d.actual_row, allowed), false)
		LIMIT max_differences;
END $$;
COMMENT ON FUNCTION mezzanine_state.compare(regclass, regclass, text[], integer, jsonb) IS
	'differences between two relations as bags, paired by key; used by mezzanine.verify';

-- What readers see, then what the engine counts with.  Compiling these queries takes longer than
-- it saves, for small views and for large.
CREATE FUNCTION mezzanine_state.differences(entry mezzanine_info.views, max_differences integer)
	RETURNS TABLE (kind text, key jsonb, expected_row jsonb, actual_row jsonb)
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
	SET mezzanine.serve_stale = on
	SET row_security = off
	SET jit = off
AS $$
DECLARE
	core mezzanine_info.cores;
	tolerances jsonb := mezzanine_state.tolerances(entry.definition);
BEGIN
	IF mezzanine_state.keeps_exact_moments(entry.view) THEN
		tolerances := (SELECT coalesce(jsonb_object_agg(name, NULL), '{}')
		               FROM jsonb_object_keys(tolerances) AS name);
	END IF;
	RETURN QUERY SELECT * FROM mezzanine_state.compare(
		entry.definition, entry.view, entry.key_columns, max_differences, tolerances);
	IF FOUND THEN
		RETURN;
	END IF;
	FOR core IN SELECT * FROM mezzanine_info.cores AS c WHERE c.view = entry.view ORDER BY number
	LOOP
		RETURN QUERY SELECT 'state ' || d.kind, d.key, d.expected_row, d.actual_row
			FROM mezzanine_state.compare(
				core.truth, coalesce(core.total, core.home), ARRAY['hash'], max_differences) AS d;
	END LOOP;
END $$;
COMMENT ON FUNCTION mezzanine_state.differences(mezzanine_info.views, integer) IS
	'what mezzanine.verify returns';

CREATE FUNCTION mezzanine.verify(
	view regclass, max_differences integer = 20, repair boolean = false,
	OUT kind text, OUT key jsonb, OUT expected jsonb, OUT actual jsonb)
	RETURNS SETOF record
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	entry mezzanine_info.views;
BEGIN
	IF view IS NULL OR max_differences IS NULL OR repair IS NULL THEN
		RAISE EXCEPTION 'arguments of mezzanine.verify must not be NULL'
			USING ERRCODE = 'null_value_not_allowed',
			      HINT = 'Name a view, for example mezzanine.verify(''mezzanine.sales_by_day'').';
	END IF;
	IF max_differences < 1 THEN
		RAISE EXCEPTION 'max_differences must be at least 1'
			USING ERRCODE = 'invalid_parameter_value',
			      DETAIL = pg_catalog.format('The value given is %s.', max_differences),
			      HINT = 'It limits the number of rows returned; the default is 20.';
	END IF;
	entry := mezzanine_state.require_view(view);
	IF EXISTS (SELECT FROM mezzanine_info.cores AS c
	           WHERE c.view = entry.view AND mezzanine_state.is_touched(c.home)) THEN
		RAISE EXCEPTION 'cannot verify view "%" in a transaction that has changed table "%"',
			verify.view, array_to_string(entry.bases, '" or "')
			USING ERRCODE = 'object_not_in_prerequisite_state',
			      DETAIL = 'The changes reach the view''s state at commit; until then this '
			               'transaction reads the view by its definition.',
			      HINT = 'Commit first.';
	END IF;
	RETURN QUERY SELECT * FROM mezzanine_state.differences(entry, max_differences);
	IF repair AND (FOUND OR entry.status <> 'live') THEN
		PERFORM mezzanine.refresh(view);
	END IF;
END $$;
COMMENT ON FUNCTION mezzanine.verify(regclass, integer, boolean) IS
	'compares a view with its query in one snapshot and returns the differences; none: the view '
	'is right; with repair, it is refreshed where there are any';

REVOKE ALL ON FUNCTION
	mezzanine_state.has_equality(regtype), mezzanine_state.comparable(regclass),
	mezzanine_state.tolerances(regclass), mezzanine_state.agree(jsonb, jsonb, jsonb),
	mezzanine_state.comparison(regclass, regclass, text[]),
	mezzanine_state.unequal_rows(regclass, regclass, text[]),
	mezzanine_state.compare(regclass, regclass, text[], integer, jsonb),
	mezzanine_state.keeps_exact_moments(regclass),
	mezzanine_state.differences(mezzanine_info.views, integer),
	mezzanine.verify(regclass, integer, boolean)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
	mezzanine_state.has_equality(regtype), mezzanine_state.comparable(regclass),
	mezzanine_state.tolerances(regclass), mezzanine_state.agree(jsonb, jsonb, jsonb),
	mezzanine_state.comparison(regclass, regclass, text[]),
	mezzanine_state.unequal_rows(regclass, regclass, text[]),
	mezzanine_state.compare(regclass, regclass, text[], integer, jsonb),
	mezzanine_state.keeps_exact_moments(regclass),
	mezzanine_state.differences(mezzanine_info.views, integer),
	mezzanine.verify(regclass, integer, boolean)
TO mezzanine_author;

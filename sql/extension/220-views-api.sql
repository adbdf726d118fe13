-- The functions of the schema mezzanine.
CREATE FUNCTION mezzanine.full_version() RETURNS text
	LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_full_version';
COMMENT ON FUNCTION mezzanine.full_version() IS
	'versions of the library, of the installed extension and of the server';

CREATE FUNCTION mezzanine.create_view(
	name text, query text,
	mode text = 'immediate', incremental text = 'strict', spread integer = 1,
	target_lag interval = NULL, on_error text = 'fail', on_stale text = 'error',
	with_data boolean = true, if_not_exists boolean = false, comment text = NULL)
	RETURNS regclass
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'mezzanine_create_view';
COMMENT ON FUNCTION mezzanine.create_view(text, text, text, text, integer, interval, text, text,
                                          boolean, boolean, text) IS
	'publishes a query as mezzanine.<name> and keeps it equal to the query, in the transaction '
	'that changes the base table';

CREATE FUNCTION mezzanine.drop_view(view text, if_exists boolean = false, cascade boolean = false)
	RETURNS void
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'mezzanine_drop_view';
COMMENT ON FUNCTION mezzanine.drop_view(text, boolean, boolean) IS
	'drops a mezzanine view with everything that was made for it';

CREATE FUNCTION mezzanine.explain(query text, format text = 'text') RETURNS SETOF text
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'mezzanine_explain';
COMMENT ON FUNCTION mezzanine.explain(text, text) IS
	'dry run of create_view: how the query would be maintained, what it would lock, or why it '
	'is refused';

-- Whether the home table, as this transaction sees it, lacks the transaction's own changes.
CREATE FUNCTION mezzanine_state.is_touched(home regclass) RETURNS boolean
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'mezzanine_is_touched';
COMMENT ON FUNCTION mezzanine_state.is_touched(regclass) IS
	'true when this transaction has written the base table of the view with this home table';

-- Two relations with the same columns, as bags, in one statement and hence one snapshot.
-- Rows of one key that differ are shown as a pair.
CREATE FUNCTION mezzanine_state.compare(
	expected regclass, actual regclass, key_columns text[], max_differences integer)
	RETURNS TABLE (kind text, key jsonb, expected_row jsonb, actual_row jsonb)
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY EXECUTE format($query$
		WITH expected AS MATERIALIZED (TABLE %1$s),
		     actual   AS MATERIALIZED (TABLE %2$s),
		     missing  AS (SELECT %3$s AS key, to_jsonb(r) AS row
		                  FROM (TABLE expected EXCEPT ALL TABLE actual) AS r),
		     surplus  AS (SELECT %3$s AS key, to_jsonb(r) AS row
		                  FROM (TABLE actual EXCEPT ALL TABLE expected) AS r),
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
		ORDER BY 2, m.number, s.number
		LIMIT %4$s $query$,
		expected, actual,
		format('(SELECT coalesce(jsonb_object_agg(k, to_jsonb(r) -> k), jsonb ''{}'')
		         FROM unnest(%L::text[]) AS k)', key_columns),
		max_differences);
END $$;
COMMENT ON FUNCTION mezzanine_state.compare(regclass, regclass, text[], integer) IS
	'differences between two relations as bags, paired by key; used by mezzanine.verify';

CREATE FUNCTION mezzanine.verify(
	view regclass, max_differences integer = 20, repair boolean = false,
	OUT kind text, OUT key jsonb, OUT expected jsonb, OUT actual jsonb)
	RETURNS SETOF record
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	entry mezzanine_info.views;
	core  mezzanine_info.cores;
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
	IF repair THEN
		RAISE EXCEPTION 'repairing a mezzanine view is not supported yet'
			USING ERRCODE = 'feature_not_supported',
			      HINT = 'Drop the view and create it again.';
	END IF;
	SELECT v.* INTO entry FROM mezzanine_info.views AS v WHERE v.view = verify.view;
	IF NOT FOUND THEN
		RAISE EXCEPTION '"%" is not a mezzanine view', verify.view
			USING ERRCODE = 'wrong_object_type',
			      HINT = 'mezzanine_info.views lists the mezzanine views.';
	END IF;
	IF EXISTS (SELECT FROM mezzanine_info.cores AS c
	           WHERE c.view = entry.view AND mezzanine_state.is_touched(c.home)) THEN
		RAISE EXCEPTION 'cannot verify view "%" in a transaction that has changed table "%"',
			verify.view, entry.base
			USING ERRCODE = 'object_not_in_prerequisite_state',
			      DETAIL = 'The changes reach the view''s state at commit; until then this '
			               'transaction reads the view by its definition.',
			      HINT = 'Commit first.';
	END IF;
	-- What readers see, then what the engine counts with.
	RETURN QUERY SELECT * FROM mezzanine_state.compare(
		entry.definition, entry.view, entry.key_columns, max_differences);
	IF FOUND THEN
		RETURN;
	END IF;
	FOR core IN SELECT * FROM mezzanine_info.cores AS c WHERE c.view = entry.view ORDER BY number
	LOOP
		RETURN QUERY SELECT 'state ' || d.kind, d.key, d.expected_row, d.actual_row
			FROM mezzanine_state.compare(
				core.truth, core.home, ARRAY['hash'], max_differences) AS d;
	END LOOP;
END $$;
COMMENT ON FUNCTION mezzanine.verify(regclass, integer, boolean) IS
	'compares a view with its query in one snapshot and returns the differences; none: the view '
	'is right';

-- Authors of views: they also need to own the base table.
REVOKE ALL ON FUNCTION
	mezzanine.full_version(),
	mezzanine.create_view(text, text, text, text, integer, interval, text, text, boolean, boolean,
	                      text),
	mezzanine.drop_view(text, boolean, boolean),
	mezzanine.explain(text, text),
	mezzanine.verify(regclass, integer, boolean),
	mezzanine_state.is_touched(regclass),
	mezzanine_state.compare(regclass, regclass, text[], integer)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
	mezzanine.create_view(text, text, text, text, integer, interval, text, text, boolean, boolean,
	                      text),
	mezzanine.drop_view(text, boolean, boolean),
	mezzanine.explain(text, text),
	mezzanine.verify(regclass, integer, boolean),
	mezzanine_state.is_touched(regclass),
	mezzanine_state.compare(regclass, regclass, text[], integer),
	mezzanine_state.touch(), mezzanine_state.capture(), mezzanine_state.guard()
TO mezzanine_author;
GRANT EXECUTE ON FUNCTION mezzanine.full_version() TO mezzanine_author, mezzanine_reader;

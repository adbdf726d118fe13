-- Asking about views: what they are made of, how they are, and how to make them again.
CREATE FUNCTION mezzanine.explain_view(view regclass, format text = 'text') RETURNS SETOF text
	LANGUAGE plpgsql VOLATILE STRICT
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	entry mezzanine_info.views;
BEGIN
	entry := mezzanine_state.require_view(view);
	IF format = 'text' THEN
		RETURN NEXT pg_catalog.format('view: %s, %s%s', entry.view, entry.status,
			', ' || entry.stale_reason);
		RETURN NEXT pg_catalog.format('  on_error: %s, on_stale: %s', entry.on_error,
			entry.on_stale);
	END IF;
	RETURN QUERY SELECT * FROM mezzanine.explain(entry.query, format);
END $$;
COMMENT ON FUNCTION mezzanine.explain_view(regclass, text) IS
	'how a view is maintained and what that locks: explain() of its query';

CREATE FUNCTION mezzanine_state.require_view(view regclass) RETURNS mezzanine_info.views
	LANGUAGE plpgsql STABLE STRICT
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	entry mezzanine_info.views;
BEGIN
	SELECT v.* INTO entry FROM mezzanine_info.views AS v WHERE v.view = require_view.view;
	IF NOT FOUND THEN
		RAISE EXCEPTION '"%" is not a mezzanine view', view
			USING ERRCODE = 'wrong_object_type',
			      HINT = 'mezzanine_info.views lists the mezzanine views.';
	END IF;
	RETURN entry;
END $$;
COMMENT ON FUNCTION mezzanine_state.require_view(regclass) IS
	'the catalogue''s entry of a view, or an error';

CREATE FUNCTION mezzanine.get_create_command(view regclass) RETURNS text
	LANGUAGE plpgsql STABLE STRICT
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	entry mezzanine_info.views;
BEGIN
	entry := mezzanine_state.require_view(view);
	RETURN format('SELECT mezzanine.create_view(%L, %L',
	              (SELECT quote_ident(k.relname) FROM pg_class AS k WHERE k.oid = view),
	              rtrim(entry.query, ';'))
	       || CASE WHEN entry.on_error <> 'fail' THEN format(', on_error => %L', entry.on_error)
	               ELSE '' END
	       || CASE WHEN entry.on_stale <> 'error' THEN format(', on_stale => %L', entry.on_stale)
	               ELSE '' END
	       || coalesce((SELECT string_agg(format(', %I => %L', o.key, o.value), '' ORDER BY o.key)
	                    FROM jsonb_each_text(entry.options) AS o), '')
	       || CASE WHEN entry.comment IS NULL THEN ''
	               ELSE format(', comment => %L', entry.comment) END || ');';
END $$;
COMMENT ON FUNCTION mezzanine.get_create_command(regclass) IS
	'the call of create_view that makes this view';

-- What the definitions use, as PostgreSQL recorded it.
CREATE VIEW mezzanine_info.dependencies AS
SELECT DISTINCT c.view, d.refclassid::regclass AS class, d.refobjid AS object,
       CASE WHEN d.refclassid = 'pg_catalog.pg_class'::regclass THEN 'relation'
            WHEN d.refclassid = 'pg_catalog.pg_proc'::regclass THEN 'function'
            WHEN d.refclassid = 'pg_catalog.pg_type'::regclass THEN 'type'
            WHEN d.refclassid = 'pg_catalog.pg_operator'::regclass THEN 'operator'
            ELSE 'other' END AS kind,
       pg_catalog.pg_describe_object(d.refclassid, d.refobjid, 0) AS description
FROM mezzanine_info.catalogue AS c
JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = c.definition
JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
                              AND d.deptype = 'n' AND d.refobjid <> c.definition
JOIN pg_catalog.pg_class AS k ON k.oid = c.view;
GRANT SELECT ON mezzanine_info.dependencies TO mezzanine_author, mezzanine_reader;
COMMENT ON VIEW mezzanine_info.dependencies IS
	'what the queries of the mezzanine views use: tables, functions, types, operators';

-- For reports: whether what a view shows is what its query would.
CREATE VIEW mezzanine.freshness AS
SELECT c.view, k.relname AS name, c.status, c.status = 'live' AS is_exact,
       CASE c.status WHEN 'live' THEN statement_timestamp() ELSE c.stale_since END AS exact_until
FROM mezzanine_info.catalogue AS c JOIN pg_catalog.pg_class AS k ON k.oid = c.view;
GRANT SELECT ON mezzanine.freshness TO mezzanine_author, mezzanine_reader;
COMMENT ON VIEW mezzanine.freshness IS
	'for each mezzanine view, until when it is exact: now, unless it is paused or stale';

-- Tables, the views on them, and what reads those.
CREATE FUNCTION mezzanine_state.edges(OUT source regclass, OUT target regclass, OUT kind text)
	RETURNS SETOF record
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT b.base, b.view, 'core'
	FROM mezzanine_info.bases AS b JOIN mezzanine_info.views AS v ON v.view = b.view
	UNION
	SELECT DISTINCT v.view, r.ev_class::regclass, 'reader'
	FROM mezzanine_info.views AS v
	JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = v.view
	                   AND d.classid = 'pg_rewrite'::regclass
	JOIN pg_rewrite AS r ON r.oid = d.objid AND r.ev_class <> v.view
	ORDER BY 3, 1, 2;
END;
COMMENT ON FUNCTION mezzanine_state.edges() IS 'what mezzanine.graph draws';

CREATE FUNCTION mezzanine.graph(format text = 'mermaid') RETURNS text
	LANGUAGE plpgsql STABLE STRICT
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	CASE format
	WHEN 'mermaid' THEN
		RETURN (SELECT 'graph LR' || coalesce(string_agg(pg_catalog.format(
		                   E'\n    r%s["%s"] --> r%s["%s"]', e.source::oid,
		                   replace(e.source::text, '"', '#quot;'), e.target::oid,
		                   replace(e.target::text, '"', '#quot;')), ''), '')
		        FROM mezzanine_state.edges() AS e);
	WHEN 'dot' THEN
		RETURN (SELECT E'digraph mezzanine {\n    rankdir = LR;' || coalesce(string_agg(
		                   pg_catalog.format(E'\n    "%s" -> "%s";',
		                       replace(replace(e.source::text, '\', '\\'), '"', '\"'),
		                       replace(replace(e.target::text, '\', '\\'), '"', '\"')), ''), '')
		               || E'\n}'
		        FROM mezzanine_state.edges() AS e);
	WHEN 'json' THEN
		RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object(
		                   'source', e.source, 'target', e.target, 'kind', e.kind)), '[]')::text
		        FROM mezzanine_state.edges() AS e);
	ELSE
		RAISE EXCEPTION 'unknown format "%"', format
			USING ERRCODE = 'invalid_parameter_value',
			      HINT = 'It is mermaid, dot or json.';
	END CASE;
END $$;
COMMENT ON FUNCTION mezzanine.graph(text) IS
	'tables, the mezzanine views on them and the views that read those, as a graph';

-- What an administrator should know.  Each SELECT finds one kind of trouble.
CREATE FUNCTION mezzanine.status(OUT level text, OUT subject text, OUT problem text, OUT hint text)
	RETURNS SETOF record
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT CASE v.status WHEN 'stale' THEN 'error' ELSE 'warning' END, v.view::text,
	       format('The view is %s: %s.', v.status, v.stale_reason),
	       format('SELECT mezzanine.%s(%L)',
	              CASE v.status WHEN 'stale' THEN 'refresh' ELSE 'resume' END, v.view)
	FROM mezzanine_info.views AS v WHERE v.status <> 'live'
	UNION ALL
	SELECT 'error', r.relid::regclass::text,
	       format('The trigger %s is missing or does not fire always.', t.name),
	       b.refreshes
	FROM (SELECT b.base, string_agg(format('SELECT mezzanine.refresh(%L)', v.view), '; '
	                                ORDER BY v.view::text) AS refreshes
	      FROM mezzanine_info.bases AS b
	      JOIN mezzanine_info.views AS v ON v.view = b.view
	      WHERE v.status = 'live'
	      GROUP BY b.base) AS b
	CROSS JOIN LATERAL (SELECT b.base UNION SELECT relid FROM pg_partition_tree(b.base))
		AS r(relid)
	CROSS JOIN (VALUES ('mezzanine_touch', true), ('mezzanine_capture', true),
	                   ('mezzanine_capture_truncate', false)) AS t(name, on_partitions)
	WHERE (t.on_partitions OR r.relid = b.base)
	  AND NOT EXISTS (SELECT FROM pg_trigger AS g WHERE g.tgrelid = r.relid
	                  AND g.tgname = t.name AND g.tgenabled = 'A'
	                  AND NOT mezzanine_state.is_impostor(g))
	UNION ALL
	SELECT 'error', c.home::text, 'The home table has no index on its column hash.',
	       format('CREATE INDEX ON %s (hash)', c.home)
	FROM mezzanine_info.cores AS c
	WHERE NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.home AND i.indkey[0] = 1)
	UNION ALL
	SELECT 'error', g.tgrelid::regclass::text, 'The table has triggers of views that do not exist.',
	       'Restore the catalogue''s data, or drop the triggers and create the views again.'
	FROM pg_trigger AS g
	WHERE g.tgfoid = 'mezzanine_state.capture'::regproc AND g.tgname = 'mezzanine_capture'
	  AND g.tgparentid = 0
	  AND NOT EXISTS (SELECT FROM mezzanine_info.bases AS b WHERE b.base = g.tgrelid)
	UNION ALL
	SELECT 'error', e.evtname::text, 'The event trigger does not fire always.',
	       format('ALTER EVENT TRIGGER %I ENABLE ALWAYS', e.evtname)
	FROM pg_event_trigger AS e
	WHERE e.evtname LIKE 'mezzanine\_%' AND e.evtenabled <> 'A'
	UNION ALL
	SELECT 'warning', p.gid,
	       format('A prepared transaction waits since %s; it may hold groups and stocks.',
	              p.prepared),
	       format('COMMIT PREPARED %1$L or ROLLBACK PREPARED %1$L', p.gid)
	FROM pg_prepared_xacts AS p
	WHERE p.database = current_database()
	  AND p.prepared < statement_timestamp() - interval '1 minute'
	UNION ALL
	SELECT 'warning', 'mezzanine', format('The library and the extension differ: %s.',
	                                      mezzanine.full_version()),
	       'ALTER EXTENSION mezzanine UPDATE, and let old sessions end.'
	WHERE mezzanine.full_version() !~ '^mezzanine (\S+), extension \1,'
	UNION ALL
	SELECT 'warning', 'mezzanine_info.stat_views',
	       format('The counts of %s transactions are missing: too many views have been counted.',
	              mezzanine_state.uncounted_transactions()),
	       'A restart of the server makes room: views that were dropped keep theirs until then.'
	WHERE mezzanine_state.uncounted_transactions() > 0
	ORDER BY 1, 2, 3;
END;
COMMENT ON FUNCTION mezzanine.status() IS
	'what an administrator should look at: stale and paused views, triggers and indexes that are '
	'missing, forgotten prepared transactions; no rows: all is well';

REVOKE ALL ON FUNCTION
	mezzanine.explain_view(regclass, text), mezzanine_state.require_view(regclass),
	mezzanine.get_create_command(regclass), mezzanine_state.edges(), mezzanine.graph(text),
	mezzanine.status()
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
	mezzanine.explain_view(regclass, text), mezzanine_state.require_view(regclass),
	mezzanine.get_create_command(regclass), mezzanine_state.edges(), mezzanine.graph(text),
	mezzanine.status()
TO mezzanine_author;

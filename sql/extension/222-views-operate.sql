-- What is done to a view that exists: refresh, pause, resume.
CREATE FUNCTION mezzanine.refresh(view regclass, rebuild boolean = false) RETURNS bigint
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'mezzanine_refresh';
COMMENT ON FUNCTION mezzanine.refresh(regclass, boolean) IS
	'computes a view anew from its tables and makes it live; writes the rows that differ, or all '
	'with rebuild, and returns their number';

CREATE FUNCTION mezzanine.pause(view regclass) RETURNS void
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'mezzanine_pause';
COMMENT ON FUNCTION mezzanine.pause(regclass) IS
	'stops keeping a view up to date, so that writers need not; reading it is an error then, or '
	'gives what is there, by the view''s on_stale';

CREATE FUNCTION mezzanine.resume(view regclass) RETURNS bigint
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'mezzanine_resume';
COMMENT ON FUNCTION mezzanine.resume(regclass) IS
	'brings a paused view up to date and to life; returns the number of rows changed';

CREATE FUNCTION mezzanine.alter_view(
	view regclass, query text = NULL, mode text = NULL, spread integer = NULL,
	target_lag interval = NULL, on_error text = NULL, on_stale text = NULL) RETURNS void
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'mezzanine_alter_view';
COMMENT ON FUNCTION mezzanine.alter_view(regclass, text, text, integer, interval, text, text) IS
	'changes a view''s query, which keeps its columns and may add some; the most cells of a group; '
	'what becomes of an error of the maintenance, and of reading a view that is not live; NULL '
	'leaves as it is';

-- Steps of alter_view, which makes a new view under the old one's name and gives its tables to
-- the old one.  Called as the catalogue's owner, but for keep_indexes, which computes with what is
-- the view's owner's.
CREATE FUNCTION mezzanine_state.set_aside(view regclass) RETURNS void
	LANGUAGE plpgsql VOLATILE STRICT
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	parts oid[] := array_remove(ARRAY(
		SELECT c.definition FROM mezzanine_info.catalogue AS c WHERE c.view = set_aside.view
		UNION ALL
		SELECT unnest(ARRAY[c.home, c.truth, c.cells, c.total])
		FROM mezzanine_info.core AS c WHERE c.view = set_aside.view
		UNION ALL
		SELECT unnest(r.rows || ARRAY(SELECT a.arm FROM mezzanine_info.arm AS a
		                              WHERE a.rows = r.rows))
		FROM mezzanine_info.rows AS r WHERE r.view = set_aside.view), NULL);
	part record;
BEGIN
	SELECT r.ev_class::regclass AS reader, d.refobjid::regclass AS relation INTO part
	FROM pg_depend AS d
	JOIN pg_rewrite AS r ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
	WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY (parts)
	  AND r.ev_class <> ALL (parts || view::oid)
	ORDER BY 1, 2 LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'cannot change the tables behind mezzanine view "%"', view
			USING ERRCODE = 'dependent_objects_still_exist',
			      DETAIL = format('View %s depends on %s.', part.reader, part.relation),
			      HINT = 'Have it read the published view, or drop it first.';
	END IF;
	FOR part IN
		SELECT k.oid AS number, k.oid::regclass AS relation,
		       CASE k.relkind WHEN 'r' THEN 'TABLE' ELSE 'VIEW' END AS kind
		FROM pg_class AS k WHERE k.oid = ANY (parts || view::oid)
	LOOP
		EXECUTE format('ALTER %s %s RENAME TO %I', part.kind, part.relation,
		               'mezzanine_aside_' || part.number);
	END LOOP;
END $$;
COMMENT ON FUNCTION mezzanine_state.set_aside(regclass) IS
	'renames a mezzanine view and all that was made for it, so that their names are free';

CREATE FUNCTION mezzanine_state.exchange(a regclass, b regclass) RETURNS void
	LANGUAGE plpgsql VOLATILE STRICT
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	step record;
BEGIN
	FOR step IN
		SELECT t.name, m.old, m.new
		FROM unnest(ARRAY['catalogue', 'core', 'rows']) WITH ORDINALITY AS t(name, n),
		     (VALUES (1, a, 0), (2, b, a), (3, 0, b)) AS m(n, old, new)
		ORDER BY t.n, m.n
	LOOP
		EXECUTE format('UPDATE mezzanine_info.%I SET view = $2 WHERE view = $1', step.name)
			USING step.old::regclass, step.new::regclass;
	END LOOP;
	UPDATE mezzanine_info.catalogue AS c SET created_at = o.created_at
	FROM mezzanine_info.catalogue AS o WHERE c.view = a AND o.view = b;
END $$;
COMMENT ON FUNCTION mezzanine_state.exchange(regclass, regclass) IS
	'gives two mezzanine views each other''s definition, cores and settings';

-- Those of create_view's own making have a comment that says so.
CREATE FUNCTION mezzanine_state.keep_indexes(aside regclass, view regclass) RETURNS void
	LANGUAGE plpgsql VOLATILE STRICT
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	given   record;
	command text;
BEGIN
	FOR given IN
		SELECT k.oid AS number, k.relname AS name, t.now,
		       CASE WHEN i.indisunique THEN 'CREATE UNIQUE INDEX' ELSE 'CREATE INDEX' END AS verb,
		       t.was, pg_get_indexdef(k.oid) AS definition
		FROM mezzanine_info.cores AS o
		JOIN mezzanine_info.cores AS n ON n.view = keep_indexes.view AND n.number = o.number
		CROSS JOIN LATERAL (VALUES (o.home, n.home), (o.cells, n.cells)) AS t(was, now)
		JOIN pg_index AS i ON i.indrelid = t.was
		JOIN pg_class AS k ON k.oid = i.indexrelid
		WHERE o.view = keep_indexes.aside AND t.now IS NOT NULL
		  AND obj_description(k.oid, 'pg_class') IS DISTINCT FROM 'made by mezzanine'
		ORDER BY k.oid
	LOOP
		command := format('%s %I ON %s', given.verb, given.name, given.now)
		           || substr(given.definition, 1 + length(
		                  format('%s %I ON %s', given.verb, given.name, given.was)));
		BEGIN
			EXECUTE format('ALTER INDEX mezzanine_state.%I RENAME TO %I', given.name,
			               'mezzanine_aside_' || given.number);
			EXECUTE command;
		EXCEPTION WHEN undefined_column OR undefined_function OR undefined_object THEN
			RAISE WARNING 'index "%" is gone with the old tables of the view', given.name
				USING DETAIL = format('%s: %s.', command, sqlerrm),
				      HINT = 'Look which columns the new ones have, and whether it is wanted.';
		END;
	END LOOP;
END $$;
COMMENT ON FUNCTION mezzanine_state.keep_indexes(regclass, regclass) IS
	'gives the tables of a view the indexes that somebody gave those that it had before';

CREATE FUNCTION mezzanine_state.set_spread(view regclass, spread integer) RETURNS void
	LANGUAGE sql VOLATILE STRICT
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	UPDATE mezzanine_info.core AS c SET spread = set_spread.spread WHERE c.view = set_spread.view;
	UPDATE mezzanine_info.catalogue AS c
	SET options = c.options || jsonb_build_object('spread', set_spread.spread)
	WHERE c.view = set_spread.view;
END;
COMMENT ON FUNCTION mezzanine_state.set_spread(regclass, integer) IS
	'changes the most cells of a group in the catalogue, of a view that has cells';

REVOKE ALL ON FUNCTION
	mezzanine_state.set_aside(regclass), mezzanine_state.exchange(regclass, regclass),
	mezzanine_state.set_spread(regclass, integer),
	mezzanine_state.keep_indexes(regclass, regclass),
	mezzanine.alter_view(regclass, text, text, integer, interval, text, text),
	mezzanine.refresh(regclass, boolean), mezzanine.pause(regclass), mezzanine.resume(regclass)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
	mezzanine_state.keep_indexes(regclass, regclass),
	mezzanine.alter_view(regclass, text, text, integer, interval, text, text),
	mezzanine.refresh(regclass, boolean), mezzanine.pause(regclass), mezzanine.resume(regclass)
TO mezzanine_author;

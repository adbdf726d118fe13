-- What no row trigger sees: relations that go, and tables that change their nature.  All such
-- triggers have jit off: the planner takes their queries for long ones, and compiling one took
-- longer than all else that a CREATE VIEW does.

-- Removes what is left of views that lost one of their relations.  Called by on_drop, as
-- the extension's owner; the relations' names come from the catalogue alone.
CREATE FUNCTION mezzanine_state.sweep() RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	entry record;
	part  record;
BEGIN
	-- Each view's tables, and its own relations in the order in which they can go.
	FOR entry IN
		SELECT c.view,
		       ARRAY(SELECT b.base FROM mezzanine_info.bases AS b WHERE b.view = c.view) AS bases,
		       c.view || array_agg(r.relation ORDER BY r.depth DESC, r.number, r.n)
		           FILTER (WHERE r.relation IS NOT NULL) || c.definition AS relations
		FROM mezzanine_info.catalogue AS c
		JOIN (SELECT k.view, k.depth, k.number, p.relation, p.n
		      FROM mezzanine_info.core AS k
		      CROSS JOIN LATERAL unnest(ARRAY[k.total, k.cells, k.home, k.truth])
		          WITH ORDINALITY AS p(relation, n)
		      UNION ALL
		      -- After the cores over it, before those that it joins; so its arms.
		      SELECT o.view, o.depth - 0.5, 0, p.relation, p.n
		      FROM mezzanine_info.rows AS o
		      CROSS JOIN LATERAL (SELECT o.rows, 0 UNION ALL
		                          SELECT a.arm, 1 FROM mezzanine_info.arm AS a
		                          WHERE a.rows = o.rows) AS p(relation, n)) AS r
			ON r.view = c.view
		GROUP BY c.view, c.definition
	LOOP
		CONTINUE WHEN NOT EXISTS (SELECT FROM unnest(entry.relations || entry.bases) AS r(relation)
		                          WHERE NOT EXISTS (SELECT FROM pg_class AS k
		                                            WHERE k.oid = r.relation));
		DELETE FROM mezzanine_info.arm AS a USING mezzanine_info.rows AS r
		WHERE r.rows = a.rows AND r.view = entry.view;
		DELETE FROM mezzanine_info.row_source AS s USING mezzanine_info.rows AS r
		WHERE r.rows = s.rows AND r.view = entry.view;
		DELETE FROM mezzanine_info.rows AS r WHERE r.view = entry.view;
		DELETE FROM mezzanine_info.core AS k WHERE k.view = entry.view;
		DELETE FROM mezzanine_info.catalogue AS c WHERE c.view = entry.view;
		-- First the bases, as their writers do; then what they want at their commit.
		FOR part IN
			SELECT k.oid::regclass AS relation
			FROM unnest(entry.bases) AS r(relation) JOIN pg_class AS k ON k.oid = r.relation
			ORDER BY 1
		LOOP
			EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', part.relation);
		END LOOP;
		FOR part IN
			SELECT k.oid::regclass AS relation,
			       CASE k.relkind WHEN 'r' THEN 'TABLE' ELSE 'VIEW' END AS kind
			FROM unnest(entry.relations) WITH ORDINALITY AS r(relation, n)
			JOIN pg_class AS k ON k.oid = r.relation
			ORDER BY r.n
		LOOP
			EXECUTE format('DROP %s %s', part.kind, part.relation);
		END LOOP;
		FOR part IN
			SELECT t.tgname AS name, t.tgrelid::regclass AS relation FROM pg_trigger AS t
			WHERE (t.tgrelid = ANY (entry.bases) OR t.tgrelid IN (
			           SELECT p.relid FROM unnest(entry.bases) AS b(oid)
			           CROSS JOIN LATERAL pg_partition_tree(b.oid) AS p))
			  AND t.tgparentid = 0
			  AND t.tgfoid IN ('mezzanine_state.touch'::regproc, 'mezzanine_state.capture'::regproc)
			  AND NOT EXISTS (SELECT FROM mezzanine_info.bases AS b
			                  WHERE b.base = coalesce(pg_partition_root(t.tgrelid), t.tgrelid))
		LOOP
			EXECUTE format('DROP TRIGGER %I ON %s', part.name, part.relation);
		END LOOP;
	END LOOP;
END $$;
COMMENT ON FUNCTION mezzanine_state.sweep() IS
	'removes what is left of mezzanine views that lost one of their relations, and triggers '
	'that serve no view';

CREATE FUNCTION mezzanine_state.on_drop() RETURNS event_trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	SET jit = off
AS $$
BEGIN
	IF EXISTS (SELECT FROM pg_event_trigger_dropped_objects() AS d
	           WHERE d.object_type IN ('table', 'view') AND NOT d.is_temporary) THEN
		PERFORM mezzanine_state.sweep();
	END IF;
END $$;
COMMENT ON FUNCTION mezzanine_state.on_drop() IS
	'event trigger: a mezzanine view goes with any of its relations';

-- A table that a view is computed from must stay one whose changes the triggers see.
CREATE FUNCTION mezzanine_state.on_ddl() RETURNS event_trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	SET jit = off
AS $$
DECLARE
	problem record;
BEGIN
	PERFORM mezzanine_state.keep_triggers(c.command)
	FROM pg_event_trigger_ddl_commands() AS c
	WHERE c.classid = 'pg_class'::regclass AND c.command_tag = 'ALTER TABLE';
	IF TG_TAG = 'CREATE TRIGGER' AND NOT EXISTS (
			SELECT FROM pg_event_trigger_ddl_commands() AS c
			JOIN pg_trigger AS t ON c.classid = 'pg_trigger'::regclass AND t.oid = c.objid
			WHERE mezzanine_state.is_impostor(t)) THEN
		RETURN;
	END IF;
	-- Most tables concern no view, and to look at all views takes its time.
	IF TG_TAG IN ('CREATE TABLE', 'ALTER TABLE') AND NOT EXISTS (
			SELECT FROM pg_event_trigger_ddl_commands() AS c
			CROSS JOIN LATERAL (
				SELECT c.objid AS relid
				UNION SELECT relid FROM pg_partition_ancestors(c.objid)
				UNION SELECT inhparent FROM pg_inherits WHERE inhrelid = c.objid
				UNION SELECT inhrelid FROM pg_inherits WHERE inhparent = c.objid) AS t
			WHERE EXISTS (SELECT FROM mezzanine_info.core AS k WHERE k.source = t.relid)
			   OR EXISTS (SELECT FROM mezzanine_info.row_source AS s WHERE s.source = t.relid)
			   OR EXISTS (SELECT FROM mezzanine_info.core AS k WHERE k.home = t.relid)
			   OR EXISTS (SELECT FROM mezzanine_info.core AS k WHERE k.cells = t.relid)) THEN
		RETURN;
	END IF;
	SELECT coalesce(p.part, v.source) AS base, v.view, p.what, p.hint INTO problem
	FROM (SELECT c.view, c.number, c.home, c.cells, c.truth, coalesce(s.source, c.source) AS source
	      FROM mezzanine_info.cores AS c
	      LEFT JOIN mezzanine_info.row_source AS s ON s.rows = c.source) AS v
	JOIN pg_class AS b ON b.oid = v.source
	CROSS JOIN LATERAL (SELECT NOT EXISTS (SELECT FROM mezzanine_info.core AS f
	                                       WHERE f.home = v.source) AS is_base) AS s
	CROSS JOIN LATERAL (
		SELECT array_agg(t.relid) AS all_of_it
		FROM (SELECT v.source AS relid UNION SELECT relid FROM pg_partition_tree(v.source)) AS t
	) AS base
	CROSS JOIN LATERAL (
		SELECT NULL::regclass, 'have row-level security',
		       'Drop the view first, or leave row-level security off.'
		WHERE b.relrowsecurity
		UNION ALL
		SELECT NULL, 'inherit, be inherited from or be a partition',
		       'Drop the view first, or keep the table on its own.'
		WHERE EXISTS (SELECT FROM pg_inherits AS i
		              WHERE i.inhrelid = b.oid OR i.inhparent = b.oid AND b.relkind <> 'p')
		UNION ALL
		SELECT k.oid, 'be unlogged', 'Drop the view first, or keep its tables logged.'
		FROM pg_class AS k
		WHERE k.oid = ANY (base.all_of_it || v.home || v.cells) AND k.relpersistence <> 'p'
		UNION ALL
		SELECT k.oid, 'be a foreign partition', 'Drop the view first, or keep all partitions local.'
		FROM pg_class AS k WHERE k.oid = ANY (base.all_of_it) AND k.relkind = 'f'
		UNION ALL
		SELECT t.tgrelid, 'have triggers of the view disabled',
		       'Enable them with ENABLE ALWAYS TRIGGER, or drop the view first.'
		FROM pg_trigger AS t
		WHERE t.tgrelid = ANY (base.all_of_it || v.home || v.cells) AND t.tgenabled <> 'A'
		  AND t.tgfoid IN ('mezzanine_state.touch'::regproc, 'mezzanine_state.capture'::regproc,
		                   'mezzanine_state.guard'::regproc)
		UNION ALL
		SELECT t.tgrelid, 'have another trigger in the place of one of the view''s',
		       'Give it another name.'
		FROM pg_trigger AS t
		WHERE t.tgrelid = ANY (base.all_of_it || v.home || v.cells)
		  AND mezzanine_state.is_impostor(t)
		UNION ALL
		-- Only then: a restore makes the triggers one by one, when the catalogue is filled.
		SELECT NULL, 'lose or rename triggers of the view', 'Drop the view first, or leave them.'
		WHERE TG_TAG IN ('DROP TRIGGER', 'ALTER TRIGGER')
		  AND (SELECT count(*) FROM pg_trigger AS t
		       WHERE s.is_base AND t.tgrelid = v.source
		         AND t.tgname IN ('mezzanine_touch', 'mezzanine_capture',
		                          'mezzanine_capture_truncate')
		          OR t.tgrelid IN (v.home, v.cells)
		             AND t.tgname IN ('mezzanine_guard', 'mezzanine_guard_truncate'))
		      < CASE WHEN s.is_base THEN 5 ELSE 2 END + CASE WHEN v.cells IS NULL THEN 0 ELSE 2 END
		UNION ALL
		SELECT r.relid, 'lose or rename triggers of the view', 'Drop the view first, or leave them.'
		FROM unnest(base.all_of_it) AS r(relid)
		WHERE TG_TAG IN ('DROP TRIGGER', 'ALTER TRIGGER') AND s.is_base AND r.relid <> v.source
		  AND NOT EXISTS (SELECT FROM pg_trigger AS t
		                  WHERE t.tgrelid = r.relid AND t.tgname = 'mezzanine_touch')
		UNION ALL
		SELECT NULL, 'have the view''s state in another schema', 'Leave it in mezzanine_state.'
		WHERE EXISTS (SELECT FROM pg_class AS k
		              WHERE k.oid IN (v.home, v.cells)
		                AND k.relnamespace <> 'mezzanine_state'::regnamespace)
		UNION ALL
		SELECT k.oid, 'have other columns than it was made with', 'Leave them as they are.'
		FROM pg_class AS k
		WHERE TG_TAG = 'ALTER TABLE' AND k.oid IN (v.home, v.cells)
		  AND ARRAY(SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute AS a
		            WHERE a.attrelid = k.oid AND a.attnum > 0 ORDER BY a.attnum)
		      <> ARRAY(SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute AS a
		               WHERE a.attrelid = v.truth AND a.attnum > 0 ORDER BY a.attnum)
		         || CASE WHEN k.oid = v.cells THEN '{integer}' ELSE '{}' END::text[]
	) AS p(part, what, hint)
	ORDER BY v.view, v.number, p.part = v.source DESC, p.part
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'table "%" of mezzanine view "%" cannot %',
			problem.base, problem.view, problem.what
			USING ERRCODE = 'feature_not_supported',
			      DETAIL = 'Changes to the table could then pass by the view.',
			      HINT = problem.hint;
	END IF;
	PERFORM mezzanine_state.watch_partition(k.oid::regclass)
	FROM pg_event_trigger_ddl_commands() AS c
	JOIN pg_class AS k ON c.classid = 'pg_class'::regclass AND k.oid = c.objid
	WHERE c.command_tag = 'CREATE TABLE' AND k.relispartition;
END $$;
COMMENT ON FUNCTION mezzanine_state.on_ddl() IS
	'event trigger: refuses DDL after which changes of a base table could pass by its views, and '
	'watches new partitions';

CREATE FUNCTION mezzanine_state.keep_triggers(command pg_ddl_command) RETURNS void
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'mezzanine_keep_triggers';
COMMENT ON FUNCTION mezzanine_state.keep_triggers(pg_ddl_command) IS
	'spares the extension''s triggers where a command disables or enables all';

CREATE FUNCTION mezzanine_state.watch_partition(partition regclass) RETURNS void
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'mezzanine_watch_partition';
COMMENT ON FUNCTION mezzanine_state.watch_partition(regclass) IS
	'makes the trigger of a new partition of a mezzanine view''s table';

CREATE FUNCTION mezzanine_state.on_ddl_end() RETURNS event_trigger
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'mezzanine_on_ddl_end';
COMMENT ON FUNCTION mezzanine_state.on_ddl_end() IS
	'event trigger: counts the rows of a partition that was attached or detached';

CREATE FUNCTION mezzanine_state.on_ddl_start() RETURNS event_trigger
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'mezzanine_on_ddl_start';
COMMENT ON FUNCTION mezzanine_state.on_ddl_start() IS
	'event trigger: counts the rows of a partition that is about to be dropped';

CREATE EVENT TRIGGER mezzanine_on_drop ON sql_drop EXECUTE FUNCTION mezzanine_state.on_drop();
ALTER EVENT TRIGGER mezzanine_on_drop ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER mezzanine_on_drop IS 'a mezzanine view goes with any of its relations';
CREATE EVENT TRIGGER mezzanine_on_ddl ON ddl_command_end
	WHEN TAG IN ('ALTER TABLE', 'CREATE TABLE', 'CREATE SCHEMA', 'CREATE FOREIGN TABLE',
	            'ALTER FOREIGN TABLE', 'CREATE TRIGGER', 'DROP TRIGGER', 'ALTER TRIGGER')
	EXECUTE FUNCTION mezzanine_state.on_ddl();
ALTER EVENT TRIGGER mezzanine_on_ddl ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER mezzanine_on_ddl IS
	'refuses DDL after which changes of a base table could pass by its mezzanine views';

CREATE EVENT TRIGGER mezzanine_on_ddl_start ON ddl_command_start
	WHEN TAG IN ('ALTER TABLE', 'DROP TABLE', 'DROP SCHEMA', 'DROP OWNED', 'DROP TYPE',
	            'DROP EXTENSION', 'DROP ACCESS METHOD')
	EXECUTE FUNCTION mezzanine_state.on_ddl_start();
ALTER EVENT TRIGGER mezzanine_on_ddl_start ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER mezzanine_on_ddl_start IS
	'counts the rows of partitions of a mezzanine view''s table that are about to be dropped';

CREATE EVENT TRIGGER mezzanine_on_ddl_end ON ddl_command_end
	WHEN TAG IN ('ALTER TABLE')
	EXECUTE FUNCTION mezzanine_state.on_ddl_end();
ALTER EVENT TRIGGER mezzanine_on_ddl_end ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER mezzanine_on_ddl_end IS
	'counts the rows that come to a mezzanine view''s table, or leave it, with a partition';

REVOKE ALL ON FUNCTION
	mezzanine_state.sweep(), mezzanine_state.on_drop(), mezzanine_state.on_ddl(),
	mezzanine_state.keep_triggers(pg_ddl_command),
	mezzanine_state.watch_partition(regclass), mezzanine_state.on_ddl_start(),
	mezzanine_state.on_ddl_end()
FROM PUBLIC;

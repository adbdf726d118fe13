-- A function that a view computes with is replaced: nobody knows which rows it concerns.
CREATE FUNCTION mezzanine_state.fail_view(view regclass, reason text) RETURNS void
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'mezzanine_fail_view';
COMMENT ON FUNCTION mezzanine_state.fail_view(regclass, text) IS
	'makes a view stale when the transaction commits; until then it reads the definition';

CREATE FUNCTION mezzanine_state.redefines(command pg_ddl_command) RETURNS boolean
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'mezzanine_redefines';
COMMENT ON FUNCTION mezzanine_state.redefines(pg_ddl_command) IS
	'whether a command on a function or aggregate may change what it returns; a new name does not';

CREATE FUNCTION mezzanine_state.on_function() RETURNS event_trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	SET jit = off
AS $$
BEGIN
	PERFORM mezzanine_state.fail_view(u.view, format('Function %s was replaced', u.replaced))
	FROM (
		WITH RECURSIVE callers AS (
			SELECT c.objid AS caller, c.classid AS class, c.object_identity AS replaced
			FROM pg_event_trigger_ddl_commands() AS c
			WHERE c.classid = 'pg_proc'::regclass AND mezzanine_state.redefines(c.command)
			UNION
			-- Aggregates, operators, and functions in the SQL standard's form.
			SELECT d.objid, d.classid, c.replaced
			FROM callers AS c
			JOIN pg_depend AS d ON d.refclassid = c.class AND d.refobjid = c.caller
			WHERE d.classid IN ('pg_proc'::regclass, 'pg_operator'::regclass)
		)
		SELECT DISTINCT ON (r.view) r.view, c.replaced
		FROM callers AS c
		JOIN pg_depend AS d ON d.refclassid = c.class AND d.refobjid = c.caller
		                   AND d.classid = 'pg_rewrite'::regclass
		JOIN pg_rewrite AS w ON w.oid = d.objid
		JOIN (SELECT k.view, k.definition AS relation FROM mezzanine_info.catalogue AS k
		      UNION ALL
		      -- What plain views in the query call is written out there.
		      SELECT k.view, k.truth FROM mezzanine_info.core AS k
		      UNION ALL
		      SELECT o.view, o.rows FROM mezzanine_info.rows AS o
		      UNION ALL
		      SELECT o.view, a.arm FROM mezzanine_info.arm AS a
		      JOIN mezzanine_info.rows AS o ON o.rows = a.rows) AS r ON r.relation = w.ev_class
		ORDER BY r.view, c.replaced
	) AS u;
END $$;
COMMENT ON FUNCTION mezzanine_state.on_function() IS
	'event trigger: a view whose query calls a function that is replaced turns stale';

CREATE EVENT TRIGGER mezzanine_on_function ON ddl_command_end
	WHEN TAG IN ('CREATE FUNCTION', 'CREATE AGGREGATE', 'ALTER FUNCTION', 'ALTER ROUTINE')
	EXECUTE FUNCTION mezzanine_state.on_function();
ALTER EVENT TRIGGER mezzanine_on_function ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER mezzanine_on_function IS
	'a mezzanine view whose query calls a function that is replaced turns stale';

REVOKE ALL ON FUNCTION
	mezzanine_state.fail_view(regclass, text), mezzanine_state.redefines(pg_ddl_command),
	mezzanine_state.on_function()
FROM PUBLIC;

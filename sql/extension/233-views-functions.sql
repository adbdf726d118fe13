-- A function that a view computes with is replaced: nobody knows which rows it concerns.
CREATE FUNCTION mezzanine_state.fail_view(view regclass, reason text) RETURNS void
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'mezzanine_fail_view';
COMMENT ON FUNCTION mezzanine_state.fail_view(regclass, text) IS
	'makes a view stale when the transaction commits; until then it reads the definition';

CREATE FUNCTION mezzanine_state.on_function() RETURNS event_trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM mezzanine_state.fail_view(d.view, format('Function %s was replaced', c.object_identity))
	FROM pg_event_trigger_ddl_commands() AS c
	JOIN (SELECT d.view, d.object
	      FROM mezzanine_info.dependencies AS d WHERE d.class = 'pg_proc'::regclass
	      UNION
	      -- What plain views in the query call is written out there.
	      SELECT r.view, d.refobjid
	      FROM (SELECT k.view, k.truth AS relation FROM mezzanine_info.core AS k
	            UNION ALL
	            SELECT o.view, o.rows FROM mezzanine_info.rows AS o
	            UNION ALL
	            SELECT o.view, a.arm FROM mezzanine_info.arm AS a
	            JOIN mezzanine_info.rows AS o ON o.rows = a.rows) AS r
	      JOIN pg_rewrite AS w ON w.ev_class = r.relation
	      JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
	                         AND d.refclassid = 'pg_proc'::regclass) AS d
		ON d.object = c.objid
	WHERE c.classid = 'pg_proc'::regclass;
END $$;
COMMENT ON FUNCTION mezzanine_state.on_function() IS
	'event trigger: a view whose query calls a function that is replaced turns stale';

CREATE EVENT TRIGGER mezzanine_on_function ON ddl_command_end
	WHEN TAG IN ('CREATE FUNCTION')
	EXECUTE FUNCTION mezzanine_state.on_function();
ALTER EVENT TRIGGER mezzanine_on_function ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER mezzanine_on_function IS
	'a mezzanine view whose query calls a function that is replaced turns stale';

REVOKE ALL ON FUNCTION
	mezzanine_state.fail_view(regclass, text), mezzanine_state.on_function()
FROM PUBLIC;

-- A plain view in a mezzanine view's query was written out when that was created.
CREATE FUNCTION mezzanine_state.on_replace() RETURNS event_trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	SET jit = off
AS $$
DECLARE
	used record;
BEGIN
	-- Who reads what was replaced, and who reads those; a view is also replaced by its rule.
	WITH RECURSIVE readers AS (
		SELECT c.replaced, c.replaced AS reader
		FROM (SELECT coalesce(w.ev_class, c.objid) AS replaced
		      FROM pg_event_trigger_ddl_commands() AS c
		      LEFT JOIN pg_rewrite AS w
		          ON c.classid = 'pg_rewrite'::regclass AND w.oid = c.objid AND w.ev_type = '1'
		      WHERE w.oid IS NOT NULL OR c.classid = 'pg_class'::regclass AND c.objsubid = 0) AS c
		UNION
		SELECT r.replaced, w.ev_class
		FROM readers AS r
		JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = r.reader
		                   AND d.classid = 'pg_rewrite'::regclass
		JOIN pg_rewrite AS w ON w.oid = d.objid
	)
	SELECT m.view, r.replaced::regclass AS replaced INTO used
	FROM readers AS r
	-- The views that were made for a mezzanine view; its definition reads the user's.
	JOIN (SELECT c.view, c.definition AS made FROM mezzanine_info.catalogue AS c
	      UNION ALL
	      SELECT k.view, unnest(ARRAY[k.truth, k.total]) FROM mezzanine_info.core AS k
	      UNION ALL
	      SELECT o.view, o.rows FROM mezzanine_info.rows AS o
	      UNION ALL
	      SELECT o.view, a.arm
	      FROM mezzanine_info.arm AS a JOIN mezzanine_info.rows AS o ON o.rows = a.rows) AS m
		ON m.made = r.reader
	ORDER BY m.view
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'cannot replace view "%", which mezzanine view "%" reads',
			used.replaced, used.view
			USING ERRCODE = 'feature_not_supported',
			      DETAIL = 'The mezzanine view was made from the view''s query as it was.',
			      HINT = 'Drop the mezzanine view first, and create it again afterwards.';
	END IF;
END $$;
COMMENT ON FUNCTION mezzanine_state.on_replace() IS
	'event trigger: refuses to replace a view that a mezzanine view reads';
REVOKE ALL ON FUNCTION mezzanine_state.on_replace() FROM PUBLIC;

CREATE EVENT TRIGGER mezzanine_on_replace ON ddl_command_end
	WHEN TAG IN ('CREATE VIEW', 'CREATE RULE')
	EXECUTE FUNCTION mezzanine_state.on_replace();
ALTER EVENT TRIGGER mezzanine_on_replace ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER mezzanine_on_replace IS
	'refuses to replace a view that a mezzanine view reads';

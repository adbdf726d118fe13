-- A plain view in a mezzanine view's query was written out when that was created.
CREATE FUNCTION mezzanine_state.on_replace() RETURNS event_trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	used record;
BEGIN
	-- What the definitions read, and the views among that read in their turn; and the views
	-- that were made for a mezzanine view.
	WITH RECURSIVE reads AS (
		SELECT c.view, c.definition::oid AS reader FROM mezzanine_info.catalogue AS c
		UNION
		SELECT k.view, p.relation::oid FROM mezzanine_info.core AS k
		CROSS JOIN LATERAL (VALUES (k.truth), (k.total)) AS p(relation)
		UNION
		SELECT o.view, p.relation::oid FROM mezzanine_info.rows AS o
		CROSS JOIN LATERAL (SELECT o.rows UNION ALL
		                    SELECT a.arm FROM mezzanine_info.arm AS a
		                    WHERE a.rows = o.rows) AS p(relation)
		UNION
		SELECT r.view, d.refobjid
		FROM reads AS r
		JOIN pg_rewrite AS w ON w.ev_class = r.reader
		JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
		                   AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.reader
	)
	SELECT r.view, r.reader::regclass AS replaced INTO used
	FROM reads AS r
	JOIN pg_event_trigger_ddl_commands() AS c
		ON c.classid = 'pg_class'::regclass AND c.objid = r.reader AND c.objsubid = 0
		-- A view is also replaced by its rule.
		OR c.classid = 'pg_rewrite'::regclass AND EXISTS (
			SELECT FROM pg_rewrite AS w
			WHERE w.oid = c.objid AND w.ev_class = r.reader AND w.ev_type = '1')
	ORDER BY r.view
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

-- Rows of the catalogue that come from elsewhere: a dump, or a publisher.

-- A dump's data come into a schema whose tables have their triggers already, table by table in
-- any order.  What was written before the catalogue's rows came nobody counted: so the views
-- are computed when they come, and count what comes after.  In a restore of the whole the
-- triggers come last, and nothing is to be done.
CREATE FUNCTION mezzanine_state.is_registering() RETURNS boolean
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'mezzanine_is_registering';
COMMENT ON FUNCTION mezzanine_state.is_registering() IS
	'true while create_view writes into the catalogue';

CREATE FUNCTION mezzanine_state.on_load() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF mezzanine_state.is_registering() THEN
		RETURN NULL;
	END IF;
	-- The tables may be loaded at once: who comes last sees the others' rows.
	LOCK TABLE mezzanine_info.core IN SHARE ROW EXCLUSIVE MODE;
	IF TG_TABLE_NAME IN ('row_source', 'arm') THEN
		PERFORM mezzanine_state.refresh_loaded(ARRAY(
			SELECT r.view FROM loaded AS l JOIN mezzanine_info.rows AS r ON r.rows = l.rows));
	ELSE
		PERFORM mezzanine_state.refresh_loaded(ARRAY(SELECT l.view FROM loaded AS l));
	END IF;
	RETURN NULL;
END $$;
COMMENT ON FUNCTION mezzanine_state.on_load() IS
	'trigger of the catalogue: computes views whose rows come by a dump of data alone';
CREATE FUNCTION mezzanine_state.refresh_loaded(loaded regclass[]) RETURNS void
	LANGUAGE plpgsql VOLATILE STRICT
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM mezzanine.refresh(c.view)
	FROM mezzanine_info.catalogue AS c
	WHERE c.view = ANY (loaded) AND c.status = 'live'
	  -- All is there that says which tables it is computed from, ...
	  AND EXISTS (SELECT FROM mezzanine_info.core AS k WHERE k.view = c.view)
	  AND NOT EXISTS (SELECT FROM mezzanine_info.core AS k JOIN pg_class AS s ON s.oid = k.source
	                  WHERE k.view = c.view AND s.relkind = 'v'
	                    AND NOT EXISTS (SELECT FROM mezzanine_info.rows AS r
	                                    JOIN mezzanine_info.row_source AS o ON o.rows = r.rows
	                                    WHERE r.rows = k.source))
	  -- ... and their triggers count already.
	  AND EXISTS (SELECT FROM mezzanine_info.bases AS b
	              JOIN pg_trigger AS t ON t.tgrelid = b.base
	                                  AND t.tgfoid = 'mezzanine_state.capture'::regproc
	              WHERE b.view = c.view)
	  -- Those of a partition come after its rows, where all is restored.
	  AND NOT EXISTS (SELECT FROM mezzanine_info.bases AS b
	                  CROSS JOIN LATERAL pg_partition_tree(b.base) AS r
	                  WHERE b.view = c.view
	                    AND NOT EXISTS (
	                        SELECT FROM pg_trigger AS t
	                        WHERE t.tgrelid = r.relid AND t.tgname = 'mezzanine_touch'));
	-- No dump has the triggers of a table that belongs to an extension.
	UPDATE mezzanine_info.catalogue AS c
	SET status = 'stale', stale_since = clock_timestamp(),
	    stale_reason = format('It was restored, and a dump leaves out the triggers of table %s, '
	                          'which belongs to an extension', b.base)
	FROM mezzanine_info.bases AS b
	JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = b.base
	                   AND d.deptype = 'e'
	WHERE b.view = c.view AND c.view = ANY (loaded) AND c.status = 'live'
	  AND NOT EXISTS (SELECT FROM pg_trigger AS t
	                  WHERE t.tgrelid = b.base AND t.tgfoid = 'mezzanine_state.capture'::regproc);
END $$;
COMMENT ON FUNCTION mezzanine_state.refresh_loaded(regclass[]) IS
	'computes those of the views whose rows in the catalogue are complete and whose tables'' '
	'triggers are there; those whose triggers no dump has are stale';
CREATE TRIGGER mezzanine_on_load AFTER INSERT ON mezzanine_info.core
	REFERENCING NEW TABLE AS loaded
	FOR EACH STATEMENT EXECUTE FUNCTION mezzanine_state.on_load();
CREATE TRIGGER mezzanine_on_load AFTER INSERT ON mezzanine_info.catalogue
	REFERENCING NEW TABLE AS loaded
	FOR EACH STATEMENT EXECUTE FUNCTION mezzanine_state.on_load();
CREATE TRIGGER mezzanine_on_load AFTER INSERT ON mezzanine_info.rows
	REFERENCING NEW TABLE AS loaded
	FOR EACH STATEMENT EXECUTE FUNCTION mezzanine_state.on_load();
CREATE TRIGGER mezzanine_on_load AFTER INSERT ON mezzanine_info.row_source
	REFERENCING NEW TABLE AS loaded
	FOR EACH STATEMENT EXECUTE FUNCTION mezzanine_state.on_load();
CREATE TRIGGER mezzanine_on_load AFTER INSERT ON mezzanine_info.arm
	REFERENCING NEW TABLE AS loaded
	FOR EACH STATEMENT EXECUTE FUNCTION mezzanine_state.on_load();
ALTER TABLE mezzanine_info.core ENABLE ALWAYS TRIGGER mezzanine_on_load;
ALTER TABLE mezzanine_info.catalogue ENABLE ALWAYS TRIGGER mezzanine_on_load;
ALTER TABLE mezzanine_info.rows ENABLE ALWAYS TRIGGER mezzanine_on_load;
ALTER TABLE mezzanine_info.row_source ENABLE ALWAYS TRIGGER mezzanine_on_load;
ALTER TABLE mezzanine_info.arm ENABLE ALWAYS TRIGGER mezzanine_on_load;

CREATE FUNCTION mezzanine_state.skip_replicated() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'mezzanine_skip_replicated';
COMMENT ON FUNCTION mezzanine_state.skip_replicated() IS
	'trigger of the catalogue: a subscription''s rows describe the publisher''s views';
CREATE TRIGGER mezzanine_skip_replicated
	BEFORE INSERT OR UPDATE OR DELETE ON mezzanine_info.catalogue
	FOR EACH ROW EXECUTE FUNCTION mezzanine_state.skip_replicated();
CREATE TRIGGER mezzanine_skip_replicated
	BEFORE INSERT OR UPDATE OR DELETE ON mezzanine_info.core
	FOR EACH ROW EXECUTE FUNCTION mezzanine_state.skip_replicated();
CREATE TRIGGER mezzanine_skip_replicated
	BEFORE INSERT OR UPDATE OR DELETE ON mezzanine_info.rows
	FOR EACH ROW EXECUTE FUNCTION mezzanine_state.skip_replicated();
CREATE TRIGGER mezzanine_skip_replicated
	BEFORE INSERT OR UPDATE OR DELETE ON mezzanine_info.row_source
	FOR EACH ROW EXECUTE FUNCTION mezzanine_state.skip_replicated();
CREATE TRIGGER mezzanine_skip_replicated
	BEFORE INSERT OR UPDATE OR DELETE ON mezzanine_info.arm
	FOR EACH ROW EXECUTE FUNCTION mezzanine_state.skip_replicated();
ALTER TABLE mezzanine_info.catalogue ENABLE ALWAYS TRIGGER mezzanine_skip_replicated;
ALTER TABLE mezzanine_info.core ENABLE ALWAYS TRIGGER mezzanine_skip_replicated;
ALTER TABLE mezzanine_info.rows ENABLE ALWAYS TRIGGER mezzanine_skip_replicated;
ALTER TABLE mezzanine_info.row_source ENABLE ALWAYS TRIGGER mezzanine_skip_replicated;
ALTER TABLE mezzanine_info.arm ENABLE ALWAYS TRIGGER mezzanine_skip_replicated;

REVOKE ALL ON FUNCTION
	mezzanine_state.is_registering(), mezzanine_state.on_load(),
	mezzanine_state.refresh_loaded(regclass[]), mezzanine_state.skip_replicated()
FROM PUBLIC;

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
	IF NOT mezzanine_state.is_registering() THEN
		-- Both tables may be loaded at once: who comes second sees the other's rows.
		LOCK TABLE mezzanine_info.core IN SHARE ROW EXCLUSIVE MODE;
		PERFORM mezzanine.refresh(v.view)
		FROM (SELECT DISTINCT l.view FROM loaded AS l
		      JOIN mezzanine_info.catalogue AS c ON c.view = l.view AND c.status = 'live'
		      JOIN mezzanine_info.core AS k ON k.view = l.view
		      JOIN pg_trigger AS t ON t.tgrelid = k.source
		                          AND t.tgfoid = 'mezzanine_state.capture'::regproc) AS v;
	END IF;
	RETURN NULL;
END $$;
COMMENT ON FUNCTION mezzanine_state.on_load() IS
	'trigger of the catalogue: computes views whose rows come by a dump of data alone';
CREATE TRIGGER mezzanine_on_load AFTER INSERT ON mezzanine_info.core
	REFERENCING NEW TABLE AS loaded
	FOR EACH STATEMENT EXECUTE FUNCTION mezzanine_state.on_load();
CREATE TRIGGER mezzanine_on_load AFTER INSERT ON mezzanine_info.catalogue
	REFERENCING NEW TABLE AS loaded
	FOR EACH STATEMENT EXECUTE FUNCTION mezzanine_state.on_load();
ALTER TABLE mezzanine_info.core ENABLE ALWAYS TRIGGER mezzanine_on_load;
ALTER TABLE mezzanine_info.catalogue ENABLE ALWAYS TRIGGER mezzanine_on_load;

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
ALTER TABLE mezzanine_info.catalogue ENABLE ALWAYS TRIGGER mezzanine_skip_replicated;
ALTER TABLE mezzanine_info.core ENABLE ALWAYS TRIGGER mezzanine_skip_replicated;

REVOKE ALL ON FUNCTION
	mezzanine_state.is_registering(), mezzanine_state.on_load(), mezzanine_state.skip_replicated()
FROM PUBLIC;

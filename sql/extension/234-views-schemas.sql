-- Authors create relations in the schemas mezzanine and mezzanine_state, and nothing else there:
-- a function of theirs could be meant, in stead of one of the extension's, by whoever calls that
-- with arguments that fit theirs better; so could a type, by a call that looks like a cast.
CREATE FUNCTION mezzanine_state.on_create() RETURNS event_trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	SET jit = off
AS $$
DECLARE
	made record;
BEGIN
	SELECT c.object_type, c.object_identity INTO made
	FROM pg_event_trigger_ddl_commands() AS c
	WHERE c.schema_name IN ('inventory', 'mezzanine', 'mezzanine_state', 'mezzanine_info')
	  AND NOT EXISTS (SELECT FROM pg_depend AS d
	                  WHERE d.classid = c.classid AND d.objid = c.objid AND d.deptype = 'e')
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'cannot put % % into a schema of the extension',
			made.object_type, made.object_identity
			USING ERRCODE = 'insufficient_privilege',
			      DETAIL = 'Calls that mean the extension''s own functions could reach it.',
			      HINT = 'Put it into another schema.';
	END IF;
END $$;
COMMENT ON FUNCTION mezzanine_state.on_create() IS
	'event trigger: the extension''s schemas have no functions, operators or types but its own';
REVOKE ALL ON FUNCTION mezzanine_state.on_create() FROM PUBLIC;

CREATE EVENT TRIGGER mezzanine_on_create ON ddl_command_end
	WHEN TAG IN ('CREATE FUNCTION', 'CREATE PROCEDURE', 'CREATE AGGREGATE', 'CREATE OPERATOR',
	            'CREATE TYPE', 'CREATE DOMAIN', 'ALTER FUNCTION', 'ALTER PROCEDURE',
	            'ALTER ROUTINE', 'ALTER AGGREGATE', 'ALTER OPERATOR', 'ALTER TYPE',
	            'ALTER DOMAIN')
	EXECUTE FUNCTION mezzanine_state.on_create();
ALTER EVENT TRIGGER mezzanine_on_create ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER mezzanine_on_create IS
	'the extension''s schemas have no functions, operators or types but its own';

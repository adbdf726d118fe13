-- Roles and schemas.  Roles belong to the cluster: they are made where missing, and stay
-- when the extension is dropped, because other databases may use them.
DO $$
DECLARE
	role_name text;
BEGIN
	FOREACH role_name IN ARRAY ARRAY['inventory_app', 'inventory_operator', 'inventory_reader',
	                                'mezzanine_author', 'mezzanine_reader'] LOOP
		BEGIN
			IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role_name) THEN
				EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', role_name);
			END IF;
		EXCEPTION WHEN duplicate_object OR unique_violation THEN
			NULL; -- made by another database at the same moment
		END;
	END LOOP;
END
$$;

CREATE SCHEMA inventory;
COMMENT ON SCHEMA inventory IS 'mezzanine: stock, reservations and their journal';
GRANT USAGE ON SCHEMA inventory TO inventory_app, inventory_operator, inventory_reader;

CREATE SCHEMA mezzanine;
COMMENT ON SCHEMA mezzanine IS 'mezzanine: published views, and the functions that manage them';
GRANT USAGE ON SCHEMA mezzanine TO mezzanine_reader;
GRANT USAGE, CREATE ON SCHEMA mezzanine TO mezzanine_author;

CREATE SCHEMA mezzanine_state;
COMMENT ON SCHEMA mezzanine_state IS 'mezzanine: what is stored for each view; not for reading';
GRANT USAGE, CREATE ON SCHEMA mezzanine_state TO mezzanine_author;

CREATE SCHEMA mezzanine_info;
COMMENT ON SCHEMA mezzanine_info IS 'mezzanine: the catalogue of views, and views about them';
GRANT USAGE ON SCHEMA mezzanine_info TO mezzanine_author, mezzanine_reader;

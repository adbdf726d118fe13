-- The catalogue of mezzanine views.
CREATE TABLE mezzanine_info.catalogue (
	view        regclass PRIMARY KEY,
	home        regclass NOT NULL CONSTRAINT catalogue_home_key UNIQUE,
	truth       regclass NOT NULL,
	definition  regclass NOT NULL,
	base        regclass NOT NULL,
	key_columns text[]   NOT NULL,
	created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX catalogue_base_idx ON mezzanine_info.catalogue (base);
REVOKE ALL ON mezzanine_info.catalogue FROM PUBLIC;

COMMENT ON TABLE mezzanine_info.catalogue IS
	'one row for each mezzanine view; written by create_view and drop_view alone';
COMMENT ON COLUMN mezzanine_info.catalogue.view IS 'the published view, in the schema mezzanine';
COMMENT ON COLUMN mezzanine_info.catalogue.home IS 'the table with one row for each group';
COMMENT ON COLUMN mezzanine_info.catalogue.truth IS
	'the view that computes the home table''s rows from the base table';
COMMENT ON COLUMN mezzanine_info.catalogue.definition IS
	'the query as it was given, kept as a view';
COMMENT ON COLUMN mezzanine_info.catalogue.base IS 'the table that the view is computed from';
COMMENT ON COLUMN mezzanine_info.catalogue.key_columns IS
	'the published columns that make up the grouping key';
COMMENT ON COLUMN mezzanine_info.catalogue.created_at IS 'when the view was created';

CREATE VIEW mezzanine_info.views AS
SELECT c.view, 'immediate'::text AS mode, c.base, c.home, c.truth, c.definition, c.key_columns,
       pg_catalog.pg_get_userbyid(k.relowner) AS owner,
       pg_catalog.pg_get_viewdef(c.definition::oid) AS query,
       pg_catalog.obj_description(c.view::oid, 'pg_class') AS comment, c.created_at
FROM mezzanine_info.catalogue AS c JOIN pg_catalog.pg_class AS k ON k.oid = c.view;
GRANT SELECT ON mezzanine_info.views TO mezzanine_author, mezzanine_reader;
COMMENT ON VIEW mezzanine_info.views IS
	'the mezzanine views of this database: base table, grouping key, owner and query';

-- A dump carries the views; their relations and triggers are dumped as the user's own.
SELECT pg_catalog.pg_extension_config_dump('mezzanine_info.catalogue', '');

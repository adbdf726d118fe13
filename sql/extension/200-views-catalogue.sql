-- The catalogue of mezzanine views: what was asked for, and the cores that keep it.
CREATE TABLE mezzanine_info.catalogue (
	view         regclass PRIMARY KEY,
	definition   regclass NOT NULL,
	key_columns  text[]   NOT NULL,
	created_at   timestamptz NOT NULL DEFAULT now(),
	status       text     NOT NULL DEFAULT 'live' CHECK (status IN ('live', 'paused', 'stale')),
	stale_reason text,
	stale_since  timestamptz,
	on_error     text     NOT NULL DEFAULT 'fail' CHECK (on_error IN ('fail', 'mark_stale')),
	on_stale     text     NOT NULL DEFAULT 'error' CHECK (on_stale IN ('error', 'serve')),
	settings     text[]   NOT NULL DEFAULT '{}',
	options      jsonb    NOT NULL DEFAULT '{}',
	CHECK ((status = 'live') = (stale_since IS NULL))
);
REVOKE ALL ON mezzanine_info.catalogue FROM PUBLIC;

COMMENT ON TABLE mezzanine_info.catalogue IS
	'one row for each mezzanine view; written by create_view and drop_view alone';
COMMENT ON COLUMN mezzanine_info.catalogue.view IS 'the published view, in the schema mezzanine';
COMMENT ON COLUMN mezzanine_info.catalogue.definition IS
	'the query as it was given, kept as a view';
COMMENT ON COLUMN mezzanine_info.catalogue.key_columns IS
	'the published columns that make up the grouping key';
COMMENT ON COLUMN mezzanine_info.catalogue.created_at IS 'when the view was created';
COMMENT ON COLUMN mezzanine_info.catalogue.status IS
	'live: kept equal to the query; paused: by request not kept up; stale: could not be kept up';
COMMENT ON COLUMN mezzanine_info.catalogue.stale_reason IS 'why the view is not live';
COMMENT ON COLUMN mezzanine_info.catalogue.stale_since IS 'since when it is not live; NULL: it is';
COMMENT ON COLUMN mezzanine_info.catalogue.on_error IS
	'fail: an error of the maintenance fails the writer; mark_stale: it makes the view stale';
COMMENT ON COLUMN mezzanine_info.catalogue.on_stale IS
	'error: reading the view while it is not live is an error; serve: it gives what is there';
COMMENT ON COLUMN mezzanine_info.catalogue.settings IS
	'settings that the query was written under, as name=value; its meaning depends on them';
COMMENT ON COLUMN mezzanine_info.catalogue.options IS
	'other arguments of create_view that were given';

CREATE TABLE mezzanine_info.core (
	home   regclass PRIMARY KEY,
	view   regclass NOT NULL, -- in the catalogue; no foreign key, for dumps restore in parallel
	number integer  NOT NULL CHECK (number > 0),
	truth  regclass NOT NULL,
	source regclass NOT NULL,
	depth  integer  NOT NULL CHECK (depth >= 0),
	spread integer  NOT NULL DEFAULT 1 CHECK (spread BETWEEN 1 AND 64),
	cells  regclass UNIQUE,
	total  regclass,
	UNIQUE (view, number),
	CHECK ((cells IS NULL) = (spread = 1) AND (cells IS NULL) = (total IS NULL))
);
CREATE INDEX core_source_idx ON mezzanine_info.core (source);
REVOKE ALL ON mezzanine_info.core FROM PUBLIC;

COMMENT ON TABLE mezzanine_info.core IS
	'the cores of the mezzanine views: a grouping of their source''s rows, and the table that '
	'keeps it';
COMMENT ON COLUMN mezzanine_info.core.home IS 'the table with one row for each group';
COMMENT ON COLUMN mezzanine_info.core.view IS 'the view that the core belongs to';
COMMENT ON COLUMN mezzanine_info.core.number IS 'counts a view''s cores, from 1';
COMMENT ON COLUMN mezzanine_info.core.truth IS
	'the view that computes the home table''s rows from the source';
COMMENT ON COLUMN mezzanine_info.core.source IS
	'what the core is computed from: a base table, a rows view, or another core''s home table';
COMMENT ON COLUMN mezzanine_info.core.depth IS
	'0 where the source is a base table, or rows of base tables; else one more than the source''s';
COMMENT ON COLUMN mezzanine_info.core.spread IS 'the most cells that one group may use';
COMMENT ON COLUMN mezzanine_info.core.cells IS
	'the table with what the cells beside the home rows add; NULL where spread is 1';
COMMENT ON COLUMN mezzanine_info.core.total IS
	'the view that adds home rows and cells up; NULL where spread is 1';

CREATE TABLE mezzanine_info.rows (
	rows  regclass PRIMARY KEY,
	view  regclass NOT NULL, -- in the catalogue
	depth integer  NOT NULL CHECK (depth >= 0)
);
CREATE INDEX rows_view_idx ON mezzanine_info.rows (view);
REVOKE ALL ON mezzanine_info.rows FROM PUBLIC;

COMMENT ON TABLE mezzanine_info.rows IS
	'the rows views: a query over several tables is one over the rows of their join';
COMMENT ON COLUMN mezzanine_info.rows.rows IS 'the plain view that joins the tables';
COMMENT ON COLUMN mezzanine_info.rows.view IS 'the view that the rows view belongs to';
COMMENT ON COLUMN mezzanine_info.rows.depth IS
	'0 where all of its tables are base tables, else one more than the deepest core among them';

CREATE TABLE mezzanine_info.row_source (
	rows   regclass NOT NULL,
	source regclass NOT NULL,
	PRIMARY KEY (rows, source)
);
CREATE INDEX row_source_source_idx ON mezzanine_info.row_source (source);
REVOKE ALL ON mezzanine_info.row_source FROM PUBLIC;

COMMENT ON TABLE mezzanine_info.row_source IS
	'the tables that the rows views join, each once, however often it is joined';
COMMENT ON COLUMN mezzanine_info.row_source.rows IS 'the rows view';
COMMENT ON COLUMN mezzanine_info.row_source.source IS
	'a table whose changes change the rows: a base table, or a core''s home table';

CREATE TABLE mezzanine_info.arm (
	arm  regclass PRIMARY KEY,
	rows regclass NOT NULL,
	sign integer  NOT NULL CHECK (sign IN (-1, 1))
);
CREATE INDEX arm_rows_idx ON mezzanine_info.arm (rows);
REVOKE ALL ON mezzanine_info.arm FROM PUBLIC;

COMMENT ON TABLE mezzanine_info.arm IS
	'the inner joins whose rows add up to those of a rows view that is none itself';
COMMENT ON COLUMN mezzanine_info.arm.arm IS
	'a plain view: an inner join with the columns of the rows view';
COMMENT ON COLUMN mezzanine_info.arm.rows IS 'the rows view';
COMMENT ON COLUMN mezzanine_info.arm.sign IS
	'1: its rows are rows of the rows view; -1: they are taken away from those of other arms';

CREATE VIEW mezzanine_info.bases AS
SELECT s.view, s.source AS base
FROM (SELECT c.view, c.source FROM mezzanine_info.core AS c
      UNION
      SELECT r.view, s.source
      FROM mezzanine_info.rows AS r JOIN mezzanine_info.row_source AS s ON s.rows = r.rows) AS s
WHERE NOT EXISTS (SELECT FROM mezzanine_info.core AS c WHERE c.home = s.source)
  AND NOT EXISTS (SELECT FROM mezzanine_info.rows AS r WHERE r.rows = s.source);
GRANT SELECT ON mezzanine_info.bases TO mezzanine_author, mezzanine_reader;
COMMENT ON VIEW mezzanine_info.bases IS
	'the tables that each mezzanine view is computed from';

CREATE VIEW mezzanine_info.views AS
SELECT c.view, 'immediate'::text AS mode,
       ARRAY(SELECT b.base FROM mezzanine_info.bases AS b WHERE b.view = c.view
             ORDER BY b.base::oid) AS bases,
       c.definition, c.key_columns,
       c.status, c.stale_reason, c.stale_since, c.on_error, c.on_stale, c.settings, c.options,
       pg_catalog.pg_get_userbyid(k.relowner) AS owner,
       pg_catalog.pg_get_viewdef(c.definition::oid) AS query,
       pg_catalog.obj_description(c.view::oid, 'pg_class') AS comment, c.created_at
FROM mezzanine_info.catalogue AS c
JOIN pg_catalog.pg_class AS k ON k.oid = c.view
WHERE EXISTS (SELECT FROM mezzanine_info.core AS e WHERE e.view = c.view);
GRANT SELECT ON mezzanine_info.views TO mezzanine_author, mezzanine_reader;
COMMENT ON VIEW mezzanine_info.views IS
	'the mezzanine views of this database: base tables, grouping key, owner and query';

CREATE VIEW mezzanine_info.cores AS
SELECT c.view, c.number, c.source, c.depth, c.home, c.truth, c.spread, c.cells, c.total,
       pg_catalog.pg_get_viewdef(c.truth::oid) AS query
FROM mezzanine_info.core AS c JOIN pg_catalog.pg_class AS k ON k.oid = c.view;
GRANT SELECT ON mezzanine_info.cores TO mezzanine_author, mezzanine_reader;
COMMENT ON VIEW mezzanine_info.cores IS
	'what keeps the mezzanine views: each core''s source, home table, and the query between them';

-- A dump carries the views; their relations and triggers are dumped as the user's own.
SELECT pg_catalog.pg_extension_config_dump('mezzanine_info.catalogue', '');
SELECT pg_catalog.pg_extension_config_dump('mezzanine_info.core', '');
SELECT pg_catalog.pg_extension_config_dump('mezzanine_info.rows', '');
SELECT pg_catalog.pg_extension_config_dump('mezzanine_info.row_source', '');
SELECT pg_catalog.pg_extension_config_dump('mezzanine_info.arm', '');

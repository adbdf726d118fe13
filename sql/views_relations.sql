-- What becomes of a view when the relations around it are renamed, altered or dropped.
SELECT current_database() AS home \gset
CREATE SCHEMA ddl;
SET search_path = ddl;
CREATE TABLE t (id int PRIMARY KEY, g text, x int, spare int);
INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2);
SELECT mezzanine.create_view('rel_v', 'SELECT g, count(*) AS n, sum(x) AS x FROM t WHERE x > 0 GROUP BY g') \gset
SELECT mezzanine.create_view('rel_w', 'SELECT x, count(g) AS n FROM t GROUP BY x') \gset
CREATE FUNCTION differences() RETURNS SETOF text LANGUAGE sql AS
	$$ SELECT v.view || ' ' || d FROM mezzanine_info.views AS v, mezzanine.verify(v.view) AS d WHERE v.view::text LIKE 'mezzanine.rel%' $$;

-- Names may change, columns come and go, within the transaction that writes too.
ALTER TABLE t RENAME COLUMN g TO "Group";
INSERT INTO t VALUES (3, 'a', 3);
ALTER TABLE t RENAME TO "Table";
INSERT INTO "Table" VALUES (4, 'c', 4);
CREATE SCHEMA "Else where";
ALTER TABLE "Table" SET SCHEMA "Else where";
INSERT INTO "Else where"."Table" VALUES (5, 'a', 5);
SELECT * FROM mezzanine.rel_v ORDER BY g;
SELECT differences();
ALTER TABLE "Else where"."Table" SET SCHEMA ddl;
ALTER TABLE "Table" RENAME TO t;
BEGIN;
INSERT INTO t VALUES (6, 'd', 6);
ALTER TABLE t ADD COLUMN late int DEFAULT 7, DROP COLUMN spare;
UPDATE t SET x = late WHERE id = 6;
ALTER TABLE t RENAME COLUMN x TO amount;
DELETE FROM t WHERE amount = 7;
INSERT INTO t VALUES (7, 'd', 8);
SELECT * FROM mezzanine.rel_v ORDER BY g;
COMMIT;
SELECT * FROM mezzanine.rel_v ORDER BY g;
SELECT differences();
ALTER TABLE t RENAME COLUMN "Group" TO g;
ALTER TABLE t RENAME COLUMN amount TO x;
ALTER TABLE t ALTER COLUMN late TYPE text USING late || '!', ALTER g SET STORAGE external, ADD CHECK (x < 1000),
	ADD COLUMN twice int GENERATED ALWAYS AS (x * 2) STORED, ALTER x SET DEFAULT 5, DROP CONSTRAINT t_pkey;
VACUUM FULL t;
INSERT INTO t (id, g) VALUES (8, 'e');
CREATE INDEX ON t (g);
CLUSTER t USING t_g_idx;
UPDATE t SET x = x + 1;
SELECT differences();
VACUUM FULL mezzanine_state.rel_v;
ANALYZE mezzanine_state.rel_v;
REINDEX TABLE mezzanine_state.rel_v;
ALTER VIEW mezzanine.rel_v RENAME TO "rel V";
ALTER VIEW mezzanine."rel V" RENAME COLUMN g TO h;
ALTER TABLE mezzanine_state.rel_v RENAME TO rel_home;
INSERT INTO t (id, g) VALUES (9, 'e');
SELECT * FROM mezzanine."rel V" ORDER BY h;
SELECT differences();
ALTER VIEW mezzanine."rel V" RENAME COLUMN h TO g;
ALTER VIEW mezzanine."rel V" RENAME TO rel_v;

-- What PostgreSQL itself refuses, because definition and truth are views on the table.
ALTER TABLE t DROP COLUMN g;
ALTER TABLE t ALTER COLUMN x TYPE bigint;
ALTER TABLE t DROP COLUMN x, ADD COLUMN x int;
DROP TABLE t;

-- What the event trigger refuses: changes of rows could pass by the view.
\set VERBOSITY terse
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
ALTER TABLE t DISABLE TRIGGER ALL;
ALTER TABLE t DISABLE TRIGGER USER;
ALTER TABLE t DISABLE TRIGGER mezzanine_capture;
ALTER TABLE t ENABLE TRIGGER mezzanine_touch;
ALTER TABLE t ENABLE REPLICA TRIGGER mezzanine_capture_truncate;
ALTER TABLE mezzanine_state.rel_home DISABLE TRIGGER USER;
ALTER TABLE t SET UNLOGGED;
CREATE TABLE child () INHERITS (t);
CREATE TABLE grandparent (LIKE t);
ALTER TABLE t INHERIT grandparent;
CREATE TABLE parted (LIKE t) PARTITION BY LIST (g);
ALTER TABLE parted ATTACH PARTITION t DEFAULT;
DROP TRIGGER mezzanine_capture ON t;
DROP TRIGGER mezzanine_touch ON t;
DROP TRIGGER mezzanine_capture_truncate ON t;
DROP TRIGGER mezzanine_guard ON mezzanine_state.rel_home;
ALTER TRIGGER mezzanine_capture ON t RENAME TO other;
ALTER TABLE mezzanine_state.rel_home SET SCHEMA ddl;
\set VERBOSITY default
\set SHOW_CONTEXT never
ALTER TABLE t DISABLE TRIGGER mezzanine_capture;
-- All of it rolled back; and other tables are free.
SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid IN ('t'::regclass, 'mezzanine_state.rel_home'::regclass) ORDER BY 1;
INSERT INTO t (id, g) VALUES (10, 'f');
SELECT differences();
CREATE TABLE free (x int);
ALTER TABLE free ENABLE ROW LEVEL SECURITY, SET UNLOGGED;
CREATE TABLE free_child () INHERITS (free);
DROP TABLE free CASCADE;
-- A trigger of one's own may be switched off.
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER own AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION nothing();
ALTER TABLE t DISABLE TRIGGER own;
DROP TRIGGER own ON t;

-- What the drop of one part takes along: all of that view, and no other.
SET client_min_messages = warning;
CREATE FUNCTION parts() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT relname FROM pg_class WHERE relnamespace IN ('mezzanine'::regnamespace, 'mezzanine_state'::regnamespace)
		AND relkind IN ('r', 'v') AND relname LIKE 'rel%'
	UNION ALL SELECT 'catalogue ' || view FROM mezzanine_info.catalogue WHERE view::text LIKE 'mezzanine.rel%'
	UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE tgrelid = to_regclass('ddl.t') ORDER BY 1 $$;
BEGIN; DROP VIEW mezzanine.rel_v; SELECT parts(); ROLLBACK;
BEGIN; DROP TABLE mezzanine_state.rel_home CASCADE; SELECT parts(); ROLLBACK;
BEGIN; DROP VIEW mezzanine_state.rel_v_truth CASCADE; SELECT parts(); ROLLBACK;
BEGIN; DROP VIEW mezzanine_state.rel_v_definition; SELECT parts(); ROLLBACK;
BEGIN; ALTER TABLE t DROP COLUMN g CASCADE; SELECT parts(); ROLLBACK;
BEGIN; DROP VIEW mezzanine.rel_v; DROP VIEW mezzanine.rel_w; SELECT parts(); ROLLBACK;
BEGIN; DROP TABLE t CASCADE; SELECT parts(); ROLLBACK;
SELECT differences();
DROP TABLE t CASCADE;
SELECT parts();

-- The extension with its views; and back again without them.
CREATE DATABASE views_relations_drop;
\c views_relations_drop
SET client_min_messages = warning;
CREATE EXTENSION mezzanine;
CREATE TABLE t (g int);
SELECT mezzanine.create_view('v', 'SELECT g, count(*) AS n FROM t GROUP BY g') \gset
INSERT INTO t VALUES (1);
\set VERBOSITY terse
DROP EXTENSION mezzanine;
INSERT INTO t VALUES (1);
SELECT * FROM mezzanine.v;
DROP EXTENSION mezzanine CASCADE;
INSERT INTO t VALUES (2);
SELECT tgname FROM pg_trigger WHERE tgrelid = 't'::regclass;
SELECT relname FROM pg_class WHERE relname IN ('v', 'v_truth', 'v_definition');
CREATE EXTENSION mezzanine;
SELECT mezzanine.create_view('v', 'SELECT g, count(*) AS n FROM t GROUP BY g') \gset
INSERT INTO t VALUES (2);
SELECT * FROM mezzanine.v ORDER BY g;
\c :home
DROP DATABASE views_relations_drop;
SET client_min_messages = warning;
DROP SCHEMA ddl CASCADE;
DROP SCHEMA "Else where";

-- DDL on a view's table: what would let changes pass by the view is refused, the rest goes
-- on and the view with it.
-- Where in a function an error was raised is no part of it.
\set SHOW_CONTEXT never
CREATE TABLE ddl_base (item text, note text, amount numeric(12,2));
INSERT INTO ddl_base VALUES ('lamp', 'a', 1.50), ('vase', 'b', 2);
SELECT mezzanine.create_view('ddl_view', 'SELECT item, sum(amount) AS total FROM ddl_base GROUP BY item');
CREATE FUNCTION pg_temp.differences() RETURNS bigint LANGUAGE sql
	AS $$ SELECT count(*) FROM mezzanine.verify('mezzanine.ddl_view') $$;
CREATE TABLE ddl_parent (item text, note text, amount numeric(12,2));
CREATE TABLE ddl_partitioned (item text, note text, amount numeric(12,2)) PARTITION BY LIST (item);

-- Refused, with the reason.
ALTER TABLE ddl_base ENABLE ROW LEVEL SECURITY;
\set VERBOSITY terse
ALTER TABLE ddl_base FORCE ROW LEVEL SECURITY, ENABLE ROW LEVEL SECURITY;
ALTER TABLE ddl_base INHERIT ddl_parent;
CREATE TABLE ddl_child () INHERITS (ddl_base);
ALTER TABLE ddl_partitioned ATTACH PARTITION ddl_base DEFAULT;
ALTER TABLE ddl_base SET UNLOGGED;
ALTER TABLE mezzanine_state.ddl_view SET UNLOGGED;
ALTER TABLE ddl_base DISABLE TRIGGER ALL;
ALTER TABLE ddl_base DISABLE TRIGGER USER;
ALTER TABLE ddl_base DISABLE TRIGGER mezzanine_capture;
ALTER TABLE ddl_base ENABLE TRIGGER mezzanine_touch;
ALTER TABLE ddl_base ENABLE REPLICA TRIGGER mezzanine_capture_truncate;
ALTER TABLE mezzanine_state.ddl_view DISABLE TRIGGER mezzanine_guard;
-- Another trigger in the place of one of the view's, or one that fires for less.
CREATE FUNCTION pg_temp.nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE OR REPLACE TRIGGER mezzanine_capture AFTER INSERT ON ddl_base
	FOR EACH ROW EXECUTE FUNCTION pg_temp.nothing();
CREATE OR REPLACE TRIGGER mezzanine_capture AFTER INSERT ON ddl_base
	FOR EACH ROW EXECUTE FUNCTION mezzanine_state.capture();
CREATE OR REPLACE TRIGGER mezzanine_capture AFTER INSERT OR UPDATE OF note OR DELETE ON ddl_base
	FOR EACH ROW EXECUTE FUNCTION mezzanine_state.capture();
CREATE OR REPLACE TRIGGER mezzanine_guard BEFORE INSERT ON mezzanine_state.ddl_view
	FOR EACH ROW EXECUTE FUNCTION pg_temp.nothing();
-- Also where event triggers of others would not fire.
SET session_replication_role = replica;
ALTER TABLE ddl_base DISABLE TRIGGER ALL;
INSERT INTO ddl_base VALUES ('lamp', 'c', 1);
RESET session_replication_role;
-- A used column; PostgreSQL says so by itself.
ALTER TABLE ddl_base ALTER amount TYPE numeric;
ALTER TABLE ddl_base DROP COLUMN amount;
DROP TABLE ddl_base;
\set VERBOSITY default
SELECT pg_temp.differences(), * FROM mezzanine.ddl_view ORDER BY item;

-- Allowed: columns that no view uses, names, indexes, triggers of others, a rewrite.
ALTER TABLE ddl_base ADD COLUMN extra int DEFAULT 7;
ALTER TABLE ddl_base DROP COLUMN note;
ALTER TABLE ddl_base RENAME COLUMN amount TO price;
INSERT INTO ddl_base VALUES ('lamp', 1);
ALTER TABLE ddl_base RENAME TO ddl_renamed;
CREATE SCHEMA ddl_schema;
ALTER TABLE ddl_renamed SET SCHEMA ddl_schema;
INSERT INTO ddl_schema.ddl_renamed VALUES ('desk', 4);
CREATE INDEX ON ddl_schema.ddl_renamed (item);
CLUSTER ddl_schema.ddl_renamed USING ddl_renamed_item_idx;
VACUUM FULL ddl_schema.ddl_renamed;
ALTER TABLE ddl_schema.ddl_renamed ADD CONSTRAINT positive CHECK (price > 0);
UPDATE ddl_schema.ddl_renamed SET price = price * 2 WHERE item = 'lamp';
SELECT pg_temp.differences(), * FROM mezzanine.ddl_view ORDER BY item;
-- In the middle of a transaction that has changed rows before.
BEGIN;
INSERT INTO ddl_schema.ddl_renamed VALUES ('desk', 1);
ALTER TABLE ddl_schema.ddl_renamed ADD COLUMN more int DEFAULT 1, DROP COLUMN extra;
ALTER TABLE ddl_schema.ddl_renamed RENAME COLUMN price TO cost;
INSERT INTO ddl_schema.ddl_renamed VALUES ('desk', 1, 1);
SELECT * FROM mezzanine.ddl_view ORDER BY item;
COMMIT;
SELECT pg_temp.differences(), * FROM mezzanine.ddl_view ORDER BY item;
-- The published view and the home table have names, too.
ALTER VIEW mezzanine.ddl_view RENAME TO ddl_other;
INSERT INTO ddl_schema.ddl_renamed VALUES ('sofa', 1, 1);
SELECT count(*) AS differences FROM mezzanine.verify('mezzanine.ddl_other');
SELECT view, bases FROM mezzanine_info.views WHERE view = 'mezzanine.ddl_other'::regclass;

-- A refusal concerns tables of views alone.
CREATE TABLE ddl_plain (item text);
CREATE TRIGGER mezzanine_touch BEFORE INSERT ON ddl_plain
	FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.nothing();
-- Then a view cannot be made on it.
SELECT mezzanine.create_view('ddl_second', 'SELECT item, count(*) FROM ddl_plain GROUP BY item');
ALTER TABLE ddl_plain ENABLE ROW LEVEL SECURITY;
ALTER TABLE ddl_plain DISABLE TRIGGER ALL;

-- CASCADE takes all of it along; nothing is left.
SET client_min_messages = warning;
DROP TABLE ddl_schema.ddl_renamed CASCADE;
SELECT count(*) AS entries FROM mezzanine_info.catalogue WHERE key_columns = '{item}' AND view::text ~ 'ddl_';
SELECT relname FROM pg_class WHERE relname LIKE 'ddl\_%' AND relnamespace <> 'public'::regnamespace;
DROP SCHEMA ddl_schema;
DROP TABLE ddl_parent, ddl_partitioned, ddl_plain;

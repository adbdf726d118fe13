-- alter_view: another query or spread under the same name, which keeps its grants, its comment
-- and its readers.
\set SHOW_CONTEXT never
CREATE SCHEMA al;
SET search_path = al;
CREATE TABLE t (id int, k int, v numeric, at timestamptz);
INSERT INTO t SELECT i, i % 3, i, '2024-03-30 22:30+00'::timestamptz + i * interval '1 hour' FROM generate_series(1, 9) AS i;
CREATE TABLE u (k int, v numeric);
INSERT INTO u VALUES (0, 1.50), (1, 2), (1, 'NaN'), (NULL, 3);
CREATE ROLE al_reader;
CREATE ROLE al_owner IN ROLE mezzanine_author;
GRANT USAGE, CREATE ON SCHEMA al TO al_owner;
ALTER TABLE t OWNER TO al_owner;
ALTER TABLE u OWNER TO al_owner;
SET ROLE al_owner;
SELECT mezzanine.create_view('al_v', 'SELECT k, sum(v) AS s FROM t GROUP BY k', on_stale => 'serve', comment => 'it is one');
GRANT SELECT ON mezzanine.al_v TO al_reader;
CREATE VIEW reader AS SELECT * FROM mezzanine.al_v;
RESET ROLE;
SELECT 'mezzanine.al_v'::regclass::oid AS view, created_at FROM mezzanine_info.views WHERE view = 'mezzanine.al_v'::regclass \gset
CREATE VIEW state AS
SELECT k.relname, k.relkind, k.relowner::regrole AS owner FROM pg_class AS k
WHERE k.relnamespace = 'mezzanine_state'::regnamespace AND k.relname ~ '^(al_|mezzanine_aside)' AND k.relkind <> 'i' ORDER BY 1;

-- Another condition, and a column at the end.  A superuser does it; all stays the owner's.
PREPARE read AS SELECT * FROM reader ORDER BY k;
EXECUTE read;
SELECT mezzanine.alter_view('mezzanine.al_v', query => 'SELECT k, sum(v) AS s, count(*) AS n FROM t WHERE v > 3 GROUP BY k');
EXECUTE read;
SELECT * FROM mezzanine.al_v ORDER BY k;
INSERT INTO t VALUES (10, 1, 10), (11, 1, 2), (12, 7, 7);
EXECUTE read;
SELECT * FROM mezzanine.verify('mezzanine.al_v');
SELECT :view = 'mezzanine.al_v'::regclass::oid AS same_view, created_at = :'created_at' AS same_age, status, owner, on_stale, comment
FROM mezzanine_info.views WHERE view = 'mezzanine.al_v'::regclass;
SELECT has_table_privilege('al_reader', 'mezzanine.al_v', 'SELECT') AS granted;
SELECT * FROM state;

-- Indexes that somebody gave the tables: kept where the columns are there still.
CREATE FUNCTION half(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT $1 / 2';
ALTER FUNCTION half OWNER TO al_owner;
CREATE INDEX "al top" ON mezzanine_state.al_v (sum_v DESC, (al.half(sum_v))) WITH (fillfactor = 60) WHERE k > 0;
CREATE INDEX al_gone ON mezzanine_state.al_v (irregular_v);
SELECT mezzanine.alter_view('mezzanine.al_v', query => 'SELECT k, sum(v) AS s, count(*) AS n FROM t WHERE v > 4 GROUP BY k');
\d mezzanine_state.al_v
SELECT mezzanine.alter_view('mezzanine.al_v', query => 'SELECT k, min(v) AS s, count(*) AS n FROM t WHERE v > 3 GROUP BY k');
SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'al_v' ORDER BY 1;
SELECT mezzanine.alter_view('mezzanine.al_v', query => 'SELECT k, sum(v) AS s, count(*) AS n FROM t WHERE v > 3 GROUP BY k');

-- Another table: the first one is watched no more.
SET ROLE al_owner;
SELECT mezzanine.alter_view('mezzanine.al_v', query => 'SELECT k, sum(v) AS s, count(*) AS n FROM u GROUP BY k', on_stale => 'error');
RESET ROLE;
SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgrelid IN ('t'::regclass, 'u'::regclass) ORDER BY 1, 2;
INSERT INTO t VALUES (13, 0, 100);
UPDATE u SET v = v + 1 WHERE k = 0;
SELECT * FROM mezzanine.al_v ORDER BY k;
SELECT * FROM mezzanine.verify('mezzanine.al_v');

-- Several home tables, and a chain of them.
SELECT mezzanine.alter_view('mezzanine.al_v', query => 'SELECT k, sum(v) AS s, count(DISTINCT id) AS n FROM t GROUP BY ROLLUP (k)');
DELETE FROM t WHERE id = 12;
SELECT * FROM mezzanine.al_v ORDER BY k;
SELECT * FROM mezzanine.verify('mezzanine.al_v');
SELECT mezzanine.alter_view('mezzanine.al_v', query => 'SELECT k, sum(v) AS s, count(*) AS n FROM u GROUP BY k');
SELECT * FROM state;

-- Cells: as many as asked for, and none again.
SELECT mezzanine.alter_view('mezzanine.al_v', spread => 4);
INSERT INTO u VALUES (0, 2.250), (5, 5);
SELECT mezzanine.get_create_command('mezzanine.al_v') ~ $$spread => '4'$$ AS spread;
SELECT mezzanine.alter_view('mezzanine.al_v', spread => 8);
SELECT spread, cells, total FROM mezzanine_info.cores WHERE view = 'mezzanine.al_v'::regclass;
SELECT mezzanine.get_create_command('mezzanine.al_v') ~ $$spread => '8'$$ AS spread;
BEGIN;
DELETE FROM u WHERE k = 5;
SELECT mezzanine.alter_view('mezzanine.al_v', spread => 2);
SELECT * FROM mezzanine.al_v ORDER BY k;
COMMIT;
SELECT * FROM mezzanine.verify('mezzanine.al_v');
SELECT mezzanine.alter_view('mezzanine.al_v', spread => 1);
DELETE FROM u WHERE v = 'NaN';
SELECT * FROM mezzanine.al_v ORDER BY k;
SELECT * FROM mezzanine.verify('mezzanine.al_v');
SELECT spread, cells, total FROM mezzanine_info.cores WHERE view = 'mezzanine.al_v'::regclass;
SELECT * FROM state;

-- All of it is the transaction's: before, within and after it the view is right.
BEGIN;
INSERT INTO u VALUES (8, 8);
SAVEPOINT before;
SELECT mezzanine.alter_view('mezzanine.al_v', query => 'SELECT k, sum(v) AS s, count(*) AS n FROM u WHERE k > 0 GROUP BY k');
INSERT INTO u VALUES (9, 9);
SELECT * FROM mezzanine.al_v ORDER BY k;
ROLLBACK TO before;
INSERT INTO u VALUES (0, 0);
SELECT * FROM mezzanine.al_v ORDER BY k;
COMMIT;
SELECT * FROM mezzanine.al_v ORDER BY k;
SELECT * FROM mezzanine.verify('mezzanine.al_v');
-- In one transaction with changes before and after it.
BEGIN;
INSERT INTO u VALUES (20, 1);
SELECT mezzanine.alter_view('mezzanine.al_v', query => 'SELECT k, sum(v) AS s, count(*) AS n FROM u WHERE k > 0 GROUP BY k');
INSERT INTO u VALUES (21, 1);
COMMIT;
SELECT * FROM mezzanine.al_v ORDER BY k;
SELECT * FROM mezzanine.verify('mezzanine.al_v');

-- The query keeps the time zone that it was written under.
SET TimeZone = 'Europe/Berlin';
SELECT mezzanine.create_view('al_day', 'SELECT date_trunc(''day'', at) AS day, count(*) AS n FROM t GROUP BY 1');
SET TimeZone = 'UTC';
SELECT mezzanine.alter_view('mezzanine.al_day', spread => 2);
SELECT settings FROM mezzanine_info.views WHERE view = 'mezzanine.al_day'::regclass;
SELECT * FROM mezzanine.al_day ORDER BY 1;
SELECT * FROM mezzanine.verify('mezzanine.al_day');
RESET TimeZone;

-- A paused view comes to life with its new query; one that is stale with its new spread.
SELECT mezzanine.pause('mezzanine.al_v');
INSERT INTO u VALUES (30, 1);
SELECT mezzanine.alter_view('mezzanine.al_v', query => 'SELECT k, sum(v) AS s, count(*) AS n FROM u WHERE k > 20 GROUP BY k');
SELECT * FROM mezzanine.al_v ORDER BY k;

-- What is refused leaves everything as it was.
SELECT mezzanine.alter_view('mezzanine.al_v', query => 'SELECT k, sum(v) AS total, count(*) AS n FROM u GROUP BY k');
SELECT mezzanine.alter_view('mezzanine.al_v', query => 'SELECT k, count(v) AS s, count(*) AS n FROM u GROUP BY k');
SELECT mezzanine.alter_view('mezzanine.al_v', query => 'SELECT k, sum(v) AS s FROM u GROUP BY k');
SELECT mezzanine.alter_view('mezzanine.al_v', query => 'SELECT k, sum(v * random()::numeric) AS s, count(*) AS n FROM u GROUP BY k');
SELECT mezzanine.alter_view('mezzanine.al_v', query => 'SELECT k, min(v) AS s, count(*) AS n FROM u GROUP BY k', spread => 2);
SELECT mezzanine.alter_view('mezzanine.al_v', query => 'DROP TABLE u');
SELECT mezzanine.alter_view('mezzanine.al_v', spread => 0);
SELECT mezzanine.alter_view('mezzanine.al_v', mode => 'deferred');
SELECT mezzanine.alter_view('mezzanine.al_v', mode => 'never');
SELECT mezzanine.alter_view('mezzanine.al_v', target_lag => '1 min');
SELECT mezzanine.alter_view('mezzanine.al_v', mode => 'immediate');
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT mezzanine.alter_view('mezzanine.al_v', spread => 2);
ROLLBACK;
SET ROLE al_reader;
SELECT mezzanine.alter_view('mezzanine.al_v', spread => 2);
RESET ROLE;
SET ROLE mezzanine_author;
SELECT mezzanine.alter_view('mezzanine.al_v', spread => 2);
RESET ROLE;
-- What depends on the tables behind the view is not thrown away.
CREATE VIEW peeks AS SELECT count(*) FROM mezzanine_state.al_v;
SELECT mezzanine.alter_view('mezzanine.al_v', spread => 2);
DROP VIEW peeks;
SELECT * FROM mezzanine.al_v ORDER BY k;
SELECT * FROM mezzanine.verify('mezzanine.al_v');
SELECT * FROM state;

-- Names that need quoting.
SELECT mezzanine.create_view('"Al ""x"""', 'SELECT count(*) AS n FROM u');
SELECT mezzanine.alter_view('mezzanine."Al ""x"""', query => 'SELECT count(*) AS n, ''it''''s'' || max(k) AS "Q" FROM u');
TABLE mezzanine."Al ""x""";
SELECT * FROM mezzanine.status() WHERE subject ~ '\mal';
SET client_min_messages = warning;
DROP SCHEMA al CASCADE;
DROP OWNED BY al_owner, al_reader;
DROP ROLE al_owner, al_reader;
SELECT relname FROM pg_class WHERE relname ~ '^(al_|mezzanine_aside)';

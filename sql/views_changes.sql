-- Every way to change rows reaches the views.  After each transaction the view and its
-- definition are compared as bags, in one statement.
CREATE SCHEMA chg;
SET search_path = chg;
CREATE TABLE kind (name text PRIMARY KEY);
INSERT INTO kind VALUES ('a'), ('b'), ('c'), ('d');
CREATE TABLE t (id int PRIMARY KEY, kind text REFERENCES kind ON UPDATE CASCADE ON DELETE CASCADE,
	x int, y numeric, note text, live boolean DEFAULT true);
INSERT INTO t SELECT i, chr(97 + i % 3), i, i / 4.0, 'n' FROM generate_series(1, 20) AS i;
SELECT mezzanine.create_view('chg_kind', 'SELECT kind, count(*) AS n, count(x) AS nx, sum(x) AS x, sum(y) AS y, avg(x) AS mx,
	avg(y) AS my FROM t WHERE live GROUP BY kind') \gset
SELECT mezzanine.create_view('chg_tens', 'SELECT x / 10 AS tens, live, count(*) AS n FROM t GROUP BY 1, 2') \gset
-- Rows that differ between view and query, both ways, as text: display scales count.
CREATE FUNCTION differences() RETURNS TABLE (side text, r text) LANGUAGE sql VOLATILE AS $$
	WITH k AS (SELECT k::text FROM mezzanine.chg_kind AS k), t AS (SELECT t::text FROM mezzanine.chg_tens AS t),
	     kd AS (SELECT k::text FROM mezzanine_state.chg_kind_definition AS k),
	     td AS (SELECT t::text FROM mezzanine_state.chg_tens_definition AS t)
	(SELECT 'view', * FROM k EXCEPT ALL SELECT 'view', * FROM kd) UNION ALL
	(SELECT 'query', * FROM kd EXCEPT ALL SELECT 'query', * FROM k) UNION ALL
	(SELECT 'view', * FROM t EXCEPT ALL SELECT 'view', * FROM td) UNION ALL
	(SELECT 'query', * FROM td EXCEPT ALL SELECT 'query', * FROM t);
$$;
SELECT * FROM differences();
-- The comparison can fail.
CREATE TEMP TABLE before AS SELECT * FROM mezzanine.chg_kind;

-- One statement of each kind.
INSERT INTO t VALUES (21, 'a', 21, 1.005), (22, NULL, NULL, NULL), (23, 'd', 100, 0);
SELECT * FROM differences();
SELECT * FROM mezzanine.chg_kind ORDER BY kind;
UPDATE t SET x = x + 1 WHERE kind = 'a';
SELECT * FROM differences();
UPDATE t SET kind = 'd' WHERE kind = 'c' AND x > 8; -- between groups
SELECT * FROM differences();
UPDATE t SET live = NOT live WHERE id % 2 = 0; -- out of the filter
SELECT * FROM differences();
UPDATE t SET live = CASE WHEN id % 4 = 0 THEN true ELSE NULL END WHERE NOT live; -- in again, or unknown
SELECT * FROM differences();
UPDATE t SET note = 'unseen'; -- a column that no view uses
SELECT * FROM differences();
UPDATE t SET y = y || '00' WHERE y IS NOT NULL AND id < 5 RETURNING 1; -- not a number's syntax
UPDATE t SET y = (y::text || '00')::numeric WHERE id < 5; -- equal, but another image
SELECT * FROM differences();
DELETE FROM t WHERE kind = 'b';
SELECT * FROM differences();
SELECT kind FROM mezzanine.chg_kind ORDER BY 1;
INSERT INTO t VALUES (21, 'b', 0, 0), (24, 'b', 5, 5) ON CONFLICT (id) DO UPDATE SET kind = 'b', x = t.x + 1000;
SELECT * FROM differences();
INSERT INTO t VALUES (21, 'c', 0, 0), (25, 'b', 5, 5) ON CONFLICT DO NOTHING;
SELECT * FROM differences();
MERGE INTO t USING (VALUES (21, 'c'), (24, 'x'), (30, 'd'), (23, NULL)) AS s(id, kind) ON t.id = s.id
	WHEN MATCHED AND s.kind IS NULL THEN DO NOTHING
	WHEN MATCHED AND s.kind = 'x' THEN DELETE
	WHEN MATCHED THEN UPDATE SET kind = s.kind, x = -1
	WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.kind, 7, 7);
SELECT * FROM differences();
COPY t (id, kind, x, y) FROM stdin;
40	a	1	1.5
41	\N	\N	\N
42	d	2	2.25
\.
SELECT * FROM differences();
UPDATE kind SET name = 'aa' WHERE name = 'a'; -- cascades
SELECT * FROM differences();
DELETE FROM kind WHERE name = 'd';
SELECT * FROM differences();
SELECT kind, n FROM mezzanine.chg_kind ORDER BY kind;

-- TRUNCATE: alone, with rows before and after, rolled back.
BEGIN;
INSERT INTO t VALUES (50, 'aa', 1, 1);
TRUNCATE t;
INSERT INTO t VALUES (51, 'aa', 2, 2), (52, NULL, 3, 3);
UPDATE t SET x = 9 WHERE id = 51;
SELECT * FROM differences();
COMMIT;
SELECT * FROM differences();
SELECT * FROM mezzanine.chg_kind ORDER BY kind;
BEGIN;
INSERT INTO t VALUES (53, 'aa', 1, 1);
SAVEPOINT a;
INSERT INTO t VALUES (54, 'aa', 1, 1);
TRUNCATE t;
INSERT INTO t VALUES (55, 'aa', 1, 1);
SELECT * FROM differences();
ROLLBACK TO a;
INSERT INTO t VALUES (56, 'b', 1, 1);
COMMIT;
SELECT * FROM differences();
TRUNCATE kind CASCADE;
SELECT * FROM differences();
SELECT * FROM mezzanine.chg_kind;
TRUNCATE t;
SELECT * FROM differences();

-- One row many times; a row that comes and goes; a primary key that is reused.
INSERT INTO kind VALUES ('a'), ('b'), ('c');
INSERT INTO t SELECT i, chr(97 + i % 3), i, i / 8.0, 'n' FROM generate_series(1, 20) AS i;
BEGIN;
INSERT INTO t VALUES (60, 'a', 1, 1);
UPDATE t SET x = 2 WHERE id = 60;
UPDATE t SET kind = 'b' WHERE id = 60;
UPDATE t SET kind = 'c', live = false WHERE id = 60;
SELECT * FROM differences();
DELETE FROM t WHERE id = 60;
INSERT INTO t VALUES (60, 'b', 4, 4.000);
COMMIT;
SELECT * FROM differences();
BEGIN;
DELETE FROM t WHERE kind = 'c';
INSERT INTO t VALUES (70, 'c', 1, 1);
COMMIT;
SELECT * FROM differences();
BEGIN;
INSERT INTO t VALUES (71, 'c', 1, 1);
ROLLBACK;
SELECT * FROM differences();

-- Data-modifying CTEs: each sees the table as it was.
WITH i AS (INSERT INTO t VALUES (80, 'a', 1, 1), (81, 'b', 1, 1) RETURNING id),
     u AS (UPDATE t SET kind = 'c' WHERE id = 60 RETURNING id),
     d AS (DELETE FROM t WHERE id = 1 RETURNING id)
SELECT (SELECT count(*) FROM i), (SELECT count(*) FROM u), (SELECT count(*) FROM d);
SELECT * FROM differences();

-- A table without rows in it, and a statement without rows.
DELETE FROM t WHERE false;
INSERT INTO t SELECT 1 WHERE false;
SELECT * FROM differences();

-- Many groups at once, past one page and one hash bucket.
INSERT INTO kind SELECT 'k' || i FROM generate_series(1, 5000) AS i;
INSERT INTO t SELECT 1000 + i, 'k' || i, i, i FROM generate_series(1, 5000) AS i;
SELECT * FROM differences();
UPDATE t SET x = -x, kind = 'k' || (1 + (id * 7) % 5000) WHERE id > 1000;
SELECT * FROM differences();
DELETE FROM t WHERE id > 1000 AND id % 3 > 0;
SELECT * FROM differences();
SELECT count(*) FROM mezzanine.chg_kind;
\set VERBOSITY terse
DROP SCHEMA chg CASCADE;

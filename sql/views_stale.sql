-- Views that are not live: stale after an error of the maintenance, paused, or created without
-- data.  Reading one is an error that says how to mend it, or gives what is there.
\set SHOW_CONTEXT never
CREATE SCHEMA stale;
SET search_path = stale;
CREATE TABLE t (id int PRIMARY KEY, g text, x bigint, d int);
INSERT INTO t VALUES (1, 'a', 1, 1), (2, 'b', 2, 1);
CREATE FUNCTION life() RETURNS TABLE (view regclass, status text, stale_reason text, is_since boolean) LANGUAGE sql AS
	$$ SELECT view, status, stale_reason, stale_since IS NOT NULL FROM mezzanine_info.views WHERE view::text LIKE 'mezzanine.stale%' ORDER BY 1 $$;
CREATE FUNCTION differences() RETURNS SETOF text LANGUAGE sql AS
	$$ SELECT v.view || ' ' || d FROM mezzanine_info.views AS v, mezzanine.verify(v.view) AS d WHERE v.view::text LIKE 'mezzanine.stale%' $$;

-- An error while a row is captured, and one at the commit.
SELECT mezzanine.create_view('stale_ratio', 'SELECT 100 / d AS r, count(*) AS n FROM t GROUP BY 1', on_error => 'mark_stale') \gset
SELECT mezzanine.create_view('stale_sum', 'SELECT g, sum((x * 1000000000000)::int8) AS s FROM t GROUP BY g', on_error => 'mark_stale', on_stale => 'serve') \gset
SELECT mezzanine.create_view('stale_strict', 'SELECT g, sum(x) AS s FROM t GROUP BY g') \gset
INSERT INTO t VALUES (3, 'a', 1, 0);
SELECT * FROM t ORDER BY id;
SELECT * FROM life();
SELECT * FROM mezzanine.stale_ratio;
SELECT * FROM mezzanine.stale_strict ORDER BY g;
-- Writers go on without it; the others are kept up.
INSERT INTO t VALUES (4, 'b', 5, 0);
UPDATE t SET x = x + 1;
SELECT * FROM mezzanine.stale_strict ORDER BY g;
SELECT * FROM mezzanine.stale_ratio;
-- Mending: the error is still there; then it is not.
SELECT mezzanine.refresh('mezzanine.stale_ratio');
UPDATE t SET d = 50 WHERE d = 0;
SELECT mezzanine.refresh('mezzanine.stale_ratio');
SELECT * FROM mezzanine.stale_ratio ORDER BY r;
SELECT differences();
INSERT INTO t VALUES (5, 'b', 5, 25);
SELECT * FROM mezzanine.stale_ratio ORDER BY r;
-- A failure whose savepoint is rolled back is none; the transaction reads the definition.
BEGIN;
INSERT INTO t VALUES (6, 'a', 1, 20);
SAVEPOINT s;
INSERT INTO t VALUES (7, 'a', 1, 0);
SAVEPOINT deeper;
INSERT INTO t VALUES (8, 'a', 1, 0);
RELEASE deeper;
SELECT * FROM mezzanine.stale_ratio ORDER BY r;
ROLLBACK TO s;
INSERT INTO t VALUES (7, 'a', 1, 10);
SELECT * FROM mezzanine.stale_ratio ORDER BY r;
COMMIT;
SELECT * FROM life() WHERE view = 'mezzanine.stale_ratio'::regclass;
BEGIN;
SAVEPOINT s;
INSERT INTO t VALUES (8, 'a', 1, 0);
RELEASE s;
DELETE FROM t WHERE id = 8;
COMMIT;
SELECT * FROM life() WHERE view = 'mezzanine.stale_ratio'::regclass;
SELECT mezzanine.refresh('mezzanine.stale_ratio');
-- At the commit, in a view that serves what it has.
SELECT mezzanine.create_view('stale_commit', 'SELECT g, count(*) AS n FROM t GROUP BY g', on_error => 'mark_stale', on_stale => 'serve') \gset
ALTER TABLE mezzanine_state.stale_commit ADD CHECK (count < 5);
INSERT INTO t SELECT i, 'a', 1, 1 FROM generate_series(100, 101) AS i;
SELECT * FROM mezzanine.stale_commit ORDER BY g;
SELECT status, stale_reason FROM life() WHERE view = 'mezzanine.stale_commit'::regclass;
SELECT * FROM mezzanine.stale_strict ORDER BY g;
DELETE FROM t WHERE id IN (100, 101);
SELECT mezzanine.refresh('mezzanine.stale_commit', rebuild => true);
SELECT * FROM mezzanine.stale_commit ORDER BY g;
SELECT differences();

-- Paused.
SELECT mezzanine.pause('mezzanine.stale_strict');
SELECT mezzanine.pause('mezzanine.stale_strict');
INSERT INTO t VALUES (10, 'c', 10, 5);
SELECT * FROM mezzanine.stale_strict;
PREPARE read AS SELECT * FROM mezzanine.stale_strict ORDER BY g;
EXECUTE read;
SET mezzanine.serve_stale = on;
EXECUTE read;
RESET mezzanine.serve_stale;
EXPLAIN (COSTS OFF) EXECUTE read;
EXECUTE read;
SELECT mezzanine.resume('mezzanine.stale_strict');
EXECUTE read;
SELECT mezzanine.resume('mezzanine.stale_strict');
-- Within a transaction: pending changes would count twice.
SELECT mezzanine.pause('mezzanine.stale_strict');
BEGIN;
INSERT INTO t VALUES (11, 'd', 11, 5);
SELECT mezzanine.resume('mezzanine.stale_strict');
SELECT * FROM mezzanine.stale_strict WHERE g = 'd';
INSERT INTO t VALUES (12, 'd', 11, 5);
SELECT * FROM mezzanine.stale_strict WHERE g = 'd';
SAVEPOINT s;
SELECT mezzanine.refresh('mezzanine.stale_strict');
ROLLBACK TO s;
COMMIT;
SELECT * FROM mezzanine.stale_strict WHERE g = 'd';
SELECT differences();
BEGIN;
SELECT mezzanine.pause('mezzanine.stale_strict');
SELECT * FROM mezzanine.stale_strict;
ROLLBACK;
SELECT * FROM mezzanine.stale_strict WHERE g = 'd';

-- Without data.
SELECT mezzanine.create_view('stale_empty', 'SELECT g, count(*) AS n FROM t GROUP BY g', with_data => false) \gset
SELECT * FROM mezzanine.stale_empty;
INSERT INTO t VALUES (13, 'e', 1, 5);
SELECT mezzanine.refresh('mezzanine.stale_empty');
SELECT * FROM mezzanine.stale_empty ORDER BY g;
SELECT mezzanine.refresh('mezzanine.stale_empty');
SELECT mezzanine.refresh('mezzanine.stale_empty', rebuild => true);
SELECT differences();

-- What is refused.
\set VERBOSITY terse
SELECT mezzanine.refresh('t');
SELECT mezzanine.pause('t'), mezzanine.resume('t');
SELECT mezzanine.refresh(NULL), mezzanine.pause(NULL), mezzanine.resume(NULL);
BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT mezzanine.refresh('mezzanine.stale_empty'); ROLLBACK;
BEGIN READ ONLY; SELECT mezzanine.refresh('mezzanine.stale_empty'); ROLLBACK;
BEGIN READ ONLY; SELECT mezzanine.pause('mezzanine.stale_empty'); ROLLBACK;
CREATE ROLE stale_author;
GRANT mezzanine_author TO stale_author;
SET ROLE stale_author;
SELECT mezzanine.refresh('mezzanine.stale_empty');
SELECT mezzanine.pause('mezzanine.stale_empty');
SELECT mezzanine.resume('mezzanine.stale_empty');
RESET ROLE;
UPDATE mezzanine_state.stale_empty SET count = 1;
CREATE FUNCTION in_trigger() RETURNS trigger LANGUAGE plpgsql AS
	$$ BEGIN PERFORM mezzanine.refresh('mezzanine.stale_empty'); RETURN NULL; END $$;
CREATE TRIGGER refreshing AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION in_trigger();
INSERT INTO t VALUES (14, 'e', 1, 5);
DROP TRIGGER refreshing ON t;
\set VERBOSITY default
-- A writer without any right on the view marks it stale all the same.
GRANT USAGE ON SCHEMA stale TO stale_author;
GRANT INSERT ON t TO stale_author;
SET ROLE stale_author;
INSERT INTO t VALUES (15, 'e', 1, 0);
RESET ROLE;
SELECT view, status FROM life();
SET client_min_messages = warning;
DROP SCHEMA stale CASCADE;
DROP ROLE stale_author;

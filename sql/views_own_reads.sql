-- Within a transaction that has changed the base, the view answers by its definition: in
-- every form of query, before and after, and outside it is read from its state again.
-- Each query gives the view's answer and the query's; they must agree.
CREATE SCHEMA own;
SET search_path = own;
CREATE TABLE t (id serial PRIMARY KEY, g int, x int);
INSERT INTO t (g, x) SELECT i % 10, i FROM generate_series(1, 100) AS i;
CREATE TABLE seen (what text, v numeric, q numeric);
SELECT mezzanine.create_view('own_v', 'SELECT g, count(*) AS n, sum(x) AS x FROM t GROUP BY g') \gset
ANALYZE mezzanine_state.own_v;
CREATE VIEW sums AS SELECT (SELECT sum(x) FROM mezzanine.own_v) AS v, (SELECT sum(x) FROM t) AS q;
-- Readers in all guises; the sum of everything, by the view and by the table.
CREATE FUNCTION sql_volatile() RETURNS numeric VOLATILE LANGUAGE sql AS 'SELECT sum(x) FROM mezzanine.own_v';
CREATE FUNCTION sql_stable() RETURNS numeric STABLE LANGUAGE sql AS 'SELECT sum(x) FROM mezzanine.own_v';
CREATE FUNCTION pl_volatile() RETURNS numeric VOLATILE LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT sum(x) FROM mezzanine.own_v); END';
CREATE FUNCTION pl_stable() RETURNS numeric STABLE LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT sum(x) FROM mezzanine.own_v); END';
CREATE FUNCTION pl_dynamic() RETURNS numeric VOLATILE LANGUAGE plpgsql AS
	$$ DECLARE r numeric; BEGIN EXECUTE 'SELECT sum(x) FROM mezzanine.own_v' INTO r; RETURN r; END $$;
CREATE FUNCTION base_volatile() RETURNS numeric VOLATILE LANGUAGE sql AS 'SELECT sum(x) FROM t';
CREATE FUNCTION base_stable() RETURNS numeric STABLE LANGUAGE sql AS 'SELECT sum(x) FROM t';
CREATE FUNCTION rows_stable() RETURNS SETOF mezzanine.own_v STABLE LANGUAGE sql AS 'SELECT * FROM mezzanine.own_v';
CREATE FUNCTION rows_atomic(k int) RETURNS TABLE (g int, x numeric) STABLE LANGUAGE sql
	BEGIN ATOMIC SELECT v.g, v.x FROM mezzanine.own_v AS v WHERE v.g = k; END;
CREATE FUNCTION add(gg int, xx int) RETURNS int VOLATILE LANGUAGE sql AS 'INSERT INTO t (g, x) VALUES (gg, xx) RETURNING x';
CREATE FUNCTION add_and_read(gg int, xx int) RETURNS numeric VOLATILE LANGUAGE sql AS
	'INSERT INTO t (g, x) VALUES (gg, xx); SELECT sum(x) FROM mezzanine.own_v';
CREATE FUNCTION read_add_read(xx int) RETURNS text VOLATILE LANGUAGE plpgsql AS $$
DECLARE before numeric := (SELECT sum(x) FROM mezzanine.own_v);
BEGIN
	INSERT INTO t (g, x) VALUES (1, xx);
	RETURN (SELECT sum(x) FROM mezzanine.own_v) - before;
END $$;

\set SHOW_CONTEXT never
-- A session whose library is not loaded yet, and the same functions on each side of a write.
\c
SET search_path = own;
SELECT sql_volatile(), pl_volatile(), sql_stable(), pl_stable(), pl_dynamic(), base_stable();
BEGIN;
SELECT add(1, 1000);
SELECT * FROM sums;
SELECT sql_volatile(), pl_volatile(), sql_stable(), pl_stable(), pl_dynamic(), base_stable();
SELECT sum(x) FROM rows_stable();
SELECT * FROM rows_atomic(1);
SELECT a.g, a.x = b.x AS same FROM generate_series(1, 2) AS i, rows_atomic(i) AS a, rows_stable() AS b WHERE a.g = b.g ORDER BY 1;
ROLLBACK;
SELECT sql_volatile(), pl_volatile(), sql_stable(), pl_stable(), pl_dynamic(), (SELECT sum(x) FROM rows_stable());

-- Readers and writers mixed in one query, row by row.
SELECT i, add(i, 1) AS added, sql_volatile() - base_volatile() AS sv, pl_volatile() - base_volatile() AS pv, sql_stable() - base_stable() AS ss,
	pl_stable() - base_stable() AS ps, pl_dynamic() - base_volatile() AS pd FROM generate_series(1, 4) AS i;
SELECT i, add_and_read(i, 10) - base_volatile() AS d, read_add_read(i) AS r FROM generate_series(1, 3) AS i;
SELECT sql_volatile() - base_volatile() AS a, add(3, 5), sql_volatile() - base_volatile() AS b, (SELECT sum(x) FROM rows_stable()) - base_stable() AS c;
BEGIN;
SELECT sql_volatile() - base_volatile() AS a, add(3, 5), sql_volatile() - base_volatile() AS b, (SELECT sum(x) FROM rows_stable()) - base_stable() AS c;
SELECT v = q AS same FROM sums;
COMMIT;
-- A statement that reads first, and only then loads the library by writing, asks for a retry.
\c
\set SHOW_CONTEXT never
SET search_path = own;
SELECT i, sql_volatile() - base_volatile() AS a, add(i, 1) FROM generate_series(1, 3) AS i;
SELECT i, sql_volatile() - base_volatile() AS a, add(i, 1) FROM generate_series(1, 3) AS i;

-- Prepared statements, custom and generic plans; they go back to the state afterwards.
SET plan_cache_mode = force_generic_plan;
PREPARE generic(int) AS SELECT x FROM mezzanine.own_v WHERE g = $1;
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) EXECUTE generic(1);
BEGIN;
INSERT INTO t (g, x) VALUES (1, 100000);
EXPLAIN (COSTS OFF) EXECUTE generic(1);
EXECUTE generic(1);
SAVEPOINT s;
UPDATE t SET x = 0 WHERE g = 1;
EXECUTE generic(1);
ROLLBACK TO s;
EXECUTE generic(1);
ROLLBACK;
EXPLAIN (COSTS OFF) EXECUTE generic(1);
EXECUTE generic(1);
BEGIN;
INSERT INTO t (g, x) VALUES (1, 100000);
EXECUTE generic(1);
COMMIT;
EXPLAIN (COSTS OFF) EXECUTE generic(1);
EXECUTE generic(1);
SET plan_cache_mode = force_custom_plan;
PREPARE custom(int) AS SELECT x = (SELECT sum(x) FROM t WHERE g = $1) AS same FROM mezzanine.own_v WHERE g = $1;
BEGIN;
EXECUTE custom(2);
DELETE FROM t WHERE g = 2 AND x < 50;
EXECUTE custom(2);
COMMIT;
EXECUTE custom(2);
RESET plan_cache_mode;
RESET enable_seqscan;

-- Cursors opened before the change keep what they saw; later ones see it.
BEGIN;
DECLARE early SCROLL CURSOR FOR SELECT v.g, v.x, v.x = (SELECT sum(x) FROM t WHERE t.g = v.g) AS same FROM mezzanine.own_v AS v WHERE g < 2 ORDER BY g;
FETCH 1 FROM early;
UPDATE t SET x = x + 1;
DECLARE late CURSOR WITH HOLD FOR SELECT v.x = (SELECT sum(x) FROM t WHERE t.g = v.g) AS same FROM mezzanine.own_v AS v ORDER BY g;
FETCH 1 FROM late;
FETCH ALL FROM early;
MOVE ABSOLUTE 0 FROM early;
FETCH 2 FROM early;
COMMIT;
FETCH 2 FROM late;
CLOSE late;

-- RETURNING, CTEs and sublinks of the writing statement see the table as it was before.
INSERT INTO t (g, x) VALUES (0, 7) RETURNING (SELECT v = q FROM sums) AS same;
WITH w AS (UPDATE t SET x = x * 2 WHERE g = 5 RETURNING x), r AS (SELECT * FROM sums) SELECT v = q AS same, (SELECT count(*) FROM w) FROM r;
WITH w AS (DELETE FROM t WHERE g = 6 RETURNING sql_volatile() - base_volatile() AS d, sql_stable() - base_stable() AS e) SELECT DISTINCT * FROM w;
INSERT INTO t (g, x) SELECT g, x FROM mezzanine.own_v WHERE g < 3;
UPDATE t SET x = v.x FROM mezzanine.own_v AS v WHERE v.g = t.g AND t.g = 4;
MERGE INTO t USING mezzanine.own_v AS v ON v.g = t.g AND v.g = 3 WHEN MATCHED THEN UPDATE SET x = v.n WHEN NOT MATCHED THEN DO NOTHING;
SELECT v = q AS same FROM sums;

-- Triggers of the user's own that read: before and after, row and statement, by name before and after ours.
CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS
	$$ BEGIN INSERT INTO seen SELECT TG_NAME, sums.* FROM sums; RETURN COALESCE(NEW, OLD); END $$;
CREATE TRIGGER a1 BEFORE INSERT OR UPDATE OR DELETE ON t FOR EACH STATEMENT EXECUTE FUNCTION look();
CREATE TRIGGER z1 BEFORE INSERT OR UPDATE OR DELETE ON t FOR EACH STATEMENT EXECUTE FUNCTION look();
CREATE TRIGGER a2 BEFORE INSERT OR UPDATE OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION look();
CREATE TRIGGER a3 AFTER INSERT OR UPDATE OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION look();
CREATE TRIGGER z3 AFTER INSERT OR UPDATE OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION look();
CREATE TRIGGER a4 AFTER INSERT OR UPDATE OR DELETE ON t FOR EACH STATEMENT EXECUTE FUNCTION look();
INSERT INTO t (g, x) VALUES (1, 1), (2, 2);
UPDATE t SET x = x + 1 WHERE g = 7;
DELETE FROM t WHERE g = 8;
COPY t (g, x) FROM stdin;
1	5
9	6
\.
SELECT what, count(*), count(*) FILTER (WHERE v <> q OR v IS NULL) AS wrong FROM seen GROUP BY what ORDER BY what;
DROP TRIGGER a1 ON t; DROP TRIGGER z1 ON t; DROP TRIGGER a2 ON t; DROP TRIGGER a3 ON t; DROP TRIGGER z3 ON t; DROP TRIGGER a4 ON t;

-- COPY, CREATE TABLE AS, materialized views, nested views, aggregates of all kinds.
BEGIN;
INSERT INTO t (g, x) VALUES (77, 77);
COPY (SELECT x, n FROM mezzanine.own_v WHERE g = 77) TO STDOUT;
CREATE TABLE made AS SELECT * FROM mezzanine.own_v WHERE g = 77;
CREATE MATERIALIZED VIEW matted AS SELECT * FROM mezzanine.own_v WHERE g = 77;
SELECT * FROM made UNION ALL SELECT * FROM matted UNION SELECT * FROM mezzanine.own_v WHERE g = 77;
SELECT count(*), count(a.g), max(b.x) FROM mezzanine.own_v AS a LEFT JOIN LATERAL (SELECT * FROM mezzanine.own_v AS c WHERE c.g = a.g OFFSET 0) AS b ON true WHERE a.g = 77;
SELECT g FROM mezzanine.own_v WHERE (g, x) IN (SELECT g, sum(x) FROM t GROUP BY g) EXCEPT SELECT g FROM t;
SELECT own_v FROM mezzanine.own_v WHERE g = 77;
SELECT to_jsonb(v) FROM mezzanine.own_v AS v WHERE g = 77;
SELECT sum_x FROM mezzanine_state.own_v_truth WHERE g = 77;
-- What cannot be answered by a definition is refused.
SAVEPOINT s;
SELECT * FROM mezzanine.own_v WHERE g = 77 FOR UPDATE;
ROLLBACK TO s;
SELECT ctid FROM mezzanine_state.own_v WHERE g = 77;
ROLLBACK TO s;
SELECT * FROM mezzanine_state.own_v TABLESAMPLE SYSTEM (100);
ROLLBACK;

-- Parallel plans, and functions that read the view inside the workers.
ALTER FUNCTION sql_stable() PARALLEL SAFE;
ALTER FUNCTION pl_stable() PARALLEL SAFE;
ALTER FUNCTION base_stable() PARALLEL SAFE;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
ALTER TABLE t SET (parallel_workers = 2);
BEGIN;
INSERT INTO t (g, x) SELECT 100 + i % 7, i FROM generate_series(1, 5000) AS i;
ANALYZE t;
SELECT bool_and(sql_stable() = base_stable() AND pl_stable() = base_stable()) AS same FROM t WHERE id % 50 = 0;
SELECT count(*), sum(x) FROM mezzanine.own_v WHERE g >= 100;
EXPLAIN (COSTS OFF) SELECT sum(x) FROM mezzanine.own_v;
SET force_parallel_mode = on;
SELECT v = q AS same FROM sums;
SELECT sql_stable() = base_stable() AS a, pl_stable() = base_stable() AS b;
COMMIT;
SELECT sql_stable() = base_stable() AS a, pl_stable() = base_stable() AS b, (SELECT v = q FROM sums) AS c;
SET client_min_messages = warning;
DROP SCHEMA own CASCADE;

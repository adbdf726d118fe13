-- Aggregates of one's own that can give a value back: kept by their moving mode.
CREATE SCHEMA moving;
SET search_path = moving;
SET client_min_messages = warning;
-- What the functions are asked, in the session that applies: who is called, and how often.
CREATE SEQUENCE added;
CREATE SEQUENCE taken;
-- The sum of squares.  The functions are declared immutable, though they tell that they were called.
CREATE FUNCTION plus_square(state bigint, v int) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN PERFORM nextval('moving.added'); RETURN state + v::bigint * v; END $$;
CREATE FUNCTION minus_square(state bigint, v int) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN PERFORM nextval('moving.taken'); RETURN state - v::bigint * v; END $$;
CREATE FUNCTION plain_square(state bigint, v int) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT AS 'SELECT state + v::bigint * v';
CREATE AGGREGATE squares(int) (SFUNC = plain_square, STYPE = bigint, INITCOND = '0',
	MSFUNC = plus_square, MINVFUNC = minus_square, MSTYPE = bigint, MINITCOND = '0');
-- A product has no inverse where a zero leaves; two arguments, a state of another type, a final function.
CREATE FUNCTION times(state numeric[], v numeric, weight int) RETURNS numeric[] LANGUAGE sql IMMUTABLE AS
	'SELECT ARRAY[trim_scale(state[1] * coalesce(v, 1) * coalesce(weight, 1)), state[2] + 1]';
CREATE FUNCTION divided(state numeric[], v numeric, weight int) RETURNS numeric[] LANGUAGE sql IMMUTABLE AS
	'SELECT CASE WHEN coalesce(v, 1) * coalesce(weight, 1) <> 0 THEN ARRAY[trim_scale(state[1] / (coalesce(v, 1) * coalesce(weight, 1))), state[2] - 1] END';
CREATE FUNCTION told(state numeric[]) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT format(''%s of %s'', state[1], state[2])';
CREATE AGGREGATE product(v numeric, weight int) (SFUNC = times, STYPE = numeric[], FINALFUNC = told, INITCOND = '{1,0}',
	MSFUNC = times, MINVFUNC = divided, MSTYPE = numeric[], MFINALFUNC = told, MINITCOND = '{1,0}');
-- No initial value: the first value is the state.  The final function is told the types.
CREATE FUNCTION told_more(state numeric, v numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT state * 10';
CREATE AGGREGATE tenfold(numeric) (SFUNC = numeric_add, STYPE = numeric, FINALFUNC = told_more, FINALFUNC_EXTRA,
	MSFUNC = numeric_add, MINVFUNC = numeric_sub, MSTYPE = numeric, MFINALFUNC = told_more, MFINALFUNC_EXTRA);
-- Its state cannot be stored; by affected group.
CREATE AGGREGATE hidden(numeric) (SFUNC = numeric_avg_accum, STYPE = internal, FINALFUNC = numeric_sum,
	MSFUNC = numeric_avg_accum, MINVFUNC = numeric_accum_inv, MSTYPE = internal, MFINALFUNC = numeric_sum);

CREATE TABLE t (id int PRIMARY KEY, g text, v int, n numeric, w int, b boolean);
CREATE INDEX ON t (g);
INSERT INTO t SELECT i, 'g' || i % 3, i, 1 + i % 2, 1 + i % 3, i % 2 = 0 FROM generate_series(1, 12) AS i;
SELECT line FROM mezzanine.explain('SELECT g, squares(v), product(n, w), squares(DISTINCT v), hidden(n) FROM t GROUP BY g') AS line WHERE line ~ ' = ';
SELECT mezzanine.create_view('moved', 'SELECT g, squares(v) AS s, product(n, w) AS p, tenfold(n) AS t,
	squares(v) FILTER (WHERE b AND w > 1) AS sf, product(n, w) FILTER (WHERE b) AS pf, count(*) AS c FROM t GROUP BY g');
SELECT mezzanine.create_view('by_group', 'SELECT g, hidden(n) AS h FROM t GROUP BY g');
SELECT mezzanine.create_view('squared', 'SELECT g, squares(v) AS s FROM t GROUP BY g');
SELECT mezzanine.create_view('whole', 'SELECT squares(v) + 1 AS s, product(n, w) AS p FROM t HAVING squares(v) >= 0');
CREATE FUNCTION differences() RETURNS SETOF text LANGUAGE sql VOLATILE AS $$
	SELECT 'moved ' || v::text FROM mezzanine.verify('mezzanine.moved') AS v UNION ALL SELECT 'squared ' || v::text FROM mezzanine.verify('mezzanine.squared') AS v
	UNION ALL SELECT 'whole ' || v::text FROM mezzanine.verify('mezzanine.whole') AS v
	UNION ALL SELECT 'by_group ' || v::text FROM mezzanine.verify('mezzanine.by_group') AS v $$;
TABLE mezzanine.moved ORDER BY g;
SELECT * FROM differences();
-- Only what comes and what leaves is looked at: two values added, one taken, by each of three views.
SELECT setval('added', 1, false), setval('taken', 1, false);
BEGIN;
INSERT INTO t VALUES (20, 'g0', 20, 3, 1, true);
UPDATE t SET v = v + 100 WHERE id = 3;
COMMIT;
SELECT nextval('added') - 1 AS added, nextval('taken') - 1 AS taken;
TABLE mezzanine.moved ORDER BY g;
SELECT * FROM differences();
-- NULLs, that leave no trace in the strict one and count in the other; all values of a filter leave.
UPDATE t SET v = NULL, n = NULL WHERE id IN (2, 3, 4);
UPDATE t SET b = false WHERE g = 'g1';
TABLE mezzanine.moved ORDER BY g;
SELECT * FROM differences();
UPDATE t SET v = NULL WHERE g = 'g2';
UPDATE t SET n = NULL WHERE g = 'g2';
TABLE mezzanine.moved ORDER BY g;
SELECT * FROM differences();
UPDATE t SET v = id, n = 2 WHERE g = 'g2';
SELECT * FROM differences();
-- A zero comes, and its leaving has no inverse: the group is computed again.
INSERT INTO t VALUES (30, 'g1', 1, 0, 1, true);
SELECT g, p, pf FROM mezzanine.moved WHERE g = 'g1';
DELETE FROM t WHERE id = 30;
SELECT g, p, pf FROM mezzanine.moved WHERE g = 'g1';
SELECT * FROM differences();
-- Savepoints, own reads, groups that move, go and come.
BEGIN;
UPDATE t SET g = 'g9' WHERE id % 4 = 0;
SAVEPOINT a;
DELETE FROM t;
ROLLBACK TO a;
SAVEPOINT b;
INSERT INTO t SELECT i, 'g' || i % 2, i, 2, 1, true FROM generate_series(100, 109) AS i;
DELETE FROM t WHERE id IN (101, 102);
RELEASE b;
CREATE TEMP TABLE own AS SELECT * FROM mezzanine.moved;
COMMIT;
(TABLE own EXCEPT TABLE mezzanine.moved) UNION ALL (TABLE mezzanine.moved EXCEPT TABLE own);
SELECT * FROM differences();
DELETE FROM t WHERE g = 'g9';
SELECT * FROM differences();
-- Equal values count as often as they come, over savepoints and over files that they spill to.
BEGIN;
INSERT INTO t VALUES (201, 'twice', 5, 2, 1, true);
SAVEPOINT a;
INSERT INTO t VALUES (202, 'twice', 5, 2, 1, true);
RELEASE a;
COMMIT;
SELECT g, s, p, t FROM mezzanine.moved WHERE g = 'twice';
DELETE FROM t WHERE g = 'twice';
SET mezzanine.work_mem = '1MB';
INSERT INTO t SELECT 10000 + i, 'spill' || i % 2000, i % 5, 2, 1, true FROM generate_series(1, 20000) AS i;
RESET mezzanine.work_mem;
SELECT * FROM differences();
DELETE FROM t WHERE id > 10000;
SELECT * FROM differences();
-- More than a thousand values of a group in one transaction: it is read once instead.
INSERT INTO t SELECT i, 'many', i % 10, 1, 1, true FROM generate_series(1001, 3000) AS i;
SELECT * FROM differences();
DELETE FROM t WHERE id BETWEEN 1001 AND 2500;
SELECT * FROM differences();
-- Not in cells, and nothing that the view is made of can be dropped.
SELECT mezzanine.create_view('cells', 'SELECT g, squares(v) FROM t GROUP BY g', spread => 2);
\set VERBOSITY terse
DROP AGGREGATE squares(int);
-- Empty again.
TRUNCATE t;
TABLE mezzanine.whole;
SELECT * FROM differences();
-- The state is computed for nobody who may not execute the aggregate.
CREATE ROLE regress_moving;
REVOKE EXECUTE ON FUNCTION squares(int) FROM PUBLIC;
GRANT USAGE ON SCHEMA moving, mezzanine_state TO regress_moving;
SET ROLE regress_moving;
SELECT mezzanine_state.moving('moving.squares(int)'::regprocedure, NULL::bigint, 2);
SELECT mezzanine_state.moving('moving.product(numeric, int)'::regprocedure, NULL::numeric[], 2.0, 3);
SELECT mezzanine_state.moving('moving.product(numeric, int)'::regprocedure, NULL::numeric[], 2.0);
SELECT mezzanine_state.moving('moving.product(numeric, int)'::regprocedure, NULL::bigint, 2.0, 3);
SELECT mezzanine_state.moving('pg_catalog.lower(text)'::regprocedure, NULL::text, 'a'::text);
RESET ROLE;
DROP OWNED BY regress_moving;
DROP ROLE regress_moving;
DROP SCHEMA moving CASCADE;

-- Variances of floats, covariances, correlations and regressions: kept exactly, so that rows come
-- and go by the delta.  What is shown differs from PostgreSQL's own by its rounding alone.
CREATE SCHEMA moments;
SET search_path = moments;
SET client_min_messages = warning;
SELECT setseed(0.5);
CREATE TABLE t (id int PRIMARY KEY, g int, f4 real, y float8, x float8, b boolean);
SELECT mezzanine.create_view('single', $$SELECT g, variance(f4) AS v4, var_pop(f4) AS p4, stddev(f4) AS s4, stddev_pop(f4) AS q4,
	var_samp(y) AS v8, var_pop(y) AS p8, stddev_samp(y) AS s8, stddev_pop(y) AS q8, stddev(x) FILTER (WHERE b) AS sf, variance(DISTINCT f4) AS vd
	FROM t GROUP BY g$$);
SELECT mezzanine.create_view('pairs', $$SELECT g, regr_count(y, x) AS n, covar_pop(y, x) AS cp, covar_samp(y, x) AS cs, corr(y, x) AS c,
	regr_sxx(y, x) AS sxx, regr_syy(y, x) AS syy, regr_sxy(y, x) AS sxy, regr_avgx(y, x) AS ax, regr_avgy(y, x) AS ay, regr_r2(y, x) AS r2,
	regr_slope(y, x) AS slope, regr_intercept(y, x) AS intercept, corr(y, f4) FILTER (WHERE b) AS cf FROM t GROUP BY g$$);
SELECT mezzanine.create_view('everything', 'SELECT corr(y, x), stddev(f4) FROM t', spread => 4);
-- By the delta: no group is computed again, whatever comes and goes.
SELECT line FROM mezzanine.explain('SELECT g, corr(y, x), stddev(f4), regr_count(x, y) FROM t GROUP BY g') AS line WHERE line ~ ' = ' OR line ~ 'index';

-- View and query, column by column: the digits that rounding leaves alone.
CREATE FUNCTION differences() RETURNS SETOF text LANGUAGE plpgsql VOLATILE AS $$
DECLARE name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['single', 'pairs', 'everything'] LOOP
		RETURN QUERY EXECUTE format('
			SELECT %1$L || '': '' || coalesce(v.row::text, ''none'') || '' / '' || coalesce(q.row::text, ''none'')
			FROM (SELECT to_jsonb(v) AS row FROM mezzanine.%1$I AS v) AS v
			FULL JOIN (SELECT to_jsonb(q) AS row FROM mezzanine_state.%2$I AS q) AS q
				ON coalesce(v.row ->> ''g'', '''') = coalesce(q.row ->> ''g'', '''')
			WHERE v.row IS NULL OR q.row IS NULL OR NOT mezzanine_state.agree(v.row, q.row, mezzanine_state.tolerances(%3$L))',
			name, name || '_definition', 'mezzanine_state.' || name || '_definition');
		RETURN QUERY EXECUTE format('SELECT %L || v::text FROM mezzanine.verify(%L) AS v', name || ' verified: ', 'mezzanine.' || name);
	END LOOP;
END $$;
INSERT INTO t SELECT i, i % 5, (random() * 1000)::real, random() * 100, random() - 3, random() < 0.5 FROM generate_series(1, 200) AS i;
SELECT * FROM differences();
UPDATE t SET y = y * 1.1, f4 = f4 / 3, x = CASE WHEN id % 10 > 0 THEN x END, g = (g + id % 2) % 5 WHERE id % 3 = 0;
SELECT * FROM differences();
DELETE FROM t WHERE id % 4 = 0;
SELECT * FROM differences();
-- Savepoints, and what a transaction reads of itself.
BEGIN;
SAVEPOINT a;
UPDATE t SET y = -y, x = x + id;
ROLLBACK TO a;
SAVEPOINT b;
UPDATE t SET x = x * 2 WHERE g < 3;
RELEASE b;
DELETE FROM t WHERE g = 4 AND id < 100;
CREATE TEMP TABLE own AS SELECT * FROM mezzanine.pairs;
COMMIT;
SELECT count(*) AS groups FROM mezzanine.pairs;
SELECT * FROM own EXCEPT SELECT * FROM mezzanine.pairs;
SELECT * FROM differences();

-- What is no number comes and goes, in either of a pair.
INSERT INTO t VALUES (1001, 1, 'NaN', 'NaN', 1), (1002, 1, 1, 'Infinity', 2), (1003, 2, '-Infinity', 3, '-Infinity'), (1004, 3, 1, 'Infinity', 'NaN'),
	(1005, 3, 1, '-Infinity', 4), (1006, 9, 1, 'Infinity', NULL), (1007, 10, 1, 'Infinity', 1), (1008, 10, 2, 4, 2);
SELECT * FROM differences();
SELECT g, n, cp, sxx, syy, sxy, ax, ay, c FROM mezzanine.pairs WHERE g IN (9, 10) ORDER BY g;
DELETE FROM t WHERE id IN (1001, 1003, 1005, 1007);
SELECT * FROM differences();
DELETE FROM t WHERE id > 1000;
SELECT * FROM differences();

-- Values of every size, and what is left of them: nothing is rounded on the way.
INSERT INTO t VALUES (2001, 20, 1, 1e-160, 1e150), (2002, 20, 1, 3e-160, 2e150), (2003, 20, 1, 2e-160, 4e150), (2004, 21, 1, 5e-324, 5e-324),
	(2005, 21, 1, 0, '-0'), (2006, 22, 1, 1e16, 1), (2007, 22, 1, 1e16 + 2, 2), (2008, 22, 1, 1e16 + 4, 3), (2009, 22, 1, 1e-9, 1e300);
DELETE FROM t WHERE id = 2009;
SELECT g, sxx, cp, slope FROM mezzanine.pairs WHERE g >= 20 ORDER BY g;
SELECT p8 FROM mezzanine.single WHERE g = 22;
-- Ten times 0.1 do not vary.  PostgreSQL's own sum of ten has lost a digit.
INSERT INTO t SELECT 3000 + i, 30, 0.1, 0.1, i FROM generate_series(1, 10) AS i;
SELECT v8, p8 FROM mezzanine.single WHERE g = 30;
SELECT var_samp(y) > 0 AS varies FROM t WHERE g = 30;
SELECT c, r2 FROM mezzanine.pairs WHERE g = 30;
SELECT * FROM mezzanine.verify('mezzanine.single');
SELECT * FROM mezzanine.verify('mezzanine.pairs');
-- Beyond the range it is the reader's error, as in PostgreSQL.
INSERT INTO t VALUES (4001, 40, 1, 1e200, 1), (4002, 40, 1, 3e200, 2);
SELECT v8 FROM mezzanine.single WHERE g = 40;
SELECT var_samp(y) FROM t WHERE g = 40;
DELETE FROM t WHERE g = 40;
SELECT * FROM mezzanine.verify('mezzanine.single');
-- A state that lies is found, however little it lies.
SELECT mezzanine.create_view('lies', 'SELECT g, stddev(y) FROM t GROUP BY g');
SET session_replication_role = replica;
ALTER EVENT TRIGGER mezzanine_on_ddl DISABLE;
ALTER TABLE mezzanine_state.lies DISABLE TRIGGER USER;
UPDATE mezzanine_state.lies SET exact_squares_y = exact_squares_y + 1e-30 WHERE g = 1;
ALTER TABLE mezzanine_state.lies ENABLE ALWAYS TRIGGER mezzanine_guard, ENABLE ALWAYS TRIGGER mezzanine_guard_truncate;
ALTER EVENT TRIGGER mezzanine_on_ddl ENABLE ALWAYS;
RESET session_replication_role;
SELECT kind, expected ->> 'g' AS g FROM mezzanine.verify('mezzanine.lies', repair => true);
SELECT * FROM mezzanine.verify('mezzanine.lies');

-- Empty again: the only row of a view without groups stays.
TRUNCATE t;
SELECT * FROM mezzanine.everything;
INSERT INTO t VALUES (1, 1, 1, 1, 1), (2, 1, 3, 3, 3);
DELETE FROM t WHERE id = 1;
SELECT * FROM mezzanine.everything;
SELECT * FROM mezzanine.single;
SELECT * FROM differences();
\set VERBOSITY terse
DROP SCHEMA moments CASCADE;

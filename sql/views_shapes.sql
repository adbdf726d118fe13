-- What the rows of a view may be: one for all, groups by several lists of keys, distinct rows,
-- a group's first row, each row of the table.
CREATE SCHEMA shape;
SET search_path = shape;
CREATE FUNCTION differences(view text) RETURNS SETOF text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	RETURN QUERY EXECUTE format('
		WITH v AS (SELECT v::text FROM mezzanine.%1$s AS v), q AS (SELECT q::text FROM mezzanine_state.%1$s_definition AS q)
		(SELECT ''view '' || v FROM v EXCEPT ALL SELECT ''view '' || q FROM q) UNION ALL
		(SELECT ''query '' || q FROM q EXCEPT ALL SELECT ''query '' || v FROM v)', view);
	RETURN QUERY SELECT v::text FROM mezzanine.verify(('mezzanine.' || view)::regclass) AS v;
END $$;
CREATE TABLE t (id int, g text, h text, x int, n numeric, at timestamptz, j jsonb);
CREATE INDEX ON t (g);

-- No GROUP BY: one row, always.
SELECT mezzanine.create_view('shp_all', $$SELECT count(*) AS c, sum(n) AS s, avg(x) AS a, max(g) AS m, bool_or(x > 3) AS b, string_agg(h, '' ORDER BY id) AS l,
	coalesce(sum(x), 0) + 1 AS one FROM t WHERE x IS DISTINCT FROM 5$$);
SELECT mezzanine.create_view('shp_having', 'SELECT sum(x) AS s FROM t HAVING count(*) > 3');
SELECT mezzanine.create_view('shp_only', 'SELECT 7 AS seven FROM t HAVING true');
TABLE mezzanine.shp_all;
TABLE mezzanine.shp_having;
TABLE mezzanine.shp_only;
-- Grouping sets: NULL as a key beside NULL for "all"; sets named twice; the empty set over an empty table.
SELECT mezzanine.create_view('shp_rollup', $$SELECT g, h, grouping(g, h) AS level, grouping(h) AS of_h, count(*) AS c, sum(n) AS s, max(x) AS m, g || h AS gh
	FROM t GROUP BY ROLLUP (g, h)$$);
SELECT mezzanine.create_view('shp_cube', 'SELECT g, x % 2 AS odd, avg(n) AS a FROM t GROUP BY CUBE (g, x % 2)');
SELECT mezzanine.create_view('shp_sets', $$SELECT coalesce(g, CASE grouping(g) WHEN 0 THEN 'none' ELSE 'all' END) AS g, h, count(*) AS c, rank() OVER (PARTITION BY grouping(g) ORDER BY count(*) DESC, g, h) AS r
	FROM t GROUP BY GROUPING SETS ((g), (h), (g), (), ()) HAVING count(*) <> 4 ORDER BY 1, 2, 3 LIMIT 30$$);
SELECT mezzanine.create_view('shp_distinct_sets', 'SELECT g, h, count(*) AS c FROM t GROUP BY DISTINCT ROLLUP (g, h), ROLLUP (g, x)');
SELECT mezzanine.create_view('shp_mixed', 'SELECT g, h, count(*) AS c FROM t GROUP BY g, GROUPING SETS ((h), ())');
TABLE mezzanine.shp_rollup;
TABLE mezzanine.shp_sets;
-- Distinct rows.
SELECT mezzanine.create_view('shp_distinct', $$SELECT DISTINCT g, x % 3 AS x, 'k' AS k FROM t WHERE x > 0 ORDER BY 1 DESC$$);
-- A group's first row: ties are broken for good, in the view and in its definition.
SELECT mezzanine.create_view('shp_first', $$SELECT DISTINCT ON (g, x % 2) g, x % 2 AS odd, id, h, n, at::date AS day, j FROM t ORDER BY g, x % 2 DESC, n DESC NULLS LAST, h$$);
SELECT mezzanine.create_view('shp_latest', 'SELECT DISTINCT ON (g) g, h FROM t WHERE x > 1');
-- Each row: duplicates keep their number, and 1.0 is not 1.00.
SELECT mezzanine.create_view('shp_rows', $$SELECT g, n, upper(h) AS h, at::date AS day, j, 1 AS one FROM t WHERE x > 2$$);
SELECT mezzanine.create_view('shp_star', 'TABLE t');
SELECT mezzanine.create_view('shp_window', $$SELECT g, x, row_number() OVER w AS r, sum(n) OVER (PARTITION BY g ORDER BY x, id) AS s, at::text AS shown
	FROM t WINDOW w AS (PARTITION BY h ORDER BY x, id, n, g) ORDER BY x LIMIT 100$$);
SELECT mezzanine.create_view('shp_recent', $$SELECT g, x FROM t WHERE at > now() - interval '10 days' AND x > 1$$);
SELECT mezzanine.create_view('shp_one', 'SELECT 1 AS one, ''a''::text AS a FROM t');
SELECT mezzanine.create_view('shp_series', 'SELECT x, generate_series(1, x) AS k FROM t WHERE x < 4');
SELECT mezzanine.create_view('shp_distinct_stable', $$SELECT DISTINCT to_char(at, 'TMMonth') AS month FROM t$$);

CREATE FUNCTION all_differences() RETURNS TABLE (view text, difference text) LANGUAGE sql AS $$
	SELECT v, differences(v) FROM unnest(ARRAY['shp_all', 'shp_having', 'shp_only', 'shp_rollup', 'shp_cube', 'shp_sets', 'shp_distinct_sets', 'shp_mixed',
		'shp_distinct', 'shp_first', 'shp_latest', 'shp_rows', 'shp_star', 'shp_window', 'shp_recent', 'shp_one', 'shp_series', 'shp_distinct_stable']) AS v $$;
SELECT * FROM all_differences();
INSERT INTO t SELECT i, (ARRAY['a', 'b', NULL])[1 + i % 3], 'h' || i % 4, i % 7, round(i % 5 / 2.0, i % 3), now() - i * interval '1 day' + interval '1 hour',
	jsonb_build_object('i', i % 2) FROM generate_series(1, 40) AS i;
INSERT INTO t SELECT * FROM t WHERE id % 4 = 0; -- duplicates
SELECT * FROM all_differences();
TABLE mezzanine.shp_all;
TABLE mezzanine.shp_having;
SELECT * FROM mezzanine.shp_rollup ORDER BY level, g, h;
TABLE mezzanine.shp_sets;
SELECT g, odd, id, h, n, j FROM mezzanine.shp_first ORDER BY g, odd;
SELECT g, n, h, count(*) FROM mezzanine.shp_rows WHERE n = 1 GROUP BY g, n, h, n::text ORDER BY g, n::text, h;
SELECT count(*) FROM mezzanine.shp_star;
EXPLAIN (COSTS OFF) SELECT * FROM mezzanine.shp_star WHERE id = 3;
UPDATE t SET n = n + 0.00, x = x + 1 WHERE id % 3 = 0; -- another image of the same number
SELECT * FROM all_differences();
DELETE FROM t WHERE id % 8 = 0 AND ctid IN (SELECT min(ctid) FROM t GROUP BY id); -- one of two equal rows
SELECT * FROM all_differences();
UPDATE t SET g = NULL WHERE g = 'a';
UPDATE t SET h = NULL, n = 0.50 WHERE x = 3;
SELECT * FROM all_differences();
BEGIN;
DELETE FROM t WHERE id < 20;
SELECT count(*) FROM mezzanine.shp_star;
SELECT count(*) FROM mezzanine.shp_rollup;
SELECT count(*) AS c, (SELECT c FROM mezzanine.shp_all) AS in_view FROM t WHERE x IS DISTINCT FROM 5;
ROLLBACK;
TRUNCATE t;
SELECT * FROM all_differences();
TABLE mezzanine.shp_all;
INSERT INTO t VALUES (1, 'a', 'b', 6, 1.0, now(), '{}');
SELECT * FROM all_differences();
DELETE FROM t;
SELECT * FROM all_differences();
TABLE mezzanine.shp_all;
TABLE mezzanine.shp_rollup;
-- What has no shape.
SELECT mezzanine.create_view('shp_refused', 'SELECT FROM t');
SELECT mezzanine.create_view('shp_refused', 'SELECT ctid FROM t');
SELECT mezzanine.create_view('shp_refused', 'SELECT t FROM t');
SELECT mezzanine.create_view('shp_refused', 'SELECT x, random() FROM t');
SELECT mezzanine.create_view('shp_refused', 'SELECT generate_series(1, x), count(*) FROM t GROUP BY 1');
\set VERBOSITY terse
DROP SCHEMA shape CASCADE;

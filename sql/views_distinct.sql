-- Aggregates over distinct values: one core keeps them, and feeds another.
CREATE SCHEMA dist;
SET search_path = dist;
CREATE FUNCTION differences(view text) RETURNS SETOF text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	RETURN QUERY EXECUTE format('
		WITH v AS (SELECT v::text FROM mezzanine.%1$s AS v), q AS (SELECT q::text FROM mezzanine_state.%1$s_definition AS q)
		(SELECT ''view '' || v FROM v EXCEPT ALL SELECT ''view '' || q FROM q) UNION ALL
		(SELECT ''query '' || q FROM q EXCEPT ALL SELECT ''query '' || v FROM v)', view);
	RETURN QUERY SELECT v::text FROM mezzanine.verify(('mezzanine.' || view)::regclass) AS v;
END $$;
CREATE TABLE visit (id int PRIMARY KEY, page text, visitor int, n numeric, at timestamptz, took interval);
INSERT INTO visit SELECT i, (ARRAY['a', 'b', NULL])[1 + i % 3], i % 10, i % 4, timestamptz '2020-01-01 00:00+00' + i * interval '5 hours', i % 3 * interval '1 s'
	FROM generate_series(1, 100) AS i;
SELECT mezzanine.create_view('dist_pages', $$SELECT page, count(DISTINCT visitor) AS visitors, count(*) AS visits, sum(DISTINCT n) AS s, avg(DISTINCT n) AS a,
	stddev(DISTINCT n) AS d, count(DISTINCT n) AS ns, count(DISTINCT visitor) FILTER (WHERE n > 1) AS some, sum(DISTINCT took) AS took,
	count(DISTINCT page) AS one, round(count(DISTINCT visitor) / count(*)::numeric, 3) AS share, bit_xor(DISTINCT visitor) AS x
	FROM visit WHERE id <> 50 GROUP BY page HAVING count(DISTINCT visitor) > 0$$);
SELECT mezzanine.create_view('dist_all', 'SELECT count(DISTINCT visitor) AS visitors, sum(DISTINCT n) AS s, max(DISTINCT n) AS m FROM visit');
SELECT mezzanine.create_view('dist_days', $$SELECT at::date AS day, count(DISTINCT extract(hour FROM at)) AS hours, count(DISTINCT at::date) AS one,
	array_agg(DISTINCT visitor) AS visitors FROM visit GROUP BY 1$$);
SELECT mezzanine.create_view('dist_dependent', 'SELECT id, page, count(DISTINCT page) AS pages, count(DISTINCT visitor + 1) AS ones FROM visit GROUP BY id');
SELECT mezzanine.create_view('dist_sets', 'SELECT page, count(DISTINCT visitor) AS visitors FROM visit GROUP BY ROLLUP (page)');
SELECT number, source, depth, home, query FROM mezzanine_info.cores WHERE view = 'mezzanine.dist_all'::regclass ORDER BY number;
\d+ mezzanine.dist_all
SELECT mezzanine.explain('SELECT page, count(DISTINCT visitor) FILTER (WHERE n > 0) AS visitors, sum(n) FROM visit GROUP BY page');
CREATE FUNCTION all_differences() RETURNS TABLE (view text, difference text) LANGUAGE sql AS $$
	SELECT v, differences(v) FROM unnest(ARRAY['dist_pages', 'dist_all', 'dist_days', 'dist_dependent', 'dist_sets']) AS v $$;
SELECT * FROM all_differences();
SELECT * FROM mezzanine.dist_pages ORDER BY page;
INSERT INTO visit SELECT i, 'c', i % 3, NULL, NULL, NULL FROM generate_series(201, 210) AS i;
SELECT * FROM all_differences();
UPDATE visit SET visitor = visitor + 1, n = n * 2 WHERE id % 4 = 0;
SELECT * FROM all_differences();
DELETE FROM visit WHERE visitor IN (3, 4) OR page = 'b' AND id % 2 = 0;
SELECT * FROM all_differences();
UPDATE visit SET n = 0 WHERE page = 'a'; -- nothing passes the filter
SELECT * FROM all_differences();
SELECT * FROM mezzanine.dist_pages ORDER BY page;
BEGIN;
INSERT INTO visit VALUES (300, 'd', 77, 1.5, now(), '1 day');
SELECT page, visitors, visits FROM mezzanine.dist_pages ORDER BY page;
SAVEPOINT a;
DELETE FROM visit;
TABLE mezzanine.dist_all;
ROLLBACK TO a;
COMMIT;
SELECT * FROM all_differences();
TABLE mezzanine.dist_all;
TRUNCATE visit;
SELECT * FROM all_differences();
TABLE mezzanine.dist_all;
INSERT INTO visit VALUES (1, 'a', 1, 1, now(), '1 s');
SELECT * FROM all_differences();
SELECT mezzanine.drop_view('dist_pages');
SELECT view, number FROM mezzanine_info.cores WHERE view::text LIKE '%dist_pages%';
SELECT relname FROM pg_class WHERE relname LIKE 'dist_pages%';
\set VERBOSITY terse
DROP SCHEMA dist CASCADE;

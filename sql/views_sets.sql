-- INTERSECT, EXCEPT, UNION within UNION ALL, and grouping sets in FROM.  The view and its query as
-- given are compared as bags.
\getenv abs_srcdir PG_ABS_SRCDIR
CREATE SCHEMA sets;
SET search_path = sets, public;
SET TimeZone = 'UTC';
SET client_min_messages = warning;
\set include :abs_srcdir '/sql/include/three_tables.sql'
\i :include
CREATE VIEW common AS SELECT k FROM a INTERSECT SELECT k FROM b;
CREATE TABLE queries (number serial, name text, query text);
INSERT INTO queries (name, query) VALUES
	('st_intersect', 'SELECT k, count(*) AS n FROM (SELECT k FROM a INTERSECT SELECT k FROM b) q GROUP BY k'),
	('st_intersect_all', 'SELECT k, count(*) AS n FROM (SELECT k FROM a INTERSECT ALL SELECT k FROM b) q GROUP BY k'),
	('st_except', 'SELECT k FROM (SELECT k FROM a EXCEPT SELECT k FROM b) q'),
	('st_except_all', 'SELECT k, count(*) AS n FROM (SELECT k FROM a EXCEPT ALL SELECT k FROM b) q GROUP BY k'),
	('st_two_columns', 'SELECT count(*) AS n, sum(k) AS s, min(x) AS m FROM (SELECT k, x FROM b EXCEPT SELECT x, id FROM c) q'),
	('st_bag', 'SELECT k FROM (SELECT k FROM a INTERSECT ALL SELECT x FROM b) q'),
	('st_nested', 'SELECT k, count(*) AS n FROM (SELECT k FROM a UNION ALL (SELECT k FROM b UNION SELECT x FROM c)) q GROUP BY k'),
	('st_of_all_kinds', 'SELECT k, count(*) AS n FROM ((SELECT k FROM a UNION SELECT x FROM c) EXCEPT (SELECT k FROM b INTERSECT ALL SELECT x FROM b) UNION ALL SELECT x FROM c WHERE y > 2) q GROUP BY k'),
	('st_chain', 'SELECT count(*) AS n, sum(k) AS s FROM (SELECT k FROM a EXCEPT ALL SELECT k FROM b EXCEPT ALL SELECT x FROM c INTERSECT SELECT k FROM a) q'),
	('st_where', 'SELECT k FROM (SELECT k, 1 AS side FROM a EXCEPT SELECT k, x FROM b) q WHERE k > 1'),
	('st_join', 'SELECT a.g, count(*) AS n, sum(q.k) AS s FROM a JOIN (SELECT k FROM b INTERSECT ALL SELECT x FROM c) q ON q.k = a.k GROUP BY a.g'),
	('st_left', 'SELECT a.g, count(*) AS n, count(q.k) AS m FROM a LEFT JOIN (SELECT k FROM b EXCEPT SELECT x FROM c) q ON q.k = a.k GROUP BY a.g'),
	('st_left_all', 'SELECT a.g, count(*) AS n, count(q.v) AS m, sum(q.v) AS s FROM a LEFT JOIN (SELECT k, coalesce(k, 0) AS v FROM (SELECT k FROM b EXCEPT ALL SELECT x FROM c) i) q ON q.k = a.k AND q.v > 0 GROUP BY a.g'),
	('st_full', 'SELECT a.k, q.k AS l, count(*) AS n FROM a FULL JOIN (SELECT k FROM b INTERSECT ALL SELECT k FROM b WHERE x > 1 UNION ALL SELECT x FROM c) q ON q.k = a.k GROUP BY 1, 2'),
	('st_of_joins', 'SELECT x, count(*) AS n FROM (SELECT a.k, b.x FROM a LEFT JOIN b ON a.k = b.k INTERSECT SELECT b.k, c.x FROM b JOIN c ON b.x = c.x) q GROUP BY x'),
	('st_of_groups', 'SELECT n, count(*) AS m FROM (SELECT k, count(*) AS n FROM a GROUP BY k EXCEPT SELECT k, count(*) FROM b GROUP BY k HAVING count(*) > 1) q GROUP BY n'),
	('st_view', 'SELECT a.g, count(*) AS n FROM a JOIN common USING (k) GROUP BY a.g'),
	('st_with', 'WITH p AS (SELECT k FROM b WHERE x > 0), q AS (WITH r AS (SELECT x FROM c) SELECT k FROM p EXCEPT ALL (SELECT x FROM r UNION SELECT k FROM p WHERE k > 3)) SELECT l.k, count(*) AS n FROM q l JOIN a ON a.k = l.k GROUP BY l.k'),
	('st_exists', 'SELECT g, count(*) AS n FROM a WHERE EXISTS (SELECT FROM (SELECT k FROM b EXCEPT SELECT x FROM c) q WHERE q.k = a.k) GROUP BY g'),
	('st_scalar', 'SELECT g, sum((SELECT count(*) FROM (SELECT k FROM b INTERSECT ALL SELECT x FROM c) q WHERE q.k = a.k)) AS n FROM a GROUP BY g'),
	('st_sets', 'SELECT q.k, q.g, q.n FROM (SELECT k, g, count(*) AS n FROM a GROUP BY ROLLUP (k, g)) q WHERE n > 1'),
	('st_sets_grouping', 'SELECT level, count(*) AS n, sum(m) AS s FROM (SELECT k % 2 AS odd, x, GROUPING(k % 2, x) AS level, count(*) AS m, min(k % 2) AS o FROM b GROUP BY CUBE (k % 2, x) HAVING count(*) > 1 OR GROUPING(x) = 1) q GROUP BY level'),
	('st_sets_left', 'SELECT a.g, count(*) AS n, sum(q.n) AS s FROM a LEFT JOIN (SELECT k, t, sum(x) AS n FROM b GROUP BY GROUPING SETS ((k, t), (k), ())) q ON q.k = a.k GROUP BY a.g'),
	('st_sets_joined', 'SELECT c.id, q.g, q.n FROM c LEFT JOIN (SELECT b.x, a.g, count(*) AS n FROM a JOIN b ON a.k = b.k GROUP BY GROUPING SETS ((b.x), (a.g, b.x), (a.g, b.x))) q ON q.x = c.x'),
	('st_sets_empty', 'SELECT n FROM (SELECT count(*) AS n FROM a WHERE id > 1000 GROUP BY GROUPING SETS ((), (k), ())) q'),
	('st_distinct', 'SELECT n, count(*) AS m FROM (SELECT DISTINCT g, count(*) AS n FROM a GROUP BY g, k) q GROUP BY n');
\set include :abs_srcdir '/sql/include/create_views.sql'
\i :include
\set include :abs_srcdir '/sql/include/differences_from_queries.sql'
\i :include
SELECT * FROM differences();
SELECT * FROM mezzanine.st_of_all_kinds ORDER BY 1;
SELECT * FROM mezzanine.st_sets_grouping ORDER BY 1;
\set include :abs_srcdir '/sql/include/three_tables_changes.sql'
\i :include
-- Many copies of a row, on one side and then on the other.
INSERT INTO a SELECT 1000 + i, 5, 'many' FROM generate_series(1, 500) AS i;
INSERT INTO b SELECT 1000 + i, 5, 5, 'many' FROM generate_series(1, 300) AS i;
SELECT * FROM differences();
DELETE FROM b WHERE id > 1290;
DELETE FROM a WHERE id > 1200;
SELECT * FROM differences();
SELECT mezzanine.pause('mezzanine.st_left_all');
DELETE FROM a WHERE id < 9;
UPDATE b SET x = x + 1;
SELECT mezzanine.resume('mezzanine.st_left_all') > 0 AS written;
SELECT mezzanine.refresh('mezzanine.st_chain', rebuild => true) > 0 AS written;
SELECT * FROM differences();
\pset tuples_only on
\pset format unaligned
SELECT mezzanine.explain('SELECT k, count(*) FROM (SELECT k FROM a EXCEPT ALL SELECT k FROM b) q GROUP BY k');
SELECT pg_get_viewdef('mezzanine_state.st_intersect_definition'::regclass);
\pset tuples_only off
\pset format aligned
\set VERBOSITY terse
-- What is refused.
SELECT mezzanine.create_view('st_no', 'SELECT k FROM a, LATERAL (SELECT id FROM b WHERE b.k = a.k INTERSECT SELECT id FROM c) q');
SELECT mezzanine.create_view('st_no', 'SELECT k FROM (SELECT k FROM a INTERSECT SELECT k FROM b LIMIT 3) q');
SELECT mezzanine.create_view('st_no', 'SELECT k FROM (SELECT k, row_number() OVER (ORDER BY id) AS n FROM a) q WHERE n = 1');
SELECT mezzanine.create_view('st_no', 'SELECT k FROM (SELECT k, rank() OVER (ORDER BY count(*)) AS n FROM a GROUP BY k) q WHERE n = 1');
SELECT mezzanine.create_view('st_no', 'SELECT j FROM (SELECT g::json AS j FROM a INTERSECT SELECT t::json FROM b) q');
DROP TABLE c CASCADE;
SELECT name FROM queries WHERE to_regclass('mezzanine.' || name) IS NULL ORDER BY number;
DROP SCHEMA sets CASCADE;
SELECT count(*) AS arms, (SELECT count(*) FROM mezzanine_info.rows) AS rows FROM mezzanine_info.arm;

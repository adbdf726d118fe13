-- EXISTS, NOT EXISTS and IN as conditions, correlated and not.
\getenv abs_srcdir PG_ABS_SRCDIR
CREATE SCHEMA semi;
SET search_path = semi, public;
SET TimeZone = 'UTC';
SET client_min_messages = warning;
\set include :abs_srcdir '/sql/include/three_tables.sql'
\i :include
CREATE VIEW big_b AS SELECT k, x FROM b WHERE x > 1;
CREATE TABLE queries (number serial, name text, query text);
INSERT INTO queries (name, query) VALUES
	('se_exists', 'SELECT g, count(*), sum(id) FROM a WHERE EXISTS (SELECT FROM b WHERE b.k = a.k) GROUP BY g'),
	('se_not', 'SELECT g, count(*), sum(id) FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE b.k = a.k) GROUP BY g'),
	('se_some', 'SELECT g, count(*) FROM a WHERE EXISTS (SELECT * FROM b WHERE a.k = b.k AND b.x > 1 AND b.t IS NOT NULL AND a.id % 2 = 0) GROUP BY g'),
	('se_not_some', 'SELECT g, count(*) FROM a WHERE NOT EXISTS (SELECT * FROM b WHERE a.k = b.k AND b.x > 1 AND a.id % 2 = 0) AND g <> ''g2'' GROUP BY g'),
	('se_in', 'SELECT g, count(*) FROM a WHERE k IN (SELECT k FROM b) GROUP BY g'),
	('se_in_row', 'SELECT a.g, a.id FROM a WHERE (k, id % 5) IN (SELECT k, x FROM b WHERE t IS NULL)'),
	('se_in_expression', 'SELECT g, count(*) FROM a WHERE k + 1 IN (SELECT x * 2 FROM b JOIN c USING (x)) GROUP BY g'),
	('se_in_tied', 'SELECT g, count(*) FROM a WHERE id % 4 IN (SELECT x FROM b WHERE b.k = a.k) GROUP BY g'),
	('se_any', 'SELECT g, count(*) FROM a WHERE k = ANY (SELECT k FROM b WHERE x < 3) GROUP BY g'),
	('se_two', 'SELECT g, count(*) FROM a WHERE EXISTS (SELECT FROM b WHERE b.k = a.k) AND NOT EXISTS (SELECT FROM c WHERE c.x = a.k) GROUP BY g'),
	('se_not_not', 'SELECT g, count(*) FROM a WHERE NOT EXISTS (SELECT FROM b WHERE b.k = a.k) AND NOT EXISTS (SELECT FROM c WHERE c.x = a.k) GROUP BY g'),
	('se_join', 'SELECT a.g, b.x, count(*) FROM a JOIN b ON a.k = b.k AND EXISTS (SELECT FROM c WHERE c.x = b.x) WHERE a.id IN (SELECT id FROM c) GROUP BY 1, 2'),
	('se_nested', 'SELECT g, count(*) FROM a WHERE EXISTS (SELECT FROM b WHERE b.k = a.k AND NOT EXISTS (SELECT FROM c WHERE c.x = b.x AND c.y > 1)) GROUP BY g'),
	('se_nested_in', 'SELECT g, count(*) FROM a WHERE k IN (SELECT k FROM b WHERE x IN (SELECT x FROM c WHERE y > 2)) GROUP BY g'),
	('se_joined', 'SELECT g, count(*) FROM a WHERE EXISTS (SELECT FROM b JOIN c ON b.x = c.x WHERE b.k = a.k AND c.y < 4) GROUP BY g'),
	('se_outer', 'SELECT g, count(*) FROM a WHERE NOT EXISTS (SELECT FROM b LEFT JOIN c ON b.x = c.x WHERE b.k = a.k AND c.id IS NULL) GROUP BY g'),
	('se_beside_outer', 'SELECT a.g, count(*), count(b.id) AS n FROM a LEFT JOIN b ON a.k = b.k WHERE NOT EXISTS (SELECT FROM c WHERE c.x = b.x) GROUP BY a.g'),
	('se_below_outer', 'SELECT a.g, count(*), count(q.id) AS n FROM a LEFT JOIN (SELECT * FROM b WHERE EXISTS (SELECT FROM c WHERE c.x = b.x)) q ON a.k = q.k GROUP BY a.g'),
	('se_groups', 'SELECT g, count(*) FROM a WHERE k IN (SELECT k FROM b GROUP BY k HAVING count(*) > 2) GROUP BY g'),
	('se_groups_value', 'SELECT g, count(*) FROM a WHERE id IN (SELECT count(*) FROM b GROUP BY k) GROUP BY g'),
	('se_distinct', 'SELECT g, count(*) FROM a WHERE k IN (SELECT DISTINCT k FROM b ORDER BY k) GROUP BY g'),
	('se_free', 'SELECT g, count(*) FROM a WHERE EXISTS (SELECT FROM c WHERE y > 4) GROUP BY g'),
	('se_free_not', 'SELECT g, count(*) FROM a WHERE NOT EXISTS (SELECT FROM c WHERE y > 4 LIMIT 1) GROUP BY g'),
	('se_with', 'WITH q AS (SELECT k, x FROM b WHERE x > 0) SELECT g, count(*) FROM a WHERE k IN (SELECT k FROM q) AND EXISTS (SELECT FROM q WHERE q.x = a.id) GROUP BY g'),
	('se_view', 'SELECT g, count(*) FROM a WHERE EXISTS (SELECT FROM big_b v WHERE v.k = a.k) GROUP BY g'),
	('se_self', 'SELECT l.g, count(*) FROM a l WHERE EXISTS (SELECT FROM a r WHERE r.id = l.k) GROUP BY l.g'),
	('se_bag', 'SELECT g FROM a WHERE EXISTS (SELECT FROM b WHERE b.k = a.k)'),
	('se_bag_not', 'SELECT g FROM a WHERE NOT EXISTS (SELECT FROM b WHERE b.k = a.k)'),
	('se_subquery', 'SELECT g, max(n) FROM (SELECT g, count(*) AS n FROM a WHERE NOT EXISTS (SELECT FROM b WHERE b.k = a.k) GROUP BY g, k) q GROUP BY g'),
	('se_distinct_over', 'SELECT DISTINCT g, k FROM a WHERE NOT EXISTS (SELECT FROM b WHERE b.k = a.k)'),
	('se_less', 'SELECT g, count(*) FROM a WHERE EXISTS (SELECT FROM b WHERE b.k < a.k AND b.x > 1) GROUP BY g'),
	('se_other', 'SELECT l.k, count(*) FROM b l WHERE EXISTS (SELECT FROM b r WHERE r.k = l.k AND r.id <> l.id) AND NOT EXISTS (SELECT FROM b s WHERE s.k = l.k AND s.id <> l.id AND s.x > 2) GROUP BY l.k'),
	('se_not_less', 'SELECT g, count(*) FROM a WHERE NOT EXISTS (SELECT FROM b JOIN c ON b.x = c.x WHERE b.k = a.k AND c.y > a.id / 3.0 AND a.id > 2) GROUP BY g'),
	('se_outer_less', 'SELECT a.g, count(*) FROM a LEFT JOIN b ON a.k = b.k WHERE NOT EXISTS (SELECT FROM c WHERE c.x <= b.x) GROUP BY a.g'),
	('se_not_in', 'SELECT g, count(*), sum(id) FROM a WHERE k NOT IN (SELECT k FROM b) GROUP BY g'),
	('se_not_in_filter', 'SELECT g, count(*) FROM a WHERE k + 1 NOT IN (SELECT x FROM b WHERE t IS NULL AND x > 1) AND id > 3 GROUP BY g'),
	('se_not_in_tied', 'SELECT g, count(*), max(id) FROM a WHERE k NOT IN (SELECT x FROM b WHERE b.id = a.id) GROUP BY g'),
	('se_not_in_groups', 'SELECT g, count(*) FROM a WHERE k NOT IN (SELECT max(x) FROM b GROUP BY k HAVING count(*) > 1) GROUP BY g'),
	('se_not_in_outer', 'SELECT a.g, count(*), count(b.x) AS n FROM a LEFT JOIN b ON a.k = b.k WHERE b.x NOT IN (SELECT x FROM c WHERE y > 2) GROUP BY a.g'),
	('se_not_in_bag', 'SELECT id, k FROM a WHERE k NOT IN (SELECT x FROM c) AND EXISTS (SELECT FROM b WHERE b.k = a.k)'),
	('se_not_in_both', 'SELECT g, count(*) FROM a WHERE k NOT IN (SELECT k FROM b WHERE x > 2) AND id NOT IN (SELECT id FROM c) GROUP BY g'),
	('se_outside', 'SELECT g, count(*) FROM a WHERE EXISTS (SELECT FROM b WHERE b.k = a.k AND a.g > ''g0'') GROUP BY g'),
	('se_numeric', 'SELECT x, count(*) FROM c WHERE NOT EXISTS (SELECT FROM b WHERE b.x > c.y) GROUP BY x'),
	('se_or', 'SELECT a.g, count(*), count(b.id) AS n FROM a LEFT JOIN b ON a.k = b.k WHERE NOT EXISTS (SELECT FROM c WHERE c.x = b.x) OR b.x IN (SELECT x FROM c WHERE y > 2) GROUP BY a.g'),
	('se_or_less', 'SELECT g, count(*) FROM a WHERE EXISTS (SELECT FROM b WHERE b.k < a.k AND b.x > 1) OR id < 4 GROUP BY g'),
	('se_key', 'SELECT EXISTS (SELECT FROM b WHERE b.k = a.k) AS has, k IN (SELECT x FROM c) AS is_there, count(*) FROM a GROUP BY 1, 2'),
	('se_filter', 'SELECT g, count(*) FILTER (WHERE k IN (SELECT x FROM c)) AS n, sum(CASE WHEN EXISTS (SELECT FROM b WHERE b.k = a.k) THEN id END) AS s FROM a GROUP BY g HAVING bool_or(NOT EXISTS (SELECT FROM b WHERE b.k = a.k)) OR g > ''g1'''),
	('se_in_row_or', 'SELECT g, count(*) FROM a WHERE (k, id % 5) IN (SELECT k, x FROM b) OR g = ''g1'' GROUP BY g'),
	('se_below_outer_or', 'SELECT a.g, count(*), count(q.id) AS n FROM a LEFT JOIN (SELECT * FROM b WHERE b.x = 1 OR EXISTS (SELECT FROM c WHERE c.x = b.x AND c.y > 2)) q ON a.k = q.k GROUP BY a.g'),
	('se_nested_or', 'SELECT g, count(*) FROM a WHERE EXISTS (SELECT FROM b WHERE b.k = a.k AND (b.x = 3 OR NOT EXISTS (SELECT FROM c WHERE c.x = b.x AND c.y > 1))) GROUP BY g'),
	('se_more', 'SELECT g, count(*) FROM a WHERE k > ALL (SELECT x FROM b WHERE t IS NULL) GROUP BY g'),
	('se_more_tied', 'SELECT g, count(*), sum(id) FROM a WHERE NOT id <= ANY (SELECT x FROM b WHERE b.k = a.k AND a.id > 2) GROUP BY g'),
	('se_less_numeric', 'SELECT x, count(*) FROM b WHERE x < ANY (SELECT y FROM c) AND t <> ALL (SELECT g FROM a WHERE a.k = b.k) GROUP BY x'),
	('se_less_groups', 'SELECT g, count(*) FROM a WHERE id < ANY (SELECT count(*) FROM b GROUP BY k) GROUP BY g'),
	('se_collation', 'SELECT g, count(*) FROM a WHERE g COLLATE "C" >= ANY (SELECT t FROM b) OR g || ''x'' < ALL (SELECT t FROM b WHERE b.k = a.k) GROUP BY g'),
	('se_both_ways', 'SELECT g, count(*) AS n, count(*) FILTER (WHERE k NOT IN (SELECT x FROM c)) AS m FROM a WHERE k IN (SELECT x FROM c) OR id % 2 = 0 GROUP BY g'),
	('se_distinct_truth', 'SELECT DISTINCT g, EXISTS (SELECT FROM b WHERE b.k = a.k) AS has FROM a'),
	('se_distinct_late', 'SELECT DISTINCT g, EXISTS (SELECT FROM b WHERE b.k = 3 OR a.k = 3) AS has FROM a'),
	('se_no_groups', 'SELECT count(*) FILTER (WHERE EXISTS (SELECT FROM c WHERE y > 4)) AS n, EXISTS (SELECT FROM c WHERE y > 4) AS has FROM a HAVING count(*) >= 0 OR EXISTS (SELECT FROM c WHERE y > 4)'),
	('se_sets', 'SELECT g, count(*) FILTER (WHERE EXISTS (SELECT FROM c WHERE y > 4)) AS n, EXISTS (SELECT FROM c WHERE y > 4) AS has FROM a GROUP BY GROUPING SETS ((g), ())'),
	('se_sets_key', 'SELECT g, EXISTS (SELECT FROM b WHERE b.k = a.k) AS has, count(*) FROM a GROUP BY ROLLUP (1, 2)'),
	('se_series', 'SELECT g, count(*) FROM a WHERE EXISTS (SELECT generate_series(2, x) FROM b WHERE x < 2) GROUP BY g');
\set include :abs_srcdir '/sql/include/create_views.sql'
\i :include
\set include :abs_srcdir '/sql/include/differences.sql'
\i :include
SELECT * FROM differences();
SELECT * FROM mezzanine.se_exists ORDER BY 1;
\set include :abs_srcdir '/sql/include/three_tables_changes.sql'
\i :include
SELECT mezzanine.pause('mezzanine.se_nested');
DELETE FROM a WHERE id < 9;
UPDATE b SET x = x + 1;
SELECT mezzanine.resume('mezzanine.se_nested') > 0 AS written;
SELECT mezzanine.refresh('mezzanine.se_not', rebuild => true) > 0 AS written;
SELECT * FROM differences();
\pset tuples_only on
\pset format unaligned
SELECT mezzanine.get_create_command('mezzanine.se_nested');
SELECT mezzanine.explain('SELECT g, count(*) FROM a WHERE k IN (SELECT k FROM b WHERE x > 1) GROUP BY g');
SELECT mezzanine.explain('SELECT g FROM a WHERE NOT EXISTS (SELECT FROM b WHERE b.k = a.k AND a.id > 3)');
\pset tuples_only off
\pset format aligned
\set VERBOSITY terse
-- What is refused.
SELECT mezzanine.create_view('se_no', 'SELECT g, count(*) FROM a WHERE id < 3 OR (k, id) < ANY (SELECT k, x FROM b) GROUP BY g');
SELECT mezzanine.create_view('se_no', 'SELECT g, count(*) FROM a WHERE id < 3 OR (k > 2) < ANY (SELECT x > 2 FROM b) GROUP BY g');
SELECT mezzanine.create_view('se_no', 'SELECT g, count(*) FROM a WHERE id < ANY (SELECT x FROM b WHERE b.k < a.k) GROUP BY g');
SELECT mezzanine.create_view('se_no', 'SELECT g, count(*) FROM a WHERE id < 3 OR g LIKE ANY (SELECT t FROM b) GROUP BY g');
SELECT mezzanine.create_view('se_no', 'SELECT k NOT IN (SELECT x FROM b) AS p, id NOT IN (SELECT x FROM b) AS q, k + 1 NOT IN (SELECT x FROM b) AS r, count(*) FROM a GROUP BY 1, 2, 3');
SELECT mezzanine.create_view('se_no', 'SELECT a.g, count(*) FROM a, c WHERE EXISTS (SELECT FROM b WHERE b.k < a.k + c.x) GROUP BY a.g');
SELECT mezzanine.create_view('se_no', 'SELECT g, count(*) FROM a WHERE EXISTS (SELECT FROM b WHERE b.k = 3 OR a.k = 3) GROUP BY g');
SELECT mezzanine.create_view('se_no', 'SELECT g, count(*) FROM a WHERE id IN (SELECT id FROM b WHERE b.k < a.k) GROUP BY g');
SELECT mezzanine.create_view('se_no', 'SELECT g, count(*) FROM a WHERE EXISTS (SELECT FROM b JOIN c ON c.x = a.k) GROUP BY g');
SELECT mezzanine.create_view('se_no', 'SELECT g, count(*) FROM a WHERE k IN (SELECT k FROM b LIMIT 3) GROUP BY g');
SELECT mezzanine.create_view('se_no', 'SELECT g, count(*) FROM a WHERE EXISTS (SELECT FROM b WHERE b.k = a.k OFFSET 1) GROUP BY g');
SELECT mezzanine.create_view('se_no', 'SELECT g, count(*) FROM a WHERE k IN (SELECT count(*) FROM b WHERE b.k = a.k) GROUP BY g');
SELECT mezzanine.create_view('se_no', 'SELECT g, count(*) FROM a WHERE (k, id) NOT IN (SELECT k, x FROM b) GROUP BY g');
SELECT mezzanine.create_view('se_no', 'SELECT g, count(*) FROM a WHERE EXISTS (SELECT FROM b WHERE b.k = a.k AND b.t < now()::text) GROUP BY g');
SELECT mezzanine.create_view('se_no', 'SELECT g, count(*) FROM a WHERE EXISTS (SELECT generate_series(1, x) FROM b WHERE b.k = a.k) GROUP BY g');
SELECT mezzanine.create_view('se_no', 'SELECT g, count(*) FROM a WHERE k IN (SELECT generate_series(1, x) FROM b) GROUP BY g');
SELECT mezzanine.create_view('se_no', 'SELECT g, count(*) FROM a WHERE k IN (SELECT DISTINCT ON (x) k FROM b ORDER BY x, id) GROUP BY g');
SELECT mezzanine.create_view('se_no', 'SELECT g, count(*) FROM a WHERE k IN (SELECT x FROM c WHERE (timestamp ''2024-01-01'' + y * interval ''1 day'')::timestamptz > ''2024-01-02Z'') GROUP BY g');
-- Values that are equal, and that the condition tells apart, are no keys.
SELECT mezzanine.create_view('se_no', 'SELECT x, count(*) FROM c WHERE EXISTS (SELECT FROM b WHERE c.y::text LIKE b.t) GROUP BY x');
SELECT mezzanine.create_view('se_no', 'SELECT c.x, count(b.id) FROM c LEFT JOIN b ON c.y::text LIKE b.t GROUP BY c.x');
SELECT mezzanine.create_view('se_no', 'SELECT g, count(*) FROM a WHERE EXISTS (SELECT FROM b WHERE b.k = a.k) GROUP BY g', spread => 2);
DROP TABLE c CASCADE;
SELECT name FROM queries WHERE to_regclass('mezzanine.' || name) IS NULL ORDER BY number;
DROP SCHEMA semi CASCADE;
SELECT count(*) AS arms, (SELECT count(*) FROM mezzanine_info.rows) AS rows FROM mezzanine_info.arm;

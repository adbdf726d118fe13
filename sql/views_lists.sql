-- Lists of rows that stand in the query: compared with, and as the nullable side of outer joins; and
-- set operations in subqueries in expressions.
\getenv abs_srcdir PG_ABS_SRCDIR
CREATE SCHEMA lists;
SET search_path = lists, public;
SET TimeZone = 'UTC';
SET client_min_messages = warning;
\set include :abs_srcdir '/sql/include/three_tables.sql'
\i :include
CREATE VIEW listed AS SELECT k, g FROM a WHERE k NOT IN (VALUES (1), (4));
CREATE TABLE queries (number serial, name text, query text);
INSERT INTO queries (name, query) VALUES
	('ls_in', 'SELECT g, count(*) AS n FROM a WHERE k IN (VALUES (1), (2), (3)) GROUP BY g'),
	('ls_not_in', 'SELECT g, count(*) AS n FROM a WHERE k NOT IN (VALUES (1), (2)) GROUP BY g'),
	('ls_not_in_null', 'SELECT g, count(*) AS n FROM a WHERE (k NOT IN (VALUES (1), (NULL))) IS NULL GROUP BY g'),
	('ls_pairs', 'SELECT g, count(*) AS n FROM a WHERE (k, g) IN (VALUES (1, ''g1''), (2, ''g2''), (3, NULL)) GROUP BY g'),
	('ls_all', 'SELECT g, count(*) AS n FROM a WHERE k > ALL (VALUES (1), (2)) OR k = ANY (VALUES (0)) GROUP BY g'),
	('ls_outside', 'SELECT count(*) AS n FROM a WHERE k IN (VALUES (a.id - 2), (3))'),
	('ls_having', 'SELECT k, count(*) AS n FROM a GROUP BY k HAVING count(*) IN (VALUES (2), (3))'),
	('ls_below', 'SELECT g, count(*) AS n FROM a LEFT JOIN b ON a.k = b.k AND b.x IN (VALUES (1), (2)) GROUP BY g'),
	('ls_view', 'SELECT g, count(*) AS n FROM listed GROUP BY g'),
	('ls_left', 'SELECT v.label, count(*) AS n, sum(a.id) AS s FROM a LEFT JOIN (VALUES (1, ''one''), (2, ''two''), (2, NULL), (NULL, ''none'')) v (k, label) ON v.k = a.k GROUP BY v.label'),
	('ls_left_more', 'SELECT v.label, count(*) AS n FROM a LEFT JOIN (VALUES (1, ''one''), (2, ''two'')) v (k, label) ON v.k < a.k AND a.g = ''g1'' AND v.label <> ''two'' GROUP BY v.label'),
	('ls_right', 'SELECT v.label, count(*) AS n FROM (VALUES (1, ''one''), (2, ''two'')) v (k, label) RIGHT JOIN b ON v.k = b.k GROUP BY v.label'),
	('ls_one', 'SELECT a.g, count(o.k) AS n, max(o.t) AS t FROM a LEFT JOIN (SELECT 3 AS k, coalesce(NULL, ''x'') AS t) o ON o.k = a.k GROUP BY a.g'),
	('ls_true', 'SELECT a.g, count(o.k) AS n FROM a LEFT JOIN (SELECT 3 AS k) o ON true GROUP BY a.g'),
	('ls_nested', 'SELECT v.label, count(*) AS n, count(b.id) AS m FROM a LEFT JOIN (b LEFT JOIN (VALUES (1, ''one''), (2, ''two'')) v (k, label) ON v.k = b.x) ON a.k = b.k GROUP BY v.label'),
	('ls_after', 'SELECT v.label, count(*) AS n FROM a LEFT JOIN b ON a.k = b.k LEFT JOIN (VALUES (1, ''one''), (2, ''two'')) v (k, label) ON v.k = b.x WHERE v.label IS NULL OR a.id > 3 GROUP BY v.label'),
	('ls_kept', 'SELECT v.k, count(*) AS n, sum(a.id) AS s FROM (VALUES (1), (2), (2)) v (k) LEFT JOIN a ON v.k = a.k GROUP BY v.k'),
	('ls_full', 'SELECT v.k, a.k AS l, count(*) AS n FROM (VALUES (1), (2), (99), (NULL)) v (k) FULL JOIN a ON v.k = a.k GROUP BY 1, 2'),
	('ls_exists_union', 'SELECT g, count(*) AS n FROM a WHERE EXISTS (SELECT FROM b WHERE x > 4 UNION ALL SELECT FROM c WHERE y > 5) GROUP BY g'),
	('ls_in_union', 'SELECT g, count(*) AS n FROM a WHERE k IN (SELECT k FROM b UNION SELECT x FROM c) GROUP BY g'),
	('ls_in_intersect', 'SELECT g, count(*) AS n FROM a WHERE k IN (SELECT k FROM b INTERSECT SELECT x FROM c) GROUP BY g'),
	('ls_not_in_except', 'SELECT g, count(*) AS n FROM a WHERE k NOT IN (SELECT k FROM b EXCEPT ALL SELECT x FROM c) GROUP BY g'),
	('ls_not_exists', 'SELECT g, count(*) AS n FROM a WHERE NOT EXISTS (SELECT k FROM b EXCEPT SELECT k FROM a) GROUP BY g'),
	('ls_in_with', 'WITH p AS (SELECT k FROM b WHERE x > 1) SELECT g, count(*) AS n FROM a WHERE k IN (SELECT k FROM p UNION ALL SELECT x FROM c) GROUP BY g'),
	('ls_late', 'SELECT g, count(*) AS n FROM a GROUP BY g HAVING count(*) IN (SELECT x FROM b UNION SELECT id FROM c)'),
	('ls_late_rows', 'SELECT k, g FROM a WHERE k IN (SELECT k FROM b EXCEPT SELECT x FROM c) OR g = ''g0''');
\set include :abs_srcdir '/sql/include/create_views.sql'
\i :include
\set include :abs_srcdir '/sql/include/differences_from_queries.sql'
\i :include
SELECT * FROM differences();
SELECT * FROM mezzanine.ls_left ORDER BY 1;
\set include :abs_srcdir '/sql/include/three_tables_changes.sql'
\i :include
\pset tuples_only on
\pset format unaligned
SELECT mezzanine.explain('SELECT v.label, count(*) FROM a LEFT JOIN (VALUES (1, ''one''), (2, ''two'')) v (k, label) ON v.k = a.k GROUP BY v.label');
\pset tuples_only off
\pset format aligned
\set VERBOSITY terse
-- What is refused.
SELECT mezzanine.create_view('ls_no', 'SELECT a.g, count(*) FROM a LEFT JOIN generate_series(1, 3) s ON s = a.k GROUP BY a.g');
SELECT mezzanine.create_view('ls_no', 'SELECT a.g, count(*) FROM a WHERE k IN (SELECT k FROM b WHERE b.id = a.id UNION SELECT x FROM c) GROUP BY a.g');
SELECT mezzanine.create_view('ls_no', 'SELECT a.g, count(*) FROM a WHERE k IN (SELECT k FROM b UNION SELECT x FROM c LIMIT 2) GROUP BY a.g');
DROP SCHEMA lists CASCADE;
SELECT count(*) AS arms, (SELECT count(*) FROM mezzanine_info.rows) AS rows FROM mezzanine_info.arm;

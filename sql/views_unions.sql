-- UNION ALL and UNION in FROM.
\getenv abs_srcdir PG_ABS_SRCDIR
CREATE SCHEMA unions;
SET search_path = unions, public;
SET TimeZone = 'UTC';
SET client_min_messages = warning;
\set include :abs_srcdir '/sql/include/three_tables.sql'
\i :include
CREATE VIEW keys AS SELECT k FROM a UNION ALL SELECT k FROM b UNION ALL SELECT x FROM c;
CREATE TABLE queries (number serial, name text, query text);
INSERT INTO queries (name, query) VALUES
	('un_all', 'SELECT k, count(*) FROM (SELECT k FROM a UNION ALL SELECT k FROM b) q GROUP BY k'),
	('un_distinct', 'SELECT k FROM (SELECT k FROM a UNION SELECT k FROM b) q'),
	('un_distinct_group', 'SELECT k % 2 AS odd, count(*) FROM (SELECT k FROM a UNION ALL SELECT k FROM b UNION SELECT x FROM c) q GROUP BY 1'),
	('un_three', 'SELECT side, sum(n), count(*), max(label) FROM (SELECT ''a'' AS side, k AS n, g AS label FROM a UNION ALL SELECT ''b'', x, t FROM b WHERE x > 1 UNION ALL SELECT ''c'', y, NULL FROM c) q GROUP BY side'),
	('un_where', 'SELECT n, count(*) FROM (SELECT 1 AS side, k AS n FROM a UNION ALL SELECT 2, x FROM b) q WHERE side = 2 AND n > 1 GROUP BY n'),
	('un_view', 'SELECT k, count(*) FROM keys WHERE k IS NOT NULL GROUP BY k'),
	('un_join', 'SELECT a.g, count(*), sum(q.v) FROM a JOIN (SELECT k, x AS v FROM b UNION ALL SELECT x, id FROM c) q ON q.k = a.k GROUP BY a.g'),
	('un_left', 'SELECT a.g, count(*), count(q.k) AS n, sum(q.v) FROM a LEFT JOIN (SELECT k, coalesce(x, 0) AS v FROM b UNION ALL SELECT x, 7 FROM c) q ON q.k = a.k GROUP BY a.g'),
	('un_of_outer', 'SELECT g, count(*), sum(x) FROM (SELECT a.g, b.x FROM a LEFT JOIN b ON a.k = b.k UNION ALL SELECT t, x FROM b WHERE NOT EXISTS (SELECT FROM c WHERE c.x = b.x)) q GROUP BY g'),
	('un_of_groups', 'SELECT n, count(*) FROM (SELECT k, count(*) AS n FROM a GROUP BY k UNION ALL SELECT k, count(*) FROM b GROUP BY k HAVING count(*) > 1) q GROUP BY n'),
	('un_bag', 'SELECT n FROM (SELECT k AS n FROM a UNION ALL SELECT x FROM b) q'),
	('un_with', 'WITH q AS (SELECT k, id FROM a UNION ALL SELECT k, id FROM b) SELECT l.k, count(*) FROM q l JOIN q r ON l.id = r.k GROUP BY l.k'),
	('un_self', 'SELECT k, count(*) FROM (SELECT k FROM a WHERE id > 4 UNION ALL SELECT id FROM a) q GROUP BY k'),
	('un_exists', 'SELECT g, count(*) FROM a WHERE EXISTS (SELECT FROM (SELECT k FROM b UNION ALL SELECT x FROM c) q WHERE q.k = a.k) GROUP BY g'),
	('un_nested', 'SELECT m, count(*) FROM (SELECT k AS m FROM (SELECT k FROM a UNION ALL SELECT k FROM b) i WHERE k > 1 UNION ALL SELECT x FROM c) q GROUP BY m'),
	('un_distinct_rows', 'SELECT count(*), sum(v) FROM (SELECT k, x AS v FROM b UNION SELECT x, id FROM c) q');
\set include :abs_srcdir '/sql/include/create_views.sql'
\i :include
\set include :abs_srcdir '/sql/include/differences.sql'
\i :include
SELECT * FROM differences();
SELECT * FROM mezzanine.un_three ORDER BY 1;
\set include :abs_srcdir '/sql/include/three_tables_changes.sql'
\i :include
SELECT mezzanine.pause('mezzanine.un_left');
DELETE FROM a WHERE id < 9;
UPDATE b SET x = x + 1;
SELECT mezzanine.resume('mezzanine.un_left') > 0 AS written;
SELECT mezzanine.refresh('mezzanine.un_all', rebuild => true) > 0 AS written;
SELECT * FROM differences();
\pset tuples_only on
\pset format unaligned
SELECT mezzanine.get_create_command('mezzanine.un_of_groups');
SELECT mezzanine.explain('SELECT side, count(*) FROM (SELECT 1 AS side, k FROM a UNION ALL SELECT 2, x FROM b) q WHERE k > 1 GROUP BY side');
\pset tuples_only off
\pset format aligned
\set VERBOSITY terse
-- What is refused.
SELECT mezzanine.create_view('un_no', 'SELECT k, count(*) FROM (SELECT k FROM a UNION ALL SELECT k FROM b LIMIT 3) q GROUP BY k');
SELECT mezzanine.create_view('un_no', 'SELECT k, count(*) FROM (SELECT k FROM a UNION ALL SELECT 1) q GROUP BY k');
SELECT mezzanine.create_view('un_no', 'SELECT k, count(*) FROM (SELECT k FROM a WHERE g < current_user UNION ALL SELECT k FROM b) q GROUP BY k');
DROP TABLE c CASCADE;
SELECT name FROM queries WHERE to_regclass('mezzanine.' || name) IS NULL ORDER BY number;
DROP SCHEMA unions CASCADE;
SELECT count(*) AS arms, (SELECT count(*) FROM mezzanine_info.rows) AS rows FROM mezzanine_info.arm;

-- UNION, INTERSECT and EXCEPT at the top of a query: what they combine is kept, and combined when a
-- reader asks.  After each change every view and its query are compared as bags, as text.
\getenv abs_srcdir PG_ABS_SRCDIR
CREATE SCHEMA set_operations;
SET search_path = set_operations, public;
SET TimeZone = 'UTC';
SET client_min_messages = warning;
CREATE TABLE a (id int PRIMARY KEY, k text, x numeric, at timestamptz);
CREATE TABLE b (id int PRIMARY KEY, k varchar(10), x int);
INSERT INTO a SELECT i, (ARRAY['p', 'q', NULL])[i % 3 + 1], nullif(i % 4, 0), timestamptz '2024-01-01Z' + i * interval '7 hours' FROM generate_series(1, 20) AS i;
INSERT INTO b SELECT i, (ARRAY['q', 'r', NULL])[i % 3 + 1], nullif(i % 5, 0) FROM generate_series(1, 15) AS i;
CREATE TABLE queries (number serial, name text, query text);
INSERT INTO queries (name, query) VALUES
	('so_all', 'SELECT k, x FROM a UNION ALL SELECT k, x FROM b'),
	('so_distinct', 'SELECT k, x FROM a UNION SELECT k, x FROM b'),
	('so_groups', 'SELECT k, count(*) AS n, sum(x) FROM a GROUP BY k UNION ALL SELECT ''all'', count(*), sum(x) FROM b ORDER BY n DESC, k LIMIT 3'),
	('so_intersect', 'SELECT k, x FROM a INTERSECT SELECT k, x FROM b'),
	('so_intersect_all', 'SELECT k FROM a INTERSECT ALL SELECT k FROM b'),
	('so_except', 'SELECT k, x FROM a EXCEPT SELECT k, x FROM b'),
	('so_except_all', 'SELECT k FROM a EXCEPT ALL SELECT k FROM b'),
	('so_nested', '(SELECT k FROM a WHERE x > 1 UNION ALL SELECT k FROM b) EXCEPT ALL (SELECT k FROM a INTERSECT SELECT k FROM b ORDER BY k LIMIT 1)'),
	('so_limited', '(SELECT k, count(*) AS n FROM a GROUP BY k ORDER BY n DESC, k LIMIT 1) UNION ALL (SELECT k, x FROM b ORDER BY id OFFSET 2) UNION ALL
		(SELECT k, rank() OVER (ORDER BY count(*), k) FROM b GROUP BY k HAVING min(x) < 3)'),
	('so_joined', 'SELECT a.k, count(*) FROM a JOIN b ON b.k = a.k GROUP BY a.k UNION ALL SELECT a.k, max(b.x) FROM a LEFT JOIN b ON b.id = a.x GROUP BY a.k'),
	('so_same', 'SELECT k, x::int FROM b UNION ALL SELECT k, x FROM b WHERE x > 2'),
	('so_with', 'WITH few AS (SELECT * FROM a WHERE x < 3), per AS (SELECT k, count(*) AS n FROM few GROUP BY k) SELECT k, n FROM per UNION SELECT k, x FROM few'),
	('so_zone', 'SELECT at::date AS d, count(*) FROM a GROUP BY 1 UNION SELECT date ''2024-01-02'', count(*) FROM b'),
	('so_sublink', 'SELECT k, count(*) FROM a GROUP BY k HAVING count(*) > (SELECT avg(x) FROM b) UNION ALL SELECT DISTINCT k, 0 FROM b');
\set include :abs_srcdir '/sql/include/create_views.sql'
\i :include
\set include :abs_srcdir '/sql/include/differences.sql'
\i :include
SELECT * FROM differences();
SELECT * FROM mezzanine.so_groups;
INSERT INTO a VALUES (30, 'r', 2, NULL), (31, NULL, NULL, NULL);
SELECT * FROM differences();
INSERT INTO b VALUES (30, 'p', 2), (31, 'p', NULL), (32, NULL, 3);
SELECT * FROM differences();
UPDATE a SET k = 'q', x = x + 1 WHERE id % 4 = 0;
SELECT * FROM differences();
BEGIN;
DELETE FROM b WHERE k = 'r';
SELECT * FROM differences();
SAVEPOINT s;
UPDATE a SET k = NULL;
SELECT * FROM differences();
ROLLBACK TO s;
COMMIT;
SELECT * FROM differences();
TRUNCATE a;
SELECT * FROM differences();
INSERT INTO a SELECT i, 'q', i % 3, timestamptz '2024-01-01Z' + i * interval '7 hours' FROM generate_series(1, 9) AS i;
SELECT * FROM differences();
SELECT q.name, v.* FROM queries AS q CROSS JOIN LATERAL mezzanine.verify(('mezzanine.' || q.name)::regclass) AS v;
SELECT * FROM mezzanine.explain('SELECT k FROM a UNION SELECT k FROM b ORDER BY 1');
SELECT query FROM mezzanine_info.views WHERE view = 'mezzanine.so_zone'::regclass;
SELECT mezzanine.get_create_command('mezzanine.so_distinct');
SELECT mezzanine.create_view('so_no', 'SELECT k FROM a UNION SELECT 1::text');
SELECT mezzanine.create_view('so_no', 'SELECT k FROM a UNION SELECT k FROM b LIMIT (SELECT 1)');
\set VERBOSITY terse
DROP SCHEMA set_operations CASCADE;

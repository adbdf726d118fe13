-- Groups that no row of the view can depend on: they are not kept, and the view names them still.
\getenv abs_srcdir PG_ABS_SRCDIR
CREATE SCHEMA unread;
SET search_path = unread, public;
SET TimeZone = 'UTC';
SET client_min_messages = warning;
\set include :abs_srcdir '/sql/include/three_tables.sql'
\i :include
CREATE TABLE queries (number serial, name text, query text);
INSERT INTO queries (name, query) VALUES
	('ur_left', 'SELECT a.g, count(*) AS n, count(q.n) AS m FROM a LEFT JOIN (SELECT k, count(*) AS n FROM b GROUP BY k) q ON false GROUP BY 1'),
	('ur_full', 'SELECT DISTINCT a.g, a.k IS NULL AS none FROM a FULL JOIN (SELECT k FROM b WHERE x > 1 UNION SELECT x FROM c) q ON false LEFT JOIN c ON c.x = a.k WHERE a.id > 1'),
	('ur_nested', 'SELECT a.g, count(*) AS n, count(q.n) AS m FROM a LEFT JOIN b ON a.k = b.k LEFT JOIN (SELECT x, count(*) AS n FROM (SELECT DISTINCT x, y FROM c) i GROUP BY x) q ON false GROUP BY 1'),
	('ur_where', 'SELECT count(*) AS n FROM a LEFT JOIN (SELECT k, count(*) AS n FROM b GROUP BY k) q ON q.k = a.k WHERE false'),
	('ur_branch', 'SELECT n, count(*) AS m FROM (SELECT k AS n, 1 AS side FROM a UNION ALL SELECT n, 2 FROM (SELECT k, count(*) AS n FROM b GROUP BY k) q UNION ALL SELECT x, 3 FROM c) r WHERE side <> 2 GROUP BY 1'),
	('ur_branch_left', 'SELECT g, count(*) AS n FROM a LEFT JOIN (SELECT x AS n, 1 AS side FROM c UNION ALL SELECT n, 2 FROM (SELECT DISTINCT k AS n FROM b) q UNION ALL SELECT x, 3 FROM c) r ON side <> 2 AND r.n = a.k GROUP BY 1'),
	('ur_exists', 'SELECT g, count(*) AS n FROM a WHERE EXISTS (SELECT FROM b LEFT JOIN (SELECT x, count(*) AS n FROM c GROUP BY x) q ON false WHERE b.k = a.k) GROUP BY g'),
	('ur_not_exists', 'SELECT g, count(*) AS n FROM a WHERE NOT EXISTS (SELECT FROM b LEFT JOIN (SELECT x, count(*) AS n FROM c GROUP BY x) q ON false WHERE b.k = a.k) GROUP BY g'),
	('ur_in', 'SELECT g, count(*) AS n FROM a WHERE k IN (SELECT n FROM (SELECT x AS n, 1 AS side FROM c UNION ALL SELECT n, 2 FROM (SELECT DISTINCT k AS n FROM b) q) r WHERE side <> 2) GROUP BY 1'),
	('ur_scalar', 'SELECT g, count(*) AS n, sum((SELECT count(*) FROM b LEFT JOIN (SELECT x, count(*) AS n FROM c GROUP BY x) q ON false WHERE b.k = a.k)) AS m FROM a GROUP BY g'),
	('ur_late', 'SELECT g, (SELECT count(*) FROM b LEFT JOIN (SELECT x, count(*) AS n FROM c GROUP BY x) q ON false FULL JOIN c USING (id)) AS m, count(*) AS n FROM a GROUP BY g'),
	('ur_inner', 'SELECT * FROM (SELECT g, count(*) AS n FROM a FULL JOIN (SELECT x, count(*) AS n FROM c GROUP BY x) q ON false LEFT JOIN b ON b.k = a.k WHERE a.id > 0 GROUP BY g) r');
\set include :abs_srcdir '/sql/include/create_views.sql'
\i :include
\set include :abs_srcdir '/sql/include/differences.sql'
\i :include
SELECT * FROM differences();
SELECT * FROM mezzanine.ur_branch ORDER BY 1;
\set include :abs_srcdir '/sql/include/three_tables_changes.sql'
\i :include
\pset tuples_only on
\pset format unaligned
SELECT mezzanine.explain('SELECT a.g, count(*) AS n FROM a FULL JOIN (SELECT k, count(*) AS n FROM b GROUP BY k) q ON false WHERE a.id > 0 GROUP BY 1');
\pset tuples_only off
\pset format aligned
-- The table is named all the same: its columns follow a rename, and the views go with it.
ALTER TABLE c RENAME x TO z;
INSERT INTO a VALUES (901, 1, 'g1');
INSERT INTO c VALUES (901, 1, 1);
SELECT * FROM differences();
SET client_min_messages = error;
DROP TABLE c CASCADE;
SELECT name FROM queries WHERE to_regclass('mezzanine.' || name) IS NOT NULL ORDER BY number;
DROP SCHEMA unread CASCADE;
SELECT count(*) AS arms, (SELECT count(*) FROM mezzanine_info.rows) AS rows FROM mezzanine_info.arm;

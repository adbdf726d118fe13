-- Scalar subqueries of a row that aggregate, correlated and not, as conditions have them.
\getenv abs_srcdir PG_ABS_SRCDIR
CREATE SCHEMA scalars;
SET search_path = scalars, public;
SET TimeZone = 'UTC';
SET client_min_messages = warning;
\set include :abs_srcdir '/sql/include/three_tables.sql'
\i :include
CREATE VIEW big_b AS SELECT k, x FROM b WHERE x > 1;
CREATE TABLE queries (number serial, name text, query text);
INSERT INTO queries (name, query) VALUES
	('sc_free', 'SELECT g, count(*) FROM a WHERE k > (SELECT avg(x) FROM b) GROUP BY g'),
	('sc_free_max', 'SELECT k, x FROM b WHERE x = (SELECT max(x) FROM b)'),
	('sc_free_count', 'SELECT g, count(*) FROM a WHERE id <= (SELECT count(*) FROM b WHERE t IS NULL) GROUP BY g'),
	('sc_tied', 'SELECT g, count(*), sum(id) FROM a WHERE id > (SELECT 0.5 * sum(x) FROM b WHERE b.k = a.k) GROUP BY g'),
	('sc_tied_count', 'SELECT g, count(*), sum(id) FROM a WHERE id % 3 >= (SELECT count(*) FROM b WHERE b.k = a.k) GROUP BY g'),
	('sc_tied_none', 'SELECT g, count(*) FROM a WHERE (SELECT max(x) FROM b WHERE b.k = a.k AND b.t IS NOT NULL) IS NULL GROUP BY g'),
	('sc_tied_coalesce', 'SELECT g, id FROM a WHERE coalesce((SELECT sum(x) FROM b WHERE b.k = a.k), -1) < 3'),
	('sc_tied_self', 'SELECT l.k, l.x, l.id FROM b l WHERE l.x = (SELECT min(r.x) FROM b r WHERE r.k = l.k)'),
	('sc_tied_two', 'SELECT g, count(*) FROM a WHERE id > (SELECT sum(y) FROM c, b WHERE b.x = c.x AND b.k = a.k AND c.id = a.id % 10) GROUP BY g'),
	('sc_two', 'SELECT g, count(*) FROM a WHERE (SELECT count(*) FROM b WHERE b.k = a.k) > (SELECT count(*) FROM c WHERE c.x = a.k) GROUP BY g'),
	('sc_join', 'SELECT a.g, count(*), sum(b.x) FROM a JOIN b ON a.k = b.k AND b.x > (SELECT avg(r.x) FROM b r WHERE r.k = b.k) GROUP BY a.g'),
	('sc_outer', 'SELECT a.g, count(*), count(b.id) AS n FROM a LEFT JOIN b ON a.k = b.k WHERE a.id > (SELECT count(*) FROM c WHERE c.x = b.x) GROUP BY a.g'),
	('sc_groups', 'WITH q AS (SELECT k, sum(x) AS s FROM b GROUP BY k) SELECT a.id, q.s FROM a JOIN q ON q.k = a.k WHERE q.s = (SELECT max(s) FROM q)'),
	('sc_in', 'SELECT g, count(*) FROM a WHERE k IN (SELECT k FROM b WHERE x > (SELECT avg(y) / 4 FROM c WHERE c.x = b.x)) GROUP BY g'),
	('sc_or', 'SELECT g, count(*) FROM a WHERE id < 5 OR k = (SELECT max(k) FROM b) OR id = (SELECT count(*) FROM c WHERE c.x = a.k) GROUP BY g'),
	('sc_bag', 'SELECT g FROM a WHERE id > (SELECT count(*) FROM b WHERE b.k = a.k)'),
	('sc_sum', 'SELECT g, sum((SELECT count(*) FROM b WHERE b.k = a.k)) AS n, max(id - (SELECT min(x) FROM b)) AS m FROM a GROUP BY g'),
	('sc_key', 'SELECT (SELECT count(*) FROM b WHERE b.k = a.k) AS n, count(*), sum(id) FROM a GROUP BY 1'),
	('sc_key_free', 'SELECT id > (SELECT count(*) FROM c) AS later, count(*) FROM a GROUP BY 1'),
	('sc_distinct', 'SELECT DISTINCT g, (SELECT max(x) FROM b WHERE b.k = a.k) AS m FROM a'),
	('sc_filter', 'SELECT g, count(*) FILTER (WHERE id > (SELECT count(*) FROM b WHERE b.k = a.k)) AS n FROM a LEFT JOIN c USING (id) GROUP BY g'),
	('sc_having', 'SELECT g, count(*) FROM a GROUP BY g HAVING sum((SELECT count(*) FROM c WHERE c.x = a.k)) > 2'),
	('sc_subquery', 'SELECT n, count(*) FROM (SELECT g, sum((SELECT count(*) FROM b WHERE b.k = a.k)) AS n FROM a GROUP BY g, id) q GROUP BY n'),
	('sc_lookup', 'SELECT (SELECT t FROM b WHERE b.id = a.k) AS t, count(*), sum((SELECT y FROM c WHERE c.id = a.id)) AS y FROM a GROUP BY 1'),
	('sc_lookup_where', 'SELECT g, count(*) FROM a WHERE (SELECT x FROM b WHERE id = a.k AND t IS NULL) IS NOT NULL GROUP BY g'),
	('sc_lookup_outer', 'SELECT l.k, count((SELECT b.x FROM b WHERE b.id = r.k)) AS n FROM a l LEFT JOIN a r ON l.id = r.k GROUP BY l.k'),
	('sc_outside', 'SELECT g, count(*) FROM a WHERE id > (SELECT count(*) FROM b WHERE b.k = a.k AND a.id > 6) GROUP BY g'),
	('sc_tied_having', 'SELECT g, count(*), max(id) FROM a WHERE id > (SELECT sum(x) FROM b WHERE b.k = a.k HAVING count(*) > 1) OR (SELECT count(*) FROM b WHERE b.k = a.k HAVING count(*) = 0) = 0 GROUP BY g'),
	('sc_free_having', 'SELECT g, count(*) FROM a WHERE k > (SELECT min(x) FROM b HAVING max(x) > 2) GROUP BY g'),
	('sc_only_outside', 'SELECT g, count(*) FROM a WHERE id > (SELECT count(*) FROM b WHERE a.g > ''g1'') GROUP BY g'),
	('sc_no_groups', 'SELECT sum(id - (SELECT count(*) FROM c)) AS s, (SELECT count(*) FROM c) AS n FROM a'),
	('sc_array', 'SELECT g, count(*) FROM a WHERE id = ANY ((SELECT array_agg(x ORDER BY x) FROM b WHERE b.k = a.k)::int[]) GROUP BY g'),
	('sc_below_outer', 'SELECT a.g, count(*), count(q.id) AS n FROM a LEFT JOIN (SELECT * FROM b WHERE x >= (SELECT count(*) FROM c WHERE c.x = b.x)) q ON a.k = q.k GROUP BY a.g');
\set include :abs_srcdir '/sql/include/create_views.sql'
\i :include
\set include :abs_srcdir '/sql/include/differences.sql'
\i :include
SELECT * FROM differences();
SELECT * FROM mezzanine.sc_tied ORDER BY 1;
\set include :abs_srcdir '/sql/include/three_tables_changes.sql'
\i :include
SELECT mezzanine.pause('mezzanine.sc_two');
DELETE FROM a WHERE id < 9;
UPDATE b SET x = x + 1;
SELECT mezzanine.resume('mezzanine.sc_two') > 0 AS written;
SELECT mezzanine.refresh('mezzanine.sc_tied_count', rebuild => true) > 0 AS written;
SELECT * FROM differences();
\pset tuples_only on
\pset format unaligned
SELECT mezzanine.get_create_command('mezzanine.sc_tied');
SELECT mezzanine.explain('SELECT g, count(*) FROM a WHERE id > (SELECT sum(x) FROM b WHERE b.k = a.k) GROUP BY g');
SELECT mezzanine.explain('SELECT g FROM a WHERE id > (SELECT count(*) FROM b WHERE b.k = a.k)');
\pset tuples_only off
\pset format aligned
\set VERBOSITY terse
-- What is refused.
SELECT mezzanine.create_view('sc_no', 'SELECT g, count(*) FROM a WHERE id > (SELECT count(*) FROM b WHERE b.k < a.k) GROUP BY g');
SELECT mezzanine.create_view('sc_no', 'SELECT g, count(*) FROM a WHERE id > (SELECT sum(x * a.id) FROM b WHERE b.k = a.k) GROUP BY g');
SELECT mezzanine.create_view('sc_no', 'SELECT g, count(*) FROM a WHERE id > (SELECT x FROM b WHERE b.k = a.k) GROUP BY g');
SELECT mezzanine.create_view('sc_no', 'SELECT g, count(*) FROM a WHERE id > (SELECT rank(2) WITHIN GROUP (ORDER BY x) FROM b WHERE b.k = a.k) GROUP BY g');
SELECT mezzanine.create_view('sc_no', 'SELECT g, count(*) FROM a WHERE id > (SELECT count(*) FROM b WHERE b.k = a.k AND b.t < now()::text) GROUP BY g');
SELECT mezzanine.create_view('sc_no', 'SELECT l.k, sum((SELECT b.x FROM b WHERE b.k = r.k)) FROM a l LEFT JOIN a r ON l.id = r.k GROUP BY l.k');
DROP TABLE c CASCADE;
SELECT name FROM queries WHERE to_regclass('mezzanine.' || name) IS NULL ORDER BY number;
DROP SCHEMA scalars CASCADE;
SELECT count(*) AS arms, (SELECT count(*) FROM mezzanine_info.rows) AS rows FROM mezzanine_info.arm;

-- The truth of subqueries in conditions and expressions of rows: true, false and NULL of EXISTS, IN,
-- ANY and ALL, under NOT, OR, CASE and the like, for all of {no row, values, a NULL among them}
-- against {NULL, equal, less, more}.
\getenv abs_srcdir PG_ABS_SRCDIR
CREATE SCHEMA truth;
SET search_path = truth, public;
SET client_min_messages = warning;
-- A row for each combination of a value, a flag and a key.
CREATE TABLE o (id serial PRIMARY KEY, x int, f bool, k int);
CREATE TABLE s (id serial PRIMARY KEY, y int8, k int);
CREATE INDEX ON o (k);
CREATE INDEX ON s (k);
CREATE INDEX ON s (y);
INSERT INTO o (x, f, k) SELECT x, f, k
	FROM unnest(ARRAY[NULL, 1, 2, 5]) AS x, unnest(ARRAY[NULL, true, false]) AS f, unnest(ARRAY[NULL, 1, 2]) AS k;
-- What is asked, of all rows of s and of those of the key; and what for.
CREATE TABLE asked (name text, condition text);
INSERT INTO asked VALUES
	('in', 'o.x IN (SELECT s.y FROM s%s)'),
	('not_in', 'o.x <> ALL (SELECT s.y FROM s%s)'),
	('less_any', 'o.x < ANY (SELECT s.y FROM s%s)'),
	('more_all', 'o.x >= ALL (SELECT s.y FROM s%s)'),
	('other_any', 'o.x <> ANY (SELECT s.y FROM s%s)'),
	('equal_all', 'o.x = ALL (SELECT s.y FROM s%s)'),
	('exists', 'EXISTS (SELECT FROM s%s)');
CREATE TABLE forms (name text, query text);
INSERT INTO forms VALUES
	('table', 'SELECT f, %1$s AS truth, count(*), sum(CASE WHEN %1$s THEN id ELSE -id END), count(*) FILTER (WHERE NOT (%1$s)) AS untrue,
		count(*) FILTER (WHERE (%1$s) IS UNKNOWN) AS unknown, count(*) FILTER (WHERE (%1$s) OR f) AS either, count(*) FILTER (WHERE NOT (%1$s AND f)) AS not_both
		FROM o GROUP BY f, %1$s'),
	('or', 'SELECT f, count(*), sum(id) FROM o WHERE %1$s OR f GROUP BY f'),
	('nand', 'SELECT f, count(*), sum(id) FROM o WHERE NOT (%1$s AND f) GROUP BY f'),
	('not', 'SELECT f, count(*), sum(id) FROM o WHERE NOT %1$s GROUP BY f'),
	('and', 'SELECT f, count(*), sum(id) FROM o WHERE %1$s AND x > 1 GROUP BY f'),
	('case', 'SELECT count(*), sum(id) FROM o WHERE CASE WHEN %1$s THEN f WHEN NOT f THEN %1$s ELSE x = 5 END'),
	('is_true', 'SELECT count(*), sum(id) FROM o WHERE (%1$s) IS NOT TRUE'),
	('filter', 'SELECT count(*) FILTER (WHERE %1$s) AS n, max(id) FILTER (WHERE %1$s AND f) AS m FROM o');
CREATE TABLE queries (number serial, name text, query text);
INSERT INTO queries (name, query)
	SELECT format('tt_%s_%s_%s', a.name, tie.name, f.name), format(f.query, format(a.condition, tie.condition))
	FROM asked AS a, (VALUES ('all', ''), ('tied', ' WHERE s.k = o.k')) AS tie(name, condition), forms AS f
	WHERE f.name = 'table' OR tie.name = 'tied';
\set include :abs_srcdir '/sql/include/create_views.sql'
\i :include
\set include :abs_srcdir '/sql/include/differences.sql'
\i :include
-- No row at all.
SELECT * FROM differences();
SELECT * FROM mezzanine.tt_in_all_table ORDER BY 1, 2;
-- A value; a NULL beside it; the NULL alone; none.
INSERT INTO s (y, k) VALUES (1, 1);
SELECT * FROM differences();
SELECT * FROM mezzanine.tt_in_tied_table ORDER BY 1, 2;
SELECT * FROM mezzanine.tt_less_any_tied_table ORDER BY 1, 2;
INSERT INTO s (y, k) VALUES (NULL, 1);
SELECT * FROM differences();
SELECT * FROM mezzanine.tt_in_tied_table ORDER BY 1, 2;
SELECT * FROM mezzanine.tt_less_any_tied_table ORDER BY 1, 2;
DELETE FROM s WHERE y = 1;
SELECT * FROM differences();
DELETE FROM s;
SELECT * FROM differences();
-- Two values, one of them twice, of two keys and of none.
INSERT INTO s (y, k) VALUES (1, 1), (5, 1), (5, 1), (2, 2), (3, NULL);
SELECT * FROM differences();
DELETE FROM s WHERE id = (SELECT max(id) FROM s WHERE y = 5);
SELECT * FROM differences();
UPDATE s SET y = NULL WHERE y = 5;
SELECT * FROM differences();
UPDATE s SET k = 2 WHERE y IS NULL;
SELECT * FROM differences();
UPDATE s SET y = coalesce(y, 9) + 1;
SELECT * FROM differences();
-- The other side.
UPDATE o SET x = x + 1;
SELECT * FROM differences();
UPDATE o SET x = NULL WHERE x = 6 AND f;
UPDATE o SET k = CASE WHEN k = 1 THEN NULL ELSE coalesce(k, 0) + 1 END, f = NOT f;
SELECT * FROM differences();
INSERT INTO o (x, f, k) SELECT x, f, k FROM o;
DELETE FROM o WHERE id % 5 = 0;
SELECT * FROM differences();
-- Both sides in one transaction, which reads what it wrote; savepoints.
BEGIN;
INSERT INTO s (y, k) VALUES (NULL, 1), (2, 1), (2, 3);
SELECT * FROM differences();
SAVEPOINT s1;
TRUNCATE s;
SELECT * FROM differences();
ROLLBACK TO s1;
SELECT * FROM differences();
SAVEPOINT s2;
DELETE FROM s WHERE y = 2;
INSERT INTO o (x, f, k) VALUES (2, true, 3), (NULL, NULL, 3), (3, false, 2);
RELEASE s2;
SELECT * FROM differences();
COMMIT;
SELECT * FROM differences();
BEGIN;
UPDATE s SET y = 4;
UPDATE o SET x = 4 WHERE x = 3;
ROLLBACK;
SELECT * FROM differences();
TRUNCATE s;
SELECT * FROM differences();
TRUNCATE o;
SELECT * FROM differences();
INSERT INTO o (x, f, k) SELECT x, f, k
	FROM unnest(ARRAY[NULL, 1, 2, 5]) AS x, unnest(ARRAY[NULL, true, false]) AS f, unnest(ARRAY[NULL, 1, 2]) AS k;
INSERT INTO s (y, k) SELECT nullif(i % 7, 3), i % 3 FROM generate_series(1, 40) AS i;
SELECT * FROM differences();
DELETE FROM s WHERE k = 1 OR y IS NULL OR y > 3;
SELECT * FROM differences();
SELECT q.name, v.* FROM queries AS q CROSS JOIN LATERAL mezzanine.verify(('mezzanine.' || q.name)::regclass) AS v;
DROP SCHEMA truth CASCADE;
SELECT count(*) AS views FROM mezzanine_info.views;

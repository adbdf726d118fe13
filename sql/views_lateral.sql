-- Functions of a row's columns below outer joins, and subqueries in what subqueries in FROM select.
\getenv abs_srcdir PG_ABS_SRCDIR
CREATE SCHEMA lateral_joins;
SET search_path = lateral_joins, public;
SET client_min_messages = warning;
CREATE TABLE p (id int PRIMARY KEY, n int, ref int, tags text[], marks numeric[]);
CREATE TABLE s (id int PRIMARY KEY, k int);
CREATE INDEX ON s (k);
CREATE INDEX ON p (n);
CREATE INDEX ON p (ref);
CREATE INDEX ON p (tags);
CREATE FUNCTION ticks(n int, step int) RETURNS SETOF int LANGUAGE sql IMMUTABLE AS 'SELECT generate_series(1, coalesce(n, 2), step)';
INSERT INTO p SELECT i, nullif(i % 5, 4), nullif(i % 4, 2), CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN '{}' WHEN 2 THEN ARRAY['a', NULL] ELSE ARRAY['b', 'a', 'b'] END, '{1.0}'
	FROM generate_series(1, 20) AS i;
INSERT INTO s SELECT i, nullif(i % 4, 3) FROM generate_series(1, 6) AS i;
CREATE TABLE queries (number serial, name text, query text);
INSERT INTO queries (name, query) VALUES
	('la_series', 'SELECT p.id % 3 AS m, g, count(*), count(g) AS c FROM p LEFT JOIN LATERAL generate_series(p.n, 3) g ON true GROUP BY 1, 2'),
	('la_series_on', 'SELECT p.ref, count(*), sum(g) AS s, max(p.id) AS m FROM p LEFT JOIN LATERAL generate_series(p.n, 3) g ON p.ref = g GROUP BY p.ref'),
	('la_more_on', 'SELECT p.ref, count(*), sum(g) AS s FROM p LEFT JOIN LATERAL generate_series(p.n, 4) g ON p.ref < g AND g <> 3 GROUP BY p.ref'),
	('la_unnest', 'SELECT t.tag, count(*), sum(t.place) AS places FROM p LEFT JOIN LATERAL unnest(p.tags) WITH ORDINALITY AS t(tag, place) ON true GROUP BY t.tag'),
	('la_unnest_on', 'SELECT p.n, t, count(*) FROM p LEFT JOIN unnest(p.tags) AS t ON t <> ''b'' GROUP BY p.n, t'),
	('la_where', 'SELECT p.n, count(*) FROM p LEFT JOIN LATERAL generate_series(p.n, 2) g ON true WHERE g IS NULL GROUP BY p.n'),
	('la_joined', 'SELECT s.k, count(*), count(g) AS c FROM s JOIN p ON p.ref = s.k LEFT JOIN LATERAL generate_series(1, p.n) g ON true GROUP BY s.k'),
	('la_below', 'SELECT p.n, count(*), count(q.g) AS c FROM p LEFT JOIN (s LEFT JOIN LATERAL generate_series(s.k, 2) AS q(g) ON true) ON p.ref = s.k GROUP BY p.n'),
	('la_bag', 'SELECT p.id, g FROM p LEFT JOIN LATERAL generate_series(p.n, 2) g ON true'),
	('la_selected', 'SELECT has, count(*), sum(n) AS s FROM (SELECT n, EXISTS (SELECT FROM s WHERE s.k = p.n) AS has FROM p) AS q GROUP BY has'),
	('la_selected_in', 'SELECT n, count(*) FILTER (WHERE is_there) AS c, count(*) FILTER (WHERE is_there IS NULL) AS u FROM (SELECT n, ref NOT IN (SELECT k FROM s) AS is_there FROM p) AS q GROUP BY n'),
	('la_selected_outer', 'SELECT s.k, count(*), count(q.has) AS c, sum(q.found) AS f FROM s LEFT JOIN (SELECT n, EXISTS (SELECT FROM s WHERE s.k = p.ref) AS has, (SELECT count(*) FROM s WHERE s.k = p.ref) AS found FROM p) AS q ON q.n = s.k GROUP BY s.k'),
	('la_selected_with', 'WITH q AS (SELECT n, (SELECT max(id) FROM s WHERE s.k = p.n) AS m FROM p) SELECT m, count(*) FROM q WHERE m IS NOT NULL OR n > 1 GROUP BY m');
\set include :abs_srcdir '/sql/include/create_views.sql'
\i :include
\set include :abs_srcdir '/sql/include/differences.sql'
\i :include
SELECT * FROM differences();
SELECT * FROM mezzanine.la_series ORDER BY 1, 2;
INSERT INTO p VALUES (101, 3, 3, '{c}'), (102, 9, 9, '{}'), (103, NULL, 1, NULL), (104, 1, NULL, '{NULL}');
SELECT * FROM differences();
UPDATE p SET n = n + 1 WHERE id % 2 = 0;
SELECT * FROM differences();
UPDATE p SET n = NULL WHERE n = 2;
SELECT * FROM differences();
UPDATE p SET ref = coalesce(ref + 1, 0), n = coalesce(n, 1);
SELECT * FROM differences();
UPDATE p SET tags = tags || 'd'::text WHERE id % 3 = 0;
UPDATE p SET tags = NULL WHERE id % 7 = 0;
SELECT * FROM differences();
DELETE FROM s WHERE k = 1;
SELECT * FROM differences();
INSERT INTO s VALUES (20, 4), (21, NULL), (22, 4);
SELECT * FROM differences();
DELETE FROM p WHERE id % 4 = 0;
SELECT * FROM differences();
BEGIN;
INSERT INTO p SELECT 200 + i, i % 5, i % 3, ARRAY['x'] FROM generate_series(1, 9) AS i;
UPDATE s SET k = k + 1;
SELECT * FROM differences();
SAVEPOINT s1;
TRUNCATE p;
SELECT * FROM differences();
ROLLBACK TO s1;
DELETE FROM p WHERE n = 3;
SELECT * FROM differences();
COMMIT;
SELECT * FROM differences();
TRUNCATE s;
SELECT * FROM differences();
TRUNCATE p;
SELECT * FROM differences();
INSERT INTO p SELECT i, nullif(i % 5, 4), nullif(i % 4, 2), ARRAY['a'] FROM generate_series(1, 20) AS i;
INSERT INTO s SELECT i, nullif(i % 4, 3) FROM generate_series(1, 6) AS i;
SELECT * FROM differences();
SELECT q.name, v.* FROM queries AS q CROSS JOIN LATERAL mezzanine.verify(('mezzanine.' || q.name)::regclass) AS v;
\set VERBOSITY terse
-- What has rows of NULLs too, or tells equal values apart, is no key.
SELECT mezzanine.create_view('la_no', 'SELECT p.n, count(*) FROM p LEFT JOIN LATERAL ticks(p.n, 1) g ON true GROUP BY p.n');
SELECT mezzanine.create_view('la_no', 'SELECT p.n, count(*) FROM p LEFT JOIN LATERAL generate_series(coalesce(p.n, 1), 2) g ON true GROUP BY p.n');
SELECT mezzanine.create_view('la_no', 'SELECT p.n, count(*) FROM p LEFT JOIN LATERAL abs(p.n) g ON true GROUP BY p.n');
SELECT mezzanine.create_view('la_no', 'SELECT p.n, count(*) FROM p LEFT JOIN LATERAL (VALUES (p.n), (p.ref)) v(x) ON x = 1 GROUP BY p.n');
SELECT mezzanine.create_view('la_no', 'SELECT p.n, count(*) FROM p LEFT JOIN LATERAL ROWS FROM (unnest(p.tags), generate_series(1, p.n)) v(x) ON true GROUP BY p.n');
SELECT mezzanine.create_view('la_no', 'SELECT p.n, count(*) FROM p LEFT JOIN LATERAL unnest(p.marks) v(x) ON true GROUP BY p.n');
SELECT mezzanine.create_view('la_no', 'SELECT p.n, count(*) FROM p CROSS JOIN s LEFT JOIN LATERAL generate_series(p.n, s.k) v(x) ON true GROUP BY p.n');
DROP SCHEMA lateral_joins CASCADE;
SELECT count(*) AS views FROM mezzanine_info.views;

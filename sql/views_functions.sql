-- Functions and VALUES in FROM, beside tables: of constants, and LATERAL, of a row's columns.
-- After each change every view and its query are compared as bags, as text, in one statement.
\getenv abs_srcdir PG_ABS_SRCDIR
CREATE SCHEMA functions;
SET search_path = functions, public;
SET TimeZone = 'UTC';
SET client_min_messages = warning;
CREATE TABLE posts (id int PRIMARY KEY, tags text[], doc jsonb, first int, last int, unseen text);
CREATE TABLE tags (tag text, weight int);
CREATE INDEX ON tags (tag);
INSERT INTO posts SELECT i, ARRAY['a', 'b', NULL, 'c' || i % 3], jsonb_build_object('lines', jsonb_build_array(
	jsonb_build_object('sku', 's' || i % 4, 'qty', i % 3), jsonb_build_object('sku', 's0')), 'k', i), i % 5, i % 7 FROM generate_series(1, 20) AS i;
INSERT INTO posts VALUES (50);
INSERT INTO posts VALUES (51, '{}', '{}', 3, 1), (52, '{a,a,b}', '{"lines": []}', NULL, 2);
INSERT INTO posts VALUES (53, '{a,a,c1}', '{"lines": [{"sku": null, "qty": 2}]}', 1, 1);
INSERT INTO tags VALUES ('a', 1), ('b', 2), ('c1', 3), (NULL, 4), ('a', 2);
CREATE TYPE pair AS (x int, y text);
CREATE FUNCTION pairs(int) RETURNS SETOF pair LANGUAGE sql IMMUTABLE AS 'SELECT i, i::text FROM generate_series(1, $1) AS i';
CREATE FUNCTION split(text, OUT head text, OUT tail text) LANGUAGE sql IMMUTABLE STRICT AS 'SELECT left($1, 1), substr($1, 2)';
CREATE FUNCTION stable_pairs(int) RETURNS SETOF pair LANGUAGE sql STABLE AS 'SELECT i, i::text FROM generate_series(1, $1) AS i';
CREATE TABLE queries (number serial, name text, query text, options text DEFAULT '');
INSERT INTO queries (name, query, options) VALUES
	-- LATERAL, of one table.
	('fn_unnest', 'SELECT tag, count(*), sum(first) FROM posts, unnest(tags) AS tag GROUP BY tag', ''),
	('fn_ordinality', 'SELECT t.tag, min(t.n), max(p.last) FROM posts p CROSS JOIN LATERAL unnest(p.tags) WITH ORDINALITY AS t(tag, n) WHERE t.n < 4 GROUP BY t.tag', ''),
	('fn_series', 'SELECT g, count(*), array_agg(id ORDER BY id) FROM posts, generate_series(first, last) AS g GROUP BY g', ''),
	('fn_rows_from', 'SELECT r.tag, r.g, r.n FROM posts, ROWS FROM (unnest(tags), generate_series(first, last)) WITH ORDINALITY AS r(tag, g, n)', ''),
	('fn_elements', 'SELECT e ->> ''sku'' AS sku, count(*), sum((e ->> ''qty'')::int) FROM posts, jsonb_array_elements(doc -> ''lines'') AS e GROUP BY 1', ''),
	('fn_records', 'SELECT sku, count(*), sum(qty * first) FROM posts, jsonb_to_recordset(doc -> ''lines'') AS r(sku text, qty int) GROUP BY sku HAVING count(*) > 1', ''),
	('fn_each', 'SELECT e.key, count(DISTINCT e.value) FROM posts p, jsonb_each_text(p.doc) AS e GROUP BY e.key', ''),
	('fn_chained', 'SELECT l.key, count(*) FROM posts p, jsonb_array_elements(p.doc -> ''lines'') AS e, jsonb_each(e) AS l WHERE l.value <> ''null'' GROUP BY l.key', ''),
	('fn_composite', 'SELECT q.y, count(*), sum(q.x) FROM posts p, pairs(p.first) AS q GROUP BY q.y', ''),
	('fn_scalar', 'SELECT h.head, h.tail, count(*) FROM posts p, unnest(p.tags) AS t, split(t) AS h GROUP BY 1, 2', ''),
	('fn_distinct', 'SELECT DISTINCT tag FROM posts, unnest(tags) AS tag WHERE tag > ''a''', ''),
	('fn_bag', 'SELECT p.id, t AS tag FROM posts p, unnest(p.tags) AS t', ''),
	('fn_latest', 'SELECT DISTINCT ON (tag) tag, id FROM posts, unnest(tags) AS tag ORDER BY tag, id DESC', ''),
	('fn_sets', 'SELECT tag, first, count(*) FROM posts, unnest(tags) AS tag GROUP BY ROLLUP (tag, first)', ''),
	('fn_cells', 'SELECT tag, count(*) FROM posts, unnest(tags) AS tag GROUP BY tag', ', spread => 4'),
	('fn_values_of', 'SELECT v.which, v.value, count(*) FROM posts p, LATERAL (VALUES (''first'', p.first), (''last'', p.last)) AS v(which, value) GROUP BY 1, 2', ''),
	('fn_xml', 'SELECT x.t, count(*) FROM posts p, XMLTABLE(''/r/t'' PASSING xmlelement(name r, xmlelement(name t, p.first)) COLUMNS t text PATH ''.'') AS x GROUP BY x.t', ''),
	-- Beside several tables.
	('fn_joined', 'SELECT g.weight, count(*), max(t.n) FROM posts p, unnest(p.tags) WITH ORDINALITY AS t(tag, n), tags g WHERE g.tag = t.tag GROUP BY g.weight', ''),
	('fn_both', 'SELECT a.id, b.id AS other, count(*) FROM posts a JOIN unnest(a.tags) AS x ON true JOIN posts b ON b.first = a.last JOIN unnest(b.tags) AS y ON x = y GROUP BY 1, 2', ''),
	('fn_of_two', 'SELECT n, count(*) FROM posts p JOIN tags g ON g.tag = p.tags[1], generate_series(p.first, g.weight) AS n GROUP BY n', ''),
	('fn_of_two_loose', 'SELECT n, count(*) FROM posts p, tags g, generate_series(p.first, g.weight) AS n WHERE p.id > 15 GROUP BY n', ''),
	-- Of constants.
	('fn_values', 'SELECT v.name, count(*), sum(p.last) FROM posts p JOIN (VALUES (1, ''one''), (2, ''two''), (3, NULL), (NULL, ''none'')) AS v(i, name) ON v.i = p.first GROUP BY v.name', ''),
	('fn_days', 'SELECT extract(day FROM d) AS day, count(p.id) FROM generate_series(timestamp ''2024-01-01'', ''2024-01-04'', ''1 day'') AS d, posts p WHERE extract(day FROM d) <= p.first GROUP BY 1', ''),
	('fn_between', 'SELECT n, count(*) FROM generate_series(1, 6) AS n JOIN posts p ON n BETWEEN p.first AND p.last GROUP BY n', ''),
	('fn_values_two', 'SELECT v.b, g.tag, count(*) FROM posts p, tags g, (VALUES (1, 2), (2, 3)) AS v(a, b) WHERE p.first = v.a AND g.weight = v.b GROUP BY 1, 2', ''),
	('fn_every', 'SELECT v.x, p.id FROM posts p, (VALUES (1), (1), (2)) AS v(x)', ''),
	('fn_outer', 'SELECT v.name, count(p.id), sum(p.last) FROM posts p RIGHT JOIN (VALUES (1, ''one''), (7, ''seven''), (NULL, ''none'')) AS v(i, name) ON v.i = p.first GROUP BY v.name', ''),
	('fn_outer_bag', 'SELECT v.i, p.id FROM generate_series(1, 8) AS v(i) LEFT JOIN posts p ON v.i = p.last', ''),
	-- In subqueries, and with them.
	('fn_pulled', 'WITH t AS (SELECT p.id, p.first, tag FROM posts p, unnest(p.tags) AS tag WHERE tag IS NOT NULL) SELECT t.tag, count(*), sum(g.weight) FROM t JOIN tags g USING (tag) GROUP BY t.tag', ''),
	('fn_of_groups', 'SELECT n, count(*) FROM (SELECT tag, count(*) AS n FROM posts, unnest(tags) AS tag GROUP BY tag) AS q GROUP BY n', ''),
	('fn_having', 'SELECT tag, count(*) FROM posts, unnest(tags) AS tag GROUP BY tag HAVING count(*) > (SELECT avg(x) FROM posts p, unnest(ARRAY[p.first, p.last]) AS x) OR tag IN (SELECT tag FROM tags)', '');
DO $$
DECLARE
	q record;
BEGIN
	FOR q IN SELECT * FROM queries ORDER BY number LOOP
		EXECUTE format('SELECT mezzanine.create_view(%L, %L%s)', q.name, q.query, q.options);
	END LOOP;
END $$;
\set include :abs_srcdir '/sql/include/differences.sql'
\i :include
SELECT * FROM differences();
SELECT * FROM mezzanine.fn_joined ORDER BY 1;
SELECT * FROM mezzanine.fn_values ORDER BY 1;
INSERT INTO posts VALUES (60, '{a,c,a}', '{"lines": [{"sku": "s1", "qty": 4}, {"sku": "s1"}], "k": [1]}', 1, 4);
SELECT * FROM differences();
INSERT INTO posts SELECT i, ARRAY['d', 'c' || i], jsonb_build_object('lines', jsonb_build_array(jsonb_build_object('qty', i))), i, i * 2 FROM generate_series(61, 64) AS i;
SELECT * FROM differences();
UPDATE tags SET weight = 9 WHERE tag = 'a';
SELECT * FROM differences();
UPDATE posts SET unseen = 'x';
SELECT * FROM differences();
UPDATE posts SET tags = tags || 'e'::text, first = last, last = first WHERE id % 2 = 0;
SELECT * FROM differences();
UPDATE posts SET tags = NULL, doc = NULL WHERE id IN (3, 4);
SELECT * FROM differences();
UPDATE posts SET doc = jsonb_set(doc, '{lines,0,qty}', '7') WHERE doc ? 'lines';
SELECT * FROM differences();
INSERT INTO tags VALUES ('c', 7), ('c2', NULL), ('e', 1);
SELECT * FROM differences();
DELETE FROM posts WHERE id = 52;
SELECT * FROM differences();
BEGIN;
DELETE FROM tags WHERE tag = 'a';
INSERT INTO posts VALUES (70, '{c,e}', NULL, 2, 3);
SELECT * FROM differences();
SAVEPOINT s;
UPDATE posts SET tags = '{q,c}', first = 1, last = 6 WHERE id > 10;
INSERT INTO tags VALUES ('q', 5);
SELECT * FROM differences();
ROLLBACK TO s;
SELECT * FROM differences();
UPDATE posts SET tags = tags || tags WHERE id < 10;
COMMIT;
SELECT * FROM differences();
TRUNCATE tags;
SELECT * FROM differences();
INSERT INTO tags SELECT 'c' || i % 3, i FROM generate_series(1, 50) AS i;
SELECT * FROM differences();
TRUNCATE posts;
SELECT * FROM differences();
INSERT INTO posts SELECT i, ARRAY['a', 'c' || i % 4], jsonb_build_object('lines', jsonb_build_array(jsonb_build_object('sku', 's' || i % 4, 'qty', i % 3))), i % 5, i % 7
	FROM generate_series(1, 200) AS i;
SELECT * FROM differences();
DELETE FROM posts WHERE id % 3 = 0;
SELECT * FROM differences();
SELECT q.name, v.* FROM queries AS q CROSS JOIN LATERAL mezzanine.verify(('mezzanine.' || q.name)::regclass) AS v;

-- What explain, the catalogue and the command say.
SELECT * FROM mezzanine.explain((SELECT query FROM queries WHERE name = 'fn_joined'));
SELECT * FROM mezzanine.explain('SELECT tag, count(*) FROM posts, unnest(tags) AS tag, (VALUES (1), (2)) AS v(x) WHERE first = x GROUP BY tag');
SELECT c.source, r.source AS base FROM mezzanine_info.cores AS c JOIN mezzanine_info.row_source AS r ON r.rows = c.source WHERE view = 'mezzanine.fn_unnest'::regclass;
SELECT mezzanine.get_create_command('mezzanine.fn_values');
ALTER TABLE posts RENAME COLUMN tags TO labels;
ALTER TABLE posts RENAME TO articles;
INSERT INTO articles VALUES (300, '{a,b}');
SELECT * FROM differences();
\set VERBOSITY sqlstate
ALTER TABLE articles DROP COLUMN labels;
-- A function that a view computes with is replaced.
CREATE OR REPLACE FUNCTION pairs(int) RETURNS SETOF pair LANGUAGE sql IMMUTABLE AS 'SELECT i, i::text FROM generate_series(1, $1 + 1) AS i';
SELECT status FROM mezzanine_info.views WHERE view = 'mezzanine.fn_composite'::regclass;
SELECT mezzanine.refresh('mezzanine.fn_composite') > 0 AS refreshed;
\set VERBOSITY default
SELECT * FROM differences();

-- What is refused.
CREATE FUNCTION refuse(query text, OUT state text, OUT message text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM mezzanine.create_view('fn_refused', query);
	state := '* created *';
	PERFORM mezzanine.drop_view('fn_refused');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
END $$;
\pset format unaligned
\pset fieldsep '\n    '
\pset tuples_only on
SELECT q, r.* FROM unnest(ARRAY[
	'SELECT n, count(*) FROM generate_series(1, 3) AS n GROUP BY n',
	'SELECT x, count(*) FROM (VALUES (1), (2)) AS v(x) GROUP BY x',
	'SELECT d, count(*) FROM articles, generate_series(now(), now() + interval ''1 day'', ''1 hour'') AS d GROUP BY d',
	'SELECT x, count(*) FROM articles, stable_pairs(first) GROUP BY x',
	'SELECT x, count(*) FROM articles, (VALUES (random())) AS v(x) GROUP BY x',
	'SELECT x, count(*) FROM articles a, to_jsonb(a) AS x GROUP BY x',
	'SELECT x, count(*) FROM articles, jsonb_to_recordset(doc) AS r(x date) GROUP BY x',
	'SELECT q, count(*) FROM articles, pairs(first) AS q GROUP BY q',
	'SELECT x, count(*) FROM articles, generate_series(1, (SELECT max(weight) FROM tags)) AS x GROUP BY x',
	'SELECT id, x FROM articles LEFT JOIN generate_series(1, 2) AS x ON x = id',
	'SELECT first, count(*) FROM articles WHERE id IN (SELECT n FROM generate_series(1, 2) AS n) GROUP BY first']) AS q
CROSS JOIN LATERAL refuse(q) AS r;
\t off
\pset format aligned
\set VERBOSITY terse
DROP SCHEMA functions CASCADE;

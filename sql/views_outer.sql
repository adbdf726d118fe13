-- LEFT, RIGHT and FULL JOIN, nested, with conditions above and aggregates over them.
\getenv abs_srcdir PG_ABS_SRCDIR
CREATE SCHEMA outers;
SET search_path = outers, public;
SET TimeZone = 'UTC';
SET client_min_messages = warning;
\set include :abs_srcdir '/sql/include/three_tables.sql'
\i :include
CREATE VIEW b_sum AS SELECT k, count(*) AS n, coalesce(sum(x), 0) AS total FROM b GROUP BY k;
CREATE TABLE queries (number serial, name text, query text);
INSERT INTO queries (name, query) VALUES
	('ot_left', 'SELECT a.g, count(*), count(b.id) AS matched, sum(b.x) FROM a LEFT JOIN b ON a.k = b.k GROUP BY a.g'),
	('ot_right', 'SELECT a.g, b.x, count(*) FROM b RIGHT JOIN a ON a.k = b.k GROUP BY 1, 2'),
	('ot_full', 'SELECT a.id AS a, b.id AS b, a.k AS ak, b.k AS bk FROM a FULL JOIN b ON a.k = b.k'),
	('ot_using', 'SELECT k, g, x FROM a FULL JOIN b USING (k)'),
	('ot_using_left', 'SELECT k, count(*), max(t) FROM a LEFT JOIN b USING (k) GROUP BY k'),
	('ot_bag', 'SELECT a.g, b.t FROM a LEFT JOIN b ON a.k = b.k AND b.x > 1'),
	('ot_conditions', 'SELECT a.g, count(*), count(b.x) AS n FROM a LEFT JOIN b ON a.k = b.k AND b.x < 4 AND a.id % 2 = 0 GROUP BY a.g'),
	('ot_above', 'SELECT a.g, count(*) FROM a LEFT JOIN b ON a.k = b.k WHERE b.x > 1 OR b.t IS NULL GROUP BY a.g'),
	('ot_strict', 'SELECT a.g, count(*), sum(b.x) FROM a LEFT JOIN b ON a.k = b.k WHERE b.x > 1 GROUP BY a.g'),
	('ot_anti', 'SELECT a.g, count(*), array_agg(a.id ORDER BY a.id) FROM a LEFT JOIN b ON a.k = b.k WHERE b.id IS NULL GROUP BY a.g'),
	('ot_coalesce', 'SELECT coalesce(b.t, ''none'') AS t, coalesce(b.x, -1) AS x, count(*) FROM a LEFT JOIN b ON a.k = b.k GROUP BY 1, 2'),
	('ot_two', 'SELECT a.g, count(*), count(b.id) AS b, count(c.id) AS c FROM a LEFT JOIN b ON a.k = b.k LEFT JOIN c ON a.id = c.id GROUP BY a.g'),
	('ot_chain', 'SELECT a.g, count(*), count(b.id) AS b, sum(c.y) FROM a LEFT JOIN b ON a.k = b.k LEFT JOIN c ON b.x = c.x GROUP BY a.g'),
	('ot_nested', 'SELECT a.g, count(*), count(b.id) AS b, count(c.id) AS c FROM a LEFT JOIN (b LEFT JOIN c ON b.x = c.x) ON a.k = b.k GROUP BY a.g'),
	('ot_inner', 'SELECT a.g, count(*), sum(c.y) FROM a LEFT JOIN (b JOIN c ON b.x = c.x) ON a.k = b.k AND c.y > 1 GROUP BY a.g'),
	('ot_beside', 'SELECT a.g, c.x, count(*), count(b.id) AS b FROM c JOIN a ON a.id = c.id LEFT JOIN b ON a.k = b.k GROUP BY 1, 2'),
	('ot_full_left', 'SELECT a.id AS a, b.id AS b, c.id AS c FROM a FULL JOIN (b LEFT JOIN c ON b.x = c.x) ON a.k = b.k'),
	('ot_full_full', 'SELECT coalesce(a.k, b.k) AS k, c.id, count(*) FROM (a FULL JOIN b ON a.k = b.k) FULL JOIN c ON b.x = c.x GROUP BY 1, 2'),
	('ot_two_keys', 'SELECT a.g, count(*), count(b.id) AS n FROM a LEFT JOIN b ON a.k = b.k AND a.id = b.id + 1 GROUP BY a.g'),
	('ot_self', 'SELECT l.g, count(*), count(r.id) AS n FROM a l LEFT JOIN a r ON l.k = r.id GROUP BY l.g'),
	('ot_expression', 'SELECT a.g, count(*), min(b.t) FROM a LEFT JOIN b ON a.k + 1 = b.k * 2 GROUP BY a.g'),
	('ot_cross', 'SELECT a.g, count(*), count(c.id) AS n FROM a LEFT JOIN c ON true GROUP BY a.g'),
	('ot_cross_some', 'SELECT a.g, count(*), count(c.id) AS n FROM a LEFT JOIN c ON c.y > 3 AND a.id > 4 GROUP BY a.g'),
	('ot_false', 'SELECT a.g, count(*), count(b.id) AS n FROM a LEFT JOIN b ON false GROUP BY a.g'),
	-- What a subquery computes is NULL as a whole where it has no match.
	('ot_subquery', 'SELECT a.g, q.w, count(*) FROM a LEFT JOIN (SELECT k, coalesce(x, 0) + 1 AS w, 7 AS seven FROM b WHERE t IS NOT NULL) q ON q.k = a.k AND q.seven = 7 GROUP BY 1, 2'),
	('ot_subquery_join', 'SELECT a.g, q.label, count(*) FROM a LEFT JOIN (SELECT b.k, coalesce(b.t, '''') || c.id::text AS label FROM b JOIN c ON b.x = c.x) q ON q.k = a.k GROUP BY 1, 2'),
	('ot_subquery_kept', 'SELECT q.h, count(*), count(b.id) AS n FROM (SELECT upper(g) AS h, k FROM a WHERE id > 3) q LEFT JOIN b ON q.k = b.k GROUP BY 1'),
	('ot_subquery_outer', 'SELECT q.g, q.x, count(*) FROM (SELECT a.g, coalesce(b.x, -1) AS x FROM a LEFT JOIN b ON a.k = b.k) q WHERE q.x < 3 GROUP BY 1, 2'),
	('ot_groups', 'SELECT a.g, count(*), sum(q.n) AS n, sum(q.total) AS total FROM a LEFT JOIN (SELECT k, count(*) AS n, coalesce(sum(x), 0) AS total FROM b GROUP BY k) q ON q.k = a.k GROUP BY a.g'),
	('ot_groups_some', 'SELECT a.g, a.id, q.n FROM a LEFT JOIN (SELECT k, t, count(*) AS n FROM b GROUP BY k, t HAVING count(*) > 1) q ON q.k = a.k AND q.n < 4'),
	('ot_view', 'SELECT a.g, min(v.total), count(v.n) AS n FROM a LEFT JOIN b_sum v ON v.k = a.k AND v.total > 2 GROUP BY a.g'),
	('ot_with', 'WITH q AS (SELECT a.id, a.g, b.x FROM a LEFT JOIN b ON a.k = b.k) SELECT l.g, count(*), count(r.x) AS n FROM q l LEFT JOIN q r ON l.x = r.id GROUP BY l.g'),
	('ot_over', 'SELECT n, count(*) FROM (SELECT a.id, count(b.id) AS n FROM a LEFT JOIN b ON a.k = b.k GROUP BY a.id) q GROUP BY n'),
	('ot_extreme', 'SELECT a.g, min(b.x), max(b.t), count(DISTINCT b.x) AS d, string_agg(b.t, '','' ORDER BY b.id) AS s FROM a LEFT JOIN b ON a.k = b.k GROUP BY a.g'),
	('ot_distinct', 'SELECT DISTINCT a.g, b.t FROM a LEFT JOIN b ON a.k = b.k'),
	('ot_less', 'SELECT a.g, count(*), count(b.id) AS n, sum(b.x) FROM a LEFT JOIN b ON a.k < b.k GROUP BY a.g'),
	('ot_less_some', 'SELECT a.g, count(*), count(b.id) AS n FROM a LEFT JOIN b ON a.k = b.k AND a.id < b.x + 5 AND b.t IS NOT NULL AND a.id > 2 GROUP BY a.g'),
	('ot_full_less', 'SELECT a.id AS a, b.id AS b FROM a FULL JOIN b ON a.k = b.k AND b.id <> a.id'),
	('ot_less_join', 'SELECT a.g, c.id AS c, count(*), count(q.y) AS n FROM (a JOIN c ON a.id = c.id) LEFT JOIN (SELECT b.x, b.k + c.id AS y FROM b JOIN c ON b.x = c.x) q ON q.y > a.id GROUP BY 1, 2'),
	('ot_first', 'SELECT DISTINCT ON (a.g) a.g, a.id, b.x FROM a LEFT JOIN b ON a.k = b.k ORDER BY a.g, b.x DESC NULLS FIRST, a.id'),
	('ot_sets', 'SELECT a.g, b.t, count(*) FROM a LEFT JOIN b ON a.k = b.k GROUP BY ROLLUP (a.g, b.t)'),
	('ot_late', 'SELECT a.g, b.x, count(*) FROM a LEFT JOIN b ON a.k = b.k WHERE a.g <> current_user GROUP BY 1, 2'),
	('ot_window', 'SELECT a.g, count(b.id) AS n, rank() OVER (ORDER BY count(b.id), a.g) FROM a LEFT JOIN b ON a.k = b.k GROUP BY a.g ORDER BY 3 LIMIT 2');
\set include :abs_srcdir '/sql/include/create_views.sql'
\i :include
\set include :abs_srcdir '/sql/include/differences.sql'
\i :include
SELECT * FROM differences();
SELECT * FROM mezzanine.ot_left ORDER BY 1;
\set include :abs_srcdir '/sql/include/three_tables_changes.sql'
\i :include
-- Arms: a condition that no row without a match can meet leaves an inner join alone.
SELECT q.name, count(r.sign) AS arms, (SELECT count(*) FROM mezzanine_info.core AS c WHERE c.view = v.view) AS cores
	FROM queries AS q JOIN mezzanine_info.views AS v ON v.view = ('mezzanine.' || q.name)::regclass
	LEFT JOIN mezzanine_info.rows AS o ON o.view = v.view LEFT JOIN mezzanine_info.arm AS r ON r.rows = o.rows GROUP BY 1, v.view, q.number ORDER BY q.number;
SELECT mezzanine.pause('mezzanine.ot_chain');
DELETE FROM a WHERE id < 9;
UPDATE b SET x = x + 1;
SELECT mezzanine.resume('mezzanine.ot_chain') > 0 AS written;
SELECT mezzanine.refresh('mezzanine.ot_left', rebuild => true) > 0 AS written;
SELECT * FROM differences();
\pset tuples_only on
\pset format unaligned
SELECT mezzanine.get_create_command('mezzanine.ot_conditions');
SELECT mezzanine.explain('SELECT a.g, count(*), sum(b.x) FROM a LEFT JOIN b ON a.k = b.k AND b.t = ''x'' GROUP BY a.g');
SELECT jsonb_pretty(mezzanine.explain('SELECT a.g FROM a LEFT JOIN b ON a.k = b.k', 'json')::jsonb -> 'rows');
-- A zone named in what an outer join compares.
CREATE TABLE d (id int PRIMARY KEY, at timestamptz);
CREATE INDEX ON d (id);
INSERT INTO d SELECT i, timestamptz '2024-06-01Z' + i * interval '9 hours' FROM generate_series(1, 20) AS i;
SET client_min_messages = notice;
SELECT mezzanine.create_view('ot_zone', 'SELECT a.g, q.day, count(*) FROM a LEFT JOIN (SELECT id, at::date AS day FROM d WHERE at > ''2024-06-02'') q ON a.id = q.id AND q.day < ''2024-06-07'' GROUP BY 1, 2');
SET client_min_messages = warning;
SELECT mezzanine.get_create_command('mezzanine.ot_zone');
\pset tuples_only off
\pset format aligned
UPDATE d SET at = at + interval '1 day' WHERE id % 3 = 0;
SELECT * FROM mezzanine.verify('mezzanine.ot_zone');
\set VERBOSITY terse
-- What is refused.
SELECT mezzanine.create_view('ot_no', 'SELECT a.g, b.x FROM a LEFT JOIN b ON a.k IS NOT DISTINCT FROM b.k');
SELECT mezzanine.create_view('ot_no', 'SELECT a.g, b.x FROM (a JOIN c ON a.id = c.id) LEFT JOIN b ON a.k + c.x < b.k');
SELECT mezzanine.create_view('ot_no', 'SELECT a.g, b.x FROM a LEFT JOIN b ON a.k = b.k AND b.t < now()::text');
SELECT mezzanine.create_view('ot_no', 'SELECT a.g, b.x FROM a LEFT JOIN b ON a.k = b.k AND random() < 0.5');
SELECT mezzanine.create_view('ot_no', 'SELECT a.g, q.x FROM a LEFT JOIN LATERAL (SELECT x FROM b WHERE b.k = a.k) q ON true');
SELECT mezzanine.create_view('ot_no', 'SELECT a.g, b.x FROM a LEFT JOIN b ON a.k = b.k AND b.x IN (SELECT x FROM c)');
SELECT mezzanine.create_view('ot_no', 'SELECT a.g, b FROM a LEFT JOIN b ON a.k = b.k');
SELECT mezzanine.create_view('ot_no', 'SELECT a.g, count(*) FROM a LEFT JOIN b ON a.k = b.k GROUP BY a.g', spread => 2);
SELECT mezzanine.create_view('ot_no', 'SELECT a.g, q.x FROM a, LATERAL (SELECT b.x FROM b LEFT JOIN c ON b.x = c.x AND c.id = a.id) q');
SELECT mezzanine.create_view('ot_no', 'SELECT q.g FROM (SELECT * FROM a WHERE g < current_user) q LEFT JOIN b ON q.k = b.k');
SELECT mezzanine.create_view('ot_no', 'SELECT count(*) FROM a FULL JOIN b ON a.k = b.k FULL JOIN c ON c.x = b.x FULL JOIN a a2 ON a2.k = c.x FULL JOIN b b2 ON b2.k = a2.k');
-- At once: their sum would have 3^16 inner joins.
SELECT mezzanine.create_view('ot_many', 'SELECT a.g FROM a ' || string_agg(format('LEFT JOIN b b%s ON b%1$s.k = a.k', i), ' ')) FROM generate_series(1, 16) AS i;
DROP TABLE c CASCADE;
SELECT name FROM queries WHERE to_regclass('mezzanine.' || name) IS NULL ORDER BY number;
DROP SCHEMA outers CASCADE;
SELECT count(*) AS arms, (SELECT count(*) FROM mezzanine_info.rows) AS rows FROM mezzanine_info.arm;

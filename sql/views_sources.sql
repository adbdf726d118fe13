-- Groups beside tables and beside each other: a subquery that groups, or selects DISTINCT, is
-- kept in a home table, and the query joins that.
\getenv abs_srcdir PG_ABS_SRCDIR
CREATE SCHEMA sources;
SET search_path = sources, public;
SET TimeZone = 'UTC';
SET client_min_messages = warning;
CREATE TABLE shops (id int PRIMARY KEY, town text, size int8);
CREATE TABLE sales (id int PRIMARY KEY, shop int, units int, price numeric, at timestamptz);
CREATE INDEX ON sales (shop);
CREATE TABLE visits (shop int8, visitors int);
INSERT INTO shops SELECT i, (ARRAY['Ulm', 'Kiel', 'Jena'])[i % 3 + 1], i % 4 FROM generate_series(1, 8) AS i;
INSERT INTO sales SELECT i, nullif(i % 9 + 1, 4), i % 5, i / 4.0, timestamptz '2024-06-01Z' + i * interval '5 hours' FROM generate_series(1, 60) AS i;
INSERT INTO visits SELECT nullif(i % 6, 5), i FROM generate_series(1, 20) AS i;
CREATE VIEW per_shop AS SELECT shop, count(*) AS n, round(sum(units * price)) AS worth FROM sales GROUP BY shop HAVING sum(units) > 2;
CREATE TABLE queries (number serial, name text, query text);
INSERT INTO queries (name, query) VALUES
	('so_group', 'SELECT s.town, sum(q.n) AS n, count(*) FROM shops s JOIN (SELECT shop, count(*) AS n FROM sales GROUP BY shop) q ON q.shop = s.id GROUP BY s.town'),
	('so_distinct', 'SELECT s.town, count(*) FROM shops s JOIN (SELECT DISTINCT units, shop FROM sales WHERE units > 1) q ON q.shop = s.id GROUP BY s.town'),
	('so_groups', 'SELECT a.n, sum(b.visitors), max(a.top) FROM (SELECT shop, count(*) AS n, max(price) AS top FROM sales GROUP BY shop) a
		JOIN (SELECT shop, sum(visitors) AS visitors FROM visits GROUP BY shop) b ON a.shop = b.shop GROUP BY a.n'),
	('so_self', 'WITH per AS (SELECT shop, count(*) AS n FROM sales GROUP BY shop) SELECT a.shop, count(*), min(b.n) FROM per a JOIN per b ON a.n = b.n AND a.shop <> b.shop GROUP BY a.shop'),
	('so_total', 'SELECT s.shop, s.units * 100.0 / t.total AS share FROM sales s, (SELECT sum(units) AS total FROM sales) t WHERE s.units > 2'),
	('so_having', 'SELECT s.town, avg(q.mean) FROM shops s, (SELECT shop, avg(price) AS mean FROM sales WHERE units > 0 GROUP BY shop HAVING count(*) > 3) q
		WHERE q.shop = s.id AND q.mean > 2 GROUP BY s.town'),
	('so_bag', 'SELECT s.id, q.worth, v.visitors FROM shops s, per_shop q, visits v WHERE q.shop = s.id AND v.shop = s.id'),
	('so_deep', 'SELECT s.town, sum(d.shops) FROM shops s JOIN (SELECT n, count(*) AS shops FROM (SELECT shop, count(*) AS n FROM sales GROUP BY shop) q GROUP BY n) d ON d.n = s.size + 5 GROUP BY s.town'),
	('so_joined', 'SELECT l.units, count(*), sum(q.n) FROM sales l JOIN (SELECT s.town, min(s.id) AS id, count(*) AS n FROM shops s JOIN visits v ON v.shop = s.id GROUP BY s.town) q ON q.id = l.shop GROUP BY l.units'),
	('so_twice', 'SELECT x.town, sum(y.k) FROM (SELECT s.town, q.n FROM shops s JOIN (SELECT shop, count(*) AS n FROM sales GROUP BY shop) q ON q.shop = s.id) x
		JOIN (SELECT n, count(*) AS k FROM (SELECT s.size, count(*) AS n FROM shops s, visits v WHERE v.shop = s.id GROUP BY s.size) r GROUP BY n) y ON y.n <= x.n GROUP BY x.town'),
	('so_first', 'SELECT s.town, q.units, count(*) FROM shops s JOIN (SELECT DISTINCT ON (shop) shop, units FROM sales ORDER BY shop, at DESC) q ON q.shop = s.id GROUP BY 1, 2'),
	('so_zone', 'SELECT s.town, q.day, count(*) FROM shops s JOIN (SELECT shop, max(at)::date AS day FROM sales GROUP BY shop) q ON q.shop = s.id GROUP BY 1, 2'),
	('so_late', 'SELECT s.town, q.last FROM shops s JOIN (SELECT shop, max(at) AS last FROM sales GROUP BY shop) q ON q.shop = s.id WHERE q.last < now()'),
	('so_sets', 'SELECT s.town, q.n, count(*) FROM shops s JOIN (SELECT shop, count(*) AS n FROM sales GROUP BY shop) q ON q.shop = s.id GROUP BY ROLLUP (s.town, q.n)'),
	('so_chain', 'SELECT s.town, count(DISTINCT q.n), string_agg(q.n::text, '','' ORDER BY q.shop) FROM shops s JOIN (SELECT shop, count(*) AS n FROM sales GROUP BY shop) q ON q.shop = s.id GROUP BY s.town'),
	('so_view', 'SELECT s.town, max(p.worth) FROM shops s JOIN per_shop p ON p.shop = s.id GROUP BY s.town'),
	('so_lateral', 'SELECT s.town, sum(l.r) FROM shops s JOIN per_shop p ON p.shop = s.id, LATERAL (SELECT p.worth * s.id AS r) l GROUP BY s.town');
\set include :abs_srcdir '/sql/include/create_views.sql'
\i :include
\set include :abs_srcdir '/sql/include/differences.sql'
\i :include
SELECT * FROM differences();
SELECT * FROM mezzanine.so_group ORDER BY 1;
INSERT INTO sales VALUES (100, 3, 4, 10, '2024-06-10Z'), (101, 9, 3, 1, '2024-06-11Z'), (102, NULL, 3, NULL, NULL);
SELECT * FROM differences();
INSERT INTO shops VALUES (9, 'Kiel', 2), (10, NULL, NULL);
SELECT * FROM differences();
INSERT INTO visits VALUES (9, 5), (2, NULL), (NULL, 3);
SELECT * FROM differences();
UPDATE shops SET town = 'Bonn' WHERE id IN (2, 3);
SELECT * FROM differences();
UPDATE sales SET shop = 10 WHERE shop = 3;
SELECT * FROM differences();
UPDATE sales SET price = price * 2 WHERE id % 7 = 0;
SELECT * FROM differences();
UPDATE visits SET visitors = visitors + 1, shop = nullif(shop, 2) WHERE visitors % 3 = 0;
SELECT * FROM differences();
DELETE FROM visits WHERE visitors > 15;
SELECT * FROM differences();
DELETE FROM sales WHERE shop = 5;
SELECT * FROM differences();
DELETE FROM shops WHERE id = 6;
SELECT * FROM differences();
-- All of it in one transaction, with savepoints, and what the transaction itself reads.
BEGIN;
INSERT INTO shops VALUES (11, 'Kiel', 3);
INSERT INTO sales SELECT 200 + i, 11, i, i, now() - interval '1 day' FROM generate_series(1, 6) AS i;
SELECT * FROM differences();
SAVEPOINT a;
UPDATE sales SET units = units + 1, shop = 7 WHERE id % 10 = 0;
DELETE FROM visits;
SELECT * FROM differences();
ROLLBACK TO a;
SELECT * FROM differences();
SAVEPOINT b;
DELETE FROM sales WHERE units = 3;
INSERT INTO visits VALUES (11, 4), (7, 2);
RELEASE b;
SELECT * FROM differences();
COMMIT;
SELECT * FROM differences();
TRUNCATE visits;
SELECT * FROM differences();
BEGIN;
TRUNCATE sales;
INSERT INTO sales VALUES (1, 1, 3, 5, '2024-06-02Z'), (2, 2, 4, 5, '2024-06-02Z');
INSERT INTO visits VALUES (1, 4), (2, 2);
SELECT * FROM differences();
COMMIT;
SELECT * FROM differences();
INSERT INTO sales SELECT 10 + i, i % 9 + 1, i % 5, i / 4.0, timestamptz '2024-06-01Z' + i * interval '5 hours' FROM generate_series(1, 90) AS i;
INSERT INTO visits SELECT i % 12, i FROM generate_series(1, 30) AS i;
SELECT * FROM differences();
SELECT q.name, v.* FROM queries AS q CROSS JOIN LATERAL mezzanine.verify(('mezzanine.' || q.name)::regclass) AS v;
-- Depths: the home tables first, then the rows that join them, then the cores over these.
SELECT r.rows, r.depth, array_agg(s.source ORDER BY s.source::text) AS sources FROM mezzanine_info.rows AS r JOIN mezzanine_info.row_source AS s USING (rows)
	WHERE r.view IN ('mezzanine.so_group'::regclass, 'mezzanine.so_deep'::regclass, 'mezzanine.so_twice'::regclass) GROUP BY 1, 2 ORDER BY r.rows::text;
SELECT view, number, source, depth FROM mezzanine_info.cores WHERE view IN ('mezzanine.so_group'::regclass, 'mezzanine.so_twice'::regclass) ORDER BY 1, 2;
SELECT view, base FROM mezzanine_info.bases WHERE view = 'mezzanine.so_twice'::regclass ORDER BY base::text;
-- A home table that is joined by other columns than its key begins with has an index on them.
SELECT indexdef FROM pg_indexes WHERE schemaname = 'mezzanine_state' AND tablename IN ('so_self', 'so_twice_3', 'so_joined') ORDER BY 1;
-- A view that lost its state is computed again.
SELECT mezzanine.pause('mezzanine.so_twice');
DELETE FROM shops WHERE id < 3;
UPDATE sales SET units = 0 WHERE id % 2 = 0;
SELECT mezzanine.resume('mezzanine.so_twice');
SELECT mezzanine.refresh('mezzanine.so_groups', rebuild => true) > 0 AS written;
SELECT * FROM differences();
\pset tuples_only on
\pset format unaligned
SELECT mezzanine.get_create_command('mezzanine.so_zone');
SELECT mezzanine.explain('SELECT s.town, q.n FROM shops s JOIN (SELECT shop, count(*) AS n FROM sales GROUP BY shop HAVING count(*) > 1) q ON q.shop = s.id');
\pset tuples_only off
\pset format aligned
-- An error in the maintenance of what another core joins.
SELECT mezzanine.create_view('so_stale', 'SELECT s.town, q.n FROM shops s JOIN (SELECT shop, sum(1 / units) AS n FROM sales WHERE units <> 9 GROUP BY shop) q ON q.shop = s.id', on_error => 'mark_stale', with_data => false);
DELETE FROM sales WHERE units = 0;
SELECT mezzanine.refresh('mezzanine.so_stale');
UPDATE sales SET units = 0 WHERE id = 11;
SELECT status FROM mezzanine_info.views WHERE view = 'mezzanine.so_stale'::regclass;
\set VERBOSITY terse
SELECT mezzanine.create_view('so_no', 'SELECT s.town, q.n FROM shops s, LATERAL (SELECT count(*) AS n FROM sales WHERE shop = s.id) q');
SELECT mezzanine.create_view('so_no', 'SELECT s.town, q.n FROM shops s, (SELECT shop, count(*) AS n FROM sales GROUP BY shop) q WHERE q.shop = s.id', spread => 4);
SELECT mezzanine.create_view('so_no', 'SELECT s.town, q.n FROM shops s, (SELECT shop, count(DISTINCT units) AS n FROM sales GROUP BY shop) q WHERE q.shop = s.id');
SET client_min_messages = warning;
DROP TABLE visits CASCADE;
SELECT name FROM queries WHERE to_regclass('mezzanine.' || name) IS NULL ORDER BY number;
DROP SCHEMA sources CASCADE;
SELECT count(*) FROM mezzanine_info.row_source;

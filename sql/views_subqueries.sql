-- Subqueries, WITH and plain views in FROM that select and join alone: the view is as if they
-- were written out.
\getenv abs_srcdir PG_ABS_SRCDIR
CREATE SCHEMA subq;
SET search_path = subq, public;
SET TimeZone = 'UTC';
SET client_min_messages = warning;
CREATE TABLE shops (id int PRIMARY KEY, town text, opened date);
CREATE TABLE sales (id int PRIMARY KEY, shop int, units int, price numeric, at timestamptz);
CREATE INDEX ON sales (shop);
INSERT INTO shops SELECT i, (ARRAY['Ulm', 'Kiel', 'Jena'])[i % 3 + 1], date '2020-01-01' + i FROM generate_series(1, 8) AS i;
INSERT INTO sales SELECT i, i % 9 + 1, i % 5, i / 4.0, timestamptz '2024-06-01Z' + i * interval '5 hours' FROM generate_series(1, 80) AS i;
CREATE VIEW big AS SELECT id, shop, units * price AS worth, at FROM sales WHERE units > 1;
CREATE VIEW by_town AS SELECT b.*, s.town FROM big b JOIN shops s ON s.id = b.shop;
CREATE VIEW per_shop AS SELECT shop, count(*) AS n, round(sum(units * price)) AS worth FROM sales GROUP BY shop HAVING sum(units) > 2;
CREATE TABLE queries (number serial, name text, query text);
INSERT INTO queries (name, query) VALUES
	('sq_one', 'SELECT shop, count(*), sum(q.worth) FROM (SELECT shop, units * price AS worth FROM sales WHERE units > 2) AS q WHERE worth > 5 GROUP BY shop'),
	('sq_nested', 'SELECT x, count(*) FROM (SELECT a + 1 AS x FROM (SELECT units * 2 AS a FROM sales WHERE shop > 1) i WHERE a > 2) o GROUP BY x'),
	('sq_join', 'SELECT s.town, sum(q.worth) FROM shops s JOIN (SELECT shop AS id, units * price AS worth FROM sales) AS q USING (id) GROUP BY s.town'),
	('sq_joined', 'SELECT q.town, max(q.price), count(*) FILTER (WHERE q.late) FROM (SELECT s.town, l.price, l.at > timestamptz ''2024-06-08Z'' AS late
		FROM shops s, sales l WHERE l.shop = s.id ORDER BY l.id) AS q GROUP BY q.town'),
	('sq_view', 'SELECT shop, sum(worth), max(at) FROM big GROUP BY shop'),
	('sq_views', 'SELECT town, count(*), avg(worth) FROM by_town WHERE worth > 3 GROUP BY town'),
	('sq_bag', 'SELECT town, round(worth) AS worth FROM by_town'),
	('sq_with', 'WITH recent AS (SELECT * FROM sales WHERE at > timestamptz ''2024-06-05Z''), named AS MATERIALIZED (SELECT r.units, s.town FROM recent r, shops s WHERE s.id = r.shop)
		SELECT a.town, count(*), sum(a.units) FROM named a JOIN named b ON a.units = b.units AND a.town < b.town GROUP BY a.town'),
	('sq_with_of_with', 'WITH recent AS (SELECT * FROM sales WHERE at > timestamptz ''2024-06-05Z''), large AS (SELECT * FROM recent WHERE units > 1), named AS (SELECT s.town, l.price
		FROM large l JOIN shops s ON s.id = l.shop) SELECT town, max(price), count(*) FROM named GROUP BY town'),
	('sq_lateral', 'SELECT s.town, sum(l.worth) FROM shops s, LATERAL (SELECT units * s.id AS worth FROM sales WHERE shop = s.id AND units < s.id) AS l GROUP BY s.town'),
	('sq_lateral_alias', 'SELECT j.town, l.n FROM (shops JOIN sales ON shops.id = sales.shop) AS j(sid, town, opened, lid) CROSS JOIN LATERAL (SELECT j.lid % 3 AS n) AS l'),
	('sq_constant', 'SELECT c.label, count(*) FROM (SELECT ''all'' AS label, 5 AS least) AS c, sales WHERE units < c.least GROUP BY c.label'),
	('sq_zone', 'SELECT d, count(*) FROM (SELECT at::date AS d FROM sales) AS q GROUP BY d'),
	('sq_late', 'SELECT * FROM (SELECT town, units, at FROM shops s JOIN sales l ON s.id = l.shop) AS q WHERE at < now()'),
	('sq_on', 'SELECT DISTINCT ON (shop) shop, worth FROM (SELECT * FROM big) AS b ORDER BY shop, worth DESC'),
	-- Groups of groups.
	('sg_sizes', 'SELECT n, count(*) AS shops FROM (SELECT shop, count(*) AS n FROM sales GROUP BY shop) AS q GROUP BY n'),
	('sg_having', 'SELECT count(*), sum(total), max(total), avg(mean) FROM (SELECT shop, sum(units * price) AS total, avg(price) AS mean
		FROM sales WHERE units > 0 GROUP BY shop HAVING count(*) > 3) AS q WHERE total > 10'),
	('sg_distinct', 'SELECT units, count(*), min(shop) FROM (SELECT DISTINCT shop, units FROM sales ORDER BY units) AS q GROUP BY units'),
	('sg_deep', 'SELECT m, count(*) FROM (SELECT n, max(units) AS m FROM (SELECT units, shop, count(*) AS n FROM sales GROUP BY 1, 2) AS a WHERE shop > 1 GROUP BY n) AS b GROUP BY m'),
	('sg_join', 'SELECT n, count(*), string_agg(town, '','' ORDER BY town) FROM (SELECT s.town, count(*) AS n, max(l.price) AS top
		FROM shops s JOIN sales l ON l.shop = s.id GROUP BY s.town) AS q WHERE top > 1 GROUP BY n'),
	('sg_bag', 'SELECT n * 2 AS twice, least FROM (SELECT shop, count(*) AS n, min(price) AS least FROM sales GROUP BY shop) AS q WHERE n > 2'),
	('sg_zone', 'SELECT d, max(n), sum(n) FROM (SELECT at::date AS d, shop, count(*) AS n FROM sales GROUP BY 1, 2) AS q GROUP BY d'),
	('sg_late', 'SELECT last::date AS day, count(*) FROM (SELECT shop, max(at) AS last FROM sales GROUP BY shop) AS q GROUP BY 1'),
	('sg_total', 'SELECT total * 2 AS twice, count(*) FROM (SELECT sum(units) AS total, count(*) AS n FROM sales) AS q GROUP BY 1'),
	('sg_totals', 'SELECT sum(total), count(*) FROM (SELECT sum(units) AS total FROM sales WHERE units > 3) AS q'),
	('sg_with', 'WITH per AS (SELECT shop, max(price) AS top FROM sales GROUP BY shop), best AS (SELECT * FROM per WHERE shop > 2) SELECT top > 5 AS dear, count(*) FROM best GROUP BY 1'),
	('sg_latest', 'SELECT units, count(*) FROM (SELECT DISTINCT ON (shop) shop, units FROM sales ORDER BY shop, at DESC, id) AS q GROUP BY units'),
	('sg_view', 'SELECT max(n), min(n), count(DISTINCT worth) FROM per_shop'),
	('sg_sets', 'SELECT n, many, count(*) FROM (SELECT count(*) AS n, count(*) > 5 AS many FROM sales GROUP BY shop) AS q GROUP BY GROUPING SETS ((n), (many), ())'),
	('sg_rank', 'SELECT shop, n, rank() OVER (ORDER BY n DESC, shop) FROM (SELECT shop, count(*) AS n FROM sales GROUP BY shop) AS q ORDER BY n LIMIT 5');
\set include :abs_srcdir '/sql/include/create_views.sql'
\i :include
\set include :abs_srcdir '/sql/include/differences.sql'
\i :include
SELECT * FROM differences();
SELECT * FROM mezzanine.sq_views ORDER BY 1;
INSERT INTO sales VALUES (100, 3, 4, 10, '2024-06-10Z'), (101, 9, 3, 1, '2024-06-11Z'), (102, NULL, 3, NULL, NULL);
SELECT * FROM differences();
UPDATE shops SET town = 'Bonn' WHERE id IN (2, 3);
SELECT * FROM differences();
BEGIN;
INSERT INTO shops VALUES (9, 'Kiel', NULL);
UPDATE sales SET units = units + 1, shop = 9 WHERE id % 10 = 0;
DELETE FROM sales WHERE units = 3;
SELECT * FROM differences();
COMMIT;
SELECT * FROM differences();
TRUNCATE shops;
SELECT * FROM differences();
INSERT INTO shops VALUES (1, 'Ulm'), (4, 'Jena'), (9, 'Kiel');
SELECT * FROM differences();
SELECT q.name, v.* FROM queries AS q CROSS JOIN LATERAL mezzanine.verify(('mezzanine.' || q.name)::regclass) AS v;
-- One table is no join: the core is over the table itself.
SELECT view, source FROM mezzanine_info.cores WHERE view IN ('mezzanine.sq_nested'::regclass, 'mezzanine.sq_view'::regclass) ORDER BY 1;
-- The query as given is kept, with its subqueries and views; where a zone was named, written out.
SELECT pg_get_viewdef('mezzanine_state.sq_views_definition'::regclass);
SELECT pg_get_viewdef('mezzanine_state.sq_zone_definition'::regclass);
\set VERBOSITY terse
-- A view that a mezzanine view reads cannot become another behind its back.
CREATE OR REPLACE VIEW big AS SELECT id, shop, units * price AS worth, at FROM sales WHERE units > 3;
CREATE OR REPLACE VIEW by_town AS SELECT b.*, 'x'::text AS town FROM big b;
CREATE OR REPLACE RULE "_RETURN" AS ON SELECT TO big DO INSTEAD SELECT id, shop, units * price AS worth, at FROM sales WHERE units > 3;
ALTER VIEW by_town RENAME TO in_towns;
ALTER VIEW in_towns RENAME COLUMN worth TO value;
UPDATE sales SET price = price + 1 WHERE shop = 4;
SELECT * FROM differences();
CREATE VIEW unrelated AS SELECT 1 AS one;
CREATE OR REPLACE VIEW unrelated AS SELECT 2 AS one;

-- A function that the view calls is one that the mezzanine view calls.
CREATE FUNCTION taxed(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 1.19';
CREATE FUNCTION is_sold(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0';
CREATE VIEW gross AS SELECT s.town, taxed(l.price) AS price FROM sales l JOIN shops s ON l.shop = s.id AND is_sold(l.units);
SELECT mezzanine.create_view('sq_gross', 'SELECT town, sum(price) FROM gross GROUP BY town');
CREATE OR REPLACE FUNCTION taxed(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 1.07';
SELECT mezzanine.refresh('mezzanine.sq_gross');
CREATE OR REPLACE FUNCTION is_sold(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 1';
SELECT * FROM mezzanine.sq_gross;
SELECT mezzanine.refresh('mezzanine.sq_gross');
SELECT * FROM mezzanine.verify('mezzanine.sq_gross');

-- What is refused of subqueries.
SELECT mezzanine.create_view('sq_no', 'SELECT q.n FROM (SELECT shop, count(DISTINCT units) AS n FROM sales GROUP BY shop) q');
SELECT mezzanine.create_view('sq_no', 'SELECT q.n FROM (SELECT DISTINCT at > now() AS n FROM sales) q');
SELECT mezzanine.create_view('sq_no', 'SELECT q.n FROM (SELECT shop, max(at) > now() AS n FROM sales GROUP BY shop) q');
SELECT mezzanine.create_view('sq_no', 'SELECT q.shop FROM (SELECT shop FROM sales GROUP BY shop HAVING max(at) > now()) q');
SELECT mezzanine.create_view('sq_no', 'SELECT n, count(*) FROM (SELECT shop, count(*) AS n FROM sales GROUP BY shop) q GROUP BY n', spread => 2);
CREATE VIEW by_key AS SELECT id, town, count(*) AS n FROM shops GROUP BY id;
SELECT mezzanine.create_view('sq_no', 'SELECT town, n FROM by_key');
SELECT mezzanine.create_view('sq_no', 'SELECT id FROM (SELECT id FROM sales ORDER BY id LIMIT 3) q');
SELECT mezzanine.create_view('sq_no', 'SELECT n FROM (SELECT row_number() OVER () AS n FROM sales) q');
SELECT mezzanine.create_view('sq_no', 'SELECT n FROM (SELECT generate_series(1, units) AS n FROM sales) q');
SELECT mezzanine.create_view('sq_no', 'SELECT id FROM (SELECT id FROM sales FOR UPDATE) q');
SELECT mezzanine.create_view('sq_no', 'SELECT q FROM (SELECT id FROM sales) q');
SELECT mezzanine.create_view('sq_no', 'SELECT x, count(*) FROM (SELECT random() AS x FROM sales) q GROUP BY x');
SELECT mezzanine.create_view('sq_no', 'SELECT x FROM (SELECT 1 AS x) q');
SELECT mezzanine.create_view('sq_no', 'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT n FROM r');
SELECT mezzanine.create_view('sq_no', 'WITH d AS (DELETE FROM sales RETURNING id) SELECT id FROM d');
SET client_min_messages = warning;
DROP VIEW big CASCADE;
SELECT name FROM queries WHERE to_regclass('mezzanine.' || name) IS NULL ORDER BY number;
DROP SCHEMA subq CASCADE;

-- Mezzanine views in FROM: their queries are written out, and kept by the view that names them.
CREATE SCHEMA over_views;
SET search_path = over_views, public;
SET TimeZone = 'UTC';
SET client_min_messages = warning;
CREATE TABLE shops (id int PRIMARY KEY, town text);
CREATE TABLE sales (id int PRIMARY KEY, shop int, units int, price numeric, at timestamptz);
CREATE INDEX ON sales (shop);
INSERT INTO shops SELECT i, (ARRAY['Ulm', 'Kiel', 'Jena'])[i % 3 + 1] FROM generate_series(1, 8) AS i;
INSERT INTO sales SELECT i, i % 9 + 1, i % 5, i / 4.0, timestamptz '2024-06-01Z' + i * interval '5 hours' FROM generate_series(1, 60) AS i;
SELECT mezzanine.create_view('per_shop', 'SELECT shop, count(*) AS n, sum(units * price) AS worth, avg(price) AS mean FROM sales GROUP BY shop HAVING count(*) > 2');
SELECT mezzanine.create_view('per_day', 'SELECT shop, at::date AS day, count(*) AS n FROM sales GROUP BY 1, 2');
SELECT mezzanine.create_view('located', 'SELECT s.id, s.town, l.units FROM shops s LEFT JOIN sales l ON l.shop = s.id');
SELECT mezzanine.create_view('hot', 'SELECT units, count(*) AS n FROM sales GROUP BY units', spread => 4);
CREATE VIEW plain AS SELECT shop, n * 2 AS twice FROM mezzanine.per_shop WHERE worth > 5;
CREATE TABLE queries (number serial, name text, query text);
INSERT INTO queries (name, query) VALUES
	('ov_sizes', 'SELECT n, count(*), max(worth) FROM mezzanine.per_shop GROUP BY n'),
	('ov_join', 'SELECT s.town, sum(p.worth), min(p.mean) FROM shops s JOIN mezzanine.per_shop p ON p.shop = s.id GROUP BY s.town'),
	('ov_outer', 'SELECT s.town, count(*), count(p.n) AS n FROM shops s LEFT JOIN mezzanine.per_shop p ON p.shop = s.id GROUP BY s.town'),
	('ov_days', 'SELECT day, sum(n), count(*) FROM mezzanine.per_day WHERE n > 0 GROUP BY day'),
	('ov_rows', 'SELECT town, count(*), sum(units) FROM mezzanine.located GROUP BY town'),
	('ov_spread', 'SELECT n > 5 AS many, count(*) FROM mezzanine.hot GROUP BY 1'),
	('ov_plain', 'SELECT twice, count(*) FROM plain GROUP BY twice'),
	('ov_both', 'SELECT p.n, count(*) FROM mezzanine.per_shop p JOIN mezzanine.per_day d ON d.shop = p.shop AND d.n < p.n GROUP BY p.n'),
	('ov_bag', 'SELECT shop, round(mean, 1) AS mean FROM mezzanine.per_shop WHERE shop > 2'),
	('ov_with', 'WITH q AS (SELECT * FROM mezzanine.per_shop WHERE n > 1) SELECT a.n, count(*) FROM q a JOIN q b ON a.n = b.n GROUP BY a.n');
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/create_views.sql'
\i :include
SELECT mezzanine.create_view('ov_third', 'SELECT max(max) AS most FROM mezzanine.ov_sizes');
INSERT INTO queries (name, query) VALUES ('ov_third', 'SELECT max(max) AS most FROM mezzanine.ov_sizes');
-- The views that differ from their definitions, or from their queries as given, and by how many rows.
CREATE FUNCTION differences() RETURNS TABLE (differing text, number_of_rows bigint) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	q record;
BEGIN
	FOR q IN SELECT * FROM queries ORDER BY number LOOP
		differing := q.name;
		EXECUTE format('SELECT count(*) FROM (
			(SELECT v::text FROM mezzanine.%1$s AS v EXCEPT ALL SELECT q::text FROM mezzanine_state.%1$s_definition AS q) UNION ALL
			(SELECT q::text FROM mezzanine_state.%1$s_definition AS q EXCEPT ALL SELECT v::text FROM mezzanine.%1$s AS v) UNION ALL
			(SELECT v::text FROM mezzanine.%1$s AS v EXCEPT ALL SELECT q::text FROM (%2$s) AS q)) AS d',
			q.name, q.query) INTO number_of_rows;
		IF number_of_rows > 0 THEN
			RETURN NEXT;
		END IF;
	END LOOP;
END $$;
SELECT * FROM differences();
INSERT INTO sales VALUES (100, 3, 4, 10, '2024-06-10Z'), (101, 9, 3, 1, '2024-06-11Z'), (102, NULL, 3, NULL, NULL);
SELECT * FROM differences();
UPDATE sales SET shop = 4, units = units + 1 WHERE id % 5 = 0;
SELECT * FROM differences();
DELETE FROM sales WHERE shop = 2;
SELECT * FROM differences();
BEGIN;
UPDATE shops SET town = 'Bonn' WHERE id < 4;
INSERT INTO sales SELECT 200 + i, i, i, i, '2024-06-03Z' FROM generate_series(1, 6) AS i;
SAVEPOINT a;
DELETE FROM sales WHERE id < 20;
SELECT * FROM differences();
ROLLBACK TO a;
SELECT * FROM differences();
COMMIT;
SELECT * FROM differences();
TRUNCATE sales;
SELECT * FROM differences();
INSERT INTO sales SELECT i, i % 9 + 1, i % 5, i / 4.0, timestamptz '2024-06-01Z' + i * interval '5 hours' FROM generate_series(1, 60) AS i;
SELECT * FROM differences();
-- It lives on its own: the source may be paused, stale or refreshed.
SELECT mezzanine.pause('mezzanine.per_shop');
UPDATE sales SET price = price + 1 WHERE id % 2 = 0;
SELECT q.name, v.* FROM queries AS q CROSS JOIN LATERAL mezzanine.verify(('mezzanine.' || q.name)::regclass) AS v;
SELECT mezzanine.resume('mezzanine.per_shop') > 0 AS written;
SELECT * FROM differences();
\pset tuples_only on
\pset format unaligned
SELECT mezzanine.get_create_command('mezzanine.ov_sizes');
\pset tuples_only off
\pset format aligned
\set VERBOSITY terse
-- It was made from the source's query: that stays, or the view goes with it.
SELECT mezzanine.alter_view('mezzanine.per_shop', query => 'SELECT shop, count(*) AS n, sum(units) AS worth, avg(price) AS mean FROM sales GROUP BY shop');
SELECT mezzanine.drop_view('per_shop');
ALTER VIEW mezzanine.per_shop RENAME TO by_shop;
UPDATE sales SET price = price + 1 WHERE id % 3 = 0;
SELECT * FROM mezzanine.verify('mezzanine.ov_join');
SELECT mezzanine.create_view('ov_no', 'SELECT count(town) FROM shops WHERE id IN (SELECT shop FROM mezzanine.by_shop)');
SELECT mezzanine.create_view('ov_ordered', 'SELECT shop, count(*) FROM sales GROUP BY shop ORDER BY 2 LIMIT 3');
SELECT mezzanine.create_view('ov_no', 'SELECT shop FROM mezzanine.ov_ordered');
SELECT mezzanine.create_view('ov_no', 'SELECT * FROM mezzanine_state.per_day');
-- Another query hangs on other views.
SELECT mezzanine.alter_view('mezzanine.ov_spread', query => 'SELECT n > 5 AS many, count(*) FROM mezzanine.by_shop GROUP BY 1');
SELECT mezzanine.drop_view('hot');
SELECT mezzanine.drop_view('by_shop');
SELECT * FROM mezzanine.verify('mezzanine.ov_spread');
SET client_min_messages = warning;
SELECT mezzanine.drop_view('by_shop', cascade => true);
SELECT name FROM queries WHERE to_regclass('mezzanine.' || name) IS NULL ORDER BY number;
DROP SCHEMA over_views CASCADE;
SELECT count(*) FROM mezzanine_info.catalogue;

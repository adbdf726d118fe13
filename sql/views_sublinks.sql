-- Subqueries in expressions that are computed when a reader asks: in HAVING, in the select list,
-- and in WHERE where it is judged late.  After each change every view and its query are compared
-- as bags, as text, in one statement.
\getenv abs_srcdir PG_ABS_SRCDIR
CREATE SCHEMA sublinks;
SET search_path = sublinks, public;
SET TimeZone = 'UTC';
SET client_min_messages = warning;
CREATE TABLE shops (id int PRIMARY KEY, town text, size int);
CREATE TABLE sales (id int PRIMARY KEY, shop int, units int, price numeric, at timestamptz);
CREATE TABLE goals (shop int, least int, note text COLLATE "C");
CREATE INDEX ON sales (shop);
INSERT INTO shops SELECT i, (ARRAY['Ulm', 'Kiel', NULL])[i % 3 + 1], nullif(i % 5, 0) FROM generate_series(1, 8) AS i;
INSERT INTO sales SELECT i, nullif(i % 10, 0), nullif(i % 6, 5), i / 4.0, timestamptz '2024-06-01Z' + i * interval '5 hours' FROM generate_series(1, 80) AS i;
INSERT INTO goals VALUES (1, 3, 'x'), (2, NULL, 'y'), (2, 5, NULL), (3, 12, 'X'), (NULL, 1, 'z'), (7, 4, 'x');
CREATE TABLE queries (number serial, name text, query text);
INSERT INTO queries (name, query) VALUES
	-- HAVING.
	('sl_total', 'SELECT shop, sum(units * price) AS worth FROM sales GROUP BY shop HAVING sum(units * price) > (SELECT sum(units * price) * 0.1 FROM sales)'),
	('sl_joined', 'SELECT s.town, count(*) FROM shops s JOIN sales l ON l.shop = s.id GROUP BY s.town
		HAVING count(*) >= (SELECT avg(q.n) FROM (SELECT count(*) AS n FROM sales GROUP BY shop) AS q)'),
	('sl_pairs', 'SELECT s.town, sum(l.units) FROM shops s, sales l WHERE l.shop = s.id GROUP BY s.town
		HAVING sum(l.units) > (SELECT count(*) FROM shops a, shops b WHERE a.size < b.size AND a.town = b.town)'),
	('sl_in', 'SELECT shop, count(*) FROM sales GROUP BY shop HAVING shop IN (SELECT shop FROM goals)'),
	('sl_not_in', 'SELECT units, count(*) FROM sales GROUP BY units HAVING units NOT IN (SELECT least FROM goals WHERE note = ''x'')'),
	('sl_not_in_null', 'SELECT units, count(*) FROM sales GROUP BY units HAVING (units NOT IN (SELECT least FROM goals)) IS NOT TRUE'),
	('sl_asked_twice', 'SELECT shop, EXISTS (SELECT shop FROM goals) AS any_goal, shop IN (SELECT shop FROM goals) AS has_goal FROM sales GROUP BY shop'),
	('sl_any', 'SELECT shop, max(units) FROM sales GROUP BY shop HAVING max(units) < ANY (SELECT least FROM goals) OR shop IS NULL'),
	('sl_all', 'SELECT shop, max(units) FROM sales GROUP BY shop HAVING max(units) >= ALL (SELECT least FROM goals g WHERE g.shop = sales.shop)'),
	('sl_exists', 'SELECT shop, count(*) FROM sales GROUP BY shop HAVING NOT EXISTS (SELECT * FROM goals WHERE goals.shop = sales.shop AND least > count(sales.units))'),
	('sl_row', 'SELECT shop, units, count(*) FROM sales GROUP BY shop, units HAVING (shop, units) <> (SELECT shop, least FROM goals ORDER BY least DESC NULLS LAST LIMIT 1)'),
	-- The select list.
	('sl_lookup', 'SELECT shop, (SELECT town FROM shops WHERE shops.id = sales.shop) AS town, count(*) AS n FROM sales GROUP BY shop'),
	('sl_counted', 'SELECT shop, (SELECT count(*) FROM goals WHERE goals.shop = sales.shop) AS goals, (SELECT coalesce(sum(least), -1) FROM goals WHERE sales.shop = goals.shop AND note <> ''y'') AS least FROM sales GROUP BY shop'),
	('sl_states', 'SELECT id, (SELECT concat(max(price), '' '', avg(units), '' '', bool_or(units > 3), '' '', count(DISTINCT units), '' '', string_agg(id::text, '','' ORDER BY id)) FROM sales WHERE shop = s.id AND units < 5) AS x FROM shops s WHERE id < 20 OR id IS NULL'),
	('sl_empty', 'SELECT id, (SELECT count(*) FROM sales WHERE shop = s.id HAVING count(*) > 5) AS many, (SELECT max(price) FROM sales WHERE shop = s.id HAVING count(*) = 0) AS none FROM shops s'),
	('sl_under', 'SELECT id, CASE WHEN EXISTS (SELECT FROM goals WHERE shop = id) THEN (SELECT max(least) FROM goals WHERE shop = s.id) WHEN size IN (SELECT least FROM goals) THEN -1 END AS goal FROM shops s'),
	('sl_array', 'SELECT town, ARRAY(SELECT least FROM goals ORDER BY least DESC, note) AS all_goals, count(*) FROM shops GROUP BY town'),
	('sl_join_row', 'SELECT s.id, l.id AS sale, (SELECT g.least FROM goals g WHERE g.shop = s.id AND g.note = ''x'') AS least FROM shops s JOIN sales l ON l.shop = s.id AND l.units > 3'),
	('sl_nested', 'SELECT shop, (SELECT max(least) FROM goals WHERE shop = sales.shop HAVING max(least) > (SELECT avg(size) FROM shops)) AS m, (SELECT EXISTS (SELECT FROM goals g WHERE g.shop = s.id AND g.least > s.size) FROM shops s WHERE s.id = sales.shop) AS e FROM sales GROUP BY shop'),
	('sl_deep', 'SELECT town, ARRAY(SELECT g.note FROM goals g WHERE EXISTS (SELECT FROM shops i WHERE i.town = shops.town AND i.id = g.shop) ORDER BY g.note) AS notes FROM shops GROUP BY town'),
	('sl_twice', 'SELECT shop, (SELECT max(price) FROM sales) AS top, max(price) = (SELECT max(price) FROM sales) AS is_top FROM sales GROUP BY shop ORDER BY (SELECT max(price) FROM sales) - max(price)'),
	('sl_of_groups', 'SELECT shop, (SELECT n FROM (SELECT shop AS s, count(*) AS n FROM sales WHERE units > 1 GROUP BY shop) AS q WHERE q.s = g.shop) AS n FROM goals g'),
	('sl_grouped', 'SELECT id, ARRAY(SELECT concat(units, '':'', count(*)) FROM sales l GROUP BY units HAVING min(l.shop) <= s.id ORDER BY units) AS per FROM shops s WHERE size > 2'),
	('sl_windows', 'SELECT id, (SELECT r FROM (SELECT town AS t FROM shops) AS q, (SELECT 1 AS r) AS o WHERE q.t = s.town LIMIT 1) AS one, ARRAY(SELECT rank() OVER (ORDER BY least) FROM goals ORDER BY 1) AS ranks FROM shops s'),
	('sl_with', 'WITH top AS (SELECT shop, max(price) AS p FROM sales GROUP BY shop), few AS (SELECT * FROM goals WHERE least < 5) SELECT town, count(*), (SELECT max(p) FROM top) AS p, (SELECT count(*) FROM few) AS few FROM shops GROUP BY town'),
	('sl_zone', 'SELECT town, (SELECT max(at::date) FROM sales) AS day, count(*) FROM shops GROUP BY town'),
	('sl_late', 'SELECT town, ARRAY(SELECT id FROM sales WHERE at < now() ORDER BY id) FROM shops GROUP BY town'),
	('sl_distinct', 'SELECT DISTINCT town IN (SELECT note FROM goals) AS a, size = ANY (SELECT least FROM goals) AS b FROM shops'),
	('sl_sets', 'SELECT town, size, count(*), (SELECT max(least) FROM goals WHERE shop = size) AS m FROM shops GROUP BY GROUPING SETS ((town), (size), ())'),
	-- Over outer joins.
	('sl_outer', 'SELECT s.id, l.id AS sale, (SELECT max(least) FROM goals g WHERE g.shop = s.id) AS most, ARRAY(SELECT note FROM goals g WHERE g.shop = s.id ORDER BY note) AS notes FROM shops s LEFT JOIN sales l ON l.shop = s.id AND l.units > 3'),
	('sl_outer_having', 'SELECT town, count(l.id) FROM shops s LEFT JOIN sales l ON l.shop = s.id GROUP BY town HAVING count(l.id) > (SELECT avg(least) FROM goals) OR town IN (SELECT note FROM goals)'),
	('sl_outer_where', 'SELECT s.id, l.units FROM shops s LEFT JOIN sales l ON l.shop = s.id WHERE l.units > ANY (SELECT least FROM goals g WHERE g.shop = s.id) OR l.id IS NULL'),
	('sl_full', 'SELECT shop, least, (SELECT town FROM shops WHERE id = shop) AS town FROM goals FULL JOIN (SELECT shop, units FROM sales WHERE units = 4) AS f USING (shop)'),
	-- WHERE.
	('sl_where', 'SELECT id, town FROM shops WHERE size IN (SELECT least FROM goals) OR NOT EXISTS (SELECT FROM sales WHERE shop = shops.id AND units > 3)'),
	('sl_where_not_in', 'SELECT id, units FROM sales WHERE units NOT IN (SELECT least FROM goals g WHERE g.note = ''x'' AND g.shop <> sales.shop)'),
	('sl_where_scalar', 'SELECT id, price FROM sales s WHERE price > (SELECT avg(price) FROM sales WHERE shop = s.shop)'),
	('sl_where_groups', 'SELECT shop, count(*), sum(price) FROM sales WHERE shop IN (SELECT id FROM shops WHERE town = ''Ulm'') OR shop = 7 GROUP BY shop'),
	('sl_where_view', 'SELECT q.id, q.big FROM (SELECT id, size > ALL (SELECT least FROM goals WHERE shop < 3 AND least IS NOT NULL) AS big FROM shops WHERE id IN (SELECT shop FROM sales)) AS q WHERE q.big IS NOT NULL');
\set include :abs_srcdir '/sql/include/create_views.sql'
\i :include
\set include :abs_srcdir '/sql/include/differences.sql'
\i :include
SELECT * FROM differences();
SELECT * FROM mezzanine.sl_counted ORDER BY 1;
SELECT * FROM mezzanine.sl_not_in_null ORDER BY 1;
INSERT INTO sales VALUES (100, 3, 4, 10, '2024-06-10Z'), (101, 11, 3, 1000, '2024-06-11Z'), (102, NULL, 3, NULL, NULL);
SELECT * FROM differences();
INSERT INTO shops VALUES (9, 'Kiel', NULL), (10, 'x', 3);
SELECT * FROM differences();
INSERT INTO goals VALUES (9, 2, 'Kiel'), (NULL, NULL, NULL), (4, 2, NULL);
SELECT * FROM differences();
UPDATE goals SET least = coalesce(least, 0) + 1, shop = nullif(shop, 3);
SELECT * FROM differences();
UPDATE sales SET shop = shop + 1, units = nullif(units, 2) WHERE id % 3 = 0;
SELECT * FROM differences();
UPDATE shops SET size = size + 1, town = coalesce(town, 'Jena') WHERE id > 4;
SELECT * FROM differences();
BEGIN;
DELETE FROM goals WHERE least IS NOT NULL AND shop IS NOT NULL;
SELECT * FROM differences();
SAVEPOINT s;
INSERT INTO goals SELECT id, size, town FROM shops;
DELETE FROM sales WHERE id > 60;
SELECT * FROM differences();
ROLLBACK TO s;
UPDATE shops SET id = id + 100 WHERE id > 8;
SELECT * FROM differences();
COMMIT;
SELECT * FROM differences();
TRUNCATE goals;
SELECT * FROM differences();
INSERT INTO goals VALUES (1, 3, 'x'), (2, 4, 'y'), (4, 1, 'x');
SELECT * FROM differences();
DELETE FROM sales;
SELECT * FROM differences();
INSERT INTO sales SELECT i, i % 10, i % 6, i / 4.0, timestamptz '2024-06-01Z' + i * interval '5 hours' FROM generate_series(1, 60) AS i;
SELECT * FROM differences();
DELETE FROM shops WHERE id % 2 = 0;
SELECT * FROM differences();
SELECT q.name, v.* FROM queries AS q CROSS JOIN LATERAL mezzanine.verify(('mezzanine.' || q.name)::regclass) AS v;

-- Another session's settings, and one value where the query has none.
SET TimeZone = 'Asia/Tokyo';
SELECT * FROM differences();
RESET TimeZone;
SELECT mezzanine.create_view('sl_one', 'SELECT id, (SELECT note FROM goals WHERE shop = s.id) AS note FROM shops s');
INSERT INTO goals VALUES (1, 4, 'z');
SELECT * FROM mezzanine.sl_one;
DELETE FROM goals WHERE note = 'z';
SELECT count(*) FROM mezzanine.sl_one;

-- What explain, the catalogue and the command say.
SELECT * FROM mezzanine.explain('SELECT town, count(*) FROM shops GROUP BY town HAVING count(*) > (SELECT count(*) FROM shops s JOIN goals g ON g.shop = s.id)
	OR EXISTS (SELECT FROM goals WHERE note = town)');
SELECT string_agg(key, ', ' ORDER BY key) FROM mezzanine.explain('SELECT s.town, count(*) FROM shops s JOIN sales l ON l.shop = s.id GROUP BY s.town HAVING count(*) >
	(SELECT count(*) FROM shops s JOIN goals g ON g.shop = s.id)', 'json') AS e, json_object_keys(e::json) AS key;
SELECT number, source, depth, home FROM mezzanine_info.cores WHERE view = 'mezzanine.sl_pairs'::regclass ORDER BY 1;
SELECT base FROM mezzanine_info.bases WHERE view = 'mezzanine.sl_pairs'::regclass ORDER BY base::text;
SELECT query FROM mezzanine_info.views WHERE view = 'mezzanine.sl_zone'::regclass;
SELECT mezzanine.get_create_command('mezzanine.sl_in');
SELECT mezzanine.alter_view('mezzanine.sl_in', query => 'SELECT shop, count(*) FROM sales GROUP BY shop HAVING shop NOT IN (SELECT least FROM goals)');
SELECT * FROM differences();
SELECT mezzanine.create_view('sl_cells', 'SELECT units, count(*) FROM sales GROUP BY units HAVING count(*) > (SELECT count(*) FROM goals)', spread => 4);
INSERT INTO sales VALUES (200, 1, 1, 1, NULL), (201, 1, 1, 1, NULL);
INSERT INTO goals VALUES (200, 1, 'a');
INSERT INTO queries (name) VALUES ('sl_cells');
SELECT * FROM differences();
SELECT mezzanine.pause('mezzanine.sl_pairs');
INSERT INTO shops VALUES (200, 'Ulm', 1), (201, 'Ulm', 200);
SELECT mezzanine.resume('mezzanine.sl_pairs');
SELECT * FROM differences();

-- What is refused.
CREATE FUNCTION refuse(query text, OUT state text, OUT message text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM mezzanine.create_view('sl_refused', query);
	state := '* created *';
	PERFORM mezzanine.drop_view('sl_refused');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
END $$;
\pset format unaligned
\pset fieldsep '\n    '
\pset tuples_only on
SELECT q, r.* FROM unnest(ARRAY[
	'SELECT town, count(*) FROM shops GROUP BY town HAVING count(*) > (SELECT count(*) FROM goals WHERE random() < 0.5)',
	'SELECT town, count(*) FROM shops GROUP BY town HAVING count(*) > (SELECT random() FROM goals)',
	'SELECT id, (SELECT sum(least * s.size) FROM goals WHERE shop = s.id) FROM shops s',
	'SELECT id, (SELECT sum(least) FROM goals WHERE shop > s.id) FROM shops s',
	'SELECT id, size IN (SELECT sum(least) FROM goals WHERE shop = s.id) FROM shops s',
	'SELECT id, (SELECT count(*) FROM sales WHERE at < now()) FROM shops',
	'SELECT id, (SELECT town FROM shops UNION SELECT note FROM goals LIMIT 1) FROM shops s',
	'SELECT id, (SELECT note FROM goals FOR UPDATE) FROM shops s',
	'SELECT id FROM shops ORDER BY id LIMIT (SELECT count(*) FROM goals)',
	'SELECT n, count(*) FROM (SELECT town, count(*) AS n FROM shops GROUP BY town HAVING count(*) > (SELECT count(*) FROM goals)) AS q GROUP BY n',
	'SELECT DISTINCT ON (town) town, id FROM shops WHERE id > (SELECT 1 FROM goals) ORDER BY town, id',
	'SELECT id, (SELECT s.ctid FROM goals LIMIT 1) FROM shops s',
	'SELECT id, (SELECT s FROM goals LIMIT 1) FROM shops s']) AS q
CROSS JOIN LATERAL refuse(q) AS r;
\t off
\pset format aligned
DO $$
DECLARE
	q record;
BEGIN
	FOR q IN SELECT name FROM queries WHERE name <> 'sl_cells' UNION ALL SELECT 'sl_one' UNION ALL SELECT 'sl_cells' LOOP
		PERFORM mezzanine.drop_view(q.name);
	END LOOP;
END $$;
SELECT count(*) FROM pg_class WHERE relnamespace = 'mezzanine_state'::regnamespace AND relname LIKE 'sl\_%';
\set VERBOSITY terse
DROP SCHEMA sublinks CASCADE;

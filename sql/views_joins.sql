-- Views over several tables.  After each change every view and its query are compared as
-- bags, as text, in one statement.
\getenv abs_srcdir PG_ABS_SRCDIR
CREATE SCHEMA joins;
SET search_path = joins, public;
SET TimeZone = 'UTC';
SET client_min_messages = warning; -- which indexes are missing is shown further down
CREATE TABLE customers (id int PRIMARY KEY, name text, country text, referrer int);
CREATE TABLE orders (id int, customer int, at timestamptz, state text, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM (0) TO (50);
CREATE TABLE orders_2 (state text, at timestamptz, id int NOT NULL, customer int); -- in another order
ALTER TABLE orders ATTACH PARTITION orders_2 FOR VALUES FROM (50) TO (1000);
CREATE TABLE lines (order_id int, product bigint, qty int, price numeric(10,2), unseen text);
CREATE TABLE products (id int PRIMARY KEY, category text, "Weight" float8);
CREATE INDEX ON orders (customer);
CREATE INDEX ON lines (order_id);
CREATE INDEX ON lines (product);
INSERT INTO customers SELECT i, 'c' || i, (ARRAY['de', 'fr', NULL])[i % 3 + 1], nullif(i / 2, 0) FROM generate_series(1, 9) AS i;
INSERT INTO orders SELECT i, i % 10 + 1, timestamptz '2024-03-30 20:00Z' + i * interval '1 hour', (ARRAY['new', 'paid'])[i % 2 + 1] FROM generate_series(1, 60) AS i;
INSERT INTO lines SELECT i % 61, i % 7, i % 4, i / 4.0 FROM generate_series(1, 150) AS i;
INSERT INTO products SELECT i, (ARRAY['a', 'b'])[i % 2 + 1], i / 4.0 FROM generate_series(1, 6) AS i;

CREATE TABLE queries (number serial, name text, query text, options text DEFAULT '');
INSERT INTO queries (name, query, options) VALUES
	('jn_country', 'SELECT c.country, count(*) AS n, sum(l.qty * l.price) AS revenue, avg(l.qty) AS qty, min(o.at) AS first, max(l.price) AS top
		FROM customers c JOIN orders o ON o.customer = c.id JOIN lines l ON l.order_id = o.id WHERE o.state = ''paid'' GROUP BY c.country', ''),
	('jn_all', 'SELECT count(*), sum(l.qty), max(p."Weight") FROM orders o, lines l, products p WHERE o.id = l.order_id AND p.id = l.product', ''),
	('jn_days', 'SELECT o.at::date AS day, p.category, count(DISTINCT l.product) AS products, string_agg(c.name, '','' ORDER BY c.name, o.id) AS names
		FROM orders o, customers c, lines l, products p WHERE c.id = o.customer AND l.order_id = o.id AND p.id = l.product GROUP BY 1, 2', ''),
	('jn_bag', 'SELECT o.state, c.country, l.qty FROM orders o JOIN customers c ON c.id = o.customer JOIN lines l ON o.id = l.order_id', ''),
	('jn_wide', 'SELECT o.*, c.name, c.country FROM orders o JOIN customers c ON c.id = o.customer WHERE o.at > now() - interval ''100 years''', ''),
	('jn_using', 'SELECT id, j.name, count(*) FROM (customers JOIN orders USING (id)) AS j GROUP BY id, j.name', ''),
	('jn_natural', 'SELECT category, count(*), min(name) FROM customers NATURAL JOIN products GROUP BY category', ''),
	('jn_self', 'SELECT r.name, count(*) AS referred, max(c.id) AS last FROM customers c JOIN customers r ON c.referrer = r.id GROUP BY r.id', ''),
	('jn_thrice', 'SELECT a.country, count(*) FROM customers a, customers b, customers c WHERE a.country = b.country AND c.referrer = b.id GROUP BY 1', ''),
	('jn_cross', 'SELECT p.category, count(*) AS n, sum(c.id) FROM products p CROSS JOIN customers c GROUP BY 1', ''),
	('jn_counted', 'SELECT count(*) FROM products, customers', ''),
	('jn_less', 'SELECT c.id, count(*), max(p.id) FROM customers c JOIN products p ON p.id < c.id AND p.category <> c.country GROUP BY c.id', ''),
	('jn_composite', 'SELECT a.product, count(*) FROM lines a JOIN lines b ON a.order_id = b.order_id AND a.qty = b.qty WHERE a.price < b.price GROUP BY 1', ''),
	('jn_three', 'SELECT o.state, count(*) FROM orders o, lines l, products p WHERE l.order_id = o.id AND o.customer + l.qty = p.id GROUP BY 1', ''),
	('jn_distinct', 'SELECT DISTINCT c.country, p.category FROM customers c, orders o, lines l, products p WHERE c.id = o.customer AND o.id = l.order_id AND l.product = p.id', ''),
	('jn_latest', 'SELECT DISTINCT ON (c.id) c.id, c.name, o.id AS latest, o.state FROM customers c JOIN orders o ON o.customer = c.id ORDER BY c.id, o.at DESC', ''),
	('jn_sets', 'SELECT c.country, o.state, grouping(c.country, o.state), count(*) FROM customers c JOIN orders o ON o.customer = c.id GROUP BY ROLLUP (c.country, o.state)', ''),
	('jn_spread', 'SELECT o.state, count(*), sum(l.price) FROM orders o JOIN lines l ON l.order_id = o.id GROUP BY o.state', ', spread => 4'),
	('jn_finish', 'SELECT c.name, round(sum(l.price) / count(*), 2) AS mean, rank() OVER (ORDER BY count(*) DESC, c.name) FROM customers c
		JOIN orders o ON o.customer = c.id JOIN lines l ON l.order_id = o.id GROUP BY c.id HAVING count(*) > 3 ORDER BY 2 DESC, 1 LIMIT 5', '');
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
-- The same for what the engine counts with.
CREATE FUNCTION verified() RETURNS TABLE (differing text, kind text, key jsonb, expected jsonb, actual jsonb) LANGUAGE sql VOLATILE AS $$
	SELECT q.name, v.* FROM queries AS q CROSS JOIN LATERAL mezzanine.verify(('mezzanine.' || q.name)::regclass) AS v;
$$;
SELECT * FROM differences();
SELECT * FROM verified();
SELECT * FROM mezzanine.jn_country ORDER BY 1;
SELECT * FROM mezzanine.jn_latest ORDER BY id LIMIT 3;

-- Each side alone.
INSERT INTO customers VALUES (10, 'c10', 'it', 3), (11, NULL, NULL, NULL);
SELECT * FROM differences();
INSERT INTO lines VALUES (10, 3, 2, 9.99), (10, NULL, 1, 1), (NULL, 3, 1, 1), (999, 3, 1, 1), (10, 3, 2, 9.99);
SELECT * FROM differences();
UPDATE customers SET country = 'es' WHERE id = 2;
SELECT * FROM differences();
UPDATE lines SET unseen = 'x'; -- a column that no view uses
SELECT * FROM differences();
UPDATE lines SET qty = qty + 1, price = NULL WHERE product = 3;
SELECT * FROM differences();
UPDATE orders SET customer = customer % 9 + 1 WHERE id % 7 = 0; -- to other rows of the join
SELECT * FROM differences();
UPDATE products SET id = id + 100 WHERE id = 3; -- away from its lines ...
SELECT * FROM differences();
UPDATE products SET id = id - 100 WHERE id > 100; -- ... and back
SELECT * FROM differences();
DELETE FROM customers WHERE id = 4;
SELECT * FROM differences();
DELETE FROM orders WHERE id < 20 AND id % 3 = 0;
SELECT * FROM differences();
UPDATE orders SET id = id + 500 WHERE id BETWEEN 4 AND 5; -- into another partition
SELECT * FROM differences();
COPY lines (order_id, product, qty, price) FROM stdin;
40	2	3	4.50
41	\N	1	2
\.
SELECT * FROM differences();
INSERT INTO customers VALUES (5, 'new five', 'de', 5), (12, 'c12', 'de', 12) ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, referrer = EXCLUDED.referrer;
SELECT * FROM differences();
MERGE INTO products AS p USING (VALUES (1), (2), (8)) AS v(id) ON p.id = v.id
	WHEN MATCHED AND p.id = 1 THEN DELETE
	WHEN MATCHED THEN UPDATE SET category = 'c'
	WHEN NOT MATCHED THEN INSERT VALUES (v.id, 'a', 8);
SELECT * FROM differences();
SELECT * FROM verified();

-- Several sides in one transaction: new pairs, pairs that go, and pairs that come and go.
BEGIN;
INSERT INTO customers VALUES (20, 'c20', 'pt', 20);
INSERT INTO orders VALUES (70, 20, '2024-04-02 10:00Z', 'paid');
INSERT INTO lines VALUES (70, 2, 5, 5), (70, 5, 6, 6);
INSERT INTO products VALUES (20, 'd', 1);
SELECT * FROM differences(); -- the transaction reads what it wrote
COMMIT;
SELECT * FROM differences();
SELECT * FROM mezzanine.jn_country WHERE country = 'pt';
WITH o AS (DELETE FROM orders WHERE id = 70 RETURNING *), l AS (DELETE FROM lines WHERE order_id = 70 RETURNING *)
INSERT INTO products SELECT 30 + o.id, 'moved', l.qty FROM o, l WHERE l.qty = 5;
SELECT * FROM differences();
BEGIN;
UPDATE orders SET state = 'sent', customer = 3 WHERE id IN (30, 31);
UPDATE customers SET country = 'nl', referrer = 3 WHERE id = 3;
UPDATE lines SET order_id = 31 WHERE order_id = 30;
SELECT * FROM differences();
DELETE FROM customers WHERE id = 3;
SELECT * FROM differences();
COMMIT;
SELECT * FROM differences();
BEGIN ISOLATION LEVEL REPEATABLE READ;
INSERT INTO orders VALUES (80, 5, '2024-04-03Z', 'paid');
SAVEPOINT a;
INSERT INTO lines VALUES (80, 5, 1, 1);
DELETE FROM customers WHERE id = 5;
ROLLBACK TO a;
INSERT INTO lines VALUES (80, 2, 2, 2);
SAVEPOINT b;
UPDATE customers SET country = 'be' WHERE id = 5;
RELEASE b;
SELECT * FROM differences();
COMMIT;
SELECT * FROM differences();
BEGIN ISOLATION LEVEL SERIALIZABLE;
UPDATE lines SET product = product + 1 WHERE order_id BETWEEN 30 AND 40;
DELETE FROM products WHERE id = 6;
SELECT * FROM differences();
COMMIT;
SELECT * FROM differences();
BEGIN;
INSERT INTO lines VALUES (31, 2, 1, 1);
UPDATE orders SET customer = 1;
ROLLBACK;
SELECT * FROM differences();
SELECT * FROM verified();

-- TRUNCATE of one side, of several, with changes before and after; partitions that come and go.
BEGIN;
INSERT INTO lines VALUES (32, 2, 1, 1);
TRUNCATE products;
INSERT INTO products VALUES (2, 'x', 2), (4, 'y', 4);
UPDATE lines SET qty = 7 WHERE order_id = 32;
SELECT * FROM differences();
COMMIT;
SELECT * FROM differences();
BEGIN;
TRUNCATE lines, customers;
ROLLBACK;
SELECT * FROM differences();
TRUNCATE orders_1;
SELECT * FROM differences();
ALTER TABLE orders DETACH PARTITION orders_2;
SELECT * FROM differences();
SELECT count(*) FROM mezzanine.jn_bag;
ALTER TABLE orders ATTACH PARTITION orders_2 FOR VALUES FROM (50) TO (1000);
SELECT * FROM differences();
CREATE TABLE orders_3 PARTITION OF orders FOR VALUES FROM (1000) TO (2000);
INSERT INTO orders VALUES (1000, 7, '2024-04-04Z', 'new');
INSERT INTO lines VALUES (1000, 2, 2, 2);
SELECT * FROM differences();
DROP TABLE orders_3;
SELECT * FROM differences();
SELECT * FROM verified();

-- Many rows at once, on both sides.
BEGIN;
INSERT INTO orders SELECT i, i % 12 + 1, timestamptz '2024-05-01Z' + i * interval '1 minute', 'bulk' FROM generate_series(100, 400) AS i;
INSERT INTO lines SELECT 100 + i % 300, i % 5, i % 3, i FROM generate_series(1, 1500) AS i;
COMMIT;
SELECT * FROM differences();
DELETE FROM lines WHERE order_id >= 100;
SELECT * FROM differences();
DELETE FROM orders WHERE state = 'bulk';
SELECT * FROM differences();

-- A life: paused, resumed, refreshed, stale.
SELECT mezzanine.pause('mezzanine.jn_country');
INSERT INTO lines VALUES (55, 2, 3, 4), (57, 4, 3, 4);
UPDATE customers SET country = 'at' WHERE id = 8;
SELECT mezzanine.resume('mezzanine.jn_country') > 0 AS changed;
SELECT * FROM differences();
INSERT INTO lines VALUES (59, 2, 3, 4);
SELECT mezzanine.refresh('mezzanine.jn_country') AS changed; -- there was nothing to mend
BEGIN;
INSERT INTO lines VALUES (53, 2, 3, 4);
SELECT mezzanine.refresh('mezzanine.jn_country');
ROLLBACK;
SELECT mezzanine.create_view('jn_fails', 'SELECT c.country, sum(100 / (l.qty - 77)) FROM customers c, orders o, lines l
	WHERE c.id = o.customer AND o.id = l.order_id GROUP BY 1', on_error => 'mark_stale');
INSERT INTO lines VALUES (55, 2, 77, 1);
SELECT * FROM mezzanine.jn_fails;
SELECT * FROM differences(); -- the others are as they should be
SELECT level, subject, problem FROM mezzanine.status();
UPDATE lines SET qty = 78 WHERE qty = 77;
SELECT mezzanine.refresh('mezzanine.jn_fails') > 0 AS changed;
SELECT * FROM mezzanine.verify('mezzanine.jn_fails');
SELECT mezzanine.drop_view('jn_fails');
SELECT mezzanine.create_view('jn_fails_writer', 'SELECT p.category, sum(100 / (c.id - 99)) FROM customers c, products p GROUP BY 1');
INSERT INTO customers VALUES (99, 'division by zero', 'de', NULL);
SELECT * FROM differences();
SELECT mezzanine.drop_view('jn_fails_writer');
SELECT * FROM mezzanine.status();

-- What is refused of joins.
SELECT mezzanine.create_view('jn_refused', 'SELECT count(c) FROM customers c JOIN orders o ON o.customer = c.id');
SELECT mezzanine.create_view('jn_refused', 'SELECT c.ctid FROM customers c JOIN orders o ON o.customer = c.id');
SELECT mezzanine.create_view('jn_refused', 'SELECT c.id, n FROM customers c, generate_series(now(), now(), ''1 day'') AS n');
SELECT mezzanine.create_view('jn_refused', 'SELECT c.id, v.n FROM customers c, (VALUES (1), (random())) AS v(n)');
SELECT mezzanine.create_view('jn_refused', 'SELECT c.id, l.n FROM customers c, LATERAL (SELECT count(*) AS n FROM orders o WHERE o.customer = c.id) AS l');
SELECT mezzanine.create_view('jn_refused', 'SELECT c.id, count(*) FROM customers c JOIN orders o ON o.customer = c.id AND random() < 0.5 GROUP BY 1');
SELECT mezzanine.create_view('jn_refused', 'SELECT c.country, count(*) FROM customers c JOIN orders o ON o.customer = c.id AND o.at > now() GROUP BY 1');
SELECT mezzanine.create_view('jn_refused', 'SELECT c.id, count(*) FROM customers c JOIN pg_class k ON k.relname = c.name GROUP BY 1');
SELECT mezzanine.create_view('jn_refused', 'SELECT a.id FROM ' || string_agg('products p' || i, ', ') || ', products a') FROM generate_series(1, 12) AS i;
-- The join has a name of its own, or its tables have strange ones.
CREATE TABLE rows (hash int, count int, image int);
CREATE TABLE "The ""Table""" ("hash" int, "a b" int);
SELECT mezzanine.create_view('jn_names', 'SELECT hash, rows.count, image, t."a b" FROM rows JOIN "The ""Table""" AS t USING (hash)');
INSERT INTO rows VALUES (1, 2, 3);
INSERT INTO "The ""Table""" VALUES (1, 2), (1, 2), (2, 2);
SELECT * FROM mezzanine.jn_names;
SELECT * FROM mezzanine.verify('mezzanine.jn_names');

-- What is missing is said once, and by explain.
RESET client_min_messages;
CREATE TABLE plain_a (id int, k int, v text);
CREATE TABLE plain_b (id int, k bigint, a int);
SELECT mezzanine.create_view('jn_missing', 'SELECT a.k, max(b.id) FROM plain_a a JOIN plain_b b ON b.a = a.id AND a.k = b.k JOIN plain_a c ON c.id = b.a GROUP BY 1');
CREATE INDEX ON plain_a (id);
CREATE INDEX ON plain_b (a);
CREATE INDEX ON plain_a (k);
SELECT mezzanine.create_view('jn_indexed', 'SELECT a.k, max(b.id) FROM plain_a a JOIN plain_b b ON b.a = a.id AND a.k = b.k GROUP BY 1');
\pset tuples_only on
\pset format unaligned
SELECT mezzanine.explain('SELECT upper(a.v) AS v, count(*) FROM plain_a a JOIN plain_b b ON a.id = b.id, products p WHERE b.k > 5 GROUP BY 1');
SELECT jsonb_pretty(mezzanine.explain('SELECT a.k FROM plain_a a JOIN plain_b b USING (id)', 'json')::jsonb -> 'rows');
\pset tuples_only off
\pset format aligned
-- A zone in a condition of the join is named too.
SELECT mezzanine.create_view('jn_zone', 'SELECT o.at::date AS day, count(*) FROM orders o JOIN lines l ON l.order_id = o.id AND o.at >= date ''2024-01-01'' GROUP BY 1');
SELECT mezzanine.get_create_command('mezzanine.jn_zone');
SELECT * FROM mezzanine.verify('mezzanine.jn_zone');

-- What the catalogue knows.
SELECT view, bases, key_columns FROM mezzanine_info.views WHERE view = 'mezzanine.jn_country'::regclass;
SELECT number, source, depth, home FROM mezzanine_info.cores WHERE view = 'mezzanine.jn_days'::regclass ORDER BY number;
SELECT r.*, s.source FROM mezzanine_info.rows AS r JOIN mezzanine_info.row_source AS s USING (rows) WHERE r.view = 'mezzanine.jn_self'::regclass;
SELECT DISTINCT source, target FROM mezzanine_state.edges() WHERE target = 'mezzanine.jn_self'::regclass;

-- DDL on any of the tables.
ALTER TABLE lines RENAME TO order_lines;
ALTER TABLE order_lines RENAME COLUMN qty TO quantity;
ALTER TABLE customers RENAME COLUMN id TO customer_id;
INSERT INTO order_lines VALUES (55, 2, 3, 4);
INSERT INTO customers VALUES (30, 'c30', 'de', 1);
SELECT * FROM differences();
SELECT * FROM verified();
\set VERBOSITY terse
ALTER TABLE products ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_lines DISABLE TRIGGER mezzanine_capture;
DROP TRIGGER mezzanine_touch ON customers;
ALTER TABLE order_lines SET UNLOGGED;
CREATE TABLE child () INHERITS (order_lines);
ALTER TABLE order_lines DROP COLUMN price;
ALTER TABLE order_lines ALTER COLUMN price TYPE float8;
ALTER TABLE order_lines DROP COLUMN unseen;
DROP TABLE products;
DROP VIEW mezzanine_state.jn_country_rows;
-- Whoever drops one table has dropped its views; the other tables are rid of them.
SELECT count(*) FROM mezzanine_info.views WHERE 'products'::regclass = ANY (bases) AND view::text LIKE 'mezzanine.jn%';
SET client_min_messages = warning;
DROP TABLE products CASCADE;
RESET client_min_messages;
SELECT view FROM mezzanine_info.views WHERE view::text LIKE 'mezzanine.jn%' ORDER BY view::text;
INSERT INTO order_lines VALUES (56, 2, 3, 4);
DELETE FROM queries WHERE to_regclass('mezzanine.' || name) IS NULL;
SELECT * FROM differences();
DROP SCHEMA joins CASCADE;
SELECT count(*) FROM mezzanine_info.rows WHERE view::text LIKE 'mezzanine.jn%' OR to_regclass(rows::text) IS NULL;
SELECT relname FROM pg_class WHERE relnamespace = 'mezzanine_state'::regnamespace AND relname LIKE 'jn%';

-- An author must own every table; a reader of the view needs no right on them.
CREATE ROLE jn_author;
CREATE ROLE jn_reader;
GRANT mezzanine_author TO jn_author;
GRANT mezzanine_reader TO jn_reader;
CREATE SCHEMA joins AUTHORIZATION jn_author;
CREATE TABLE joins.foreign_table (id int);
GRANT SELECT ON joins.foreign_table TO jn_author;
SET ROLE jn_author;
CREATE TABLE joins.a (id int PRIMARY KEY, secret text);
CREATE TABLE joins.b (id int PRIMARY KEY, n int);
SELECT mezzanine.create_view('jn_foreign', 'SELECT a.id, count(*) FROM joins.a JOIN joins.foreign_table f ON f.id = a.id GROUP BY a.id');
SELECT mezzanine.create_view('jn_own', 'SELECT a.id, sum(b.n) FROM joins.a JOIN joins.b ON b.id = a.id GROUP BY a.id');
INSERT INTO joins.a VALUES (1, 's');
INSERT INTO joins.b VALUES (1, 5);
SET ROLE jn_reader;
SELECT * FROM mezzanine.jn_own;
SELECT * FROM joins.a;
SELECT * FROM mezzanine_state.jn_own_rows;
RESET ROLE;
DROP SCHEMA joins CASCADE;
DROP OWNED BY jn_author, jn_reader;
DROP ROLE jn_author, jn_reader;

-- Foreign keys tell which terms of a join's change are needless.  The view equals its query whatever
-- comes and goes, in whatever order, and also where rows were put past the keys.
SET client_min_messages = warning;
CREATE SCHEMA refs;
SET search_path = refs, public;
CREATE TABLE customer (id int PRIMARY KEY, country text, referrer int REFERENCES customer (id) DEFERRABLE);
CREATE TABLE orders (shop int, id bigint, customer int REFERENCES customer ON DELETE CASCADE, day int,
	PRIMARY KEY (shop, id));
CREATE TABLE line (id int PRIMARY KEY, shop int, orders bigint, amount int,
	FOREIGN KEY (shop, orders) REFERENCES orders (shop, id) ON UPDATE CASCADE ON DELETE CASCADE
	DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX ON orders (customer);
CREATE INDEX ON line (shop, orders);
CREATE INDEX ON customer (referrer);
INSERT INTO customer VALUES (1, 'fr', NULL), (2, 'de', 1), (3, 'fr', 3);
INSERT INTO orders VALUES (1, 1, 1, 10), (1, 2, 2, 10), (2, 1, 3, 11);
INSERT INTO line VALUES (1, 1, 1, 5), (2, 1, 1, 6), (3, 1, 2, 7), (4, 2, 1, 8);

CREATE TABLE asked (name text, query text);
INSERT INTO asked VALUES
	('sums', 'SELECT c.country, o.day, count(*) AS n, sum(l.amount) AS amount
		FROM line AS l JOIN orders AS o ON o.shop = l.shop AND l.orders = o.id
		JOIN customer AS c ON c.id = o.customer GROUP BY c.country, o.day'),
	('half', 'SELECT o.day, count(*) AS n FROM line AS l JOIN orders AS o ON o.id = l.orders GROUP BY o.day'),
	('referred', 'SELECT a.country, b.country AS by, count(*) AS n FROM customer AS a
		JOIN customer AS b ON a.referrer = b.id GROUP BY a.country, b.country'),
	('round', 'SELECT a.country, count(*) AS n FROM customer AS a
		JOIN customer AS b ON a.referrer = b.id AND b.referrer = a.id GROUP BY a.country'),
	('orders_of', 'SELECT c.country, count(*) AS n, max(o.day) AS last
		FROM orders AS o, customer AS c WHERE o.customer = c.id GROUP BY c.country');
SELECT mezzanine.create_view(name, query) FROM asked;
CREATE FUNCTION different() RETURNS TABLE (name text, difference text) LANGUAGE plpgsql AS $$
DECLARE
	a asked;
BEGIN
	FOR a IN SELECT * FROM asked ORDER BY 1 LOOP
		RETURN QUERY EXECUTE format($q$
			SELECT %1$L, '-' || d::text FROM (SELECT * FROM (%2$s) AS q EXCEPT ALL TABLE mezzanine.%1$I) AS d
			UNION ALL
			SELECT %1$L, '+' || d::text FROM (TABLE mezzanine.%1$I EXCEPT ALL SELECT * FROM (%2$s) AS q) AS d
			$q$, a.name, a.query);
	END LOOP;
END $$;
-- A parent with its children, in either order; one without.
BEGIN;
INSERT INTO customer VALUES (4, 'it', 2);
INSERT INTO line VALUES (11, 3, 1, 1), (12, 3, 1, 2);
INSERT INTO orders VALUES (3, 1, 4, 12), (3, 2, 4, 12);
COMMIT;
SELECT * FROM different();
INSERT INTO orders VALUES (3, 3, 1, 13);
INSERT INTO customer VALUES (5, 'it', 5);
SELECT * FROM different();
INSERT INTO line VALUES (13, 3, 3, 3);
SELECT * FROM different();
-- Old children are given a new parent, and an old one loses all its children to it.
BEGIN;
INSERT INTO orders VALUES (4, 1, 2, 14);
UPDATE line SET shop = 4, orders = 1 WHERE id IN (1, 2);
DELETE FROM orders WHERE (shop, id) = (1, 1);
COMMIT;
SELECT * FROM different();
-- Parents change: what the view reads of them, their key with all that names it.
UPDATE customer SET country = 'es' WHERE id = 2;
UPDATE orders SET day = day + 1;
UPDATE orders SET id = 7 WHERE (shop, id) = (4, 1);
SELECT * FROM different();
-- One goes and another comes in its place.
BEGIN;
DELETE FROM line WHERE shop = 1;
DELETE FROM orders WHERE shop = 1;
INSERT INTO orders VALUES (1, 2, 5, 15), (1, 9, 5, 15);
INSERT INTO line VALUES (21, 1, 2, 4), (22, 1, 9, 4);
COMMIT;
SELECT * FROM different();
-- A chain goes by its top, and a circle comes as one.
DELETE FROM customer WHERE id = 5;
SELECT * FROM different();
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO customer VALUES (6, 'pl', 7), (7, 'cz', 6);
COMMIT;
TABLE mezzanine.round ORDER BY country;
SELECT * FROM different();
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
DELETE FROM customer WHERE id IN (6, 7);
SAVEPOINT s;
DELETE FROM orders;
ROLLBACK TO s;
COMMIT;
SELECT * FROM different();
-- Many.
BEGIN;
INSERT INTO customer SELECT i, i % 3, CASE WHEN i % 2 = 0 THEN i - 1 END FROM generate_series(100, 200) AS i
WHERE i <> 100;
INSERT INTO orders SELECT 9, i, 101 + i % 100, i % 5 FROM generate_series(1, 300) AS i;
INSERT INTO line SELECT 100 + i, 9, 1 + i % 300, i FROM generate_series(1, 900) AS i;
COMMIT;
SELECT * FROM different();
DELETE FROM line WHERE id % 2 = 0 AND id > 100;
DELETE FROM customer WHERE id % 7 = 0 AND NOT EXISTS (SELECT FROM customer AS o WHERE o.referrer = customer.id);
SELECT * FROM different();
-- Rows that were put past a key meet their parent when it comes, in the same transaction ...
BEGIN;
SET LOCAL session_replication_role = replica;
INSERT INTO line VALUES (2001, 77, 1, 1);
INSERT INTO orders VALUES (78, 1, 1, 3);
COMMIT;
SELECT * FROM different();
BEGIN;
SET LOCAL session_replication_role = replica;
INSERT INTO orders VALUES (77, 1, 1, 3);
COMMIT;
SELECT * FROM different();
-- ... or where the key is not enforced, or was not when they came and has not been validated.
ALTER TABLE orders DROP CONSTRAINT orders_customer_fkey;
INSERT INTO orders VALUES (80, 1, 4000, 1);
ALTER TABLE orders ADD FOREIGN KEY (customer) REFERENCES customer NOT VALID;
INSERT INTO customer VALUES (4000, 'no', NULL);
SELECT * FROM different();
ALTER TABLE orders VALIDATE CONSTRAINT orders_customer_fkey;
INSERT INTO customer VALUES (4001, 'no', NULL);
INSERT INTO orders VALUES (80, 2, 4001, 1);
SELECT * FROM different();
ALTER TABLE orders DISABLE TRIGGER ALL;
INSERT INTO orders VALUES (80, 3, 4002, 1);
INSERT INTO customer VALUES (4002, 'no', NULL);
SELECT * FROM different();
ALTER TABLE orders ENABLE TRIGGER ALL;
SELECT d.* FROM mezzanine_info.views AS v, mezzanine.verify(v.view) AS d;
RESET search_path;
DROP SCHEMA refs CASCADE;

-- docs/recipes.md, "Revenue and margin by day and category": its statements, and changes that the views must follow.
SET client_min_messages = warning;
CREATE SCHEMA recipe;
SET search_path = recipe;
CREATE TABLE products (product int PRIMARY KEY, category text NOT NULL, cost numeric NOT NULL);
CREATE TABLE orders (order_no int PRIMARY KEY, ordered_on date NOT NULL);
CREATE TABLE lines (order_no int REFERENCES orders, product int REFERENCES products, units int, price numeric);
CREATE INDEX ON lines (order_no);
CREATE INDEX ON lines (product);
SELECT mezzanine.create_view('margin_by_day', $$
    SELECT o.ordered_on, p.category, count(DISTINCT o.order_no) AS orders, sum(l.units) AS units,
           sum(l.units * l.price) AS revenue, sum(l.units * (l.price - p.cost)) AS margin,
           round(100 * sum(l.units * (l.price - p.cost)) / nullif(sum(l.units * l.price), 0), 1) AS percent
    FROM orders AS o JOIN lines AS l USING (order_no) JOIN products AS p USING (product)
    GROUP BY o.ordered_on, p.category
$$);

INSERT INTO products VALUES (1, 'light', 4), (2, 'light', 10), (3, 'deco', 2);
INSERT INTO orders VALUES (1, '2024-05-01'), (2, '2024-05-01'), (3, '2024-05-02');
INSERT INTO lines VALUES (1, 1, 2, 9.90), (1, 3, 1, 5), (2, 2, 1, 25), (3, 1, 1, 9.90);
SELECT * FROM mezzanine.margin_by_day ORDER BY 1, 2;
SELECT * FROM mezzanine.verify('mezzanine.margin_by_day');
UPDATE products SET cost = 5 WHERE product = 1;
DELETE FROM lines WHERE product = 3;
SELECT * FROM mezzanine.margin_by_day ORDER BY 1, 2;
SELECT * FROM mezzanine.verify('mezzanine.margin_by_day');
BEGIN;
INSERT INTO orders VALUES (4, '2024-05-02');
INSERT INTO lines VALUES (4, 2, 3, 20);
UPDATE products SET category = 'lamps' WHERE product = 2;
SELECT ordered_on, category, margin FROM mezzanine.margin_by_day ORDER BY 1, 2;
COMMIT;
UPDATE orders SET ordered_on = '2024-05-03' WHERE order_no = 2;
SELECT ordered_on, category, margin FROM mezzanine.margin_by_day ORDER BY 1, 2;
SELECT * FROM mezzanine.verify('mezzanine.margin_by_day');
DROP SCHEMA recipe CASCADE;

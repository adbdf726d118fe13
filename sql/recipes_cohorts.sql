-- docs/recipes.md, "Cohort retention": its statements, and changes that the views must follow.
SET client_min_messages = warning;
CREATE SCHEMA recipe;
SET search_path = recipe;
CREATE TABLE orders (order_no int PRIMARY KEY, customer int NOT NULL, ordered_on date NOT NULL);
CREATE INDEX ON orders (customer);
SELECT mezzanine.create_view('retention', $$
    SELECT f.cohort, 12 * (extract(year FROM o.ordered_on) - extract(year FROM f.cohort))
                     + extract(month FROM o.ordered_on) - extract(month FROM f.cohort) AS months_later,
           count(DISTINCT o.customer) AS customers
    FROM (SELECT customer, date_trunc('month', min(ordered_on)::timestamp)::date AS cohort
          FROM orders GROUP BY customer) AS f
    JOIN orders AS o USING (customer)
    GROUP BY 1, 2
$$);
SELECT cohort, months_later, round(100.0 * customers / first_value(customers) OVER w, 1) AS percent
FROM mezzanine.retention WINDOW w AS (PARTITION BY cohort ORDER BY months_later) ORDER BY 1, 2;

INSERT INTO orders VALUES (1, 1, '2024-01-10'), (2, 1, '2024-02-11'), (3, 2, '2024-01-15'), (4, 2, '2024-03-01'),
	(5, 3, '2024-02-20'), (6, 3, '2024-02-28');
SELECT * FROM mezzanine.retention ORDER BY 1, 2;
SELECT cohort, months_later, round(100.0 * customers / first_value(customers) OVER w, 1) AS percent
FROM mezzanine.retention WINDOW w AS (PARTITION BY cohort ORDER BY months_later) ORDER BY 1, 2;
INSERT INTO orders VALUES (7, 3, '2023-12-31'), (8, 4, '2024-02-01');
SELECT * FROM mezzanine.retention ORDER BY 1, 2;
SELECT * FROM mezzanine.verify('mezzanine.retention');
BEGIN;
DELETE FROM orders WHERE order_no = 7;
UPDATE orders SET customer = 4 WHERE order_no IN (1, 4);
SELECT * FROM mezzanine.retention ORDER BY 1, 2;
COMMIT;
SELECT * FROM mezzanine.retention ORDER BY 1, 2;
SELECT * FROM mezzanine.verify('mezzanine.retention');
DROP SCHEMA recipe CASCADE;

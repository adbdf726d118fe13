-- docs/recipes.md, "Churn": its statements, and changes that the views must follow.
SET client_min_messages = warning;
CREATE SCHEMA recipe;
SET search_path = recipe;
CREATE TABLE orders (order_no int PRIMARY KEY, customer int NOT NULL, ordered_on date NOT NULL, amount numeric NOT NULL);
CREATE INDEX ON orders (customer, ordered_on);
SELECT mezzanine.create_view('last_orders', $$
    SELECT c.last_month, count(*) AS customers, count(*) FILTER (WHERE c.orders = 1) AS came_once,
           sum(c.spent) AS spent
    FROM (SELECT customer, date_trunc('month', max(ordered_on)::timestamp)::date AS last_month,
                 count(*) AS orders, sum(amount) AS spent
          FROM orders GROUP BY customer) AS c
    GROUP BY c.last_month
$$);
SELECT coalesce(sum(customers) FILTER (WHERE last_month < date '2024-04-01'), 0) AS lost, sum(customers) AS ever,
       coalesce(sum(spent) FILTER (WHERE last_month < date '2024-04-01'), 0) AS spent_by_lost
FROM mezzanine.last_orders;

INSERT INTO orders VALUES (1, 1, '2024-01-10', 10), (2, 1, '2024-02-11', 20), (3, 2, '2024-03-01', 5), (4, 3, '2024-04-30', 7);
SELECT * FROM mezzanine.last_orders ORDER BY 1;
SELECT coalesce(sum(customers) FILTER (WHERE last_month < date '2024-04-01'), 0) AS lost, sum(customers) AS ever FROM mezzanine.last_orders;
INSERT INTO orders VALUES (5, 2, '2024-05-05', 1);
DELETE FROM orders WHERE order_no = 2;
SELECT * FROM mezzanine.last_orders ORDER BY 1;
SELECT * FROM mezzanine.verify('mezzanine.last_orders');
UPDATE orders SET customer = 3 WHERE customer = 1;
SELECT * FROM mezzanine.last_orders ORDER BY 1;
SELECT * FROM mezzanine.verify('mezzanine.last_orders');
DROP SCHEMA recipe CASCADE;

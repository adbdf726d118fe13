-- docs/recipes.md, "A customer profile from three sources": its statements, and changes that the views must follow.
SET client_min_messages = warning;
CREATE SCHEMA recipe;
SET search_path = recipe;
CREATE TABLE orders (order_no int PRIMARY KEY, email text NOT NULL, amount numeric NOT NULL, ordered_on date NOT NULL);
CREATE TABLE subscriptions (email text PRIMARY KEY, topic text NOT NULL);
CREATE TABLE tickets (ticket int PRIMARY KEY, email text NOT NULL, is_open boolean NOT NULL);
CREATE INDEX ON orders (email);
CREATE INDEX ON tickets (email);
SELECT mezzanine.create_view('profiles', $$
    SELECT coalesce(o.email, s.email, t.email) AS email, o.orders, o.spent, o.last_order, s.topic,
           coalesce(t.open_tickets, 0) AS open_tickets
    FROM (SELECT email, count(*) AS orders, sum(amount) AS spent, max(ordered_on) AS last_order
          FROM orders GROUP BY email) AS o
    FULL JOIN subscriptions AS s ON s.email = o.email
    FULL JOIN (SELECT email, count(*) FILTER (WHERE is_open) AS open_tickets
               FROM tickets GROUP BY email) AS t ON t.email = coalesce(o.email, s.email)
$$);
SELECT mezzanine.create_view('reach', $$
    SELECT o.email IS NOT NULL AS buys, s.email IS NOT NULL AS reads, count(*) AS customers, sum(o.spent) AS spent
    FROM (SELECT email, sum(amount) AS spent FROM orders GROUP BY email) AS o
    FULL JOIN subscriptions AS s USING (email)
    GROUP BY 1, 2
$$);

INSERT INTO orders VALUES (1, 'ann', 10, '2024-01-01'), (2, 'ann', 20, '2024-02-01'), (3, 'bob', 5, '2024-03-01');
INSERT INTO subscriptions VALUES ('ann', 'lamps'), ('cay', 'vases');
INSERT INTO tickets VALUES (1, 'bob', true), (2, 'cay', false), (3, 'dan', true);
SELECT * FROM mezzanine.profiles ORDER BY email;
SELECT * FROM mezzanine.reach ORDER BY 1, 2;
SELECT * FROM mezzanine.verify('mezzanine.profiles');
DELETE FROM orders WHERE email = 'bob';
UPDATE subscriptions SET email = 'dan' WHERE email = 'cay';
INSERT INTO orders VALUES (4, 'dan', 7, '2024-04-01');
UPDATE tickets SET is_open = NOT is_open;
SELECT * FROM mezzanine.profiles ORDER BY email;
SELECT * FROM mezzanine.reach ORDER BY 1, 2;
BEGIN;
INSERT INTO orders VALUES (5, 'eve', 1, '2024-05-01');
INSERT INTO subscriptions VALUES ('eve', 'desks');
INSERT INTO tickets VALUES (4, 'eve', true);
SELECT * FROM mezzanine.profiles WHERE email = 'eve';
COMMIT;
DELETE FROM subscriptions;
SELECT * FROM mezzanine.profiles ORDER BY email;
SELECT * FROM mezzanine.reach ORDER BY 1, 2;
SELECT * FROM mezzanine.verify('mezzanine.profiles');
SELECT * FROM mezzanine.verify('mezzanine.reach');
DROP SCHEMA recipe CASCADE;

-- docs/recipes.md, "Conversion funnel": its statements, and changes that the views must follow.
SET client_min_messages = warning;
CREATE SCHEMA recipe;
SET search_path = recipe;
CREATE TABLE events (visitor int NOT NULL, step text NOT NULL, at timestamp NOT NULL);
CREATE INDEX ON events (visitor);
SELECT mezzanine.create_view('funnel', $$
    SELECT v.visited::date AS day, count(*) AS visitors,
           count(*) FILTER (WHERE v.carted >= v.visited) AS carted,
           count(*) FILTER (WHERE v.began >= v.carted AND v.carted >= v.visited) AS began,
           count(*) FILTER (WHERE v.paid >= v.began AND v.began >= v.carted AND v.carted >= v.visited) AS paid
    FROM (SELECT visitor,
                 min(at) FILTER (WHERE step = 'visit') AS visited,
                 min(at) FILTER (WHERE step = 'cart') AS carted,
                 min(at) FILTER (WHERE step = 'checkout') AS began,
                 min(at) FILTER (WHERE step = 'pay') AS paid
          FROM events GROUP BY visitor) AS v
    WHERE v.visited IS NOT NULL
    GROUP BY v.visited::date
$$);

INSERT INTO events VALUES (1, 'visit', '2024-05-01 09:00'), (1, 'cart', '2024-05-01 09:05'),
	(1, 'checkout', '2024-05-01 09:06'), (1, 'pay', '2024-05-01 09:10'), (2, 'visit', '2024-05-01 10:00'),
	(2, 'pay', '2024-05-01 10:01'), (3, 'visit', '2024-05-02 08:00'), (3, 'cart', '2024-05-02 09:00'), (4, 'cart', '2024-05-02 09:00');
SELECT * FROM mezzanine.funnel ORDER BY day;
SELECT * FROM mezzanine.verify('mezzanine.funnel');
INSERT INTO events VALUES (4, 'visit', '2024-05-02 08:59'), (2, 'visit', '2024-04-30 23:59'), (3, 'checkout', '2024-05-02 09:30');
SELECT * FROM mezzanine.funnel ORDER BY day;
SELECT * FROM mezzanine.verify('mezzanine.funnel');
DELETE FROM events WHERE visitor = 2 AND at < '2024-05-01';
UPDATE events SET at = '2024-05-01 09:01' WHERE visitor = 1 AND step = 'checkout';
SELECT * FROM mezzanine.funnel ORDER BY day;
SELECT * FROM mezzanine.verify('mezzanine.funnel');
DROP SCHEMA recipe CASCADE;

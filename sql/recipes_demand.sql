-- docs/recipes.md, "Stock against demand": its statements, and changes that the views must follow.
SET client_min_messages = warning;
SELECT current_database() AS home \gset
CREATE DATABASE mezzanine_recipe;
\c mezzanine_recipe
CREATE EXTENSION mezzanine;
SELECT mezzanine.create_view('demand', $$
    SELECT s.sku, s.location, s.available, coalesce(d.held, 0) AS held, coalesce(d.sold, 0) AS sold, s.low_water
    FROM (SELECT k.sku, k.location, sum(c.available) AS available, max(k.low_water) AS low_water
          FROM inventory.stock AS k JOIN inventory.cell AS c USING (stock) GROUP BY k.sku, k.location) AS s
    LEFT JOIN (SELECT k.sku, k.location, sum(l.quantity - l.confirmed - l.released) AS held, sum(l.confirmed) AS sold
               FROM inventory.stock AS k JOIN inventory.reservation_line AS l USING (stock)
               GROUP BY k.sku, k.location) AS d ON d.sku = s.sku AND d.location = s.location
$$);
SELECT sku, location, available, held, sold FROM mezzanine.demand WHERE available < held + sold ORDER BY sku;

SELECT inventory.receive('lamp', 'main', 5) > 0 AS received;
SELECT inventory.receive('vase', 'main', 2) > 0 AS received;
SELECT inventory.receive('lamp', 'north', 3) > 0 AS received;
SELECT sku, location, available, held, sold FROM mezzanine.demand ORDER BY 1, 2;
SELECT reservation, fence FROM inventory.reserve('{"(lamp,4,main)","(vase,1,main)"}'::inventory.line[]) \gset
SELECT sku, location, available, held, sold FROM mezzanine.demand ORDER BY 1, 2;
BEGIN;
SELECT status FROM inventory.confirm(:'reservation', :fence, '{"(lamp,3,main)"}'::inventory.line[]);
SELECT status FROM inventory.reserve('lamp', 1, 'north');
SELECT sku, location, available, held, sold FROM mezzanine.demand ORDER BY 1, 2;
COMMIT;
SELECT inventory.adjust('vase', 'main', -1, 'broken') > 0 AS adjusted;
SELECT low_water FROM inventory.set_policy('lamp', 'main', low_water => 4);
SELECT sku, location, available, held, sold, low_water FROM mezzanine.demand ORDER BY 1, 2;
SELECT * FROM mezzanine.verify('mezzanine.demand');
SELECT sku, location, available, held, sold FROM mezzanine.demand WHERE available < held + sold ORDER BY sku;
\c :home
DROP DATABASE mezzanine_recipe;

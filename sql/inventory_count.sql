-- Counts: the books are corrected to what was found as of a point, and what moved since
-- survives.
SELECT inventory.receive('count-lamp', 'north', 10) \gset
SELECT inventory.count_start('count-lamp', 'north') AS point \gset
-- Somebody counts 8.  Meanwhile two are sold, one is held and four come in.
SELECT c.status FROM inventory.reserve('count-lamp', 2) AS r,
	inventory.confirm(r.reservation, r.fence) AS c;
SELECT status FROM inventory.reserve('count-lamp', 1);
SELECT inventory.receive('count-lamp', 'north', 4) > 0 AS numbered;
SELECT inventory.count('count-lamp', 'north', 8, :point, 'yearly count', key => 'count-1');
SELECT inventory.count('count-lamp', 'north', 8, :point, 'yearly count', key => 'count-1');
SELECT on_hand, held, available FROM inventory.available('{count-lamp}');
SELECT verb, delta, counted, reason FROM inventory.corrections WHERE sku = 'count-lamp';

-- Nothing is off: no movement, but a correction that says so.
SELECT inventory.count_start('count-lamp', 'north') AS point \gset
SELECT inventory.count('count-lamp', 'north', 10, :point, 'again');
SELECT delta, counted FROM inventory.corrections WHERE sku = 'count-lamp' ORDER BY sequence;
-- More were found than the books say.
SELECT inventory.count_start('count-lamp', 'north') AS point \gset
SELECT inventory.count('count-lamp', 'north', 12, :point, 'found');
SELECT on_hand FROM inventory.available('{count-lamp}');

-- Two count at once and both find two too few: the books are corrected once.
SELECT inventory.count_start('count-lamp', 'north') AS one,
	inventory.count_start('count-lamp', 'north') AS two \gset
SELECT inventory.count('count-lamp', 'north', 10, :one, 'first');
SELECT inventory.count('count-lamp', 'north', 10, :two, 'second');
SELECT on_hand FROM inventory.available('{count-lamp}');
-- An older count is not entered after a newer one, nor the same twice.
SELECT inventory.count_start('count-lamp', 'north') AS one,
	inventory.count_start('count-lamp', 'north') AS two \gset
SELECT inventory.count('count-lamp', 'north', 10, :two, 'second');
\set VERBOSITY sqlstate
SELECT inventory.count('count-lamp', 'north', 9, :one, 'first');
SELECT inventory.count('count-lamp', 'north', 9, :two, 'twice');
\set VERBOSITY default
-- An adjustment meanwhile is a movement like any other, and survives.
SELECT inventory.count_start('count-lamp', 'north') AS point \gset
SELECT inventory.adjust('count-lamp', 'north', -1, 'broken meanwhile') > 0 AS done;
SELECT inventory.count('count-lamp', 'north', 10, :point, 'right');
SELECT on_hand FROM inventory.available('{count-lamp}');
-- The point is in a transaction of its own, or in one that has moved units before.
BEGIN;
SELECT inventory.receive('count-lamp', 'north', 5) > 0 AS numbered;
SELECT inventory.count_start('count-lamp', 'north') AS point \gset
SELECT inventory.receive('count-lamp', 'north', 1) > 0 AS numbered;
COMMIT;
SELECT inventory.count('count-lamp', 'north', 13, :point, 'one too few');
SELECT on_hand FROM inventory.available('{count-lamp}');

-- Safety stock is in the shelf; back-orders are not.
SELECT inventory.receive('count-vase', 'north', 5) \gset
SELECT safety_stock FROM inventory.set_policy('count-vase', 'north', safety_stock => 3);
SELECT inventory.count_start('count-vase', 'north') AS point \gset
SELECT inventory.count('count-vase', 'north', 4, :point, 'one broken');
SELECT on_hand, safety_stock, available FROM inventory.available('{count-vase}');
-- What is found missing must not be held, nor be safety stock.
SELECT status FROM inventory.reserve('count-vase', 1);
SELECT inventory.count_start('count-vase', 'north') AS point \gset
SELECT inventory.count('count-vase', 'north', 3, :point, 'one broken');
SELECT oversell_limit FROM inventory.set_policy('count-vase', 'north', safety_stock => 0,
	oversell_limit => 2);
SELECT inventory.count('count-vase', 'north', 0, :point, 'all broken');
SELECT on_hand, held, available FROM inventory.available('{count-vase}');

-- Each lot is counted for itself; serials are compared, not counted.
SELECT inventory.receive('count-milk', 'north', 5, lot => 'A') \gset
SELECT inventory.count_start('count-milk', 'north', 'A') AS point \gset
SELECT inventory.count('count-milk', 'north', 4, :point, 'spilt', lot => 'A');
SELECT inventory.receive('count-phone', 'north', 1, serials => '{P1}') \gset
SELECT inventory.count_start('count-phone', 'north') AS point \gset
-- Of units with serial numbers, which were found: see inventory_stocktake.
SELECT inventory.count('count-phone', 'north', 1, :point, 'none stolen');
SELECT inventory.count('count-phone', 'north', 0, :point, 'stolen');
SELECT * FROM inventory.verify();

-- What is wrong is refused.
SELECT inventory.count('count-lamp', 'north', 1, 1, 'no such point');
SELECT inventory.count_start('count-lamp', 'north') AS point,
	inventory.receive('count-lamp', 'south', 1) \gset
\set VERBOSITY sqlstate
SELECT inventory.count('count-lamp', 'south', 1, :point, 'point of another stock');
SELECT inventory.count('count-lamp', 'north', -1, :point, 'x');
SELECT inventory.count('count-lamp', 'north', NULL, :point, 'x');
SELECT inventory.count('count-lamp', 'north', 1, NULL, 'x');
SELECT inventory.count('count-lamp', 'north', 1, :point, NULL);
SELECT inventory.count(NULL, 'north', 1, :point, 'x');
SELECT inventory.count('count-lamp', NULL, 1, :point, 'x');
SELECT inventory.count('count-lamp', 'west', 1, :point, 'x');
SELECT inventory.count('count-lamp', 'north', 1, :point, 'x', lot => 'A');
SELECT inventory.count('count-lamp', 'north', 9, :point, 'other', key => 'count-1');
SELECT inventory.count_start('count-lamp', 'west');
SELECT inventory.count_start(NULL, 'north');
SELECT inventory.count_start('count-lamp', NULL);
BEGIN READ ONLY;
SELECT inventory.count_start('count-lamp', 'north');
ROLLBACK;
BEGIN READ ONLY;
SELECT inventory.count('count-lamp', 'north', 1, :point, 'x');
ROLLBACK;
\set VERBOSITY default
SELECT inventory.count('count-lamp', 'north', 9223372036854775807, :point, 'most');
SELECT on_hand FROM inventory.available('{count-lamp}', 'north');
SELECT * FROM inventory.verify();

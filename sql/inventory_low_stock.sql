-- Low stock is told of once, at the commit that crosses the mark, until it has risen above it.
CREATE FUNCTION pg_temp.events(item text) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' | ', location || coalesce(' ' || lot, ''), available || ' of ' || low_water,
		CASE WHEN recovered_at IS NULL THEN 'low' ELSE 'recovered' END)
	FROM inventory.low_stock WHERE sku = item ORDER BY event
$$;
SELECT inventory.receive('low-lamp', 'north', 10) \gset
SELECT low_water FROM inventory.set_policy('low-lamp', 'north', low_water => 5);
SELECT reservation AS a FROM inventory.reserve('low-lamp', 4) \gset
SELECT pg_temp.events('low-lamp');
-- To the mark; below it nothing more is told.
SELECT reservation AS b FROM inventory.reserve('low-lamp', 1) \gset
SELECT pg_temp.events('low-lamp');
SELECT reservation AS c FROM inventory.reserve('low-lamp', 2) \gset
SELECT status FROM inventory.confirm(:'c', 1);
SELECT pg_temp.events('low-lamp');
-- Armed again when it rises above the mark: by release, by receipt.
SELECT status FROM inventory.release(:'a', 1, '{"(low-lamp,2,)"}');
SELECT pg_temp.events('low-lamp');
SELECT status FROM inventory.release(:'a', 1);
SELECT pg_temp.events('low-lamp');
SELECT status FROM inventory.reserve('low-lamp', 7);
SELECT inventory.receive('low-lamp', 'north', 7) \gset
SELECT pg_temp.events('low-lamp');

-- What is rolled back, in whole or in part, is not told of; what ends above the mark neither.
BEGIN;
SELECT status FROM inventory.reserve('low-lamp', 3);
ROLLBACK;
BEGIN;
SAVEPOINT s;
SELECT status FROM inventory.reserve('low-lamp', 3);
ROLLBACK TO s;
COMMIT;
BEGIN;
SELECT reservation AS d FROM inventory.reserve('low-lamp', 3) \gset
SELECT status FROM inventory.release(:'d', 1);
COMMIT;
SELECT pg_temp.events('low-lamp');
-- At the commit, not before.
BEGIN;
SELECT status FROM inventory.reserve('low-lamp', 2);
SELECT pg_temp.events('low-lamp');
COMMIT;
SELECT pg_temp.events('low-lamp');

-- A mark that is set under what is low; above it; and taken away.
SELECT low_water FROM inventory.set_policy('low-lamp', 'north', low_water => 0);
SELECT pg_temp.events('low-lamp');
SELECT low_water FROM inventory.set_policy('low-lamp', 'north', low_water => 100);
SELECT pg_temp.events('low-lamp');
SELECT low_water FROM inventory.set_policy('low-lamp', 'north', low_water => -1);
SELECT pg_temp.events('low-lamp');
SELECT status FROM inventory.reserve('low-lamp', 1);
SELECT pg_temp.events('low-lamp');
-- More safety stock leaves less available.
SELECT inventory.receive('low-vase', 'north', 10) \gset
SELECT low_water FROM inventory.set_policy('low-vase', 'north', low_water => 2);
SELECT safety_stock FROM inventory.set_policy('low-vase', 'north', safety_stock => 9);
SELECT pg_temp.events('low-vase');
-- A mark of 0 tells of the last unit; a mark that is rolled back was none.
SELECT inventory.receive('low-cup', 'north', 2) \gset
BEGIN;
SELECT low_water FROM inventory.set_policy('low-cup', 'north', low_water => 1);
ROLLBACK;
SELECT status FROM inventory.reserve('low-cup', 1);
SELECT low_water FROM inventory.set_policy('low-cup', 'north', low_water => 0);
SELECT pg_temp.events('low-cup');
SELECT status FROM inventory.reserve('low-cup', 1);
SELECT pg_temp.events('low-cup');

-- Many stocks in one transaction, and in one cart.
SELECT count(inventory.receive('low-' || i, 'north', 5)) AS received FROM generate_series(1, 400) AS i;
SELECT count(inventory.set_policy('low-' || i, 'north', low_water => 4)) AS set
FROM generate_series(1, 400) AS i;
SELECT status FROM inventory.reserve((SELECT array_agg(ROW('low-' || i, 1, NULL)::inventory.line)
	FROM generate_series(1, 400) AS i));
SELECT count(*) FROM inventory.low_stock WHERE sku ~ '^low-[0-9]+$';

SET ROLE inventory_app;
SELECT count(*) > 0 AS readable FROM inventory.low_stock;
\set VERBOSITY sqlstate
SELECT count(*) FROM inventory.low_stock_event;
\set VERBOSITY default
RESET ROLE;
SELECT * FROM inventory.verify();

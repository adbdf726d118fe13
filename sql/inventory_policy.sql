-- Policies: safety stock is never promised, the oversell limit is promised without being
-- there, and a change is made where units are available for all of it, or not at all.
CREATE FUNCTION pg_temp.stock(item text) RETURNS text LANGUAGE sql AS $$
	SELECT format('on hand %s, held %s, safety %s, available %s', on_hand, held, safety_stock,
		available)
	FROM inventory.available(ARRAY[item])
$$;
SELECT inventory.receive('policy-lamp', 'north', 10) \gset
SELECT * FROM inventory.set_policy('policy-lamp', 'north', safety_stock => 3,
	cells_max => 4);
SELECT pg_temp.stock('policy-lamp');
SELECT status, shortfall FROM inventory.reserve('policy-lamp', 8);
SELECT reservation AS seven FROM inventory.reserve('policy-lamp', 7) \gset
SELECT pg_temp.stock('policy-lamp');
-- Nothing is left that the safety stock could take; it can be lowered.
SELECT inventory.set_policy('policy-lamp', 'north', safety_stock => 5);
SELECT safety_stock FROM inventory.set_policy('policy-lamp', 'north', safety_stock => 1);
SELECT pg_temp.stock('policy-lamp');
SELECT inventory.set_policy('policy-lamp', 'north', safety_stock => 4);
SELECT safety_stock FROM inventory.set_policy('policy-lamp', 'north', safety_stock => 3);
-- The hold's end gives room.
SELECT status FROM inventory.release(:'seven', 1);
SELECT safety_stock FROM inventory.set_policy('policy-lamp', 'north', safety_stock => 10);
SELECT pg_temp.stock('policy-lamp');
SELECT inventory.set_policy('policy-lamp', 'north', safety_stock => 11);
-- So does the expiry of a hold.
SELECT safety_stock FROM inventory.set_policy('policy-lamp', 'north', safety_stock => 0);
SELECT reservation AS late FROM inventory.reserve('policy-lamp', 9, ttl => '100 ms') \gset
SELECT pg_sleep(0.15);
SELECT safety_stock FROM inventory.set_policy('policy-lamp', 'north', safety_stock => 10);
SELECT status FROM inventory.reservations WHERE reservation = :'late';
SELECT pg_temp.stock('policy-lamp');
-- Goods that come in above the floor may be promised.
SELECT inventory.receive('policy-lamp', 'north', 2) \gset
SELECT pg_temp.stock('policy-lamp');

-- Back-orders: promised before they are there.
SELECT inventory.receive('policy-vase', 'north', 1) \gset
SELECT oversell_limit FROM inventory.set_policy('policy-vase', 'north', oversell_limit => 5);
SELECT pg_temp.stock('policy-vase');
SELECT reservation AS four FROM inventory.reserve('policy-vase', 4) \gset
SELECT status FROM inventory.confirm(:'four', 1);
SELECT pg_temp.stock('policy-vase');
SELECT status, shortfall FROM inventory.reserve('policy-vase', 3);
SELECT inventory.set_policy('policy-vase', 'north', oversell_limit => 2);
SELECT oversell_limit FROM inventory.set_policy('policy-vase', 'north', oversell_limit => 3);
SELECT inventory.receive('policy-vase', 'north', 3) \gset
SELECT pg_temp.stock('policy-vase');
-- Both at once; what is NULL stays.
SELECT * FROM inventory.set_policy('policy-vase', 'north', safety_stock => 2, low_water => 4,
	cells_max => 3);
SELECT * FROM inventory.set_policy('policy-vase', 'north', oversell_limit => 0, low_water => -1);
SELECT * FROM inventory.set_policy('policy-vase', 'north', oversell_limit => 2);
SELECT * FROM inventory.set_policy('policy-vase', 'north');
SELECT * FROM inventory.policies WHERE sku LIKE 'policy-%' ORDER BY sku;
SELECT pg_temp.stock('policy-vase');
-- Rolled back, it is as before; twice in one statement.
BEGIN;
SELECT safety_stock FROM inventory.set_policy('policy-vase', 'north', safety_stock => 0);
ROLLBACK;
SELECT (inventory.set_policy('policy-vase', 'north', safety_stock => 1)).safety_stock,
	(inventory.set_policy('policy-vase', 'north', safety_stock => 2)).safety_stock;
SELECT pg_temp.stock('policy-vase');

-- The journal and the audit tell of it.
SELECT j.from_account, j.to_account, j.quantity, j.reason
FROM inventory.journal j JOIN inventory.stock s USING (stock)
WHERE s.sku = 'policy-vase' AND j.reason = 'policy' ORDER BY j.sequence;
SELECT verb, sku, location, before - 'cells_max' AS before, after - 'cells_max' AS after
FROM inventory.audit
WHERE sku = 'policy-vase' ORDER BY entry LIMIT 3;
-- verify() knows the floor.
SELECT * FROM inventory.verify();
BEGIN;
UPDATE inventory.stock SET safety_stock = 7 WHERE sku = 'policy-vase';
SELECT check_name, key, expected, actual FROM inventory.verify('policy-vase');
ROLLBACK;

-- A lot has its own policy.
SELECT inventory.receive('policy-milk', 'north', 5, lot => 'A') \gset
SELECT safety_stock FROM inventory.set_policy('policy-milk', 'north', safety_stock => 2, lot => 'A');
SELECT pg_temp.stock('policy-milk');

\set VERBOSITY sqlstate
SELECT inventory.set_policy('policy-milk', 'north', safety_stock => 2);
SELECT inventory.set_policy('policy-milk', 'north', safety_stock => 2, lot => 'B');
SELECT inventory.set_policy('policy-cup', 'north', safety_stock => 1);
SELECT inventory.set_policy('policy-lamp', 'south', safety_stock => 1);
SELECT inventory.set_policy(NULL, 'north', safety_stock => 1);
SELECT inventory.set_policy('policy-lamp', NULL, safety_stock => 1);
SELECT inventory.set_policy('', 'north', safety_stock => 1);
SELECT inventory.set_policy('policy-lamp', 'north', safety_stock => -1);
SELECT inventory.set_policy('policy-lamp', 'north', oversell_limit => -1);
SELECT inventory.set_policy('policy-lamp', 'north', low_water => -2);
SELECT inventory.set_policy('policy-lamp', 'north', cells_max => 0);
SELECT inventory.set_policy('policy-lamp', 'north', cells_max => 1001);
SELECT inventory.set_policy('policy-lamp', 'north', safety_stock => 9223372036854775807);
SELECT inventory.set_policy('policy-lamp', 'north', oversell_limit => 9223372036854775807);
SELECT inventory.set_policy('policy-lamp', 'north', wait => '-1 s');
SELECT inventory.set_policy('policy-lamp', 'north', wait => NULL) IS NULL;
BEGIN READ ONLY;
SELECT inventory.set_policy('policy-lamp', 'north', safety_stock => 0);
ROLLBACK;
SET ROLE inventory_app;
SELECT inventory.set_policy('policy-lamp', 'north', safety_stock => 0);
RESET ROLE;
SET ROLE inventory_operator;
SELECT (inventory.set_policy('policy-lamp', 'north', safety_stock => 0)).safety_stock;
RESET ROLE;
\set VERBOSITY default
SELECT pg_temp.stock('policy-lamp');
SELECT * FROM inventory.verify();

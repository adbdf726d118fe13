-- Receipts: stock begins with its first, and every unit is in the journal.
SELECT inventory.receive('receive-lamp', 'north', 5) > 0 AS numbered;
SELECT inventory.receive('receive-lamp', 'north', 7) > 0 AS numbered;
SELECT inventory.receive('receive-lamp', 'south', 1, reference => '{"order": 17}') > 0 AS numbered;
SELECT * FROM inventory.available(ARRAY['receive-lamp']);
SELECT * FROM inventory.available(ARRAY['receive-lamp'], 'south');
SELECT * FROM inventory.available(ARRAY['receive-nothing']);
SELECT count(*) > 0 AS all_of_them FROM inventory.available(NULL);

SELECT s.location, j.from_account, j.to_account, j.quantity, j.reason, j.reference
FROM inventory.journal j JOIN inventory.stock s USING (stock)
WHERE s.sku = 'receive-lamp' ORDER BY j.sequence;

-- Two in one statement, and again in a function's loop, see each other.
SELECT inventory.receive('receive-twice', 'north', 1) < inventory.receive('receive-twice',
	'north', 1)
	AS ascending;
DO $$ BEGIN FOR i IN 1..10 LOOP PERFORM inventory.receive('receive-twice', 'north',
	1); END LOOP; END $$;
SELECT on_hand FROM inventory.available(ARRAY['receive-twice']);

-- What is rolled back was never received; its number stays unused.
BEGIN;
SELECT inventory.receive('receive-lamp', 'north', 100) > 0 AS numbered;
SAVEPOINT s;
SELECT inventory.receive('receive-lamp', 'south', 100) > 0 AS numbered;
ROLLBACK TO s;
SELECT location, on_hand FROM inventory.available(ARRAY['receive-lamp']);
ROLLBACK;
SELECT location, on_hand FROM inventory.available(ARRAY['receive-lamp']);

-- A key's answer sticks.
SELECT inventory.receive('receive-key', 'north', 3, key => 'receive-1')
	= inventory.receive('receive-key', 'north', 3, key => 'receive-1') AS same_movement;
SELECT on_hand FROM inventory.available(ARRAY['receive-key']);
\set VERBOSITY sqlstate
SELECT inventory.receive('receive-key', 'north', 4, key => 'receive-1');
SELECT inventory.receive('receive-key', 'north', 3, key => 'receive-1', reference => '1');
SELECT inventory.reserve('receive-key', 3, key => 'receive-1');

-- What is wrong is refused.
SELECT inventory.receive('receive-lamp', 'north', 0);
SELECT inventory.receive('receive-lamp', 'north', -1);
SELECT inventory.receive('receive-lamp', 'north', NULL);
SELECT inventory.receive(NULL, 'north', 1);
SELECT inventory.receive('receive-lamp', NULL, 1);
SELECT inventory.receive('', 'north', 1);
SELECT inventory.receive('receive-lamp', '', 1);
SELECT inventory.receive(repeat('x', 1001), 'north', 1);
SELECT inventory.receive('receive-lamp', 'north', 9223372036854775807);
BEGIN READ ONLY;
SELECT inventory.receive('receive-lamp', 'north', 1);
ROLLBACK;
SELECT inventory.available('{receive-lamp}', channel => 'web');
\set VERBOSITY default

-- The longest names, and the most units.
SELECT inventory.receive(repeat('x', 1000), repeat('y', 1000), 1) > 0 AS numbered;
SELECT inventory.receive('receive-most', 'north', 9223372036854775807) > 0 AS numbered;
SELECT on_hand FROM inventory.available(ARRAY['receive-most']);
SELECT * FROM inventory.verify();

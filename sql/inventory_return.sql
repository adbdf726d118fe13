-- Returns and quarantine: sold units come back, and units are set aside and settled.
SELECT inventory.receive('return-lamp', 'north', 10) \gset
SELECT c.status FROM inventory.reserve('return-lamp', 6) AS r,
	inventory.confirm(r.reservation, r.fence) AS c;
SELECT inventory.return_stock('return-lamp', 'north', 1) > 0 AS numbered;
SELECT inventory.return_stock('return-lamp', 'north', 3, 'quarantine', 'return-1')
	= inventory.return_stock('return-lamp', 'north', 3, 'quarantine', 'return-1') AS once;
SELECT inventory.return_stock('return-lamp', 'north', 1, 'scrap', reference => '{"rma": 7}') > 0
	AS numbered;
SELECT on_hand, available FROM inventory.available('{return-lamp}');
SELECT * FROM inventory.quarantined WHERE sku = 'return-lamp';
-- Goods sold elsewhere come back here; the item must be known.
SELECT inventory.return_stock('return-lamp', 'south', 2) > 0 AS numbered;
SELECT inventory.return_stock('return-none', 'south', 2);

SELECT inventory.settle_quarantine('return-lamp', 'north', 2, 'sellable', 'as new') > 0
	AS numbered;
SELECT inventory.settle_quarantine('return-lamp', 'north', 1, 'scrap', 'broken', 'return-2')
	= inventory.settle_quarantine('return-lamp', 'north', 1, 'scrap', 'broken', 'return-2')
	AS once;
SELECT * FROM inventory.quarantined WHERE sku = 'return-lamp';
SELECT inventory.settle_quarantine('return-lamp', 'north', 1, 'scrap', 'broken');
SELECT inventory.quarantine('return-lamp', 'north', 2, 'recall 12', 'return-3')
	= inventory.quarantine('return-lamp', 'north', 2, 'recall 12', 'return-3') AS once;
SELECT location, on_hand, available FROM inventory.available('{return-lamp}');
SELECT location, quantity FROM inventory.quarantined WHERE sku = 'return-lamp';
SELECT s.location, j.from_account, j.to_account, j.quantity, j.reason, j.reference
FROM inventory.journal j JOIN inventory.stock s USING (stock)
WHERE s.sku = 'return-lamp' AND j.reason NOT IN ('receive', 'reserve', 'confirm')
ORDER BY j.sequence;
-- What is held is not set aside.
SELECT inventory.quarantine('return-lamp', 'north', 100, 'recall 12');

-- Lots and serials go along.
SELECT inventory.receive('return-milk', 'north', 3, lot => 'A', expires_on => '2999-01-01') \gset
SELECT inventory.quarantine('return-milk', 'north', 1, 'smells', lot => 'A') > 0 AS numbered;
SELECT inventory.return_stock('return-milk', 'south', 1, lot => 'A') > 0 AS numbered;
SELECT location, lot, expires_on, on_hand FROM inventory.availability WHERE sku = 'return-milk'
	ORDER BY location;
SELECT inventory.receive('return-phone', 'north', 3, serials => '{P1,P2,P3}') \gset
SELECT c.status FROM inventory.reserve('return-phone', 2) AS r,
	inventory.confirm(r.reservation, r.fence) AS c;
SELECT inventory.return_stock('return-phone', 'north', 1, serials => '{P1}') > 0 AS numbered;
SELECT inventory.return_stock('return-phone', 'south', 1, 'quarantine', serials => '{P2}') > 0
	AS numbered;
SELECT inventory.quarantine('return-phone', 'north', 1, 'recall', serials => '{P3}') > 0
	AS numbered;
SELECT serial, state, location FROM inventory.serials WHERE sku = 'return-phone' ORDER BY serial;
SELECT inventory.settle_quarantine('return-phone', 'south', 1, 'scrap', 'broken',
	serials => '{P2}') > 0 AS numbered;
SELECT inventory.settle_quarantine('return-phone', 'north', 1, 'sellable', 'fine',
	serials => '{P3}') > 0 AS numbered;
SELECT serial, state, location FROM inventory.serials WHERE sku = 'return-phone' ORDER BY serial;
SELECT * FROM inventory.verify();
\set VERBOSITY sqlstate
SELECT inventory.return_stock('return-phone', 'north', 1, serials => '{P3}');
SELECT inventory.return_stock('return-phone', 'north', 1);
SELECT inventory.quarantine('return-phone', 'north', 1, 'x', serials => '{P2}');
SELECT inventory.settle_quarantine('return-phone', 'north', 1, 'scrap', 'x', serials => '{P3}');

-- What is wrong is refused.
SELECT inventory.return_stock(NULL, 'north', 1);
SELECT inventory.return_stock('return-lamp', NULL, 1);
SELECT inventory.return_stock('return-lamp', 'north', NULL);
SELECT inventory.return_stock('return-lamp', 'north', 0);
SELECT inventory.return_stock('return-lamp', 'north', -1);
SELECT inventory.return_stock('return-lamp', 'north', 1, NULL);
SELECT inventory.return_stock('return-lamp', 'north', 1, 'lost');
SELECT inventory.return_stock('return-lamp', 'north', 9223372036854775807);
SELECT inventory.return_stock('return-lamp', 'north', 2, 'quarantine', 'return-1');
SELECT inventory.return_stock('return-lamp', 'north', 3, 'scrap', 'return-1');
SELECT inventory.quarantine('return-lamp', 'north', 0, 'x');
SELECT inventory.quarantine('return-lamp', 'north', NULL, 'x');
SELECT inventory.quarantine('return-lamp', 'north', 1, NULL);
SELECT inventory.quarantine('return-lamp', 'west', 1, 'x');
SELECT inventory.quarantine('return-lamp', 'north', 1, 'x', lot => 'A');
SELECT inventory.settle_quarantine('return-lamp', 'north', 0, 'scrap', 'x');
SELECT inventory.settle_quarantine('return-lamp', 'north', 1, 'quarantine', 'x');
SELECT inventory.settle_quarantine('return-lamp', 'north', 1, NULL, 'x');
SELECT inventory.settle_quarantine('return-lamp', 'north', 1, 'scrap', NULL);
SELECT inventory.settle_quarantine('return-lamp', 'west', 1, 'scrap', 'x');
\set VERBOSITY default
SELECT inventory.receive('return-most', 'north', 1) > 0 AS numbered;
SELECT inventory.return_stock('return-most', 'north', 9223372036854775807, 'quarantine') > 0
	AS numbered;
\set VERBOSITY sqlstate
SELECT inventory.return_stock('return-most', 'north', 1, 'quarantine');
BEGIN READ ONLY;
SELECT inventory.return_stock('return-lamp', 'north', 1);
ROLLBACK;
BEGIN READ ONLY;
SELECT inventory.quarantine('return-lamp', 'north', 1, 'x');
ROLLBACK;
BEGIN READ ONLY;
SELECT inventory.settle_quarantine('return-lamp', 'north', 1, 'scrap', 'x');
ROLLBACK;
DELETE FROM inventory.quarantine;
\set VERBOSITY default
SELECT * FROM inventory.verify();

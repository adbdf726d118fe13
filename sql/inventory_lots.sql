-- Lots: a stock of their own at each location, and one expiry day wherever they are.
SELECT inventory.receive('lots-milk', 'north', 5, lot => 'A', expires_on => '2999-01-31') > 0
	AS numbered;
SELECT inventory.receive('lots-milk', 'north', 2, lot => 'A') > 0 AS numbered;
SELECT inventory.receive('lots-milk', 'north', 3, lot => 'A', expires_on => '2999-01-31') > 0
	AS numbered;
-- A lot that comes to another location keeps its day; so does one that never expires.
SELECT inventory.receive('lots-milk', 'south', 1, lot => 'A') > 0 AS numbered;
SELECT inventory.receive('lots-milk', 'north', 1, lot => 'B', expires_on => 'infinity') > 0
	AS numbered;
SELECT inventory.receive('lots-milk', 'north', 1, lot => 'C') > 0 AS numbered;
SELECT inventory.receive('lots-milk', 'north', 1) > 0 AS numbered;
-- What has expired may be received, counts as there, and is not available.
SELECT inventory.receive('lots-milk', 'north', 9, lot => 'old', expires_on => '2001-01-01') > 0
	AS numbered;
SELECT location, lot, expires_on, on_hand, available FROM inventory.availability
	WHERE sku = 'lots-milk' ORDER BY location, lot;
SELECT * FROM inventory.available('{lots-milk}');
-- Today is not over yet, in UTC.
SELECT inventory.receive('lots-today', 'north', 1, lot => 'T',
	expires_on => (now() AT TIME ZONE 'UTC')::date) > 0 AS numbered;
SELECT available = CASE WHEN expires_on >= (statement_timestamp() AT TIME ZONE 'UTC')::date
	THEN 1 ELSE 0 END AS right FROM inventory.availability WHERE sku = 'lots-today';

-- The same lot with another day is other goods, here and elsewhere.
SELECT inventory.receive('lots-milk', 'north', 1, lot => 'A', expires_on => '2999-02-01');
SELECT inventory.receive('lots-milk', 'west', 1, lot => 'A', expires_on => '2999-02-01');
SELECT inventory.receive('lots-milk', 'north', 1, lot => 'C', expires_on => '2999-02-01');
SELECT inventory.receive('lots-milk', 'north', 1, expires_on => '2999-02-01');
-- Another item's lot of that name is another lot.
SELECT inventory.receive('lots-cream', 'north', 1, lot => 'A', expires_on => '2999-02-01') > 0
	AS numbered;
\set VERBOSITY sqlstate
SELECT inventory.receive('lots-milk', 'north', 1, lot => '');
SELECT inventory.receive('lots-milk', 'north', 1, lot => repeat('x', 501));
-- The longest names fit into an index, compressible or not.
SELECT inventory.receive(n.sku, n.location, 1, lot => n.lot) > 0 AS numbered
FROM (SELECT string_agg(sha512(i::text::bytea)::text, '' ORDER BY i) AS digits
	FROM generate_series(1, 25) AS i) AS d,
	LATERAL (SELECT left(digits, 1000) AS sku, substr(digits, 1001, 1000) AS location,
		substr(digits, 2001, 500) AS lot) AS n;
SELECT inventory.receive('lots-milk', 'north', 1, lot => 'D', expires_on => '4714-11-24 BC') > 0
	AS numbered;

-- A key stands for lot and day as well.
SELECT inventory.receive('lots-key', 'north', 1, 'lots-1', 'A', '2999-01-01')
	= inventory.receive('lots-key', 'north', 1, 'lots-1', 'A', '2999-01-01') AS same_movement;
SELECT inventory.receive('lots-key', 'north', 1, 'lots-1', 'B', '2999-01-01');
SELECT inventory.receive('lots-key', 'north', 1, 'lots-1', 'A', '2999-01-02');
SELECT inventory.receive('lots-key', 'north', 1, 'lots-1', 'A');
SELECT inventory.receive('lots-key', 'north', 1, 'lots-1');
\set VERBOSITY default
SELECT lot, expires_on, on_hand FROM inventory.availability WHERE sku = 'lots-key';
SELECT * FROM inventory.verify();

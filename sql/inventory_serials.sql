-- Serials: one row a unit, for life; the confirmation decides which units are sold.
SELECT inventory.receive('serials-phone', 'north', 3, serials => '{P3,P1,P2}') > 0 AS numbered;
SELECT inventory.receive('serials-phone', 'south', 1, lot => 'A', serials => '{P4}') > 0
	AS numbered;
SELECT * FROM inventory.serials WHERE sku = 'serials-phone' ORDER BY serial;

-- Held units are not told apart.  Sold ones are, and the reservation says which.
SELECT reservation AS cart FROM inventory.reserve('serials-phone', 2, 'north') \gset
SELECT serial, state FROM inventory.serials WHERE sku = 'serials-phone' ORDER BY serial;
SELECT status, lines FROM inventory.confirm(:'cart', 1,
	lines => '{"(serials-phone,1,north)"}', remainder => 'keep');
SELECT status, lines FROM inventory.confirm(:'cart', 1);
SELECT status, replayed FROM inventory.confirm(:'cart', 1);
SELECT serial, state, location FROM inventory.serials WHERE reservation = :'cart' ORDER BY serial;
-- What is released was never sold.
SELECT reservation AS back FROM inventory.reserve('serials-phone', 1, 'north') \gset
SELECT status FROM inventory.release(:'back', 1);
SELECT serial, state FROM inventory.serials WHERE sku = 'serials-phone' ORDER BY serial;
-- What is rolled back was not either.
BEGIN;
SELECT reservation AS gone FROM inventory.reserve('serials-phone', 1, 'north') \gset
SAVEPOINT s;
SELECT status FROM inventory.confirm(:'gone', 1);
SELECT serial FROM inventory.serials WHERE reservation = :'gone';
ROLLBACK TO s;
SELECT serial FROM inventory.serials WHERE reservation = :'gone';
ROLLBACK;
-- All in one statement, and in a function.
SELECT inventory.receive('serials-one', 'north', 2, serials => '{A,B}') > 0
	AND (SELECT (inventory.confirm(r.reservation, r.fence)).status
		FROM inventory.reserve('serials-one', 2) AS r) = 'confirmed' AS done;
SELECT serial, state FROM inventory.serials WHERE sku = 'serials-one' ORDER BY serial;

-- The warehouse shipped P3 although the books say P1.
SELECT inventory.exchange_serials('serials-phone', 'P1', 'P3', 'wrong box', 'serials-1')
	= inventory.exchange_serials('serials-phone', 'P1', 'P3', 'wrong box', 'serials-1') AS once;
SELECT serial, state, reservation = :'cart' AS in_cart FROM inventory.serials
	WHERE sku = 'serials-phone' ORDER BY serial;

-- Goods that were sold may come in again, anywhere.
SELECT inventory.receive('serials-phone', 'south', 1, serials => '{P3}') > 0 AS numbered;
SELECT * FROM inventory.serials WHERE serial = 'P3' AND sku = 'serials-phone';
SELECT h.state, s.location, h.reason, h.reservation = :'cart' AS in_cart,
	j.from_account, j.to_account
FROM inventory.serial_history AS h JOIN inventory.stock AS s USING (stock)
LEFT JOIN inventory.journal AS j USING (sequence)
WHERE h.sku = 'serials-phone' AND h.serial = 'P3' ORDER BY h.sequence;
SELECT * FROM inventory.verify();

-- What is in the house cannot come in, at no location.
SELECT inventory.receive('serials-phone', 'north', 2, serials => '{P9,P4}');
SELECT inventory.receive('serials-phone', 'south', 1, serials => '{P3}');
-- An item is kept by serial number or not, everywhere.
SELECT inventory.receive('serials-phone', 'north', 1);
SELECT inventory.receive('serials-phone', 'west', 1);
SELECT inventory.receive('serials-phone', 'north', 2, serials => '{P5}');
SELECT inventory.receive('serials-phone', 'north', 1, serials => '{P5,P6}');
SELECT inventory.receive('serials-lamp', 'north', 1) > 0 AS numbered;
SELECT inventory.receive('serials-lamp', 'north', 1, serials => '{L1}');
SELECT inventory.receive('serials-lamp', 'west', 1, serials => '{L1}');
-- A new item's first receipt needs as many serials as units, too.
SELECT inventory.receive('serials-new', 'north', 2, serials => '{N1}');
SELECT inventory.receive('serials-phone', 'north', 2, serials => '{P5,P5}');
SELECT inventory.exchange_serials('serials-phone', 'P1', 'P9', 'wrong box');
SELECT inventory.exchange_serials('serials-phone', 'P1', 'P1', 'wrong box');
\set VERBOSITY sqlstate
SELECT inventory.receive('serials-phone', 'north', 1, serials => '{}');
SELECT inventory.receive('serials-phone', 'north', 1, serials => '{NULL}');
SELECT inventory.receive('serials-phone', 'north', 1, serials => '{""}');
SELECT inventory.receive('serials-phone', 'north', 1, serials => ARRAY[repeat('x', 1001)]);
SELECT inventory.receive('serials-phone', 'north', 9223372036854775807, serials => '{P5}');
SELECT inventory.exchange_serials(NULL, 'P1', 'P2', 'x');
SELECT inventory.exchange_serials('serials-phone', NULL, 'P2', 'x');
SELECT inventory.exchange_serials('serials-phone', 'P1', NULL, 'x');
SELECT inventory.exchange_serials('serials-phone', 'P1', 'P2', NULL);
SELECT inventory.exchange_serials('serials-none', 'P1', 'P2', 'x');
SELECT inventory.exchange_serials('serials-phone', 'P1', 'P2', 'x', 'serials-1');
BEGIN READ ONLY;
SELECT inventory.exchange_serials('serials-phone', 'P1', 'P2', 'x');
ROLLBACK;
\set VERBOSITY default
-- A key stands for the serials as well, in any order.
SELECT inventory.receive('serials-phone', 'west', 2, 'serials-2', serials => '{P7,P8}')
	= inventory.receive('serials-phone', 'west', 2, 'serials-2', serials => '{P8,P7}') AS once;
\set VERBOSITY sqlstate
SELECT inventory.receive('serials-phone', 'west', 2, 'serials-2', serials => '{P8,P9}');
-- Nobody rewrites the history.
DELETE FROM inventory.serial_history;
UPDATE inventory.serial_history SET reason = 'x';
\set VERBOSITY default
SELECT count(*) FROM inventory.serials WHERE sku = 'serials-phone' AND state = 'stock';

-- The audit counts them.
BEGIN;
UPDATE inventory.serial SET state = 'gone' WHERE sku = 'serials-phone' AND serial = 'P8';
SELECT * FROM inventory.verify('serials-phone');
ROLLBACK;
-- Ten thousand at once.
SELECT inventory.receive('serials-many', 'north', 10000, serials => array_agg('M' || i)) > 0
	AS numbered FROM generate_series(1, 10000) AS i;
SELECT c.status FROM inventory.reserve('serials-many', 9999) AS r,
	inventory.confirm(r.reservation, r.fence) AS c;
SELECT state, count(*) FROM inventory.serials WHERE sku = 'serials-many' GROUP BY 1 ORDER BY 1;
SELECT * FROM inventory.verify('serials-many');

-- Readers see serials, and the application goes through functions.
CREATE ROLE serials_app IN ROLE inventory_app;
CREATE ROLE serials_reader IN ROLE inventory_reader;
CREATE ROLE serials_nobody;
\set VERBOSITY sqlstate
SET ROLE serials_app;
SELECT inventory.exchange_serials('serials-phone', 'P7', 'P8', 'wrong box') > 0 AS numbered;
SELECT * FROM inventory.serial;
SET ROLE serials_reader;
SELECT serial FROM inventory.serials WHERE serial = 'P7';
SELECT inventory.exchange_serials('serials-phone', 'P7', 'P8', 'wrong box');
SET ROLE serials_nobody;
SELECT serial FROM inventory.serials WHERE serial = 'P7';
RESET ROLE;
\set VERBOSITY default
DROP ROLE serials_app, serials_reader, serials_nobody;

-- Units may be promised that are not there yet; sold they are when they have numbers.
SELECT oversell_limit FROM inventory.set_policy('serials-one', 'north', oversell_limit => 1);
SELECT reservation AS early FROM inventory.reserve('serials-one', 1) \gset
\set VERBOSITY sqlstate
SELECT inventory.confirm(:'early', 1);
\set VERBOSITY default
SELECT inventory.receive('serials-one', 'north', 1, serials => '{C}') > 0 AS numbered;
SELECT status FROM inventory.confirm(:'early', 1);
SELECT serial FROM inventory.serials WHERE reservation = :'early';
SELECT * FROM inventory.verify();

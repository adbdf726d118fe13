-- Transfers: goods leave one location, and arrive at another in one or several parts.
SELECT inventory.receive('transfer-lamp', 'north', 10),
	inventory.receive('transfer-vase', 'north', 5) \gset
SELECT inventory.ship_transfer('{"(transfer-lamp,4,)","(transfer-vase,2,north)"}', 'north', 'south',
	key => 'transfer-1', eta => '2999-01-01 00:00 UTC') AS one \gset
-- The same call again: nothing more is sent.
SELECT inventory.ship_transfer('{"(transfer-lamp,4,)","(transfer-vase,2,north)"}', 'north', 'south',
	key => 'transfer-1', eta => '2999-01-01 00:00 UTC') = :one AS same;
SELECT sku, location, on_hand, available FROM inventory.available('{transfer-lamp,transfer-vase}');
SELECT line, sku, from_location, to_location, eta AT TIME ZONE 'UTC' AS eta, shipped, received,
	lost, in_transit FROM inventory.transfers WHERE transfer = :one;
-- A part arrives, then another; the same delivery twice is once.
SELECT inventory.receive_transfer(:one, '{"(transfer-lamp,1,)"}');
SELECT inventory.receive_transfer(:one, '{"(transfer-lamp,1,south)","(transfer-vase,1,)","(transfer-lamp,1,)"}',
	key => 'transfer-2');
SELECT inventory.receive_transfer(:one, '{"(transfer-lamp,1,south)","(transfer-vase,1,)","(transfer-lamp,1,)"}',
	key => 'transfer-2');
SELECT sku, received, in_transit FROM inventory.transfers WHERE transfer = :one ORDER BY line;
SELECT * FROM inventory.verify('transfer-lamp');
-- What was not sent cannot arrive; nothing of such a call happens.
SELECT inventory.receive_transfer(:one, '{"(transfer-vase,1,)","(transfer-lamp,2,)"}');
\set VERBOSITY sqlstate
SELECT inventory.receive_transfer(:one, '{"(transfer-none,1,)"}');
\set VERBOSITY default
-- The rest arrives.
SELECT inventory.receive_transfer(:one, NULL);
SELECT sku, received, in_transit FROM inventory.transfers WHERE transfer = :one ORDER BY line;
SELECT sku, location, on_hand FROM inventory.available('{transfer-lamp,transfer-vase}');
\set VERBOSITY sqlstate
SELECT inventory.receive_transfer(:one);
SELECT inventory.receive_transfer(:one, '{"(transfer-lamp,1,)"}');
SELECT inventory.close_transfer(:one, 'nothing left');
\set VERBOSITY default

-- What never arrives is given up.
SELECT inventory.ship_transfer('{"(transfer-lamp,3,)","(transfer-vase,1,)","(transfer-lamp,2,)"}',
	'north', 'west') AS two \gset
SELECT inventory.receive_transfer(:two, '{"(transfer-lamp,2,)"}');
SELECT inventory.close_transfer(:two, 'fell off the truck', 'transfer-3');
SELECT inventory.close_transfer(:two, 'fell off the truck', 'transfer-3');
SELECT line, sku, shipped, received, lost, in_transit FROM inventory.transfers
	WHERE transfer = :two ORDER BY line;
SELECT s.location, j.from_account, j.to_account, j.quantity, j.reason,
	j.reference = jsonb_build_object('transfer', :two) AS referred
FROM inventory.journal j JOIN inventory.stock s USING (stock)
WHERE s.sku = 'transfer-lamp' AND j.reference @> jsonb_build_object('transfer', :two)
ORDER BY j.sequence;

-- Only what is available is sent: all lines or nothing.  Expired holds are.
SELECT status FROM inventory.reserve('transfer-vase', 1, 'north');
SELECT inventory.ship_transfer('{"(transfer-lamp,1,)","(transfer-vase,2,)"}', 'north', 'west');
SELECT sku, location, on_hand FROM inventory.available('{transfer-lamp,transfer-vase}', 'north');
SELECT inventory.receive('transfer-late', 'north', 3) \gset
SELECT status FROM inventory.reserve('transfer-late', 3, ttl => '1 ms');
SELECT pg_sleep(0.01);
SELECT inventory.ship_transfer('{"(transfer-late,3,)"}', 'north', 'west') > 0 AS sent;

-- Lots keep their names and days, serials their numbers.
SELECT inventory.receive('transfer-milk', 'north', 3, lot => 'A', expires_on => '2999-01-01') \gset
SELECT inventory.ship_transfer('{"(transfer-milk,2,)"}', 'north', 'south', lot => 'A') AS milk \gset
SELECT inventory.receive_transfer(:milk);
SELECT location, lot, expires_on, on_hand FROM inventory.availability WHERE sku = 'transfer-milk'
	ORDER BY location;
SELECT inventory.receive('transfer-phone', 'north', 4, serials => '{P1,P2,P3,P4}') \gset
SELECT inventory.ship_transfer('{"(transfer-phone,3,)"}', 'north', 'south') AS phones \gset
SELECT serial, state, location, transfer = :phones AS sent FROM inventory.serials
	WHERE sku = 'transfer-phone' ORDER BY serial;
SELECT inventory.receive_transfer(:phones, '{"(transfer-phone,1,)"}');
SELECT inventory.exchange_serials('transfer-phone', 'P1', 'P2', 'P2 came first') > 0 AS done;
SELECT * FROM inventory.verify('transfer-phone');
SELECT inventory.receive_transfer(:phones, '{"(transfer-phone,1,)"}');
SELECT inventory.close_transfer(:phones, 'stolen');
SELECT serial, state, location FROM inventory.serials WHERE sku = 'transfer-phone' ORDER BY serial;

-- What is rolled back was never sent, nor received.
BEGIN;
SELECT inventory.ship_transfer('{"(transfer-lamp,1,)"}', 'north', 'west') AS gone \gset
SELECT inventory.receive_transfer(:gone);
ROLLBACK;
\set VERBOSITY sqlstate
SELECT inventory.receive_transfer(:gone);
-- In one transaction, and in one statement.
SELECT inventory.receive_transfer(inventory.ship_transfer('{"(transfer-lamp,1,)"}', 'north', 'west'));

-- What is wrong is refused.
SELECT inventory.ship_transfer(NULL, 'north', 'west');
SELECT inventory.ship_transfer('{}', 'north', 'west');
SELECT inventory.ship_transfer('{NULL}', 'north', 'west');
SELECT inventory.ship_transfer('{"(transfer-lamp,0,)"}', 'north', 'west');
SELECT inventory.ship_transfer('{"(transfer-lamp,-1,)"}', 'north', 'west');
SELECT inventory.ship_transfer('{"(transfer-lamp,,)"}', 'north', 'west');
SELECT inventory.ship_transfer('{"(,1,)"}', 'north', 'west');
SELECT inventory.ship_transfer('{"(transfer-lamp,1,south)"}', 'north', 'west');
SELECT inventory.ship_transfer('{"(transfer-lamp,1,)"}', NULL, 'west');
SELECT inventory.ship_transfer('{"(transfer-lamp,1,)"}', 'north', NULL);
SELECT inventory.ship_transfer('{"(transfer-lamp,1,)"}', 'north', '');
SELECT inventory.ship_transfer('{"(transfer-lamp,1,)"}', 'north', 'north');
SELECT inventory.ship_transfer('{"(transfer-lamp,1,)"}', 'east', 'west');
SELECT inventory.ship_transfer('{"(transfer-none,1,)"}', 'north', 'west');
SELECT inventory.ship_transfer('{"(transfer-lamp,1,)"}', 'north', 'west', lot => 'A');
SELECT inventory.ship_transfer('{"(transfer-lamp,9223372036854775807,)"}', 'north', 'west');
SELECT inventory.ship_transfer(
	'{"(transfer-lamp,9223372036854775807,)","(transfer-lamp,1,)"}', 'north', 'west');
SELECT inventory.ship_transfer('{"(transfer-lamp,4,)"}', 'north', 'south', key => 'transfer-1');
SELECT inventory.ship_transfer('{"(transfer-lamp,4,)","(transfer-vase,2,north)"}', 'north', 'south',
	key => 'transfer-1');
SELECT inventory.receive_transfer(NULL);
SELECT inventory.receive_transfer(0);
SELECT inventory.receive_transfer(-1);
SELECT inventory.receive_transfer(9223372036854775807);
SELECT inventory.receive_transfer(:one, '{}');
SELECT inventory.receive_transfer(:one, '{"(transfer-lamp,0,)"}');
SELECT inventory.receive_transfer(:one, key => 'transfer-2');
SELECT inventory.close_transfer(NULL, 'x');
SELECT inventory.close_transfer(0, 'x');
SELECT inventory.close_transfer(:one, NULL);
SELECT inventory.close_transfer(:two, 'another reason', 'transfer-3');
BEGIN READ ONLY;
SELECT inventory.ship_transfer('{"(transfer-lamp,1,)"}', 'north', 'west');
ROLLBACK;
BEGIN READ ONLY;
SELECT inventory.receive_transfer(:one);
ROLLBACK;
BEGIN READ ONLY;
SELECT inventory.close_transfer(:one, 'x');
ROLLBACK;
DELETE FROM inventory.transfer;
UPDATE inventory.transfer_line SET quantity = 1;
DELETE FROM inventory.transfer_receipt;
CREATE ROLE transfer_reader IN ROLE inventory_reader;
SET ROLE transfer_reader;
SELECT count(*) > 0 AS readable FROM inventory.transfers;
SELECT inventory.ship_transfer('{"(transfer-lamp,1,)"}', 'north', 'west');
SELECT inventory.receive_transfer(:one);
SELECT inventory.close_transfer(:one, 'x');
SELECT * FROM inventory.transfer;
RESET ROLE;
DROP ROLE transfer_reader;
\set VERBOSITY default
SELECT * FROM inventory.verify();

-- The audit compares what is on its way.
SELECT inventory.ship_transfer('{"(transfer-lamp,1,)"}', 'south', 'west') AS three \gset
SELECT * FROM inventory.verify('transfer-lamp');
BEGIN;
INSERT INTO inventory.transfer_line SELECT :three, 2, stock, 5 FROM inventory.stock
	WHERE sku = 'transfer-lamp' AND location = 'north';
SELECT * FROM inventory.verify('transfer-lamp');
INSERT INTO inventory.transfer_receipt VALUES (:three, 2, 0, 6, true);
SELECT check_name, expected, actual FROM inventory.verify('transfer-lamp') ORDER BY 1;
ROLLBACK;
BEGIN;
UPDATE inventory.serial SET state = 'transit', transfer = :phones
	WHERE sku = 'transfer-phone' AND serial = 'P4';
SELECT check_name, expected, actual FROM inventory.verify('transfer-phone') ORDER BY 1;
ROLLBACK;

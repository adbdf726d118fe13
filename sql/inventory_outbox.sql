-- The journal as an outbox: each movement once, to each consumer.
SELECT inventory.create_consumer('outbox-a', 'now');
SELECT inventory.receive('outbox-lamp', 'north', 5, reference => '{"from": "Acme"}') > 0 AS received;
SELECT sku, location, lot, from_account, to_account, quantity, reason, reference,
	at <= clock_timestamp() AS past, reservation IS NULL AS alone
FROM inventory.consume('outbox-a');
SELECT count(*) FROM inventory.consume('outbox-a');
-- In the order of their numbers, no more than asked for, none twice.
SELECT count((inventory.reserve('outbox-lamp', 1)).status) FROM generate_series(1, 5);
SELECT quantity, reason, sequence > lag(sequence) OVER () AS in_order
FROM inventory.consume('outbox-a', 2);
SELECT count(*) FROM inventory.consume('outbox-a', 2);
SELECT count(*) FROM inventory.consume('outbox-a', 2);
SELECT count(*) FROM inventory.consume('outbox-a', 2);
-- What is rolled back was not consumed; a savepoint alike.
SELECT r.status FROM inventory.receive('outbox-lamp', 'north', 1) AS n,
	inventory.reserve('outbox-lamp', 1) AS r;
BEGIN;
SELECT from_account, to_account FROM inventory.consume('outbox-a');
ROLLBACK;
BEGIN;
SAVEPOINT s;
SELECT from_account, to_account FROM inventory.consume('outbox-a', 1);
ROLLBACK TO s;
SELECT from_account, to_account FROM inventory.consume('outbox-a', 1);
COMMIT;
SELECT from_account, to_account FROM inventory.consume('outbox-a');
-- What the consumer's own transaction moves comes when it has committed.
BEGIN;
SELECT inventory.receive('outbox-lamp', 'north', 7) > 0 AS received;
SELECT quantity FROM inventory.consume('outbox-a');
SELECT inventory.receive('outbox-lamp', 'north', 8) > 0 AS received;
SELECT quantity FROM inventory.consume('outbox-a');
COMMIT;
SELECT quantity FROM inventory.consume('outbox-a');
SELECT quantity FROM inventory.consume('outbox-a');
BEGIN;
SELECT inventory.receive('outbox-lamp', 'north', 9) > 0 AS received;
SELECT quantity FROM inventory.consume('outbox-a');
ROLLBACK;
SELECT quantity FROM inventory.consume('outbox-a');
-- Consumers do not mind each other; one that starts at the beginning has had all there is.
SELECT inventory.create_consumer('outbox-b');
SELECT count(*) = (SELECT count(*) FROM inventory.journal) AS whole_journal,
	bool_and(sequence > coalesce(before, 0)) AS in_order
FROM (SELECT sequence, lag(sequence) OVER () AS before
	FROM inventory.consume('outbox-b', 1000000)) AS c;
SELECT count(*) FROM inventory.consume('outbox-b');
SELECT consumer, behind, consumed_at > created_at AS consumed
FROM inventory.consumers WHERE consumer LIKE 'outbox%' ORDER BY 1;
-- At any level, the newest there is.
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT count(*) FROM inventory.consume('outbox-a');
COMMIT;
-- Consuming relies on numbers that are given out one by one.
SELECT seqcache, seqincrement, seqcycle FROM pg_sequence
WHERE seqrelid = 'inventory.journal_sequence'::regclass;
-- What SQL inserts came from a dump: its transaction is another cluster's.
BEGIN;
INSERT INTO inventory.consumer SELECT 'outbox-c', upto, open, open_from, next, generation, pending,
	pending_from, created_at FROM inventory.consumer WHERE consumer = 'outbox-b';
SELECT generation FROM inventory.consumer WHERE consumer = 'outbox-c';
SELECT count(*) FROM inventory.consume('outbox-c');
SELECT generation FROM inventory.consumer WHERE consumer = 'outbox-c';
ROLLBACK;

-- Bad input.
SELECT * FROM inventory.consume('outbox-unknown');
SELECT inventory.create_consumer('outbox-a');
SELECT inventory.create_consumer('outbox-d', 'tomorrow');
\set VERBOSITY sqlstate
SELECT * FROM inventory.consume(NULL);
SELECT * FROM inventory.consume('');
SELECT * FROM inventory.consume('outbox-a', NULL);
SELECT * FROM inventory.consume('outbox-a', 0);
SELECT * FROM inventory.consume('outbox-a', -2147483648);
SELECT inventory.create_consumer(NULL);
SELECT inventory.create_consumer('');
SELECT inventory.create_consumer(repeat('x', 1001));
SELECT inventory.create_consumer('outbox-d', NULL);
SELECT inventory.drop_consumer(NULL);
SELECT inventory.drop_consumer('outbox-unknown');
BEGIN READ ONLY;
SAVEPOINT s;
SELECT * FROM inventory.consume('outbox-a');
ROLLBACK TO s;
SELECT inventory.create_consumer('outbox-d');
ROLLBACK TO s;
SELECT inventory.drop_consumer('outbox-a');
ROLLBACK;
CREATE ROLE outbox_app IN ROLE inventory_app;
CREATE ROLE outbox_reader IN ROLE inventory_reader;
SET ROLE outbox_app;
SELECT inventory.create_consumer('outbox-d', 'now');
SELECT count(*) FROM inventory.consume('outbox-d');
SELECT inventory.drop_consumer('outbox-d');
SELECT * FROM inventory.consumer;
SELECT inventory.mark_restored();
SET ROLE outbox_reader;
SELECT count(*) FROM inventory.consumers WHERE consumer LIKE 'outbox%';
SELECT * FROM inventory.consume('outbox-a');
SELECT inventory.create_consumer('outbox-d');
SELECT inventory.drop_consumer('outbox-a');
RESET ROLE;
\set VERBOSITY default
DROP ROLE outbox_app, outbox_reader;
SELECT inventory.drop_consumer('outbox-a'), inventory.drop_consumer('outbox-b');

-- Tables are looked up by name once in a session; what is known of them is never stale.
BEGIN;
SELECT inventory.receive('names-lamp', 'north', 5) IS NOT NULL AS received;
SELECT status FROM inventory.reserve('names-lamp', 1);
SAVEPOINT renamed;
ALTER TABLE inventory.journal RENAME TO movements;
SELECT status FROM inventory.reserve('names-lamp', 1);
ROLLBACK TO renamed;
SELECT status FROM inventory.reserve('names-lamp', 1);

-- Another one by the same name takes its place.
SAVEPOINT replaced;
ALTER TABLE inventory.journal RENAME TO movements;
ALTER INDEX inventory.journal_pkey RENAME TO movements_pkey;
CREATE TABLE inventory.journal (LIKE inventory.movements);
ALTER TABLE inventory.journal ADD CONSTRAINT journal_pkey PRIMARY KEY (sequence);
SELECT status FROM inventory.reserve('names-lamp', 2);
SELECT from_account, to_account, quantity FROM inventory.journal;
ROLLBACK TO replaced;
SELECT status FROM inventory.reserve('names-lamp', 1);
SELECT from_account, to_account, quantity FROM inventory.journal AS j
JOIN inventory.stock AS s ON s.stock = j.stock AND s.sku = 'names-lamp' ORDER BY sequence;
ROLLBACK;

-- The journal is append-only, for its owner too.
SELECT inventory.receive('journal-lamp', 'north', 3) \gset
\set VERBOSITY terse
UPDATE inventory.journal SET quantity = 1;
DELETE FROM inventory.journal;
DELETE FROM inventory.journal WHERE false;
TRUNCATE inventory.journal;
SET session_replication_role = replica;
DELETE FROM inventory.journal;
RESET session_replication_role;
MERGE INTO inventory.journal AS j USING (VALUES (1)) AS v ON true WHEN MATCHED THEN DELETE;
SELECT inventory.refuse_change();
\set VERBOSITY default
DELETE FROM inventory.journal;
SELECT count(*) FROM inventory.journal j JOIN inventory.stock s USING (stock)
	WHERE s.sku = 'journal-lamp';

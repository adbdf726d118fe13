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
TRUNCATE inventory.audit_entry;
SELECT count(*) FROM inventory.journal j JOIN inventory.stock s USING (stock)
	WHERE s.sku = 'journal-lamp';
-- So is every table that says so.
SELECT k.relname AS only_says_so FROM pg_class AS k
WHERE k.relnamespace = 'inventory'::regnamespace AND k.relkind = 'r'
  AND obj_description(k.oid, 'pg_class') ~ 'append-only'
  AND NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = k.oid AND t.tgenabled = 'A'
	AND t.tgfoid = 'inventory.refuse_change'::regproc AND t.tgtype & (2 | 8 | 16 | 32) = (2 | 8 | 16 | 32));
SELECT count(*) AS tables FROM pg_trigger WHERE tgfoid = 'inventory.refuse_change'::regproc;
\set VERBOSITY terse
DELETE FROM inventory.count_point;
UPDATE inventory.expectation SET quantity = quantity;
TRUNCATE inventory.expectation_settlement;

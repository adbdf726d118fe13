-- Indexes are prepared once a session: those that come and go between two calls are noticed.
CREATE FUNCTION pg_temp.by_index(condition text, OUT entries bigint, OUT of bigint)
LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL enable_seqscan = off;
	EXECUTE 'SELECT count(*) FROM inventory.journal WHERE ' || condition INTO entries;
	SET LOCAL enable_seqscan = on;
	SET LOCAL enable_indexscan = off;
	SET LOCAL enable_indexonlyscan = off;
	SET LOCAL enable_bitmapscan = off;
	EXECUTE 'SELECT count(*) FROM inventory.journal WHERE ' || condition INTO of;
	SET LOCAL enable_indexscan = on;
	SET LOCAL enable_indexonlyscan = on;
	SET LOCAL enable_bitmapscan = on;
END $$;
SELECT inventory.receive('indexes-lamp', 'north', 1) > 0 AS received;
-- A plain one, one of an expression, one of some rows, and of another method.
CREATE INDEX indexes_plain ON inventory.journal (quantity);
CREATE INDEX indexes_expression ON inventory.journal ((quantity / 2));
CREATE INDEX indexes_partial ON inventory.journal (at) WHERE quantity = 987001;
CREATE INDEX indexes_hash ON inventory.journal USING hash (reason);
SELECT count(inventory.receive('indexes-lamp', 'north', 987000 + i)) FROM generate_series(1, 3) AS i;
SELECT * FROM pg_temp.by_index('quantity = 987002');
SELECT * FROM pg_temp.by_index('quantity / 2 = 493501');
SELECT * FROM pg_temp.by_index('quantity = 987001 AND at > ''-infinity''');
SELECT entries = of AS same FROM pg_temp.by_index('reason = ''receive''');
-- A unique one refuses what it has, and lets go of what was refused.
CREATE UNIQUE INDEX indexes_unique ON inventory.journal (quantity) WHERE quantity BETWEEN 987000 AND 988000;
\set VERBOSITY sqlstate
SELECT inventory.receive('indexes-lamp', 'north', 987003);
\set VERBOSITY default
SELECT inventory.receive('indexes-lamp', 'north', 987004) > 0 AS received;
SELECT * FROM pg_temp.by_index('quantity = 987004');
-- Built anew, in place or beside, and gone.
REINDEX INDEX inventory.indexes_plain;
SELECT inventory.receive('indexes-lamp', 'north', 987005) > 0 AS received;
REINDEX INDEX CONCURRENTLY inventory.indexes_plain;
SELECT inventory.receive('indexes-lamp', 'north', 987006) > 0 AS received;
SELECT * FROM pg_temp.by_index('quantity BETWEEN 987005 AND 987006');
DROP INDEX inventory.indexes_unique, inventory.indexes_expression;
SELECT inventory.receive('indexes-lamp', 'north', 987006) > 0 AS received;
SELECT * FROM pg_temp.by_index('quantity = 987006');
-- Within one transaction that rolls its index back.
BEGIN;
CREATE INDEX indexes_gone ON inventory.journal (stock, quantity);
SELECT inventory.receive('indexes-lamp', 'north', 987007) > 0 AS received;
ROLLBACK;
SELECT inventory.receive('indexes-lamp', 'north', 987008) > 0 AS received;
SELECT * FROM pg_temp.by_index('quantity = 987008');
DROP INDEX inventory.indexes_plain, inventory.indexes_partial, inventory.indexes_hash;
SELECT inventory.receive('indexes-lamp', 'north', 987009) > 0 AS received;
SELECT * FROM inventory.verify('indexes-lamp');

-- Constraints are prepared once a session as well, with what their functions did then: a function
-- that is another one now is noticed.
CREATE FUNCTION public.indexes_small(quantity bigint) RETURNS boolean LANGUAGE sql IMMUTABLE
	AS 'SELECT $1 < 1000000';
ALTER TABLE inventory.journal ADD CONSTRAINT indexes_small CHECK (public.indexes_small(quantity)) NOT VALID;
SELECT inventory.receive('indexes-lamp', 'north', 500) > 0 AS received;
CREATE OR REPLACE FUNCTION public.indexes_small(quantity bigint) RETURNS boolean LANGUAGE sql IMMUTABLE
	AS 'SELECT $1 < 400';
\set VERBOSITY sqlstate
SELECT inventory.receive('indexes-lamp', 'north', 500);
\set VERBOSITY default
SELECT inventory.receive('indexes-lamp', 'north', 399) > 0 AS received;
ALTER TABLE inventory.journal DROP CONSTRAINT indexes_small;
DROP FUNCTION public.indexes_small;
SELECT inventory.receive('indexes-lamp', 'north', 500) > 0 AS received;
SELECT * FROM inventory.verify('indexes-lamp');

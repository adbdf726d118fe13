-- The same transactions in a loop within the server: no parsing, no client, no waiting.
-- :table and :transactions come from the command line.
SET synchronous_commit = off;
SELECT format('DO $do$ BEGIN FOR i IN 1..%s LOOP INSERT INTO %I (item, amount) '
	'VALUES (i %% 1000 + 1, i); COMMIT; END LOOP; END $do$', :transactions, :'table') AS work \gset
DO $$ BEGIN PERFORM 1; END $$; -- loads plpgsql
INSERT INTO cpu (ns) SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::bigint;
:work;
INSERT INTO cpu (ns) SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::bigint;

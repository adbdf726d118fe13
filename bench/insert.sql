-- One row a transaction.  The backend itself writes down the CPU time that the kernel has
-- charged it, after a warm-up and at the end; the tests between are the client's work.
\set n :n + 1
\set item random(1, 1000)
\set amount random(1, 100000)
\if :n = :first or :n = :last
INSERT INTO cpu (ns) SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::bigint;
\endif
INSERT INTO :table (item, amount) VALUES (:item, :amount);

\set n :n + 1
\if :n = :first or :n = :last
INSERT INTO cpu SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::bigint;
\endif

-- Leases: one owner at a time, fences that only grow.
SELECT inventory.lease('lease-export', 'ann', '1 hour');
-- Somebody else hears NULL; the holder renews under the same fence.
SELECT inventory.lease('lease-export', 'bob', '1 hour');
SELECT expires_at AS before FROM inventory.leases WHERE name = 'lease-export' \gset
SELECT inventory.lease('lease-export', 'ann', '2 hours');
SELECT expires_at > :'before'::timestamptz + '59 min' AS longer, owned, holder
FROM inventory.leases WHERE name = 'lease-export';
SELECT inventory.check_fence('lease-export', 1);
-- A lease released is anybody's, under a greater fence; releasing again changes nothing.
SELECT inventory.release_lease('lease-export', 1);
SELECT inventory.release_lease('lease-export', 1);
\set VERBOSITY terse
SELECT inventory.check_fence('lease-export', 1);
\set VERBOSITY default
SELECT inventory.lease('lease-export', 'bob', '1 hour');
SELECT inventory.check_fence('lease-export', 1);
SELECT inventory.release_lease('lease-export', 1);
SELECT inventory.check_fence('lease-export', 3);
SELECT inventory.check_fence('lease-never', 1);
-- A lease ends by the clock, not by the start of the transaction.
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT inventory.lease('lease-short', 'ann', '500 ms');
SELECT inventory.lease('lease-short', 'bob', '1 hour');
SELECT pg_sleep(0.55);
\set VERBOSITY terse
SELECT inventory.check_fence('lease-short', 1);
\set VERBOSITY default
ROLLBACK;
-- The holder who comes late gets a greater fence too.
SELECT inventory.lease('lease-short', 'ann', '1 ms');
SELECT pg_sleep(0.01);
SELECT inventory.lease('lease-short', 'ann', '1 hour');
-- Calls of one statement see each other.
SELECT n, inventory.lease('lease-one', CASE WHEN n = 2 THEN 'bob' ELSE 'ann' END, '1 hour')
FROM generate_series(1, 3) AS n;
-- A savepoint rolled back takes its grant along.
BEGIN;
SAVEPOINT s;
SELECT inventory.lease('lease-two', 'ann', '1 hour');
ROLLBACK TO s;
SELECT inventory.lease('lease-two', 'bob', '1 hour');
COMMIT;

-- Bad input.
SELECT inventory.lease(NULL, 'ann', '1 hour');
\set VERBOSITY sqlstate
SELECT inventory.lease('', 'ann', '1 hour');
SELECT inventory.lease(repeat('x', 1001), 'ann', '1 hour');
SELECT inventory.lease('lease-bad', NULL, '1 hour');
SELECT inventory.lease('lease-bad', '', '1 hour');
SELECT inventory.lease('lease-bad', 'ann', NULL);
SELECT inventory.lease('lease-bad', 'ann', '0');
SELECT inventory.lease('lease-bad', 'ann', '-1 s');
SELECT inventory.lease('lease-bad', 'ann', '300000 years');
SELECT inventory.release_lease(NULL, 1);
SELECT inventory.release_lease('lease-bad', NULL);
SELECT inventory.release_lease('lease-bad', 1);
SELECT inventory.check_fence(NULL, 1);
SELECT inventory.check_fence('lease-export', NULL);
SELECT inventory.check_fence('lease-export', -9223372036854775808);
SELECT count(*) FROM inventory.leases WHERE name = 'lease-bad';
-- Read-only transactions may check and change nothing.
BEGIN READ ONLY;
SELECT inventory.check_fence('lease-export', 2);
SAVEPOINT s;
SELECT inventory.lease('lease-export', 'bob', '1 hour');
ROLLBACK TO s;
SELECT inventory.release_lease('lease-export', 2);
ROLLBACK;
-- Who may do what.
CREATE ROLE lease_app IN ROLE inventory_app;
CREATE ROLE lease_reader IN ROLE inventory_reader;
SET ROLE lease_app;
SELECT inventory.lease('lease-app', 'ann', '1 hour');
SELECT inventory.check_fence('lease-app', 1);
SELECT inventory.release_lease('lease-app', 1);
SELECT * FROM inventory.lease;
SELECT * FROM inventory.leases;
SET ROLE lease_reader;
SELECT name, holder, fence, owned FROM inventory.leases WHERE name LIKE 'lease-a%';
SELECT inventory.lease('lease-app', 'ann', '1 hour');
SELECT inventory.release_lease('lease-app', 1);
SELECT inventory.check_fence('lease-app', 1);
DELETE FROM inventory.leases;
RESET ROLE;
\set VERBOSITY default
DROP ROLE lease_app, lease_reader;

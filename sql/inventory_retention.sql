-- Balances of the past, and what is left when the past is pruned.
SET timezone = 'UTC';
\set SHOW_CONTEXT never
SELECT inventory.receive('retention-lamp', 'north', 10) > 0 AS received;
SELECT reservation AS sold, fence FROM inventory.reserve('retention-lamp', 3, key => 'retention-1') \gset
SELECT clock_timestamp() AS held_at, pg_current_snapshot() AS held_in \gset
SELECT status FROM inventory.confirm(:'sold', :fence);
SELECT reservation AS given_back, fence FROM inventory.reserve('retention-lamp', 2) \gset
SELECT status FROM inventory.release(:'given_back', :fence);
SELECT reservation AS open, fence AS open_fence FROM inventory.reserve('retention-lamp', 1) \gset
SELECT reservation AS forgotten FROM inventory.reserve('retention-lamp', 1, ttl => '1 ms') \gset
SELECT inventory.set_capacity('retention-room', 1);
SELECT status FROM inventory.book('retention-room', '[2020-01-01, 2020-01-02)', ttl => '1 ms');
SELECT status FROM inventory.book('retention-room', '[2120-01-01, 2120-01-02)', key => 'retention-2');
SELECT pg_sleep(0.01);
SELECT clock_timestamp() AS before \gset
SELECT status FROM inventory.reserve('retention-lamp', 4);
-- Balances at any time, and in any snapshot.
SELECT * FROM inventory.balance_at('retention-lamp', 'north', '2000-01-01');
SELECT * FROM inventory.balance_at('retention-lamp', 'north', :'held_at');
SELECT * FROM inventory.balance_in('retention-lamp', 'north', :'held_in');
SELECT * FROM inventory.balance_at('retention-lamp', 'north', 'infinity');
SELECT * FROM inventory.balance_in('retention-lamp', 'north', pg_current_snapshot());

-- Pruned in a transaction that is rolled back: other tests have a past too.
BEGIN;
-- What a consumer has not had is not pruned.
SELECT inventory.create_consumer('retention');
SELECT keys > 0 AS keys, movements FROM inventory.prune(:'before', 1000000);
ROLLBACK;
BEGIN;
SELECT set_config('retention.before', :'before', true) IS NOT NULL AS set;
CREATE TEMP VIEW balance AS
SELECT stock, account, sum(quantity) AS quantity
FROM (SELECT stock, account, quantity FROM inventory.opening_balance
	UNION ALL SELECT stock, to_account, quantity FROM inventory.journal
	UNION ALL SELECT stock, from_account, -quantity FROM inventory.journal) AS side
GROUP BY stock, account;
CREATE TEMP TABLE before AS TABLE balance;
-- One row at a time at first, for there may be little past; other tests may have left much.
DO $$ DECLARE pruned record; none boolean; rounds int := 0; calls int := 0; most int; BEGIN
	LOOP
		rounds := rounds + 1;
		most := CASE WHEN rounds <= 5 THEN 1 ELSE 2000 END;
		SELECT * INTO pruned FROM inventory.prune(current_setting('retention.before')::timestamptz, most);
		none := pruned IS NOT DISTINCT FROM ROW(0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint);
		EXIT WHEN none AND rounds > 5;
		IF greatest(pruned.movements, pruned.reservations, pruned.keys, pruned.holds) > most THEN
			RAISE EXCEPTION 'more than asked for: %', pruned;
		END IF;
		calls := calls + (NOT none)::int;
	END LOOP;
	RAISE NOTICE 'pruned in several calls: %', calls > 2;
END $$;
SELECT reservation = :'open' AS open, status FROM inventory.reservations
WHERE reservation IN (:'sold', :'given_back', :'open', :'forgotten') ORDER BY status;
SELECT r.status, j.from_account, j.to_account, j.quantity FROM inventory.journal AS j
LEFT JOIN inventory.reservation AS r USING (reservation)
WHERE j.stock = (SELECT stock FROM inventory.stock WHERE sku = 'retention-lamp') ORDER BY j.sequence;
SELECT during FROM inventory.bookings WHERE resource = 'retention-room';
SELECT key FROM inventory.idempotency WHERE key LIKE 'retention%';
-- The balances are what they were, but for what forgotten holds have given back.
SELECT b.account, b.quantity FROM inventory.balance_at('retention-lamp', 'north', clock_timestamp()) AS b;
SELECT * FROM before FULL JOIN balance USING (stock, account)
WHERE before.quantity IS DISTINCT FROM balance.quantity AND account NOT IN ('held', 'available');
SELECT * FROM inventory.verify();
-- What is not known any more is an error, and life goes on.
SAVEPOINT s;
\set VERBOSITY sqlstate
SELECT * FROM inventory.balance_at('retention-lamp', 'north', :'held_at');
ROLLBACK TO s;
SELECT * FROM inventory.balance_in('retention-lamp', 'north', :'held_in');
ROLLBACK TO s;
SELECT inventory.confirm(:'sold', 1);
ROLLBACK TO s;
DELETE FROM inventory.journal;
ROLLBACK TO s;
\set VERBOSITY default
SELECT status FROM inventory.confirm(:'open', :open_fence);
SELECT status FROM inventory.reserve('retention-lamp', 1, key => 'retention-1');
SELECT * FROM inventory.verify();
ROLLBACK;

-- Bad input.
SELECT inventory.prune(NULL);
SELECT inventory.balance_at(NULL, 'north', now());
SELECT inventory.balance_at('retention-vase', 'north', now());
\set VERBOSITY sqlstate
SELECT inventory.balance_at('retention-lamp', 'north', NULL);
SELECT inventory.prune(now(), 0);
SELECT inventory.prune(now(), NULL);
SELECT inventory.prune('infinity');
SELECT inventory.prune(now() + '1 hour');
SELECT inventory.balance_at('retention-lamp', NULL, now());
SELECT inventory.balance_at('retention-lamp', 'north', NULL);
SELECT inventory.balance_in('retention-lamp', 'north', NULL);
SELECT inventory.balance_in('retention-lamp', 'south', pg_current_snapshot());
SELECT inventory.retire(NULL);
SELECT inventory.retire('{-1}');
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT inventory.prune('2000-01-01');
ROLLBACK;
BEGIN READ ONLY;
SELECT inventory.prune('2000-01-01');
ROLLBACK;
CREATE ROLE retention_app IN ROLE inventory_app;
CREATE ROLE retention_reader IN ROLE inventory_reader;
CREATE ROLE retention_operator IN ROLE inventory_operator;
SET ROLE retention_app;
SELECT count(*) FROM inventory.balance_at('retention-lamp', 'north', now());
SELECT inventory.prune('2000-01-01');
SELECT inventory.retire('{1}');
SELECT inventory.roll_up('{1}');
SET ROLE retention_reader;
SELECT count(*) FROM inventory.balance_in('retention-lamp', 'north', pg_current_snapshot());
SELECT inventory.prune('2000-01-01');
SELECT * FROM inventory.opening_balance;
SET ROLE retention_operator;
BEGIN;
SELECT inventory.prune('2000-01-01');
ROLLBACK;
SELECT inventory.retire('{1}');
RESET ROLE;
\set VERBOSITY default
DROP ROLE retention_app, retention_reader, retention_operator;

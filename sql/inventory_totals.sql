-- A stock never exceeds a bigint, however it is added up: no entry wraps, and each that
-- does not fit says so.
\set most 9223372036854775807
SELECT inventory.receive('totals-lamp', 'north', :most) > 0 AS received;
SELECT inventory.receive('totals-lamp', 'north', 1);
SELECT inventory.adjust('totals-lamp', 'north', 1, 'found');
SELECT inventory.return_stock('totals-lamp', 'north', 1);
SELECT inventory.count_start('totals-lamp', 'north') AS point \gset
SELECT inventory.count('totals-lamp', 'north', :most, :point, 'all there');
SELECT * FROM inventory.available('{totals-lamp}');

-- What is held counts, whichever cells are empty; giving it back always fits.
SELECT status FROM inventory.reserve('totals-lamp', :most, key => 'totals-1');
\set VERBOSITY terse
SELECT inventory.receive('totals-lamp', 'north', 1);
SELECT inventory.receive('totals-lamp', 'north', :most);
SELECT inventory.count_start('totals-lamp', 'north') AS point \gset
SELECT c.status FROM inventory.reserve('totals-lamp', :most, key => 'totals-1') AS r,
	inventory.release(r.reservation, r.fence) AS c;
SELECT sku, on_hand, held, available FROM inventory.availability WHERE sku = 'totals-lamp';
SELECT * FROM inventory.verify('totals-lamp');

-- What is sold makes room; accounts that have seen more than a bigint say so.
SELECT c.status FROM inventory.reserve('totals-lamp', :most, key => 'totals-2') AS r,
	inventory.confirm(r.reservation, r.fence) AS c;
SELECT inventory.receive('totals-lamp', 'north', :most) > 0 AS received;
SELECT * FROM inventory.verify('totals-lamp');
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT * FROM inventory.balance_at('totals-lamp', 'north', now());
SELECT * FROM inventory.balance_in('totals-lamp', 'north', pg_current_snapshot());
\set VERBOSITY terse

-- Quarantine, and its end.
SELECT inventory.receive('totals-vase', 'north', :most) > 0 AS received;
SELECT inventory.quarantine('totals-vase', 'north', :most, 'wet') > 0 AS moved;
SELECT inventory.receive('totals-vase', 'north', 1) > 0 AS received;
SELECT inventory.return_stock('totals-vase', 'north', 1, 'quarantine');
SELECT inventory.settle_quarantine('totals-vase', 'north', :most, 'sellable', 'dry');
SELECT inventory.settle_quarantine('totals-vase', 'north', :most - 1, 'sellable', 'dry') > 0 AS moved;
SELECT inventory.settle_quarantine('totals-vase', 'north', 1, 'sellable', 'dry');
SELECT quantity FROM inventory.quarantined WHERE sku = 'totals-vase';
SELECT * FROM inventory.verify('totals-vase');

-- The floor: units that may be sold without being there, beside those that are.
SELECT inventory.set_policy('totals-vase', 'north', oversell_limit => 1);
SELECT safety_stock FROM inventory.set_policy('totals-vase', 'north', safety_stock => :most);
SELECT oversell_limit FROM inventory.set_policy('totals-vase', 'north', oversell_limit => :most);
SELECT sku, on_hand, available FROM inventory.availability WHERE sku = 'totals-vase';
SELECT inventory.set_policy('totals-vase', 'north', safety_stock => 0);
SELECT inventory.receive('totals-vase', 'north', 1);
SELECT * FROM inventory.verify('totals-vase');

-- In transit.
SELECT inventory.receive('totals-cup', 'north', :most) > 0 AS received;
SELECT inventory.receive('totals-cup', 'south', :most) > 0 AS received;
SELECT inventory.receive('totals-bowl', 'north', :most) > 0 AS received;
\set VERBOSITY default
SELECT inventory.ship_transfer('{"(totals-cup,9223372036854775807,)","(totals-bowl,1,)"}',
	'north', 'south');
\set VERBOSITY terse
SELECT inventory.ship_transfer('{"(totals-cup,9223372036854775807,)"}', 'north', 'south')
	AS transfer \gset
SELECT inventory.receive_transfer(:transfer);
SELECT inventory.receive_transfer(:transfer, '{"(totals-cup,1,)"}');
SELECT inventory.adjust('totals-cup', 'south', -1, 'broken') > 0 AS adjusted;
SELECT inventory.receive_transfer(:transfer, '{"(totals-cup,1,)"}') AS missing;
SELECT inventory.close_transfer(:transfer, 'sunk') AS lost;
SELECT * FROM inventory.verify('totals-cup');

-- Several stocks together may exceed a bigint: a sum that does is an error, the rows are not.
SELECT inventory.receive('totals-milk', 'north', :most, lot => 'a') > 0 AS received;
SELECT inventory.receive('totals-milk', 'north', 1, lot => 'b') > 0 AS received;
SELECT lot, on_hand FROM inventory.availability WHERE sku = 'totals-milk' ORDER BY lot;
\set VERBOSITY default
SELECT * FROM inventory.available('{totals-milk}');
SELECT promisable FROM inventory.promise('totals-milk');
\set VERBOSITY terse
-- All that there is can be had: of any lots, but no more than a bigint at once.
SELECT c.status FROM inventory.reserve('totals-milk', :most) AS r,
	inventory.confirm(r.reservation, r.fence) AS c;
SELECT status FROM inventory.reserve('totals-milk', 2);
SELECT promisable FROM inventory.promise('totals-milk');

-- Counts: their differences add up to more than a bigint, one way or the other.
SELECT inventory.receive('totals-pin', 'north', 1) > 0 AS received;
SELECT inventory.count_start('totals-pin', 'north') AS point \gset
SELECT inventory.count('totals-pin', 'north', :most, :point, 'a');
SELECT inventory.adjust('totals-pin', 'north', -:most, 'b') > 0 AS adjusted;
SELECT inventory.count_start('totals-pin', 'north') AS point \gset
SELECT inventory.count('totals-pin', 'north', :most, :point, 'c');
\set VERBOSITY default
SELECT inventory.count_start('totals-pin', 'north');
\set VERBOSITY terse

-- Small receipts of a stock that has had a large one are counted like it.
SELECT inventory.receive('totals-nail', 'north', :most - 3) > 0 AS received;
SELECT inventory.receive('totals-nail', 'north', 1) > 0 AS received FROM generate_series(1, 3);
SELECT inventory.receive('totals-nail', 'north', 1);
SELECT on_hand FROM inventory.available('{totals-nail}');

-- What is pruned may come to more than a bigint: the sums are kept whole.
BEGIN;
SELECT movements > 10 AS pruned FROM inventory.prune(clock_timestamp(), 1000000);
SELECT quantity FROM inventory.opening_balance AS o JOIN inventory.stock AS s USING (stock)
WHERE s.sku = 'totals-lamp' AND o.account = 'supplier';
SELECT count(*) AS differences FROM inventory.verify() AS v WHERE v.key LIKE 'totals%';
ROLLBACK;
SELECT count(*) AS differences FROM inventory.verify() AS v WHERE v.key LIKE 'totals%';

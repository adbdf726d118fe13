-- Adjustments: so many units more or fewer, for a reason, and a compare-and-set.
SELECT inventory.receive('adjust-lamp', 'north', 10) \gset
SELECT inventory.adjust('adjust-lamp', 'north', 3, 'found behind the shelf') AS first \gset
SELECT inventory.adjust('adjust-lamp', 'north', -5, 'broken', key => 'adjust-1')
	= inventory.adjust('adjust-lamp', 'north', -5, 'broken', key => 'adjust-1') AS once;
SELECT on_hand, available FROM inventory.available('{adjust-lamp}');
SELECT j.from_account, j.to_account, j.quantity, j.reason
FROM inventory.journal j JOIN inventory.stock s USING (stock)
WHERE s.sku = 'adjust-lamp' ORDER BY j.sequence;
SELECT verb, delta, counted, reason FROM inventory.corrections WHERE sku = 'adjust-lamp'
	ORDER BY sequence;

-- Compare and set: what was corrected last is what the caller looked at.
SELECT max(sequence) AS last FROM inventory.corrections WHERE sku = 'adjust-lamp' \gset
SELECT inventory.adjust('adjust-lamp', 'north', 1, 'found', expect_sequence => :last) > :last
	AS done;
\set VERBOSITY sqlstate
SELECT inventory.adjust('adjust-lamp', 'north', 1, 'found', expect_sequence => :last);
SELECT inventory.adjust('adjust-lamp', 'north', 1, 'found', expect_sequence => 0);
\set VERBOSITY default
SELECT inventory.receive('adjust-vase', 'north', 2) \gset
SELECT inventory.adjust('adjust-vase', 'north', 1, 'found', expect_sequence => 0) > 0 AS done;
-- Sales and receipts are no corrections: the difference holds whatever is there.
SELECT max(sequence) AS last FROM inventory.corrections WHERE sku = 'adjust-vase' \gset
SELECT inventory.receive('adjust-vase', 'north', 2), reservation AS cart
	FROM inventory.reserve('adjust-vase', 1) \gset
SELECT inventory.adjust('adjust-vase', 'north', 1, 'found', expect_sequence => :last) > :last
	AS done;
SELECT on_hand, held FROM inventory.available('{adjust-vase}');

-- What is held is not to be had, nor what must stay in store.  Expired holds are.
CREATE FUNCTION pg_temp.error_of(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text; detail text; hint text;
BEGIN
	EXECUTE call;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
	hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n', SQLSTATE || ' ' || message, detail, hint);
END $$;
SELECT inventory.receive('adjust-held', 'north', 10) \gset
SELECT status FROM inventory.reserve('adjust-held', 4);
SELECT safety_stock FROM inventory.set_policy('adjust-held', 'north', safety_stock => 2);
SELECT pg_temp.error_of($$SELECT inventory.adjust('adjust-held', 'north', -5, 'stolen')$$);
SELECT inventory.adjust('adjust-held', 'north', -4, 'stolen') > 0 AS done;
SELECT on_hand, held, safety_stock, available FROM inventory.available('{adjust-held}');
SELECT inventory.receive('adjust-late', 'north', 3) \gset
SELECT status FROM inventory.reserve('adjust-late', 2, ttl => '1 ms');
SELECT pg_sleep(0.01);
SELECT inventory.adjust('adjust-late', 'north', -3, 'stolen') > 0 AS done;
SELECT on_hand, held FROM inventory.available('{adjust-late}');

-- By lot, and by serial number.
SELECT inventory.receive('adjust-milk', 'north', 3, lot => 'A') \gset
SELECT inventory.adjust('adjust-milk', 'north', -1, 'spilt', lot => 'A') > 0 AS done;
SELECT lot, on_hand FROM inventory.availability WHERE sku = 'adjust-milk';
SELECT inventory.receive('adjust-phone', 'north', 2, serials => '{P1,P2}') \gset
SELECT inventory.adjust('adjust-phone', 'north', -1, 'stolen', serials => '{P1}') > 0 AS done;
SELECT serial, state FROM inventory.serials WHERE sku = 'adjust-phone' ORDER BY serial;
SELECT inventory.adjust('adjust-phone', 'north', 2, 'found', serials => '{P1,P3}') > 0 AS done;
SELECT serial, state FROM inventory.serials WHERE sku = 'adjust-phone' ORDER BY serial;

-- A rolled-back adjustment is none.
BEGIN;
SELECT inventory.adjust('adjust-lamp', 'north', 100, 'dreamt') > 0 AS done;
ROLLBACK;
SELECT on_hand FROM inventory.available('{adjust-lamp}');
SELECT * FROM inventory.verify();

-- What is wrong is refused.
SELECT pg_temp.error_of(format('SELECT inventory.adjust(%L, %L, %s, %L%s)',
	sku, location, delta, reason, more)) FROM (VALUES
	('adjust-lamp', 'north', 0, 'x', ''),
	('adjust-lamp', 'west', 1, 'x', ''),
	('adjust-none', 'north', 1, 'x', ''),
	('adjust-milk', 'north', 1, 'x', ''),
	('adjust-milk', 'north', 1, 'x', ', lot => $q$B$q$')) AS v (sku, location, delta, reason, more);
SELECT regexp_replace(pg_temp.error_of(
	$$SELECT inventory.adjust('adjust-vase', 'north', 1, 'x', expect_sequence => 0)$$),
	'it is \d+', 'it is <number>') AS error_of;
\set VERBOSITY sqlstate
SELECT inventory.adjust(NULL, 'north', 1, 'x');
SELECT inventory.adjust('adjust-lamp', NULL, 1, 'x');
SELECT inventory.adjust('adjust-lamp', 'north', NULL, 'x');
SELECT inventory.adjust('adjust-lamp', 'north', 1, NULL);
SELECT inventory.adjust('adjust-lamp', 'north', 1, '');
SELECT inventory.adjust('adjust-lamp', 'north', -9223372036854775808, 'x');
SELECT inventory.adjust('adjust-lamp', 'north', -9223372036854775807, 'x');
SELECT inventory.adjust('adjust-lamp', 'north', 9223372036854775807, 'x');
SELECT inventory.adjust('adjust-lamp', 'north', 1, 'x', serials => '{P1}');
SELECT inventory.adjust('adjust-phone', 'north', 1, 'x');
SELECT inventory.adjust('adjust-phone', 'north', 1, 'x', serials => '{P2}');
SELECT inventory.adjust('adjust-phone', 'north', -1, 'x', serials => '{P9}');
SELECT inventory.adjust('adjust-lamp', 'north', -6, 'broken', key => 'adjust-1');
BEGIN READ ONLY;
SELECT inventory.adjust('adjust-lamp', 'north', 1, 'x');
ROLLBACK;
UPDATE inventory.correction SET delta = 0;
CREATE ROLE adjust_reader IN ROLE inventory_reader;
SET ROLE adjust_reader;
SELECT count(*) > 0 AS readable FROM inventory.corrections;
SELECT inventory.adjust('adjust-lamp', 'north', 1, 'x');
SELECT inventory.count_start('adjust-lamp', 'north');
SELECT inventory.count('adjust-lamp', 'north', 1, 1, 'x');
SELECT inventory.return_stock('adjust-lamp', 'north', 1);
SELECT inventory.quarantine('adjust-lamp', 'north', 1, 'x');
SELECT inventory.settle_quarantine('adjust-lamp', 'north', 1, 'scrap', 'x');
RESET ROLE;
DROP ROLE adjust_reader;
\set VERBOSITY default
SELECT * FROM inventory.verify();

-- Carts: every line or none.
CREATE FUNCTION pg_temp.say(o inventory.outcome) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' | ', o.status, o.lines, 'short ' || o.shortfall::text)
$$;
SELECT count(inventory.receive('cart-' || i, 'north', i)) FROM generate_series(1, 5) AS i;
SELECT pg_temp.say(inventory.reserve('{"(cart-3,1,)","(cart-1,1,north)","(cart-2,2,)"}'::inventory.line[]));
-- One line is short: nothing is held, and only that line is told.
SELECT pg_temp.say(inventory.reserve('{"(cart-4,1,)","(cart-1,1,)","(cart-5,9,)"}'::inventory.line[]));
SELECT sku, held, available FROM inventory.available('{cart-1,cart-2,cart-3,cart-4,cart-5}');
-- Lines for one item add up, under the first of them.
SELECT pg_temp.say(inventory.reserve('{"(cart-5,2,)","(cart-4,1,)","(cart-5,3,north)"}'::inventory.line[]));
SELECT pg_temp.say(inventory.reserve('{"(cart-4,2,)","(cart-4,2,)"}'::inventory.line[]));
-- A cart of one is a cart.
SELECT pg_temp.say(inventory.reserve(ARRAY[ROW('cart-4', 3, NULL)::inventory.line],
	mode => 'all', strategy => 'priority'));

\set VERBOSITY sqlstate
SELECT inventory.reserve('{}'::inventory.line[]);
SELECT inventory.reserve(NULL::inventory.line[]);
SELECT inventory.reserve('{NULL}'::inventory.line[]);
SELECT inventory.reserve('{"(cart-3,1,)",NULL}'::inventory.line[]);
SELECT inventory.reserve('{"(,1,)"}'::inventory.line[]);
SELECT inventory.reserve('{"(cart-3,,)"}'::inventory.line[]);
SELECT inventory.reserve('{"(cart-3,0,)"}'::inventory.line[]);
SELECT inventory.reserve('{"(cart-3,-1,)"}'::inventory.line[]);
SELECT inventory.reserve('{"(cart-3,1,)","(cart-none,1,)"}'::inventory.line[]);
SELECT inventory.reserve('{"(cart-3,9223372036854775807,)","(cart-3,1,)"}'::inventory.line[]);
SELECT inventory.reserve('{"(cart-3,1,)"}'::inventory.line[], mode => 'some');
SELECT inventory.reserve('{"(cart-3,1,)"}'::inventory.line[], mode => NULL);
SELECT inventory.reserve('{"(cart-3,1,)"}'::inventory.line[], strategy => 'nearest');
SELECT inventory.reserve('{"(cart-3,1,)"}'::inventory.line[], strategy => 'best');
SELECT inventory.reserve('{"(cart-3,1,)"}'::inventory.line[], channel => '');
SELECT inventory.reserve('{"(cart-3,1,)"}'::inventory.line[], near => '(0,0)');
BEGIN READ ONLY;
SELECT inventory.reserve('{"(cart-3,1,)"}'::inventory.line[]);
ROLLBACK;
\set VERBOSITY default

-- Ten thousand lines: more fences than the lock table could take, so the gate instead.
SELECT count(inventory.receive('big-' || i, 'north', 1)) FROM generate_series(1, 10000) AS i;
BEGIN;
SELECT (inventory.reserve(array_agg(ROW('big-' || i, 1, 'north')::inventory.line))).status
FROM generate_series(1, 10000) AS i;
SELECT classid, count(*), min(mode) AS mode FROM (
	SELECT CASE objsubid WHEN 19802 THEN 'cell' WHEN 19805 THEN 'gate' END AS classid, mode
	FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND objsubid IN (19802,
	19805)) AS fence
GROUP BY classid;
COMMIT;
SELECT status, cardinality(lines), cardinality(shortfall)
FROM inventory.reserve((SELECT array_agg(ROW('big-' || i, 1, 'north')::inventory.line)
	FROM generate_series(1, 10000) AS i));
SELECT o.status, cardinality(o.lines) FROM inventory.reservations AS r,
	LATERAL inventory.release(r.reservation, r.fence) AS o WHERE cardinality(r.lines) = 10000;
SELECT sum(available), sum(held) FROM inventory.availability WHERE sku LIKE 'big-%';

-- Many small carts in one transaction come to the gate too, and go on.
BEGIN;
SELECT count(*) FILTER (WHERE status = 'held') AS held
FROM generate_series(1, 1200) AS i, LATERAL inventory.reserve('big-' || i, 1);
SELECT count(*) AS fences, max(mode) FILTER (WHERE objsubid = 19805) AS gate
FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND objsubid IN (19802, 19805);
COMMIT;
-- So does a transaction of many first receipts and many keys.
BEGIN;
SELECT count(inventory.receive('bulk-' || i, 'north', 1, key => 'bulk-' || i))
	FROM generate_series(1, 10000) AS i;
SELECT count(*) AS fences, max(mode) FILTER (WHERE objsubid = 19805) AS gate
FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();
COMMIT;
SELECT * FROM inventory.verify();

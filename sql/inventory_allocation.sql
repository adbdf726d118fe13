-- Allocation: which of several stocks serve a cart.
CREATE FUNCTION pg_temp.say(o inventory.outcome) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' | ', o.status, o.lines, 'short ' || o.shortfall::text)
$$;
SELECT inventory.receive('alloc-lamp', 'alloc-north', 3),
	inventory.receive('alloc-lamp', 'alloc-south', 5),
	inventory.receive('alloc-lamp', 'alloc-west', 2),
	inventory.receive('alloc-vase', 'alloc-south', 4) \gset
SELECT inventory.set_location('alloc-north', 2, '(0,10)'),
	inventory.set_location('alloc-south', 1, '(0,-3)'),
	inventory.set_location('alloc-west', coordinates => '(-1,0)');
SELECT * FROM inventory.locations WHERE location LIKE 'alloc-%' ORDER BY location;
-- By priority: the lowest first, those without one last.
BEGIN;
SELECT pg_temp.say(inventory.reserve('alloc-lamp', 6));
SELECT pg_temp.say(inventory.reserve('alloc-lamp', 4));
SELECT pg_temp.say(inventory.reserve('alloc-lamp', 1));
ROLLBACK;
-- Rejected only where all of them together have too few.
SELECT pg_temp.say(inventory.reserve('alloc-lamp', 11));
-- By nearness.
BEGIN;
SELECT pg_temp.say(inventory.reserve('{"(alloc-lamp,3,)"}'::inventory.line[],
	strategy => 'nearest', near => '(-2,0)'));
SELECT pg_temp.say(inventory.reserve('{"(alloc-lamp,1,)"}'::inventory.line[],
	strategy => 'nearest', near => '(0,11)'));
ROLLBACK;
-- With the fewest splits: a whole cart from one place, else a whole line.
BEGIN;
SELECT pg_temp.say(inventory.reserve('{"(alloc-lamp,3,)","(alloc-vase,1,)"}'::inventory.line[],
	strategy => 'fewest_splits'));
SELECT pg_temp.say(inventory.reserve('{"(alloc-lamp,3,)","(alloc-vase,1,)"}'::inventory.line[],
	strategy => 'fewest_splits'));
ROLLBACK;
-- A line that names a place is served first; lines that share a stock share its units.
BEGIN;
SELECT pg_temp.say(inventory.reserve(
	'{"(alloc-lamp,5,)","(alloc-lamp,5,alloc-south)"}'::inventory.line[]));
ROLLBACK;
SELECT pg_temp.say(inventory.reserve(
	'{"(alloc-lamp,6,)","(alloc-lamp,5,alloc-south)"}'::inventory.line[]));
-- As much as there is, and what is missing of each line.
BEGIN;
SELECT pg_temp.say(inventory.reserve(
	'{"(alloc-lamp,30,)","(alloc-vase,1,)","(alloc-lamp,9,alloc-north)"}'::inventory.line[],
	mode => 'partial'));
SELECT pg_temp.say(inventory.reserve('{"(alloc-lamp,1,)"}'::inventory.line[], mode => 'partial'));
SELECT pg_temp.say(inventory.reserve('{"(alloc-lamp,1,)","(alloc-vase,1,)"}'::inventory.line[],
	mode => 'partial'));
SELECT * FROM inventory.verify('alloc-lamp');
ROLLBACK;
-- What a hold that has expired had counts.
SELECT status FROM inventory.reserve('alloc-lamp', 9, ttl => '1 ms');
SELECT pg_sleep(0.01);
BEGIN;
SELECT pg_temp.say(inventory.reserve('{"(alloc-lamp,11,)"}'::inventory.line[],
	mode => 'partial'));
SELECT * FROM inventory.verify('alloc-lamp');
ROLLBACK;
-- The same key gives the same answer, for the same choice.
SELECT pg_temp.say(inventory.reserve('{"(alloc-lamp,99,)"}'::inventory.line[], '1 h', 'alloc-1',
	'partial')) AS first,
	replayed
FROM inventory.reserve('{"(alloc-lamp,99,)"}'::inventory.line[], '1 h', 'alloc-1', 'partial');
SELECT (inventory.release(r.reservation, r.fence)).status
FROM inventory.reservations AS r
WHERE r.status = 'held' AND (r.lines[1]).sku = 'alloc-lamp';
\set VERBOSITY sqlstate
SELECT inventory.reserve('{"(alloc-lamp,99,)"}'::inventory.line[], '1 h', 'alloc-1');
SELECT inventory.reserve('{"(alloc-lamp,99,)"}'::inventory.line[], '1 h', 'alloc-1', 'partial',
	channel => 'web');
\set VERBOSITY default

-- Lots: what expires first goes first, and what has expired never.
SELECT inventory.receive('alloc-milk', 'alloc-north', 3, lot => 'b', expires_on => '2130-01-02'),
	inventory.receive('alloc-milk', 'alloc-north', 3, lot => 'a', expires_on => '2130-01-03'),
	inventory.receive('alloc-milk', 'alloc-north', 1),
	inventory.receive('alloc-milk', 'alloc-north', 9, lot => 'old', expires_on => '2020-01-01')
\gset
BEGIN;
SELECT pg_temp.say(inventory.reserve('alloc-milk', 4));
SELECT s.lot, l.line, l.quantity
FROM inventory.reservation_line AS l JOIN inventory.stock AS s USING (stock)
WHERE s.sku = 'alloc-milk' ORDER BY l.line;
SELECT pg_temp.say(inventory.reserve('alloc-milk', 4));
SELECT pg_temp.say(inventory.reserve('alloc-milk', 3));
ROLLBACK;
SELECT inventory.receive('alloc-fish', 'alloc-north', 9, lot => 'old', expires_on => '2020-01-01')
\gset
SELECT pg_temp.say(inventory.reserve('alloc-fish', 1));

-- Channels: each leaves its own safety stock for others, over all lots of a place.
SELECT inventory.set_channel('alloc-lamp', 'alloc-south', 'web', 4),
	inventory.set_channel('alloc-milk', 'alloc-north', 'web', 1),
	inventory.set_channel('alloc-milk', 'alloc-north', 'web', 2);
SELECT * FROM inventory.channels WHERE sku LIKE 'alloc-%' ORDER BY sku;
SELECT sku, location, available FROM inventory.available('{alloc-lamp,alloc-milk}', channel => 'web');
BEGIN;
SELECT pg_temp.say(inventory.reserve('{"(alloc-lamp,6,)"}'::inventory.line[], channel => 'web'));
SELECT pg_temp.say(inventory.reserve('{"(alloc-lamp,1,)"}'::inventory.line[], channel => 'web'));
SELECT pg_temp.say(inventory.reserve('{"(alloc-lamp,1,)"}'::inventory.line[], channel => 'shop'));
SELECT sku, location, available FROM inventory.available('{alloc-lamp}', channel => 'web');
SELECT pg_temp.say(inventory.reserve('{"(alloc-milk,6,)"}'::inventory.line[], channel => 'web'));
SELECT pg_temp.say(inventory.reserve('{"(alloc-milk,5,)"}'::inventory.line[], channel => 'web'));
SELECT pg_temp.say(inventory.reserve('{"(alloc-milk,9,)"}'::inventory.line[], mode => 'partial',
	channel => 'web'));
SELECT pg_temp.say(inventory.reserve('{"(alloc-milk,2,)"}'::inventory.line[]));
ROLLBACK;
-- A hold that has expired is what a channel may leave as well.
SELECT status FROM inventory.reserve('alloc-milk', 5, ttl => '1 ms');
SELECT pg_sleep(0.01);
BEGIN;
SELECT pg_temp.say(inventory.reserve('{"(alloc-milk,5,)"}'::inventory.line[], channel => 'web'));
SELECT * FROM inventory.verify('alloc-milk');
ROLLBACK;
BEGIN READ ONLY;
\set VERBOSITY sqlstate
SELECT inventory.set_location('alloc-north', 1);
ROLLBACK;

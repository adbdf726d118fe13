-- reserve_many() among several locations and lots: as if the requests came one by one.
CREATE FUNCTION pg_temp.many(VARIADIC requests text[]) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' | ', o.status, o.lines, 'short ' || o.shortfall::text,
		CASE WHEN o.replayed THEN 'replayed' END)
	FROM inventory.reserve_many(requests::inventory.request[]) AS o
$$;
SELECT inventory.receive('choice-lamp', 'choice-north', 3),
	inventory.receive('choice-lamp', 'choice-south', 5),
	inventory.receive('choice-vase', 'choice-south', 2) \gset
SELECT inventory.set_location('choice-north', 2), inventory.set_location('choice-south', 1);
-- The preferred location first, for the first that comes; a line that names a place has that
-- place only, and what is left of it when its turn comes.
BEGIN;
SELECT pg_temp.many('(,"{""(choice-lamp,2,)""}",,)', '(,"{""(choice-lamp,4,)""}",,)',
	'(,"{""(choice-lamp,1,choice-south)""}",,)', '(,"{""(choice-lamp,2,)""}",,)');
SELECT sku, location, held, available FROM inventory.available('{choice-lamp}') ORDER BY location;
SELECT * FROM inventory.verify('choice-lamp');
ROLLBACK;
-- The same requests one by one answer the same.
BEGIN;
SELECT pg_temp.many('(,"{""(choice-lamp,2,)""}",,)');
SELECT pg_temp.many('(,"{""(choice-lamp,4,)""}",,)');
SELECT pg_temp.many('(,"{""(choice-lamp,1,choice-south)""}",,)');
SELECT pg_temp.many('(,"{""(choice-lamp,2,)""}",,)');
ROLLBACK;
-- A cart that lacks one item leaves the other, at all places, to those who come after it.
BEGIN;
SELECT pg_temp.many('(,"{""(choice-lamp,6,)"",""(choice-vase,3,)""}",,)',
	'(,"{""(choice-lamp,5,choice-south)"",""(choice-lamp,3,)""}",,)',
	'(,"{""(choice-vase,2,)""}",,)', '(,"{""(choice-lamp,1,)""}",,)');
SELECT sku, location, held, available FROM inventory.available('{choice-lamp,choice-vase}')
ORDER BY sku, location;
SELECT * FROM inventory.verify('choice-lamp');
ROLLBACK;
-- More than a bigint, together; what no cart can have stays at each place.
BEGIN;
SELECT pg_temp.many('(,"{""(choice-lamp,9223372036854775807,)""}",,)',
	'(,"{""(choice-lamp,9223372036854775807,)""}",,)', '(,"{""(choice-lamp,8,)""}",,)');
ROLLBACK;
BEGIN;
SELECT pg_temp.many('(,"{""(choice-lamp,9,)""}",,)');
SELECT sku, location, held, available FROM inventory.available('{choice-lamp}') ORDER BY location;
SELECT * FROM inventory.verify('choice-lamp');
ROLLBACK;
-- Lots: what expires first goes first, what has expired is not to be had.
SELECT inventory.receive('choice-milk', 'choice-south', 2, lot => 'b', expires_on => '2999-02-01'),
	inventory.receive('choice-milk', 'choice-south', 2, lot => 'a', expires_on => '2999-01-01'),
	inventory.receive('choice-milk', 'choice-south', 9, lot => 'old', expires_on => '2001-01-01'),
	inventory.receive('choice-old', 'choice-south', 9, lot => 'old', expires_on => '2001-01-01') \gset
SELECT pg_temp.many('(,"{""(choice-milk,1,)""}",,)', '(,"{""(choice-old,1,)""}",,)',
	'(,"{""(choice-milk,2,choice-south)""}",,)', '(,"{""(choice-milk,2,)""}",,)');
SELECT lot, held FROM inventory.availability WHERE sku = 'choice-milk' ORDER BY lot;
-- What expired holds have is had, wherever it is.
SELECT status FROM inventory.reserve('choice-lamp', 8, ttl => '1 ms');
SELECT pg_sleep(0.01);
SELECT pg_temp.many('(choice 1,"{""(choice-lamp,7,)""}",,)', '(choice 2,"{""(choice-lamp,2,)""}",,)',
	'(choice 3,"{""(choice-lamp,1,)""}",,)', '(choice 1,"{""(choice-lamp,7,)""}",,)');
-- Keys keep the answer, whatever has come since.
SELECT inventory.receive('choice-lamp', 'choice-south', 5) \gset
SELECT pg_temp.many('(choice 2,"{""(choice-lamp,2,)""}",,)', '(choice 1,"{""(choice-lamp,7,)""}",,)');
-- A hold from several places is confirmed and released as any other.
SELECT o.status, o.lines
FROM inventory.idempotency AS i, inventory.confirm(i.reservation, i.fence) AS o WHERE key = 'choice 1';
SELECT o.status, o.lines
FROM inventory.idempotency AS i, inventory.release(i.reservation, i.fence) AS o WHERE key = 'choice 3';
SELECT sku, location, on_hand, held, available FROM inventory.available('{choice-lamp}')
ORDER BY location;
SELECT * FROM inventory.verify();

-- Some of a reservation is sold or given back; the rest stays held, or goes back, as asked.
CREATE FUNCTION pg_temp.say(o inventory.outcome) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' | ', o.status, o.lines, CASE WHEN o.replayed THEN 'replayed' END)
$$;
CREATE FUNCTION pg_temp.now(id uuid) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' | ', status, 'held ' || held::text, 'sold ' || sold::text)
	FROM inventory.reservations WHERE reservation = id
$$;
SELECT inventory.receive('partial-lamp', 'north', 10), inventory.receive('partial-lamp', 'south', 10),
	inventory.receive('partial-vase', 'north', 10) \gset
SELECT reservation AS cart FROM inventory.reserve(
	'{"(partial-lamp,3,north)","(partial-vase,5,)","(partial-lamp,2,south)"}'::inventory.line[]) \gset

-- Shipped in three parcels; a line without a location takes from the first of the cart.
SELECT pg_temp.say(inventory.confirm(:'cart', 1, '{"(partial-lamp,4,)"}', 'keep'));
SELECT pg_temp.now(:'cart');
SELECT pg_temp.say(inventory.confirm(:'cart', 1, '{"(partial-vase,1,)","(partial-vase,1,north)"}',
	'keep'));
SELECT pg_temp.now(:'cart');
SELECT sku, location, on_hand, held, available FROM inventory.available('{partial-lamp,partial-vase}');
-- No more than is held.
\set VERBOSITY terse
SELECT inventory.confirm(:'cart', 1, '{"(partial-lamp,2,)"}', 'keep');
SELECT inventory.confirm(:'cart', 1, '{"(partial-lamp,1,north)"}', 'keep');
SELECT inventory.confirm(:'cart', 1, '{"(partial-cup,1,)"}', 'keep');
SELECT inventory.release(:'cart', 1, '{"(partial-lamp,9223372036854775807,)"}');
\set VERBOSITY default
SELECT inventory.release(:'cart', 1, '{"(partial-vase,4,north)"}');
-- One vase is given back, then the rest is sold.
SELECT pg_temp.say(inventory.release(:'cart', 1, '{"(partial-vase,1,)"}', 'too many'));
SELECT pg_temp.now(:'cart');
SELECT pg_temp.say(inventory.confirm(:'cart', 1));
SELECT pg_temp.now(:'cart');
SELECT s.sku, s.location, j.from_account, j.to_account, j.quantity, j.reason
FROM inventory.journal j JOIN inventory.stock s USING (stock)
WHERE j.reservation = :'cart' ORDER BY j.sequence;
-- Repeated without lines: all that was sold.  With other lines than were sold: an error.
SELECT pg_temp.say(inventory.confirm(:'cart', 1));
\set VERBOSITY sqlstate
SELECT inventory.confirm(:'cart', 1, '{"(partial-lamp,1,)"}');
SELECT inventory.release(:'cart', 1, '{"(partial-lamp,1,)"}');
\set VERBOSITY default

-- What is not asked for goes back, unless it is to be kept.
SELECT reservation AS cart FROM inventory.reserve(
	'{"(partial-lamp,3,north)","(partial-vase,3,)"}'::inventory.line[]) \gset
SELECT pg_temp.say(inventory.confirm(:'cart', 1, '{"(partial-lamp,1,)"}'));
SELECT pg_temp.now(:'cart');
SELECT sku, location, on_hand, held, available FROM inventory.available('{partial-lamp,partial-vase}');
SELECT pg_temp.say(inventory.confirm(:'cart', 1, '{"(partial-lamp,1,north)"}'));

-- Everything confirmed in parts is confirmed; everything given back in parts is released,
-- whatever was sold before.
SELECT reservation AS cart FROM inventory.reserve('partial-vase', 2) \gset
SELECT pg_temp.say(inventory.confirm(:'cart', 1, '{"(partial-vase,1,)"}', 'keep'));
SELECT pg_temp.say(inventory.confirm(:'cart', 1, '{"(partial-vase,1,)"}', 'keep'));
SELECT pg_temp.now(:'cart');
SELECT reservation AS cart FROM inventory.reserve('partial-vase', 2) \gset
SELECT pg_temp.say(inventory.confirm(:'cart', 1, '{"(partial-vase,1,)"}', 'keep'));
SELECT pg_temp.say(inventory.release(:'cart', 1, '{"(partial-vase,1,)"}'));
SELECT pg_temp.now(:'cart');
SELECT pg_temp.say(inventory.release(:'cart', 1));
\set VERBOSITY sqlstate
SELECT inventory.release(:'cart', 1, '{"(partial-vase,2,)"}');
SELECT inventory.confirm(:'cart', 1);
\set VERBOSITY default

-- Twice in one statement; in a savepoint that is rolled back; with a key.
SELECT inventory.receive('partial-cup', 'north', 10) \gset
SELECT reservation AS cart FROM inventory.reserve('partial-cup', 8) \gset
SELECT pg_temp.say(inventory.confirm(:'cart', 1, '{"(partial-cup,1,)"}', 'keep')),
	pg_temp.say(inventory.confirm(:'cart', 1, '{"(partial-cup,2,)"}', 'keep')),
	pg_temp.say(inventory.release(:'cart', 1, '{"(partial-cup,1,)"}'));
BEGIN;
SAVEPOINT s;
SELECT pg_temp.say(inventory.confirm(:'cart', 1, '{"(partial-cup,2,)"}'));
ROLLBACK TO s;
SELECT pg_temp.say(inventory.confirm(:'cart', 1, '{"(partial-cup,1,)"}', 'keep', key => 'partial-1'));
COMMIT;
SELECT pg_temp.say(inventory.confirm(:'cart', 1, '{"(partial-cup,1,)"}', 'keep', key => 'partial-1'));
SELECT pg_temp.say(inventory.release(:'cart', 1, '{"(partial-cup,1,)"}', key => 'partial-2'));
SELECT pg_temp.say(inventory.release(:'cart', 1, '{"(partial-cup,1,)"}', key => 'partial-2'));
SELECT pg_temp.now(:'cart');
\set VERBOSITY sqlstate
SELECT inventory.confirm(:'cart', 1, '{"(partial-cup,2,)"}', 'keep', key => 'partial-1');
SELECT inventory.confirm(:'cart', 1, '{"(partial-cup,1,)"}', 'release', key => 'partial-1');
SELECT inventory.confirm(:'cart', 1, '{"(partial-cup,1,)"}', 'keep', 'reacquire', key => 'partial-1');
SELECT inventory.release(:'cart', 1, '{"(partial-cup,1,)"}', 'other', key => 'partial-2');
\set VERBOSITY default

-- The rest of a reservation in parts expires as any hold.
SELECT reservation AS late FROM inventory.reserve('partial-cup', 4, ttl => '100 ms') \gset
SELECT pg_temp.say(inventory.confirm(:'late', 1, '{"(partial-cup,1,)"}', 'keep'));
SELECT pg_sleep(0.15);
SELECT on_hand, held, available FROM inventory.available('{partial-cup}');
SELECT status, shortfall FROM inventory.reserve('partial-cup', 4);
SELECT status FROM inventory.reserve('partial-cup', 3);
SELECT pg_temp.now(:'late');
\set VERBOSITY sqlstate
SELECT inventory.confirm(:'late', 1);
\set VERBOSITY default
SELECT pg_temp.say(inventory.release(:'late', 1));
SELECT * FROM inventory.verify();

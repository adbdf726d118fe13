-- A payment that comes late: the units are taken again if they are there, else the outcome
-- says what is missing.
CREATE FUNCTION pg_temp.say(o inventory.outcome) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' | ', o.status, o.lines, 'short ' || o.shortfall::text,
		CASE WHEN o.replayed THEN 'replayed' END)
$$;
SELECT inventory.receive('reacquire-lamp', 'north', 5), inventory.receive('reacquire-vase', 'north',
	5) \gset
-- In time, it is a confirmation as any.
SELECT reservation AS late FROM inventory.reserve('reacquire-lamp', 1) \gset
SELECT pg_temp.say(inventory.confirm(:'late', 1, if_expired => 'reacquire'));
-- Nobody has needed the units: they are the buyer's still.
SELECT reservation AS late FROM inventory.reserve('reacquire-lamp', 2, ttl => '100 ms') \gset
SELECT pg_sleep(0.15);
SELECT pg_temp.say(inventory.confirm(:'late', 1, if_expired => 'reacquire'));
SELECT pg_temp.say(inventory.confirm(:'late', 1, if_expired => 'reacquire'));

-- Somebody has taken one of the two lines.
SELECT reservation AS late FROM inventory.reserve(
	'{"(reacquire-lamp,2,)","(reacquire-vase,3,)"}'::inventory.line[], ttl => '100 ms') \gset
SELECT pg_sleep(0.15);
SELECT reservation AS other FROM inventory.reserve('reacquire-vase', 4) \gset
SELECT status FROM inventory.reservations WHERE reservation = :'late';
SELECT pg_temp.say(inventory.confirm(:'late', 1, if_expired => 'reacquire'));
-- Nothing has moved, and without the option it is an error as ever.
SELECT sku, on_hand, held, available FROM inventory.available('{reacquire-lamp,reacquire-vase}');
\set VERBOSITY sqlstate
SELECT inventory.confirm(:'late', 1);
SELECT inventory.confirm(:'late', 2, if_expired => 'reacquire');
SELECT inventory.confirm(:'late', 1, '{"(reacquire-vase,4,)"}', if_expired => 'reacquire');
\set VERBOSITY default
-- With a key, the rejection sticks; with another one, it may be asked again.
SELECT pg_temp.say(inventory.confirm(:'late', 1, if_expired => 'reacquire', key => 'reacquire-1'));
SELECT status FROM inventory.release(:'other', 1, '{"(reacquire-vase,2,)"}');
SELECT pg_temp.say(inventory.confirm(:'late', 1, if_expired => 'reacquire', key => 'reacquire-1'));
SELECT pg_temp.say(inventory.confirm(:'late', 1, if_expired => 'reacquire', key => 'reacquire-2'));
SELECT s.sku, j.from_account, j.to_account, j.quantity, j.reason
FROM inventory.journal j JOIN inventory.stock s USING (stock)
WHERE j.reservation = :'late' ORDER BY j.sequence;
SELECT status, held, sold FROM inventory.reservations WHERE reservation = :'late';

-- Only what expiry took is taken again, not what its owner gave back or has bought.
SELECT inventory.receive('reacquire-cup', 'north', 10) \gset
SELECT reservation AS late FROM inventory.reserve('reacquire-cup', 6, ttl => '150 ms') \gset
SELECT pg_temp.say(inventory.release(:'late', 1, '{"(reacquire-cup,1,)"}'));
SELECT pg_temp.say(inventory.confirm(:'late', 1, '{"(reacquire-cup,2,)"}', 'keep'));
SELECT pg_sleep(0.2);
SELECT reservation AS other FROM inventory.reserve('reacquire-cup', 8) \gset
SELECT pg_temp.say(inventory.confirm(:'late', 1, if_expired => 'reacquire'));
SELECT status FROM inventory.release(:'other', 1);
-- Some of it, and the rest later: it stays expired, not held.
SELECT pg_temp.say(inventory.confirm(:'late', 1, '{"(reacquire-cup,1,)"}', 'keep', 'reacquire'));
SELECT status, held, sold FROM inventory.reservations WHERE reservation = :'late';
SELECT on_hand, held, available FROM inventory.available('{reacquire-cup}');
SELECT pg_temp.say(inventory.confirm(:'late', 1, if_expired => 'reacquire'));
SELECT status, held, sold FROM inventory.reservations WHERE reservation = :'late';
-- Some of what nobody has needed yet: the rest goes back.
SELECT reservation AS late FROM inventory.reserve('reacquire-cup', 4, ttl => '100 ms') \gset
SELECT pg_sleep(0.15);
SELECT pg_temp.say(inventory.confirm(:'late', 1, '{"(reacquire-cup,1,)"}', if_expired => 'reacquire'));
SELECT status, held, sold FROM inventory.reservations WHERE reservation = :'late';
SELECT on_hand, held, available FROM inventory.available('{reacquire-cup}');
-- A reservation that was given back is not reacquired.
SELECT reservation AS gone FROM inventory.reserve('reacquire-cup', 1) \gset
SELECT status FROM inventory.release(:'gone', 1);
\set VERBOSITY sqlstate
SELECT inventory.confirm(:'gone', 1, if_expired => 'reacquire');
\set VERBOSITY default
SELECT * FROM inventory.verify();

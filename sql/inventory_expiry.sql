-- Expiry: by the clock, with nobody sweeping.
CREATE FUNCTION pg_temp.say(o inventory.outcome) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' | ', o.status, o.lines, 'short ' || o.shortfall::text,
	CASE WHEN o.replayed THEN 'replayed' END)
$$;
CREATE FUNCTION pg_temp.movements(of text) RETURNS TABLE (sku text, movement text) LANGUAGE sql
	AS $$
	SELECT s.sku, concat_ws(' ', j.quantity, j.from_account, j.to_account, j.reason)
	FROM inventory.journal j JOIN inventory.stock s USING (stock)
	WHERE s.sku LIKE $1 AND j.reason <> 'receive' ORDER BY j.sequence
$$;
SELECT inventory.receive('expiry-lamp', 'north', 3), inventory.receive('expiry-vase', 'north',
	3) \gset
SELECT reservation AS brief
	FROM inventory.reserve('{"(expiry-lamp,2,)","(expiry-vase,3,)"}'::inventory.line[],
	ttl => '1 ms') \gset
SELECT pg_sleep(0.01);
-- From that instant it is not held, though nobody has needed it.
SELECT sku, on_hand, held, available FROM inventory.available('{expiry-lamp,expiry-vase}');
SELECT status FROM inventory.reservations WHERE reservation = :'brief';
\set VERBOSITY sqlstate
SELECT inventory.confirm(:'brief', 1);
\set VERBOSITY default
-- What the cell holds is taken first: the expired hold stays as it is.
SELECT pg_temp.say(inventory.reserve('expiry-lamp', 1));
SELECT status FROM inventory.reservation WHERE reservation = :'brief';
-- Too much even with expired holds: rejected with what is missing, and nothing is reaped.
SELECT pg_temp.say(inventory.reserve('expiry-lamp', 5));
SELECT status FROM inventory.reservation WHERE reservation = :'brief';
-- Whoever needs the units takes them; the other line stays until it is needed.
SELECT pg_temp.say(inventory.reserve('expiry-lamp', 1));
SELECT status FROM inventory.reservation WHERE reservation = :'brief';
SELECT * FROM pg_temp.movements('expiry-%');
SELECT * FROM inventory.verify();
SELECT pg_temp.say(inventory.reserve('expiry-vase', 1));
SELECT sku, on_hand, held, available FROM inventory.available('{expiry-lamp,expiry-vase}');
-- Reaped is expired for ever.
\set VERBOSITY sqlstate
SELECT inventory.confirm(:'brief', 1);
\set VERBOSITY default
SELECT pg_temp.say(inventory.release(:'brief', 1));

-- The oldest are reaped, and no more of them than needed.
SELECT inventory.receive('expiry-old', 'north', 4) \gset
SELECT count(inventory.reserve('expiry-old', 1, ttl => format('%s ms', i)::interval))
	FROM generate_series(1, 4) AS i;
SELECT pg_sleep(0.02);
SELECT pg_temp.say(inventory.reserve('expiry-old', 2));
SELECT count(*) FILTER (WHERE r.status = 'held') AS unreaped,
	count(*) FILTER (WHERE r.status = 'expired') AS reaped
FROM inventory.reservation r JOIN inventory.reservation_line l USING (reservation)
	JOIN inventory.stock s USING (stock)
WHERE s.sku = 'expiry-old' AND r.expires_at < clock_timestamp();

-- So where several locations serve.
SELECT inventory.receive('expiry-two', location, 2) FROM (VALUES ('north'), ('south')) AS l (location) \g /dev/null
SELECT count(inventory.reserve('expiry-two', 1, location, ttl => format('%s ms', i)::interval))
	FROM (VALUES ('north'), ('south')) AS l (location), generate_series(1, 2) AS i;
SELECT pg_sleep(0.02);
SELECT (inventory.reserve('expiry-two', 3)).status;
SELECT count(*) AS reaped FROM pg_temp.movements('expiry-two') WHERE movement = '1 held available expire';

-- Both lines of an expired cart are needed by one new cart.
SELECT inventory.receive('expiry-a', 'north', 1), inventory.receive('expiry-b', 'north', 1) \gset
SELECT status FROM inventory.reserve('{"(expiry-a,1,)","(expiry-b,1,)"}'::inventory.line[],
	ttl => '1 ms');
SELECT pg_sleep(0.01);
SELECT pg_temp.say(inventory.reserve('{"(expiry-b,1,)","(expiry-a,1,)"}'::inventory.line[],
	ttl => '1 ms'));
SELECT pg_sleep(0.01);
-- One line could be had, the other could not: neither is reaped.
SELECT pg_temp.say(inventory.reserve('{"(expiry-b,1,)","(expiry-a,2,)"}'::inventory.line[]));
SELECT * FROM pg_temp.movements('expiry-_');

-- A hold whose time has passed may be released as long as nobody has needed it.
SELECT inventory.receive('expiry-late', 'north', 1) \gset
SELECT reservation AS late FROM inventory.reserve('expiry-late', 1, ttl => '1 ms') \gset
SELECT pg_sleep(0.01);
SELECT pg_temp.say(inventory.release(:'late', 1));
-- One that expired in part returns the rest, as what it is.
SELECT inventory.receive('expiry-c', 'north', 1), inventory.receive('expiry-d', 'north', 1) \gset
SELECT reservation AS half
	FROM inventory.reserve('{"(expiry-c,1,)","(expiry-d,1,)"}'::inventory.line[],
	ttl => '1 ms') \gset
SELECT pg_sleep(0.01);
SELECT pg_temp.say(inventory.reserve('expiry-c', 1));
SELECT pg_temp.say(inventory.release(:'half', 1));
SELECT pg_temp.say(inventory.release(:'half', 1));
SELECT sku, movement FROM pg_temp.movements('expiry-d');
-- Within one transaction, and within one statement.
BEGIN;
SELECT inventory.receive('expiry-same', 'north', 1) \gset
SELECT status FROM inventory.reserve('expiry-same', 1, ttl => '1 ms');
SELECT pg_sleep(0.01);
SELECT status FROM inventory.reserve('expiry-same', 1);
COMMIT;
-- A reservation rolled back takes its reaping with it.
SELECT inventory.receive('expiry-back', 'north', 1) \gset
SELECT status FROM inventory.reserve('expiry-back', 1, ttl => '1 ms');
SELECT pg_sleep(0.01);
BEGIN;
SELECT status FROM inventory.reserve('expiry-back', 1);
ROLLBACK;
SELECT * FROM pg_temp.movements('expiry-back');
SELECT * FROM inventory.verify();

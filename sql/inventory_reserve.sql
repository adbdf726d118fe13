-- Reservations of one item: the last unit and not one more.
CREATE FUNCTION pg_temp.say(o inventory.outcome) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' | ', o.status, 'fence ' || o.fence, o.lines, 'short ' || o.shortfall::text,
		CASE WHEN o.replayed THEN 'replayed' END, CASE WHEN o.reservation IS NULL THEN 'no id' END)
$$;
SELECT inventory.receive('reserve-lamp', 'north', 5) > 0 AS numbered;
SELECT pg_temp.say(inventory.reserve('reserve-lamp', 3));
SELECT pg_temp.say(inventory.reserve('reserve-lamp', 3));
SELECT pg_temp.say(inventory.reserve('reserve-lamp', 2, 'north'));
SELECT pg_temp.say(inventory.reserve('reserve-lamp', 1));
SELECT on_hand, held, safety_stock, available FROM inventory.available('{reserve-lamp}');
SELECT status, lines FROM inventory.reservations WHERE lines::text ~ 'reserve-lamp' ORDER BY lines;

-- A hold lasts as long as asked, by the clock.
SELECT o.expires_at - now() BETWEEN '59 min' AND '61 min' AS an_hour
FROM inventory.receive('reserve-hour', 'north', 1), inventory.reserve('reserve-hour', 1,
	ttl => '1 hour') o;
-- Identifiers are ordered by time.
SELECT count(DISTINCT id) AS ids, min(substr(id::text, 15, 1)) AS version
FROM inventory.receive('reserve-ids', 'north', 100), generate_series(1, 100) AS i,
	LATERAL (SELECT reservation AS id FROM inventory.reserve('reserve-ids', 1 + 0 * i)) AS r;

-- Several in one statement see each other, in a WHERE clause and in a function too.
SELECT inventory.receive('reserve-many', 'north', 4) > 0 AS numbered;
SELECT (inventory.reserve('reserve-many', 2)).status AS first, (inventory.reserve('reserve-many',
	2)).status AS second,
	(inventory.reserve('reserve-many', 2)).status AS third;

-- Rolled back, the units are there again.
SELECT inventory.receive('reserve-back', 'north', 1) > 0 AS numbered;
BEGIN;
SELECT pg_temp.say(inventory.reserve('reserve-back', 1));
ROLLBACK;
BEGIN;
SAVEPOINT s;
SELECT pg_temp.say(inventory.reserve('reserve-back', 1));
SELECT pg_temp.say(inventory.reserve('reserve-back', 1));
ROLLBACK TO s;
SELECT pg_temp.say(inventory.reserve('reserve-back', 1));
COMMIT;
DO $$
BEGIN
	PERFORM inventory.receive('reserve-block', 'north', 1);
	BEGIN
		PERFORM inventory.reserve('reserve-block', 1);
		RAISE division_by_zero;
	EXCEPTION WHEN division_by_zero THEN NULL;
	END;
	RAISE NOTICE '%', (inventory.reserve('reserve-block', 1)).status;
END $$;

-- An item at several locations: one that is named, or whichever has some.
SELECT inventory.receive('reserve-two', 'north', 1), inventory.receive('reserve-two', 'south',
	1) \gset
SELECT pg_temp.say(inventory.reserve('reserve-two', 1, 'south'));
SELECT pg_temp.say(inventory.reserve('reserve-two', 1));
SELECT pg_temp.say(inventory.reserve('reserve-two', 1));
\set VERBOSITY sqlstate
SELECT inventory.reserve('reserve-two', 1, 'west');
SELECT inventory.reserve('reserve-unknown', 1);
SELECT inventory.reserve('reserve-lamp', 0);
SELECT inventory.reserve('reserve-lamp', -5);
SELECT inventory.reserve('reserve-lamp', NULL::bigint);
SELECT inventory.reserve(NULL, 1);
SELECT inventory.reserve('', 1);
SELECT inventory.reserve('reserve-lamp', 1, '');
SELECT inventory.reserve('reserve-lamp', 9223372036854775808);
SELECT inventory.reserve('reserve-lamp', 1, ttl => '0');
SELECT inventory.reserve('reserve-lamp', 1, ttl => '-1 s');
SELECT inventory.reserve('reserve-lamp', 1, ttl => NULL);
SELECT inventory.reserve('reserve-lamp', 1, ttl => '300000 years');
SELECT inventory.reserve('reserve-lamp', 1, wait => '-1 s');
SELECT inventory.reserve('reserve-lamp', 1, wait => NULL);
SELECT inventory.reserve('reserve-lamp', 1, key => '');
BEGIN READ ONLY;
SELECT inventory.reserve('reserve-lamp', 1);
ROLLBACK;
\set VERBOSITY default
-- An impossible demand is no error: there is not as much.
SELECT pg_temp.say(inventory.reserve('reserve-lamp', 9223372036854775807));
-- Waiting for ever is allowed.
SELECT pg_temp.say(inventory.reserve('reserve-ids', 1, wait => '1000 years'));
SELECT * FROM inventory.verify();

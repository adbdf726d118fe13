-- Keys: the same key gives the same answer, for acceptance and for rejection.
CREATE FUNCTION pg_temp.say(o inventory.outcome) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' | ', o.status, 'fence ' || o.fence, o.lines, 'short ' || o.shortfall::text,
		CASE WHEN o.replayed THEN 'replayed' END)
$$;
SELECT inventory.receive('keys-lamp', 'north', 3) \gset
SELECT pg_temp.say(inventory.reserve('keys-lamp', 2, key => 'keys-1'));
SELECT pg_temp.say(inventory.reserve('keys-lamp', 2, key => 'keys-1'));
SELECT a.reservation = b.reservation AND a.expires_at = b.expires_at AS same
FROM inventory.reserve('keys-lamp', 2, key => 'keys-1') AS a, inventory.reserve('keys-lamp', 2,
	key => 'keys-1') AS b;
SELECT held FROM inventory.available('{keys-lamp}');
-- A rejection sticks, though more has come since.
SELECT pg_temp.say(inventory.reserve('keys-lamp', 2, key => 'keys-2'));
SELECT inventory.receive('keys-lamp', 'north', 10) \gset
SELECT pg_temp.say(inventory.reserve('keys-lamp', 2, key => 'keys-2'));
SELECT pg_temp.say(inventory.reserve('keys-lamp', 2, key => 'keys-3'));
-- Wait is how long to wait, not what is asked.
SELECT pg_temp.say(inventory.reserve('keys-lamp', 2, key => 'keys-3', wait => '1 min'));
-- The answer stays when the reservation has moved on.
SELECT c.status FROM inventory.reserve('keys-lamp', 2, key => 'keys-3') AS o,
	inventory.confirm(o.reservation, o.fence) AS c;
SELECT pg_temp.say(inventory.reserve('keys-lamp', 2, key => 'keys-3'));
-- A key whose transaction rolled back was never used.
BEGIN;
SELECT pg_temp.say(inventory.reserve('keys-lamp', 1, key => 'keys-4'));
ROLLBACK;
SELECT pg_temp.say(inventory.reserve('keys-lamp', 2, key => 'keys-4'));
-- Neither is one whose call was an error.
\set VERBOSITY sqlstate
SELECT inventory.reserve('keys-none', 1, key => 'keys-5');
\set VERBOSITY default
SELECT pg_temp.say(inventory.reserve('keys-lamp', 1, key => 'keys-5'));
-- Twice in one statement.
SELECT (inventory.reserve('keys-lamp', 1, key => 'keys-6')).replayed AS first,
	(inventory.reserve('keys-lamp', 1, key => 'keys-6')).replayed AS second;
-- Carts, with long answers.
SELECT count(inventory.receive('keys-' || i, 'north', 1)) FROM generate_series(1, 500) AS i;
SELECT array_agg(ROW('keys-' || i, 1, NULL)::inventory.line) AS cart
	FROM generate_series(1, 500) AS i \gset
SELECT status, cardinality(lines), replayed
	FROM inventory.reserve(:'cart'::inventory.line[], key => 'keys-7');
SELECT status, cardinality(lines), replayed
	FROM inventory.reserve(:'cart'::inventory.line[], key => 'keys-7');

-- Another payload, or another function, is an error that says so.
\set VERBOSITY sqlstate
SELECT inventory.reserve('keys-lamp', 3, key => 'keys-1');
SELECT inventory.reserve('keys-lamp', 2, 'north', key => 'keys-1');
SELECT inventory.reserve('keys-lamp', 2, key => 'keys-1', ttl => '16 min');
SELECT inventory.reserve('keys-lamp', 2, key => 'keys-1', reference => '{}');
SELECT inventory.reserve('{"(keys-lamp,2,)","(keys-1,1,)"}'::inventory.line[], key => 'keys-1');
SELECT inventory.receive('keys-lamp', 'north', 2, key => 'keys-1');
SELECT inventory.confirm('00000000-0000-7000-8000-000000000000', 1, key => 'keys-1');
SELECT inventory.reserve('keys-lamp', 2, key => repeat('k', 1001));
\set VERBOSITY default
SELECT status FROM inventory.reserve('keys-lamp', 1, key => repeat('k', 1000));
SELECT * FROM inventory.verify();

-- More time for a hold, and other hands: each gives the next fence, and the last one is stale.
CREATE FUNCTION pg_temp.say(o inventory.outcome) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' | ', o.status, 'fence ' || o.fence, o.lines,
		CASE WHEN o.expires_at > clock_timestamp() + '50 min' THEN 'long' ELSE 'short' END,
		CASE WHEN o.replayed THEN 'replayed' END)
$$;
SELECT inventory.receive('extend-lamp', 'north', 10), inventory.receive('extend-vase', 'north',
	10) \gset
SELECT reservation AS cart
	FROM inventory.reserve('{"(extend-vase,2,)","(extend-lamp,3,)"}'::inventory.line[]) \gset
SELECT pg_temp.say(inventory.extend(:'cart', 1, '1 h'));
SELECT fence, status, expires_at > clock_timestamp() + '50 min' AS long
	FROM inventory.reservations WHERE reservation = :'cart';
-- It never ends sooner than it would have; and again in one statement.
SELECT pg_temp.say(inventory.extend(:'cart', 2, '1 min'));
SELECT pg_temp.say(inventory.extend(:'cart', 3, '1 h')), pg_temp.say(inventory.extend(:'cart', 4,
	'1 h'));
-- Rolled back, the fence is what it was.
BEGIN;
SELECT pg_temp.say(inventory.extend(:'cart', 5, '1 min'));
ROLLBACK;
-- With a key, a repeated call hears the fence that it has.
SELECT pg_temp.say(inventory.extend(:'cart', 5, '1 h', key => 'extend-1'));
SELECT pg_temp.say(inventory.extend(:'cart', 5, '1 h', key => 'extend-1'));

-- Whoever has an old fence is refused, by every verb.
\set VERBOSITY sqlstate
SELECT inventory.extend(:'cart', 5, '1 h', key => 'extend-2');
SELECT inventory.extend(:'cart', 5, '2 h', key => 'extend-1');
SELECT inventory.extend(:'cart', 5, '1 h');
SELECT inventory.confirm(:'cart', 5);
SELECT inventory.confirm(:'cart', 5, '{"(extend-lamp,1,)"}', 'keep', 'reacquire');
SELECT inventory.release(:'cart', 5);
SELECT inventory.release(:'cart', 5, '{"(extend-lamp,1,)"}');
\set VERBOSITY default

-- What is left is extended, and its expiry counts.
SELECT pg_temp.say(inventory.release(:'cart', 6, '{"(extend-vase,2,)"}'));
SELECT reservation AS brief FROM inventory.reserve('extend-lamp', 2, ttl => '200 ms') \gset
SELECT pg_temp.say(inventory.extend(:'brief', 1, '300 ms'));
SELECT pg_sleep(0.35);
SELECT sku, held, available FROM inventory.available('{extend-lamp,extend-vase}');
\set VERBOSITY sqlstate
SELECT inventory.extend(:'brief', 2, '1 h');
SELECT inventory.take_over(:'brief', '1 h', 'too late');
\set VERBOSITY default
SELECT status FROM inventory.reserve('extend-lamp', 7);

-- Taken over: the operator needs no fence and says why.
SELECT reservation AS vase FROM inventory.reserve('extend-vase', 1) \gset
SELECT pg_temp.say(inventory.take_over(:'vase', '1 h', 'its worker is gone'));
SELECT verb, role = current_user AS by_me, reason, before -> 'fence' AS before,
	after -> 'fence' AS after, (after ->> 'expires_at')::timestamptz = r.expires_at AS until
FROM inventory.audit JOIN inventory.reservations r USING (reservation)
WHERE reservation = :'vase';
\set VERBOSITY sqlstate
SELECT inventory.confirm(:'vase', 1);
\set VERBOSITY default
SELECT pg_temp.say(inventory.confirm(:'vase', 2));
-- The audit is append-only.
\set VERBOSITY sqlstate
UPDATE inventory.audit_entry SET reason = 'none';
DELETE FROM inventory.audit_entry;

-- Only holds can be extended or taken over, and by whom.
SELECT reservation AS gone FROM inventory.reserve('extend-vase', 1) \gset
SELECT status FROM inventory.release(:'gone', 1);
SELECT inventory.extend(:'vase', 2, '1 h');
SELECT inventory.take_over(:'vase', '1 h', 'sold');
SELECT inventory.extend(:'gone', 1, '1 h');
SELECT inventory.take_over(:'gone', '1 h', 'given back');
SELECT inventory.extend('00000000-0000-7000-8000-000000000000', 1, '1 h');
SELECT inventory.take_over('00000000-0000-7000-8000-000000000000', '1 h', 'none');
SELECT reservation AS one FROM inventory.reserve('extend-vase', 1) \gset
SELECT inventory.extend(NULL, 1, '1 h');
SELECT inventory.extend(:'one', NULL, '1 h');
SELECT inventory.extend(:'one', 1, NULL);
SELECT inventory.extend(:'one', 1, '0');
SELECT inventory.extend(:'one', 1, '-1 s');
SELECT inventory.extend(:'one', 1, '178000000 years');
SELECT inventory.extend(:'one', 1, '1 h', key => '');
SELECT inventory.extend(:'one', 1, '1 h', wait => '-1 s');
SELECT inventory.extend(:'one', 9223372036854775807, '1 h');
SELECT inventory.take_over(NULL, '1 h', 'why');
SELECT inventory.take_over(:'one', NULL, 'why');
SELECT inventory.take_over(:'one', '0', 'why');
SELECT inventory.take_over(:'one', '1 h', NULL);
SELECT inventory.take_over(:'one', '1 h', '');
SELECT inventory.take_over(:'one', '1 h', 'why', wait => '-1 s');
BEGIN READ ONLY;
SELECT inventory.extend(:'one', 1, '1 h');
ROLLBACK;
BEGIN READ ONLY;
SELECT inventory.take_over(:'one', '1 h', 'why');
ROLLBACK;
CREATE ROLE extend_app IN ROLE inventory_app;
SET ROLE extend_app;
SELECT (inventory.extend(:'one', 1, '1 h')).fence;
SELECT inventory.take_over(:'one', '1 h', 'why');
SELECT * FROM inventory.audit;
RESET ROLE;
CREATE ROLE extend_operator IN ROLE inventory_operator;
SET ROLE extend_operator;
SELECT (inventory.take_over(:'one', '1 h', 'why')).fence;
SELECT role FROM inventory.audit WHERE reservation = :'one';
SELECT inventory.extend(:'one', 3, '1 h');
RESET ROLE;
DROP ROLE extend_app, extend_operator;
\set VERBOSITY default
SELECT * FROM inventory.verify();

-- Release gives back what is held, once.
CREATE FUNCTION pg_temp.say(o inventory.outcome) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' | ', o.status, 'fence ' || o.fence, o.lines,
	CASE WHEN o.replayed THEN 'replayed' END)
$$;
SELECT inventory.receive('release-lamp', 'north', 4), inventory.receive('release-vase', 'north',
	4) \gset
SELECT reservation AS cart
	FROM inventory.reserve('{"(release-vase,2,)","(release-lamp,4,)"}'::inventory.line[]) \gset
SELECT status FROM inventory.reserve('release-lamp', 1);
SELECT pg_temp.say(inventory.release(:'cart', 1, reason => 'changed their mind'));
SELECT sku, on_hand, held, available FROM inventory.available('{release-lamp,release-vase}');
SELECT s.sku, j.from_account, j.to_account, j.quantity, j.reason
FROM inventory.journal j JOIN inventory.stock s USING (stock)
WHERE j.reservation = :'cart' ORDER BY j.sequence;
SELECT pg_temp.say(inventory.release(:'cart', 1));
SELECT count(*) AS movements FROM inventory.journal WHERE reservation = :'cart';
-- Given back, the units may be had again, in the same transaction too.
BEGIN;
SELECT reservation AS all FROM inventory.reserve('release-lamp', 4) \gset
SELECT pg_temp.say(inventory.release(:'all', 1));
SELECT reservation AS all FROM inventory.reserve('release-lamp', 4) \gset
COMMIT;
SELECT held FROM inventory.available('{release-lamp}');
-- Rolled back, they are held still.
BEGIN;
SELECT pg_temp.say(inventory.release(:'all', 1));
ROLLBACK;
SELECT status FROM inventory.reserve('release-lamp', 1);

SELECT reservation AS sold FROM inventory.reserve('release-vase', 1) \gset
SELECT status FROM inventory.confirm(:'sold', 1);
\set VERBOSITY sqlstate
SELECT inventory.release(:'sold', 1);
SELECT inventory.release(:'all', 7);
SELECT inventory.release('00000000-0000-7000-8000-000000000000', 1);
SELECT inventory.release(NULL, 1);
SELECT inventory.release(:'all', NULL);
SELECT inventory.release(:'all', 1, reason => NULL);
SELECT inventory.release(:'all', 1, reason => '');
SELECT inventory.release(:'all', 1, lines => '{}');
SELECT inventory.release(:'all', 1, lines => '{"(release-lamp,-1,)"}');
SELECT inventory.release(:'all', 1, key => '');
SELECT inventory.release(:'all', 1, wait => '-1 s');
BEGIN READ ONLY;
SELECT inventory.release(:'all', 1);
ROLLBACK;
\set VERBOSITY default
SELECT * FROM inventory.verify();

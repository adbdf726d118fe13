-- Confirmation sells what is held, once; the fence says who may.
CREATE FUNCTION pg_temp.say(o inventory.outcome) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' | ', o.status, 'fence ' || o.fence, o.lines, 'short ' || o.shortfall::text,
		CASE WHEN o.replayed THEN 'replayed' END)
$$;
SELECT inventory.receive('confirm-lamp', 'north', 10), inventory.receive('confirm-vase', 'north',
	10) \gset
SELECT reservation AS cart
	FROM inventory.reserve('{"(confirm-vase,2,)","(confirm-lamp,1,)"}'::inventory.line[]) \gset
SELECT pg_temp.say(inventory.confirm(:'cart', 1));
SELECT sku, on_hand, held, available FROM inventory.available('{confirm-lamp,confirm-vase}');
SELECT s.sku, j.from_account, j.to_account, j.quantity, j.reason
FROM inventory.journal j JOIN inventory.stock s USING (stock)
WHERE j.reservation = :'cart' ORDER BY j.sequence;
-- Again: the same answer, and nothing moves.
SELECT pg_temp.say(inventory.confirm(:'cart', 1));
SELECT count(*) AS movements FROM inventory.journal WHERE reservation = :'cart';
SELECT status, settled_at IS NOT NULL AS settled FROM inventory.reservations
	WHERE reservation = :'cart';

-- Twice in one statement, and after a rollback.
SELECT reservation AS one FROM inventory.reserve('confirm-lamp', 1) \gset
SELECT (inventory.confirm(:'one', 1)).replayed AS first, (inventory.confirm(:'one',
	1)).replayed AS second;
SELECT reservation AS one FROM inventory.reserve('confirm-lamp', 1) \gset
BEGIN;
SELECT pg_temp.say(inventory.confirm(:'one', 1));
ROLLBACK;
SELECT pg_temp.say(inventory.confirm(:'one', 1));
-- Reserved and confirmed in one transaction.
BEGIN;
SELECT pg_temp.say(inventory.confirm(o.reservation, o.fence))
	FROM inventory.reserve('confirm-lamp', 1) AS o;
COMMIT;

-- With a key.
SELECT reservation AS one FROM inventory.reserve('confirm-lamp', 1) \gset
SELECT pg_temp.say(inventory.confirm(:'one', 1, key => 'confirm-1'));
SELECT pg_temp.say(inventory.confirm(:'one', 1, key => 'confirm-1'));

SELECT reservation AS one FROM inventory.reserve('confirm-lamp', 1) \gset
SELECT reservation AS gone FROM inventory.reserve('confirm-lamp', 1) \gset
SELECT status FROM inventory.release(:'gone', 1);
\set VERBOSITY sqlstate
SELECT inventory.confirm(:'one', 1, key => 'confirm-1');
SELECT inventory.confirm(:'one', 2);
SELECT inventory.confirm(:'one', 0);
SELECT inventory.confirm(:'gone', 1);
SELECT inventory.confirm('00000000-0000-7000-8000-000000000000', 1);
SELECT inventory.confirm(NULL, 1);
SELECT inventory.confirm(:'one', NULL);
SELECT inventory.confirm(:'one', 1, lines => '{}');
SELECT inventory.confirm(:'one', 1, lines => '{NULL}');
SELECT inventory.confirm(:'one', 1, lines => '{"(confirm-lamp,0,)"}');
SELECT inventory.confirm(:'one', 1, lines => '{"(confirm-lamp,,)"}');
SELECT inventory.confirm(:'one', 1, remainder => NULL);
SELECT inventory.confirm(:'one', 1, remainder => 'all');
SELECT inventory.confirm(:'one', 1, if_expired => NULL);
SELECT inventory.confirm(:'one', 1, wait => '-1 s');
SELECT inventory.confirm(:'one', 1, if_expired => 'hope');
BEGIN READ ONLY;
SELECT inventory.confirm(:'one', 1);
ROLLBACK;
\set VERBOSITY default
SELECT status FROM inventory.reservations WHERE reservation = :'one';
SELECT * FROM inventory.verify();

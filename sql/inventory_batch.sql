-- Many reservations in one call: each is held or rejected by itself, as if they came one by
-- one in their order.
CREATE FUNCTION pg_temp.many(VARIADIC requests text[]) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' | ', o.status, o.lines, 'short ' || o.shortfall::text,
		CASE WHEN o.replayed THEN 'replayed' END)
	FROM inventory.reserve_many(requests::inventory.request[]) AS o
$$;
SELECT inventory.receive('batch-lamp', 'north', 5), inventory.receive('batch-vase', 'north', 3) \gset
SELECT pg_temp.many('(,"{""(batch-lamp,2,)""}",,)', '(,"{""(batch-vase,1,)"",""(batch-lamp,1,)""}",,)');
-- The first is rejected, what it wanted is the next one's; so is a part of a cart.
SELECT pg_temp.many('(,"{""(batch-lamp,3,)""}",,)', '(,"{""(batch-lamp,1,)"",""(batch-vase,3,)""}",,)',
	'(,"{""(batch-vase,2,)"",""(batch-lamp,1,)""}",,)', '(,"{""(batch-lamp,1,)""}",,)',
	'(,"{""(batch-lamp,1,)""}",,)');
SELECT sku, on_hand, held, available FROM inventory.available('{batch-lamp,batch-vase}');
-- Lines for one stock are added up; a sum beyond a bigint is more than there is.
SELECT inventory.receive('batch-lamp', 'north', 5) \gset
SELECT pg_temp.many('(,"{""(batch-lamp,1,)"",""(batch-lamp,2,north)""}",,)',
	'(,"{""(batch-lamp,9223372036854775807,)""}",,)', '(,"{""(batch-lamp,9223372036854775807,)""}",,)',
	'(,"{""(batch-lamp,2,)""}",,)');
SELECT sku, on_hand, held, available FROM inventory.available('{batch-lamp}');

-- Keys: each settles its own answer; the same key in one batch is one request.
SELECT inventory.receive('batch-cup', 'north', 5) \gset
SELECT pg_temp.many('(batch-1,"{""(batch-cup,2,)""}",,)', '(batch-2,"{""(batch-cup,4,)""}",,)',
	'(batch-1,"{""(batch-cup,2,)""}",,)');
SELECT inventory.receive('batch-cup', 'north', 5) \gset
SELECT pg_temp.many('(batch-2,"{""(batch-cup,4,)""}",,)', '(batch-3,"{""(batch-cup,4,)""}",,)',
	'(batch-1,"{""(batch-cup,2,)""}",,)');
SELECT pg_temp.many('(batch-3,"{""(batch-cup,4,)""}",,)', '(batch-1,"{""(batch-cup,2,)""}",,)');
SELECT on_hand, held, available FROM inventory.available('{batch-cup}');

-- ttl and reference; expired holds are had; the next call of the transaction sees it.
SELECT count(*), min(expires_at - clock_timestamp()) > '59 min' AS long
FROM inventory.reserve_many('{"(,\"{\"\"(batch-cup,1,)\"\"}\",1 h,)"}');
SELECT status FROM inventory.reserve_many(
	ARRAY[ROW(NULL, '{"(batch-cup,3,)"}', '100 ms', '{"n": 1}')]::inventory.request[]);
SELECT pg_sleep(0.15);
BEGIN;
SELECT pg_temp.many('(,"{""(batch-cup,2,)""}",,)', '(,"{""(batch-cup,1,)""}",,)');
SELECT status FROM inventory.reserve('batch-cup', 1);
ROLLBACK;
SELECT on_hand, held, available FROM inventory.available('{batch-cup}');
SELECT reference, status FROM inventory.reservations WHERE reference = '{"n": 1}';

-- A thousand at once, in the order of the requests.
SELECT inventory.receive('batch-pin', 'north', 990) \gset
SELECT o.status, count(*), min(number), max(number)
FROM inventory.reserve_many((SELECT array_agg(ROW('pin ' || i, ARRAY[ROW('batch-pin', 1, NULL)::inventory.line],
	NULL, to_jsonb(i))::inventory.request ORDER BY i) FROM generate_series(1, 1000) AS i))
	WITH ORDINALITY AS o (reservation, status, fence, expires_at, lines, shortfall, replayed, number)
GROUP BY 1 ORDER BY 1;
SELECT on_hand, held, available FROM inventory.available('{batch-pin}');
SELECT count(*) AS answered_again
FROM inventory.reserve_many((SELECT array_agg(ROW('pin ' || i, ARRAY[ROW('batch-pin', 1, NULL)::inventory.line],
	NULL, to_jsonb(i))::inventory.request) FROM generate_series(1, 1000) AS i))
WHERE replayed;
SELECT count(*) AS none FROM inventory.reserve_many('{}');
SELECT * FROM inventory.verify();

-- Wrong use is an error for the whole batch, and says which request it was.
SELECT inventory.reserve_many(ARRAY[ROW(NULL, '{"(batch-cup,1,)"}', NULL, NULL),
	ROW(NULL, '{"(batch-cap,1,)"}', NULL, NULL)]::inventory.request[]);
SELECT inventory.reserve_many(ARRAY[ROW(NULL, '{"(batch-cup,1,)"}', NULL, NULL),
	ROW(NULL, '{"(batch-cup,0,)"}', NULL, NULL)]::inventory.request[]);
SELECT inventory.reserve_many(ARRAY[ROW('batch-4', '{"(batch-cup,1,)"}', NULL, NULL),
	ROW('batch-4', '{"(batch-cup,2,)"}', NULL, NULL)]::inventory.request[]);
\set VERBOSITY sqlstate
SELECT inventory.reserve_many(NULL);
SELECT inventory.reserve_many('{NULL}');
SELECT inventory.reserve_many('{}', NULL);
SELECT inventory.reserve_many('{}', '-1 s');
SELECT inventory.reserve_many(ARRAY[ROW(NULL, NULL, NULL, NULL)]::inventory.request[]);
SELECT inventory.reserve_many(ARRAY[ROW(NULL, '{}', NULL, NULL)]::inventory.request[]);
SELECT inventory.reserve_many(ARRAY[ROW('', '{"(batch-cup,1,)"}', NULL, NULL)]::inventory.request[]);
SELECT inventory.reserve_many(ARRAY[ROW(NULL, '{"(batch-cup,1,)"}', '0', NULL)]::inventory.request[]);
SELECT inventory.reserve_many(ARRAY[ROW(NULL, '{"(batch-cup,-1,)"}', NULL, NULL)]::inventory.request[]);
SELECT inventory.reserve_many(ARRAY[ROW(NULL, '{"(,1,)"}', NULL, NULL)]::inventory.request[]);
SELECT inventory.reserve_many(ARRAY[ROW(NULL, '{"(batch-cup,9223372036854775807,)","(batch-cup,1,)"}',
	NULL, NULL)]::inventory.request[]);
SELECT inventory.reserve_many(ARRAY[ROW('batch-1', '{"(batch-cup,3,)"}', NULL, NULL)]::inventory.request[]);
BEGIN READ ONLY;
SELECT inventory.reserve_many('{}');
ROLLBACK;
SET ROLE inventory_reader;
SELECT inventory.reserve_many('{}');
RESET ROLE;
\set VERBOSITY default
SELECT on_hand, held, available FROM inventory.available('{batch-cup}');

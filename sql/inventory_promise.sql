-- Promises: what can be promised for when, given what is to come and to go.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
CREATE FUNCTION pg_temp.day(n int) RETURNS timestamptz LANGUAGE sql AS
	$$ SELECT date_trunc('day', now()) + make_interval(days => n) $$;
CREATE FUNCTION pg_temp.promise(sku text, location text = NULL, horizon tstzrange = '(,)')
	RETURNS TABLE (day int, promisable bigint) LANGUAGE sql AS $$
	SELECT extract(day FROM p.at - date_trunc('day', now()))::int, p.promisable
	FROM inventory.promise(sku, location, horizon) AS p
$$;
SELECT inventory.receive('promise-lamp', 'north', 10) > 0 AS received;
SELECT * FROM pg_temp.promise('promise-lamp');
SELECT inventory.expect('promise-lamp', 'north', 20, pg_temp.day(5), key => 'promise-1') AS po \gset
SELECT inventory.expect('promise-lamp', 'north', 20, pg_temp.day(5), key => 'promise-1') = :po AS same;
SELECT * FROM pg_temp.promise('promise-lamp');
-- A dated order takes from what is there before it, too; more is free once it is covered.
SELECT inventory.expect('promise-lamp', 'north', 8, pg_temp.day(3), 'out') AS dated \gset
SELECT * FROM pg_temp.promise('promise-lamp');
SELECT inventory.expect('promise-lamp', 'north', 18, pg_temp.day(9), 'out') AS later \gset
SELECT * FROM pg_temp.promise('promise-lamp');
SELECT * FROM pg_temp.promise('promise-lamp', 'north', tstzrange(pg_temp.day(4), pg_temp.day(6)));
SELECT * FROM pg_temp.promise('promise-lamp', NULL, tstzrange(pg_temp.day(100), NULL));
SELECT * FROM pg_temp.promise('promise-lamp', NULL, tstzrange(NULL, pg_temp.day(-1)));
-- Holds take, and safety stock.
SELECT status FROM inventory.reserve('promise-lamp', 1);
SELECT * FROM pg_temp.promise('promise-lamp');
-- What arrives is settled in the transaction that receives it.
BEGIN;
SELECT inventory.receive('promise-lamp', 'north', 13) > 0 AS received;
SELECT inventory.settle_expected(:po, 13, key => 'promise-2');
SELECT inventory.settle_expected(:po, 13, key => 'promise-2');
COMMIT;
SELECT quantity, open, direction FROM inventory.expectations WHERE expectation = :po;
SELECT * FROM pg_temp.promise('promise-lamp');
SELECT inventory.settle_expected(:later);
SELECT inventory.settle_expected(:later);
SELECT inventory.settle_expected(:dated);
SELECT * FROM pg_temp.promise('promise-lamp');
-- What is late is not counted on; an order that is late is still owed.
SELECT inventory.expect('promise-vase', 'north', 5, pg_temp.day(-1)) > 0 AS late;
SELECT * FROM pg_temp.promise('promise-vase');
SELECT inventory.receive('promise-vase', 'north', 5) > 0 AS received;
SELECT inventory.expect('promise-vase', 'north', 2, pg_temp.day(-1), 'out') > 0 AS late;
SELECT * FROM pg_temp.promise('promise-vase');
-- More is owed than there is.
SELECT inventory.expect('promise-vase', 'north', 9, pg_temp.day(2), 'out') > 0 AS too_many;
SELECT * FROM pg_temp.promise('promise-vase');
-- A lot counts up to its last day.
SELECT inventory.receive('promise-milk', 'north', 6, lot => 'a', expires_on => pg_temp.day(3)::date) > 0,
	inventory.receive('promise-milk', 'north', 4, lot => 'b', expires_on => pg_temp.day(8)::date) > 0;
SELECT * FROM pg_temp.promise('promise-milk');
-- A dated order takes what expires first, as far as that lasts.
SELECT inventory.expect('promise-milk', 'north', 5, pg_temp.day(2), 'out') > 0 AS early,
	inventory.expect('promise-milk', 'north', 3, pg_temp.day(6), 'out') > 0 AS late;
SELECT * FROM pg_temp.promise('promise-milk');
-- What is on its way counts from when it should arrive.
SELECT inventory.receive('promise-desk', 'north', 6) > 0 AS received;
SELECT inventory.ship_transfer('{"(promise-desk,4,)"}'::inventory.line[], 'north', 'south',
	eta => pg_temp.day(2)) > 0 AS shipped;
SELECT * FROM pg_temp.promise('promise-desk', 'south');
SELECT * FROM pg_temp.promise('promise-desk', 'north');
SELECT * FROM pg_temp.promise('promise-desk');

-- Bad input.
SELECT inventory.promise(NULL);
SELECT inventory.promise('promise-unknown');
SELECT inventory.settle_expected(:po, 9);
SELECT inventory.expect('promise-lamp', 'north', 1, now(), 'up');
\set VERBOSITY sqlstate
SELECT inventory.promise('promise-lamp', 'nowhere');
SELECT inventory.promise('promise-lamp', 'north', NULL);
SELECT count(*) FROM inventory.promise('promise-lamp', 'north', 'empty');
SELECT inventory.expect(NULL, 'north', 1, now());
SELECT inventory.expect('', 'north', 1, now());
SELECT inventory.expect('promise-lamp', NULL, 1, now());
SELECT inventory.expect('promise-lamp', 'north', 0, now());
SELECT inventory.expect('promise-lamp', 'north', -1, now());
SELECT inventory.expect('promise-lamp', 'north', NULL, now());
SELECT inventory.expect('promise-lamp', 'north', 1, NULL);
SELECT inventory.expect('promise-lamp', 'north', 1, 'infinity');
SELECT inventory.expect('promise-lamp', 'north', 1, now(), NULL);
SELECT inventory.expect('promise-lamp', 'north', 2, now(), key => 'promise-1');
SELECT inventory.settle_expected(NULL);
SELECT inventory.settle_expected(-1);
SELECT inventory.settle_expected(:po, 0);
SELECT inventory.settle_expected(:po, 9223372036854775807);
BEGIN READ ONLY;
SELECT count(*) > 0 AS reads FROM inventory.promise('promise-lamp');
SAVEPOINT s;
SELECT inventory.expect('promise-lamp', 'north', 1, now());
ROLLBACK TO s;
SELECT inventory.settle_expected(:po);
ROLLBACK;
CREATE ROLE promise_reader IN ROLE inventory_reader;
SET ROLE promise_reader;
SELECT count(*) > 0 AS reads FROM inventory.promise('promise-lamp');
SELECT count(*) > 0 AS reads FROM inventory.expectations;
SELECT inventory.expect('promise-lamp', 'north', 1, now());
SELECT inventory.settle_expected(1);
SELECT * FROM inventory.expectation;
RESET ROLE;
\set VERBOSITY default
DROP ROLE promise_reader;

-- Serial numbers in transfers and counts: which units go, arrive, are missing, are too many.
CREATE FUNCTION pg_temp.units(VARIADIC serials text[]) RETURNS inventory.unit[] LANGUAGE sql AS $$
	SELECT array_agg(ROW('take-phone', s)::inventory.unit) FROM unnest(serials) AS s
$$;
CREATE FUNCTION pg_temp.where_are(item text = 'take-phone')
	RETURNS TABLE (state text, location text, serials text) LANGUAGE sql AS $$
	SELECT u.state, u.location, string_agg(u.serial, ' ' ORDER BY u.serial)
	FROM inventory.serials AS u WHERE u.sku = item GROUP BY 1, 2 ORDER BY 1, 2
$$;
SELECT inventory.receive('take-phone', 'north', 6, serials => '{P1,P2,P3,P4,P5,P6}') AS a,
	inventory.receive('take-lamp', 'north', 5) \gset

-- The units that are named go, and others stay; those that are scanned arrive.
SELECT inventory.ship_transfer('{"(take-phone,3,)","(take-lamp,2,)"}', 'north', 'south',
	key => 'take-1', serials => pg_temp.units('P5', 'P2', 'P3')) AS van \gset
SELECT * FROM pg_temp.where_are();
SELECT inventory.receive_transfer(:van, serials => pg_temp.units('P5')) AS missing;
SELECT * FROM pg_temp.where_are();
SELECT inventory.receive_transfer(:van, '{"(take-lamp,1,)","(take-phone,1,)"}', 'take-2',
	pg_temp.units('P3')) AS missing;
SELECT inventory.receive_transfer(:van, '{"(take-lamp,1,)","(take-phone,1,)"}', 'take-2',
	pg_temp.units('P3')) AS again;
-- Without serials any unit, and all that is left.
SELECT inventory.receive_transfer(:van) AS missing;
SELECT * FROM pg_temp.where_are();
SELECT sku, location, on_hand FROM inventory.availability WHERE sku LIKE 'take-%' ORDER BY 1, 2;
SELECT h.serial, h.state, h.reason FROM inventory.serial_history AS h
WHERE h.sku = 'take-phone' AND h.serial = 'P3' ORDER BY h.sequence;
SELECT * FROM inventory.verify();

-- What is wrong is refused, and nothing moves.
SELECT inventory.ship_transfer('{"(take-phone,2,)"}', 'north', 'south',
	serials => pg_temp.units('P1'));
SELECT inventory.ship_transfer('{"(take-phone,1,)"}', 'north', 'south',
	serials => pg_temp.units('P3'));
SELECT inventory.ship_transfer('{"(take-phone,1,)"}', 'north', 'south',
	serials => pg_temp.units('P9'));
SELECT inventory.ship_transfer('{"(take-lamp,1,)"}', 'north', 'south',
	serials => pg_temp.units('P1'));
SELECT inventory.ship_transfer('{"(take-lamp,1,)"}', 'north', 'south',
	serials => '{"(take-lamp,L1)"}');
SELECT inventory.ship_transfer('{"(take-phone,2,)"}', 'north', 'south', key => 'take-1',
	serials => pg_temp.units('P1', 'P4'));
\set VERBOSITY sqlstate
SELECT inventory.ship_transfer('{"(take-phone,2,)"}', 'north', 'south',
	serials => pg_temp.units('P1', 'P1'));
SELECT inventory.ship_transfer('{"(take-phone,1,)"}', 'north', 'south', serials => '{NULL}');
SELECT inventory.ship_transfer('{"(take-phone,1,)"}', 'north', 'south', serials => '{"(take-phone,)"}');
SELECT inventory.ship_transfer('{"(take-phone,1,)"}', 'north', 'south', serials => '{"(,P1)"}');
SELECT inventory.ship_transfer('{"(take-phone,1,)"}', 'north', 'south',
	serials => '{"(take-phone,\"\")"}');
\set VERBOSITY default
SELECT inventory.ship_transfer('{"(take-phone,2,)"}', 'north', 'south',
	serials => pg_temp.units('P1', 'P4')) AS van \gset
SELECT inventory.receive_transfer(:van, serials => pg_temp.units('P6'));
SELECT inventory.receive_transfer(:van, serials => pg_temp.units('P1', 'P4', 'P6'));
SELECT inventory.receive_transfer(:van, '{"(take-phone,2,)"}', serials => pg_temp.units('P1'));
\set VERBOSITY sqlstate
SELECT inventory.receive_transfer(:van, serials => '{"(take-lamp,L1)"}');
\set VERBOSITY default
SELECT * FROM pg_temp.where_are();
-- Who is named in the other's place: the books are mended first.
SELECT inventory.exchange_serials('take-phone', 'P4', 'P6', 'P6 was in the van') > 0 AS mended;
SELECT inventory.receive_transfer(:van, serials => pg_temp.units('P1', 'P6')) AS missing;
SELECT * FROM pg_temp.where_are();
SELECT * FROM inventory.verify();

-- A count names what was found.  P1 and P6 are not there; X is, and nobody knows it; P4, which
-- the books have in the north, is somebody else's affair.
SELECT inventory.count_start('take-phone', 'south') AS point \gset
SELECT inventory.count('take-phone', 'south', 4, :point, 'shelf', serials => '{P2,P3,P5,P4}');
SELECT inventory.count('take-phone', 'south', 4, :point, 'shelf', 'take-3',
	serials => '{P2,P3,P5,X}') AS difference;
SELECT inventory.count('take-phone', 'south', 4, :point, 'shelf', 'take-3',
	serials => '{X,P5,P3,P2}') AS again;
SELECT * FROM pg_temp.where_are();
SELECT location, serial, finding, reason FROM inventory.counted_serials WHERE sku = 'take-phone'
ORDER BY serial;
SELECT verb, delta, counted FROM inventory.corrections WHERE sku = 'take-phone' ORDER BY sequence;
SELECT on_hand, available FROM inventory.available('{take-phone}', 'south');
SELECT * FROM inventory.verify();

-- What moves between the point and the entry survives, found or not.
SELECT inventory.count_start('take-phone', 'south') AS point \gset
SELECT c.status FROM inventory.reserve('take-phone', 1, 'south') AS r,
	inventory.confirm(r.reservation, r.fence) AS c; -- P2 is sold, after it was seen
SELECT inventory.ship_transfer('{"(take-phone,1,)"}', 'south', 'north',
	serials => pg_temp.units('P3')) AS van \gset
SELECT inventory.receive('take-phone', 'south', 2, serials => '{Y,Z}') > 0 AS received;
SELECT inventory.return_stock('take-phone', 'south', 1, serials => '{P1}') > 0 AS returned;
SELECT inventory.count('take-phone', 'south', 4, :point, 'shelf',
	serials => '{P2,P5,X,Y}') AS difference;
SELECT * FROM pg_temp.where_are();
SELECT inventory.receive_transfer(:van) AS missing;

-- A later count corrects an earlier one, though it began before that was entered.
SELECT inventory.count_start('take-phone', 'south') AS one \gset
SELECT inventory.count_start('take-phone', 'south') AS two \gset
SELECT inventory.count('take-phone', 'south', 5, :one, 'one', serials => '{P5,X,Y,Z,W}') AS difference;
SELECT inventory.count('take-phone', 'south', 5, :two, 'two', serials => '{P1,P5,X,Y,Z}') AS difference;
SELECT * FROM pg_temp.where_are();
SELECT serial, finding, reason FROM inventory.counted_serials
WHERE sku = 'take-phone' AND reason IN ('one', 'two') ORDER BY sequence, serial;
\set VERBOSITY sqlstate
SELECT inventory.count('take-phone', 'south', 5, :one, 'late', serials => '{P1,P5,X,Y,Z}');
\set VERBOSITY default
SELECT * FROM inventory.verify();

-- Units that are held cannot be written off; one of them may be another than the books say.
SELECT inventory.count_start('take-phone', 'south') AS point \gset
SELECT reservation AS cart FROM inventory.reserve('take-phone', 5, 'south') \gset
SELECT inventory.count('take-phone', 'south', 4, :point, 'held', serials => '{P1,P5,X,Y}');
SELECT inventory.count('take-phone', 'south', 5, :point, 'held', serials => '{P1,P5,X,Y,V}')
	AS difference;
SELECT status FROM inventory.confirm(:'cart', 1);
SELECT serial FROM inventory.serials WHERE reservation = :'cart' ORDER BY serial;

-- As many serials as units, and each once; nothing is found: all is gone.
SELECT inventory.count_start('take-phone', 'north') AS point \gset
SELECT inventory.count('take-phone', 'north', 2, :point, 'x', serials => '{P3}');
SELECT inventory.count('take-phone', 'north', 2, :point, 'x');
\set VERBOSITY sqlstate
SELECT inventory.count('take-phone', 'north', 2, :point, 'x', serials => '{P3,P3}');
SELECT inventory.count('take-phone', 'north', 1, :point, 'x', serials => '{NULL}');
SELECT inventory.count('take-phone', 'north', -1, :point, 'x');
SELECT inventory.count('take-phone', 'south', 0, :point, 'x');
SELECT inventory.count_start('take-lamp', 'north') AS lamps \gset
SELECT inventory.count('take-lamp', 'north', 1, :lamps, 'x', serials => '{L1}');
\set VERBOSITY default
SELECT inventory.count('take-phone', 'north', 0, :point, 'burnt') AS difference;
SELECT * FROM pg_temp.where_are();
SELECT * FROM inventory.verify();

-- What is rolled back was never found.
SELECT inventory.count_start('take-phone', 'north') AS point \gset
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT inventory.count('take-phone', 'north', 1, :point, 'x', serials => '{N}') AS difference;
SELECT serial FROM inventory.serials WHERE sku = 'take-phone' AND location = 'north' AND state = 'stock';
ROLLBACK;
SELECT inventory.count('take-phone', 'north', 1, :point, 'x', serials => '{N}') AS difference;

-- Many.
SELECT inventory.receive('take-many', 'north', 3000, serials => array_agg('M' || i)) > 0 AS received
FROM generate_series(1, 3000) AS i;
SELECT inventory.count_start('take-many', 'north') AS point \gset
SELECT inventory.count('take-many', 'north', 3000, :point, 'many',
	serials => array_agg('M' || i)) AS difference
FROM generate_series(101, 3100) AS i;
SELECT finding, count(*) FROM inventory.counted_serials WHERE sku = 'take-many' GROUP BY 1 ORDER BY 1;
SELECT * FROM inventory.verify('take-many');

-- Readers see what counts have found.
CREATE ROLE take_reader IN ROLE inventory_reader;
CREATE ROLE take_app IN ROLE inventory_app;
SET ROLE take_reader;
SELECT count(*) > 0 AS seen FROM inventory.counted_serials;
\set VERBOSITY sqlstate
SELECT serials FROM inventory.count_point;
SET ROLE take_app;
SELECT inventory.count_start('take-phone', 'north') AS point \gset
SELECT inventory.count('take-phone', 'north', 1, :point, 'x', serials => '{N}') AS difference;
SELECT inventory.ship_transfer('{"(take-phone,1,)"}', 'north', 'south',
	serials => '{"(take-phone,N)"}') > 0 AS sent;
RESET ROLE;
DROP ROLE take_reader, take_app;

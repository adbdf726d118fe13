-- A partitioned table as the base of views: rows come, change, move and go in every way, the
-- partitions too, and the view follows.
\set SHOW_CONTEXT never
CREATE SCHEMA part;
SET search_path = part;
CREATE FUNCTION differences() RETURNS SETOF text LANGUAGE sql AS
	$$ SELECT v.view || ' ' || d FROM mezzanine_info.views AS v, mezzanine.verify(v.view) AS d WHERE v.view::text LIKE 'mezzanine.part%' $$;

-- Range, list and hash at three levels; attribute numbers differ from partition to partition.
CREATE TABLE orders (id int, gone text, day date, item text, amount numeric) PARTITION BY RANGE (day);
ALTER TABLE orders DROP COLUMN gone;
CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE orders_2 (amount numeric, extra1 int, extra2 int, item text, day date, id int);
ALTER TABLE orders_2 DROP COLUMN extra1, DROP COLUMN extra2;
ALTER TABLE orders ATTACH PARTITION orders_2 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE TABLE orders_3 PARTITION OF orders FOR VALUES FROM ('2026-03-01') TO ('2026-04-01') PARTITION BY LIST (item);
CREATE TABLE orders_3a PARTITION OF orders_3 FOR VALUES IN ('lamp') PARTITION BY HASH (id);
CREATE TABLE orders_3a0 (item text, id int, x int, amount numeric, day date);
ALTER TABLE orders_3a0 DROP COLUMN x;
ALTER TABLE orders_3a ATTACH PARTITION orders_3a0 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE orders_3a1 PARTITION OF orders_3a FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE orders_3b PARTITION OF orders_3 DEFAULT;
INSERT INTO orders SELECT i, date '2026-01-01' + i % 89, (ARRAY['lamp', 'vase', 'desk', NULL])[i % 4 + 1], i
FROM generate_series(1, 200) AS i;
SELECT mezzanine.create_view('part_items', 'SELECT item, count(*) AS n, sum(amount) AS total FROM orders GROUP BY item') \gset
SELECT mezzanine.create_view('part_months', $$ SELECT extract(month FROM day) AS month, count(item) AS n, sum(id) AS ids FROM orders WHERE amount > 3 GROUP BY 1 $$) \gset
SELECT differences();
-- One set of row triggers, cloned; statement triggers on each.  All fire always.
SELECT count(DISTINCT tgrelid) AS tables, count(*) AS triggers, bool_and(tgenabled = 'A') AS always FROM pg_trigger
WHERE tgfoid IN ('mezzanine_state.touch'::regproc, 'mezzanine_state.capture'::regproc)
	AND tgrelid IN (SELECT relid FROM pg_partition_tree('orders'));

-- Through the root, through a branch, straight into a leaf; moving from leaf to leaf.
INSERT INTO orders VALUES (301, '2026-01-05', 'sofa', 5), (302, '2026-02-05', 'sofa', 5), (303, '2026-03-05', 'lamp', 5);
INSERT INTO orders_3 (id, day, item, amount) VALUES (304, '2026-03-09', 'lamp', 7), (305, '2026-03-09', 'sofa', 8);
INSERT INTO orders_2 (id, day, item, amount) VALUES (306, '2026-02-09', 'rug', 9);
COPY orders_3a0 (id, day, item, amount) FROM stdin;
\.
UPDATE orders SET day = day + 31 WHERE id BETWEEN 10 AND 30;
UPDATE orders_3 SET item = 'lamp' WHERE item = 'vase';
UPDATE orders_2 SET amount = amount + 1 WHERE id > 20;
DELETE FROM orders_3 WHERE id % 7 = 0;
DELETE FROM orders_1 WHERE item IS NULL;
MERGE INTO orders AS o USING (VALUES (40, 'desk'), (41, 'desk'), (999, 'rug')) AS v (id, item) ON o.id = v.id
WHEN MATCHED THEN UPDATE SET item = v.item, day = '2026-01-02'
WHEN NOT MATCHED THEN INSERT VALUES (v.id, '2026-03-30', v.item, 1);
SELECT differences();
-- A transaction sees its own writes into a leaf, in the middle of a statement too.
CREATE FUNCTION rugs() RETURNS bigint LANGUAGE sql AS $$ SELECT n FROM mezzanine.part_items WHERE item = 'rug' $$;
BEGIN;
INSERT INTO orders_2 (id, day, item, amount) VALUES (307, '2026-02-09', 'rug', 9) RETURNING rugs();
SELECT rugs();
SAVEPOINT s;
DELETE FROM orders_2 WHERE item = 'rug';
SELECT rugs();
ROLLBACK TO s;
SELECT rugs();
COMMIT;
SELECT rugs(), differences();

-- TRUNCATE: a leaf, a branch, all; rolled back; several at once; after changes.
BEGIN;
INSERT INTO orders_2 (id, day, item, amount) VALUES (308, '2026-02-09', 'rug', 9);
TRUNCATE orders_2;
INSERT INTO orders_2 (id, day, item, amount) VALUES (309, '2026-02-09', 'stool', 9);
SELECT * FROM mezzanine.part_items WHERE item IN ('rug', 'stool') ORDER BY item;
COMMIT;
SELECT differences();
BEGIN; TRUNCATE orders; INSERT INTO orders VALUES (1, '2026-03-03', 'lamp', 1); SELECT * FROM mezzanine.part_items; ROLLBACK;
SELECT differences();
BEGIN; SAVEPOINT s; TRUNCATE orders_1; ROLLBACK TO s; COMMIT;
SELECT differences();
TRUNCATE orders_3a;
SELECT differences();
TRUNCATE orders_1, orders_3b;
SELECT differences();
SELECT * FROM mezzanine.part_items ORDER BY item;
TRUNCATE orders_2, orders;
SELECT * FROM mezzanine.part_items;
INSERT INTO orders SELECT i, date '2026-01-01' + i % 89, (ARRAY['lamp', 'vase', 'desk', NULL])[i % 4 + 1], i FROM generate_series(1, 200) AS i;
SELECT differences();
-- CASCADE reaches the table by a foreign key.
CREATE TABLE items (item text PRIMARY KEY);
INSERT INTO items VALUES ('lamp'), ('vase'), ('desk');
ALTER TABLE orders ADD FOREIGN KEY (item) REFERENCES items ON UPDATE CASCADE ON DELETE CASCADE;
UPDATE items SET item = 'bench' WHERE item = 'desk';
DELETE FROM items WHERE item = 'vase';
SELECT differences();
SELECT item, n FROM mezzanine.part_items ORDER BY item;
SET client_min_messages = warning;
TRUNCATE items CASCADE;
RESET client_min_messages;
SELECT * FROM mezzanine.part_items;
ALTER TABLE orders DROP CONSTRAINT orders_item_fkey;
INSERT INTO orders SELECT i, date '2026-01-01' + i % 89, (ARRAY['lamp', 'vase', 'desk', NULL])[i % 4 + 1], i FROM generate_series(1, 200) AS i;

-- Partitions come and go.
CREATE TABLE orders_4 PARTITION OF orders FOR VALUES FROM ('2026-04-01') TO ('2026-05-01');
INSERT INTO orders_4 VALUES (400, '2026-04-01', 'april', 4);
CREATE TABLE orders_5 (day date, amount numeric, item text, id int);
INSERT INTO orders_5 VALUES ('2026-05-01', 5, 'may', 500), ('2026-05-02', 6, 'lamp', 501), ('2026-05-03', 1, NULL, 502);
ALTER TABLE orders ATTACH PARTITION orders_5 FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');
SELECT differences();
INSERT INTO orders_5 (id, day, item, amount) VALUES (503, '2026-05-09', 'may', 9);
SELECT * FROM mezzanine.part_items WHERE item IN ('april', 'may') ORDER BY item;
ALTER TABLE orders DETACH PARTITION orders_5;
SELECT differences();
SELECT * FROM mezzanine.part_items WHERE item = 'may';
SELECT tgname FROM pg_trigger WHERE tgrelid = 'orders_5'::regclass;
INSERT INTO orders_5 (id, day, item, amount) VALUES (504, '2026-05-09', 'may', 9);
-- With changes around it in one transaction, and with a rollback.
BEGIN;
INSERT INTO orders_4 VALUES (401, '2026-04-02', 'april', 4);
ALTER TABLE orders ATTACH PARTITION orders_5 FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');
UPDATE orders SET amount = amount + 1 WHERE item = 'may';
SELECT * FROM mezzanine.part_items WHERE item IN ('april', 'may') ORDER BY item;
SAVEPOINT s;
ALTER TABLE orders DETACH PARTITION orders_4;
SELECT item FROM mezzanine.part_items WHERE item IN ('april', 'may') ORDER BY item;
ROLLBACK TO s;
DELETE FROM orders WHERE id = 400;
COMMIT;
SELECT differences();
SELECT * FROM mezzanine.part_items WHERE item IN ('april', 'may') ORDER BY item;
-- A whole branch.
ALTER TABLE orders DETACH PARTITION orders_3;
SELECT differences();
INSERT INTO orders_3 VALUES (600, '2026-03-09', 'branch', 1);
SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgrelid IN (SELECT relid FROM pg_partition_tree('orders_3'));
ALTER TABLE orders ATTACH PARTITION orders_3 FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
SELECT differences();
SELECT * FROM mezzanine.part_items WHERE item = 'branch';
-- Dropped.
DROP TABLE orders_3b;
SELECT differences();
SELECT * FROM mezzanine.part_items WHERE item = 'branch';
BEGIN; DROP TABLE orders_3, orders_5; SELECT item FROM mezzanine.part_items WHERE item = 'may'; ROLLBACK;
SELECT differences();
DO $$ BEGIN DROP TABLE orders_5; RAISE division_by_zero; EXCEPTION WHEN division_by_zero THEN NULL; END $$;
SELECT differences();
DROP TABLE orders_3, orders_5;
SELECT differences();
SELECT item FROM mezzanine.part_items WHERE item = 'may';
-- In passing, uncounted: then the view is stale, for everybody and until it is refreshed.
CREATE SCHEMA part_other;
CREATE TABLE part_other.orders_6 PARTITION OF orders FOR VALUES FROM ('2026-06-01') TO ('2026-07-01');
INSERT INTO orders VALUES (700, '2026-06-01', 'june', 1);
BEGIN;
DROP SCHEMA part_other CASCADE;
SELECT count(*) FROM mezzanine.part_items WHERE item = 'june';
ROLLBACK;
SELECT count(*) FROM mezzanine.part_items WHERE item = 'june';
DROP SCHEMA part_other CASCADE;
SELECT * FROM mezzanine.part_items WHERE item = 'june';
SELECT view, status, stale_reason FROM mezzanine_info.views WHERE view::text LIKE 'mezzanine.part%' ORDER BY 1;
INSERT INTO orders VALUES (701, '2026-04-03', 'april', 1);
SELECT view, mezzanine.refresh(view) FROM mezzanine_info.views WHERE status = 'stale' ORDER BY view;
SELECT differences();
SELECT * FROM mezzanine.part_items WHERE item IN ('april', 'june');
-- CONCURRENTLY: between its two steps nobody could count.
ALTER TABLE orders DETACH PARTITION orders_4 CONCURRENTLY;
SELECT count(*) FROM (SELECT mezzanine.pause(view) FROM mezzanine_info.views WHERE 'orders'::regclass = ANY (bases) OFFSET 0) AS paused;
ALTER TABLE orders DETACH PARTITION orders_4 CONCURRENTLY;
SELECT tgname FROM pg_trigger WHERE tgrelid = 'orders_4'::regclass;
INSERT INTO orders_4 VALUES (402, '2026-04-02', 'april', 4);
SELECT view, mezzanine.resume(view) > 0 AS changed FROM mezzanine_info.views WHERE 'orders'::regclass = ANY (bases) ORDER BY view;
SELECT differences();

-- Refused: what could not be seen.
\set VERBOSITY terse
CREATE UNLOGGED TABLE orders_7 PARTITION OF orders FOR VALUES FROM ('2026-07-01') TO ('2026-08-01');
CREATE TABLE top (LIKE orders) PARTITION BY RANGE (day);
ALTER TABLE top ATTACH PARTITION orders DEFAULT;
ALTER TABLE orders_1 DISABLE TRIGGER USER;
ALTER TABLE orders_1 DISABLE TRIGGER mezzanine_touch;
ALTER TABLE orders_1 DISABLE TRIGGER mezzanine_capture;
DROP TRIGGER mezzanine_touch ON orders_1;
ALTER TRIGGER mezzanine_touch ON orders_1 RENAME TO other;
ALTER TABLE orders_1 SET UNLOGGED;
SELECT mezzanine.create_view('part_leaf', 'SELECT item, count(*) FROM orders_1 GROUP BY item');
\set VERBOSITY default
SELECT differences();
-- DDL in the partitions' own way.
ALTER TABLE orders ADD COLUMN late int DEFAULT 3;
ALTER TABLE orders RENAME COLUMN item TO thing;
UPDATE orders SET amount = amount + late WHERE id % 5 = 0;
ALTER TABLE orders_1 RENAME TO "Orders 1";
ALTER TABLE "Orders 1" SET SCHEMA public;
INSERT INTO public."Orders 1" (id, day, thing, amount) VALUES (800, '2026-01-05', 'sofa', 5);
VACUUM FULL public."Orders 1";
SELECT differences();

-- And away: with the last view go the triggers of all partitions.
SELECT mezzanine.drop_view('part_items');
SELECT count(*) > 0 AS some FROM pg_trigger WHERE tgfoid = 'mezzanine_state.touch'::regproc AND tgrelid IN (SELECT relid FROM pg_partition_tree('orders'));
SELECT mezzanine.drop_view('part_months');
SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid IN (SELECT relid FROM pg_partition_tree('orders'));
INSERT INTO orders (id, day, thing, amount) VALUES (801, '2026-01-05', 'sofa', 5);
SELECT mezzanine.create_view('part_last', 'SELECT thing, count(*) FROM orders GROUP BY thing') \gset
SET client_min_messages = warning;
DROP TABLE orders CASCADE;
SELECT count(*) AS left FROM mezzanine_info.catalogue WHERE view::text LIKE 'mezzanine.part%';
DROP SCHEMA part CASCADE;

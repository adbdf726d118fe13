-- Transactions with more than 256 groups: home rows are found by one sweep along the index,
-- and new ones written in bulk.  Contents are compared with the query each time.
SET client_min_messages = warning;
CREATE TABLE readings (sensor int, value numeric);
SELECT mezzanine.create_view('sensors', 'SELECT sensor, count(*) AS n, sum(value) AS total, max(value) AS top FROM readings GROUP BY sensor');

-- Into an empty home table; then beside what is there: among 3000 groups every third is old.
INSERT INTO readings SELECT 3 * i, i FROM generate_series(1, 1000) i;
SELECT count(*) AS groups FROM mezzanine.sensors;
INSERT INTO readings SELECT i, 1 FROM generate_series(1, 3000) i;
SELECT count(*) AS groups, sum(n) AS rows FROM mezzanine.sensors;
SELECT * FROM mezzanine.verify('mezzanine.sensors');

-- The index on the key was written in an order of its own.
SET enable_seqscan = off;
SELECT * FROM mezzanine.sensors WHERE sensor IN (3, 4, 2999) ORDER BY sensor;
RESET enable_seqscan;

-- A few among many: the sweep jumps over gaps of any length.
INSERT INTO readings SELECT 10 * i, 2 FROM generate_series(1, 300) i;
SELECT * FROM mezzanine.verify('mezzanine.sensors');

-- Rows that go for good, groups that are computed again, and new ones, in one transaction.
BEGIN;
DELETE FROM readings WHERE sensor % 7 = 0;
UPDATE readings SET value = value - 1 WHERE sensor % 5 = 0;
INSERT INTO readings SELECT NULL, i FROM generate_series(1, 3) i;
INSERT INTO readings SELECT i, 1.50 FROM generate_series(5000, 6000) i;
COMMIT;
SELECT count(*) AS groups, sum(n) AS rows, sum(top) AS tops FROM mezzanine.sensors;
SELECT * FROM mezzanine.verify('mezzanine.sensors');

-- After a TRUNCATE nothing is old.
BEGIN;
TRUNCATE readings;
INSERT INTO readings SELECT i, i FROM generate_series(1, 2000) i;
COMMIT;
SELECT count(*) AS groups, sum(n) AS rows FROM mezzanine.sensors;
SELECT * FROM mezzanine.verify('mezzanine.sensors');

-- Indexes of other kinds: on a long key, on an expression, and a unique one.
CREATE TABLE pages (url text COLLATE "C", ms int);
SELECT mezzanine.create_view('hits', 'SELECT url, count(*) AS n, sum(ms) AS total FROM pages GROUP BY url');
CREATE INDEX ON mezzanine_state.hits (lower(url));
INSERT INTO pages SELECT repeat('x', i % 50) || i, i FROM generate_series(1, 1000) i;
CREATE UNIQUE INDEX ON mezzanine_state.hits (md5(url));
INSERT INTO pages SELECT repeat('x', i % 50) || i, i FROM generate_series(500, 2000) i;
SET enable_seqscan = off;
SELECT * FROM mezzanine.hits WHERE url IN ('7', 'xxxxxxx1007') ORDER BY url;
RESET enable_seqscan;
SELECT * FROM mezzanine.verify('mezzanine.hits');

-- What a constraint on the home table refuses fails the commit, and leaves nothing.
ALTER TABLE mezzanine_state.sensors ADD CONSTRAINT few CHECK (count < 2);
\set VERBOSITY sqlstate
INSERT INTO readings SELECT 7000 + i / 2, i FROM generate_series(1, 2000) i;
\set VERBOSITY default
SELECT count(*) AS groups, sum(n) AS rows FROM mezzanine.sensors;
ALTER TABLE mezzanine_state.sensors DROP CONSTRAINT few;

-- Cores that feed others follow.
SELECT mezzanine.create_view('kinds', 'SELECT sensor % 10 AS kind, count(DISTINCT value) AS n FROM readings GROUP BY 1');
INSERT INTO readings SELECT i, i % 400 FROM generate_series(1, 3000) i;
DELETE FROM readings WHERE sensor BETWEEN 100 AND 600;
SELECT * FROM mezzanine.kinds ORDER BY kind;
SELECT * FROM mezzanine.verify('mezzanine.kinds');

-- At SERIALIZABLE, one by one.
BEGIN ISOLATION LEVEL SERIALIZABLE;
INSERT INTO readings SELECT i, 9 FROM generate_series(2900, 3400) i;
COMMIT;
SELECT * FROM mezzanine.verify('mezzanine.sensors');
DROP TABLE readings, pages CASCADE;

-- Changes beyond mezzanine.work_mem go to a temporary file.  Contents are compared with the
-- query each time.
SET client_min_messages = warning;
SET mezzanine.work_mem = '1MB';
CREATE TABLE visits (page int, ms numeric, note text);
CREATE INDEX ON visits (page, note);
SELECT mezzanine.create_view('pages', 'SELECT page, count(*) AS n, sum(ms) AS total, max(note) AS last FROM visits GROUP BY page');

-- Memory stays, as long as the transaction may be.
BEGIN;
INSERT INTO visits SELECT i % 60000, i, 'first' FROM generate_series(1, 90000) i;
SELECT sum(total_bytes) < 3 * 1024 * 1024 AS bounded FROM pg_backend_memory_contexts WHERE name = 'mezzanine delta';
-- A savepoint that is rolled back takes along what it has spilled, and one that is released hands
-- it up.
SAVEPOINT a;
INSERT INTO visits SELECT i % 40000, 2.50, 'kept' FROM generate_series(1, 50000) i;
SAVEPOINT b;
DELETE FROM visits WHERE page % 3 = 0;
INSERT INTO visits SELECT -i, 1, 'dropped' FROM generate_series(1, 30000) i;
ROLLBACK TO b;
SAVEPOINT c;
UPDATE visits SET page = page + 1 WHERE page < 20000;
RELEASE c;
INSERT INTO visits VALUES (1, 'NaN', 'z'), (NULL, 1, 'null');
RELEASE a;
SELECT sum(total_bytes) < 3 * 1024 * 1024 AS bounded FROM pg_backend_memory_contexts WHERE name = 'mezzanine delta';
COMMIT;
SELECT count(*) AS groups, sum(n) AS rows FROM mezzanine.pages;
SELECT * FROM mezzanine.verify('mezzanine.pages');

-- Rows that came and went leave nothing to apply.
BEGIN;
INSERT INTO visits SELECT 100000 + i, 1, 'brief' FROM generate_series(1, 20000) i;
DELETE FROM visits WHERE page > 100000;
COMMIT;
SELECT count(*) AS groups, sum(n) AS rows FROM mezzanine.pages;

-- All of it rolled back, by savepoint and as a whole.
BEGIN;
SAVEPOINT a;
INSERT INTO visits SELECT 100000 + i, 1, 'brief' FROM generate_series(1, 20000) i;
ROLLBACK TO a;
COMMIT;
BEGIN;
INSERT INTO visits SELECT 100000 + i, 1, 'brief' FROM generate_series(1, 20000) i;
ROLLBACK;
SELECT count(*) AS groups, sum(n) AS rows FROM mezzanine.pages;

-- TRUNCATE forgets what was spilled before it.
BEGIN;
INSERT INTO visits SELECT 100000 + i, 1, 'brief' FROM generate_series(1, 20000) i;
TRUNCATE visits;
INSERT INTO visits SELECT i % 30000, i, 'after' FROM generate_series(1, 50000) i;
COMMIT;
SELECT count(*) AS groups, sum(n) AS rows FROM mezzanine.pages;
SELECT * FROM mezzanine.verify('mezzanine.pages');

-- Cores that feed others spill too, and so does a prepared transaction's part.
SELECT mezzanine.create_view('kinds', 'SELECT page % 5 AS kind, count(DISTINCT ms) AS n FROM visits GROUP BY 1');
BEGIN;
UPDATE visits SET ms = ms + 0.5;
PREPARE TRANSACTION 'spilled';
COMMIT PREPARED 'spilled';
SELECT * FROM mezzanine.kinds ORDER BY kind;
SELECT * FROM mezzanine.verify('mezzanine.kinds');
SELECT * FROM mezzanine.verify('mezzanine.pages');

-- At SERIALIZABLE, and where nothing is left.
BEGIN ISOLATION LEVEL SERIALIZABLE;
DELETE FROM visits;
COMMIT;
SELECT count(*) AS groups FROM mezzanine.pages;

-- An end of the space for temporary files is an error of the statement.
SET temp_file_limit = '1MB';
\set VERBOSITY sqlstate
INSERT INTO visits SELECT i, 1, 'much' FROM generate_series(1, 60000) i;
\set VERBOSITY default
RESET temp_file_limit;
SELECT count(*) AS groups FROM mezzanine.pages;
SELECT * FROM mezzanine.verify('mezzanine.pages');
DROP TABLE visits CASCADE;

-- The changed rows of joined tables spill too, and each arm of an outer join reads them.
CREATE TABLE pages (page int PRIMARY KEY, topic text);
CREATE TABLE hits (id int, page int, ms int);
CREATE INDEX ON hits (page);
INSERT INTO pages SELECT i, 'topic ' || i % 5 FROM generate_series(1, 2000) i;
SELECT mezzanine.create_view('topics', 'SELECT p.topic, count(*) AS n, sum(h.ms) AS ms FROM hits AS h JOIN pages AS p ON p.page = h.page GROUP BY p.topic');
SELECT mezzanine.create_view('missing', 'SELECT h.page, count(*) AS n FROM hits AS h LEFT JOIN pages AS p ON p.page = h.page WHERE p.topic IS NULL GROUP BY h.page');
BEGIN;
INSERT INTO hits SELECT i, i % 2100, i % 7 FROM generate_series(1, 60000) i;
SELECT sum(total_bytes) < 3 * 1024 * 1024 AS bounded FROM pg_backend_memory_contexts WHERE name = 'mezzanine rows';
SAVEPOINT a;
UPDATE hits SET ms = ms + 1 WHERE id % 2 = 0;
SAVEPOINT b;
DELETE FROM hits WHERE page < 500;
INSERT INTO hits SELECT -i, i % 10, 1 FROM generate_series(1, 30000) i;
ROLLBACK TO b;
UPDATE pages SET topic = 'topic 1' WHERE page % 100 = 1;
DELETE FROM pages WHERE page % 100 = 2;
RELEASE a;
INSERT INTO hits SELECT 60000 + i, i, 1 FROM generate_series(1, 20000) i;
SELECT sum(total_bytes) < 3 * 1024 * 1024 AS bounded FROM pg_backend_memory_contexts WHERE name = 'mezzanine rows';
COMMIT;
SELECT count(*) AS groups, sum(n) AS rows FROM mezzanine.topics;
SELECT count(*) AS groups, sum(n) AS rows FROM mezzanine.missing;
SELECT * FROM mezzanine.verify('mezzanine.topics');
SELECT * FROM mezzanine.verify('mezzanine.missing');
BEGIN;
DELETE FROM hits WHERE id % 3 = 0;
TRUNCATE pages;
INSERT INTO hits SELECT 100000 + i, i, 1 FROM generate_series(1, 30000) i;
INSERT INTO pages VALUES (1, 'one'), (7, 'seven');
COMMIT;
SELECT * FROM mezzanine.topics ORDER BY topic;
SELECT * FROM mezzanine.verify('mezzanine.topics');
SELECT * FROM mezzanine.verify('mezzanine.missing');
DROP TABLE hits, pages CASCADE;

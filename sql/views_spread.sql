-- Spread views: a group's state in several cells.  Who writes alone uses the home row;
-- test/isolation/specs/views_spread.spec has writers at the same time.
SET client_min_messages = warning;
CREATE TABLE hits (id int PRIMARY KEY, page text, ms int, cost numeric, took interval);
SELECT mezzanine.create_view('by_page', 'SELECT page, count(*) AS n, count(ms) AS measured,
	sum(ms) AS ms, avg(ms) AS mean, sum(cost) AS cost, avg(cost) AS mean_cost, sum(took) AS took,
	bool_and(ms > 5) AS slow, bit_or(ms) AS bits, stddev(cost) AS spread
	FROM hits GROUP BY page', spread => 8);
SELECT mezzanine.create_view('overall', 'SELECT count(*) AS n, sum(cost) AS cost FROM hits',
	spread => 64);
SELECT view, number, spread, cells, total FROM mezzanine_info.cores ORDER BY view;

INSERT INTO hits SELECT i, CASE WHEN i % 4 > 0 THEN 'page ' || i % 4 END, i,
	(i || repeat('.5', i % 2))::numeric, i * interval '1 hour' FROM generate_series(1, 40) AS i;
UPDATE hits SET cost = cost + 0.125, ms = NULL WHERE id % 5 = 0;
INSERT INTO hits VALUES (100, 'page 1', 7, 'NaN', NULL), (101, 'page 2', 9, 'Infinity', NULL);
SELECT * FROM mezzanine.by_page ORDER BY page;
SELECT * FROM mezzanine.overall;
SELECT * FROM mezzanine.verify('mezzanine.by_page');
SELECT * FROM mezzanine.verify('mezzanine.overall');

-- A transaction reads its own changes, whatever the cells say.
BEGIN;
DELETE FROM hits WHERE page = 'page 1' OR id = 101;
SELECT page, n, cost FROM mezzanine.by_page ORDER BY page;
SELECT n, cost FROM mezzanine.overall;
ROLLBACK;
DELETE FROM hits WHERE page = 'page 1' OR id = 101;
SELECT * FROM mezzanine.verify('mezzanine.by_page');

-- A group goes when its last row has gone, the only row of a view without groups never.
TRUNCATE hits;
SELECT * FROM mezzanine.by_page;
SELECT * FROM mezzanine.overall;
INSERT INTO hits VALUES (1, 'page 1', 1, 1.10, '1 day');
DELETE FROM hits;
SELECT count(*) FROM mezzanine_state.by_page;
SELECT * FROM mezzanine.verify('mezzanine.overall');

-- Many groups in one transaction.
INSERT INTO hits SELECT i, i % 1000, i, i / 7.0 FROM generate_series(1, 3000) AS i;
SELECT * FROM mezzanine.verify('mezzanine.by_page');

-- What does not add up is refused, and so is a number of cells that cannot be.
SELECT mezzanine.create_view('extremes', 'SELECT page, max(ms) FROM hits GROUP BY page', spread => 2);
SELECT mezzanine.create_view('rows', 'SELECT page, ms FROM hits', spread => 2);
SELECT mezzanine.create_view('none', 'SELECT count(*) FROM hits', spread => 65);

-- Nobody writes cells but the engine; and a spread view goes as a whole.
INSERT INTO mezzanine_state.by_page_cells (hash, count, cell) VALUES (1, 1, 1);
SELECT mezzanine.drop_view('by_page');
DROP TABLE hits CASCADE;
SELECT relname FROM pg_class WHERE relnamespace = 'mezzanine_state'::regnamespace
	AND relname ~ '^(by_page|overall)';

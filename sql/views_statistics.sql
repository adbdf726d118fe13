-- What the maintenance of each view has done, as this session counts it.
CREATE SCHEMA st;
SET search_path = st;
CREATE TABLE t (g int, x int);
SELECT mezzanine.create_view('st_sum', 'SELECT g, sum(100 / x) AS s FROM t WHERE g < 100 GROUP BY g') AS made;
SELECT mezzanine.create_view('st_sets', 'SELECT g, x % 2 AS odd, count(*) AS n FROM t GROUP BY ROLLUP (g, x % 2)') AS made;
SELECT mezzanine.create_view('st_lax', 'SELECT g, max(100 / x) AS m FROM t GROUP BY g',
	on_error => 'mark_stale') AS made;
CREATE VIEW counts AS
SELECT view, scope, batches, rows_in, rows_changed, apply_time > 0 AS took_time, lock_waits, errors,
       last_applied IS NOT NULL AS applied
FROM mezzanine_info.stat_views WHERE view::text ~ '^mezzanine\.st_' ORDER BY view::text COLLATE "C";
SELECT * FROM counts;

-- One transaction is one batch, whatever it did; rows that do not concern a view are not counted.
BEGIN;
INSERT INTO t VALUES (1, 1), (1, 2), (2, 1), (100, 1);
UPDATE t SET x = 3 WHERE g = 2;
COMMIT;
SELECT * FROM counts;
UPDATE t SET x = x;
SELECT * FROM counts;

-- What is rolled back counts for nothing, but its errors do.
BEGIN;
INSERT INTO t VALUES (1, 1);
ROLLBACK;
INSERT INTO t VALUES (1, 0);
SELECT * FROM counts;
-- One whose writer does not fail, too.  An error of the writer's own is none of the view's.
SELECT mezzanine.pause('mezzanine.st_sum');
INSERT INTO t VALUES (1, 0);
INSERT INTO t VALUES (1, 1 / 0);
SELECT * FROM counts;
DELETE FROM t WHERE x = 0;
SELECT mezzanine.resume('mezzanine.st_sum');
SELECT mezzanine.refresh('mezzanine.st_lax');

-- Counts begin anew.
SELECT mezzanine.stat_reset();
SELECT * FROM counts;
SELECT count(*) AS counted_since_now FROM mezzanine_info.stat_views
WHERE view::text ~ '^mezzanine\.st_' AND since BETWEEN statement_timestamp() - interval '1 minute' AND clock_timestamp();

-- A wait for another commit: here for one that was prepared and holds the group.
BEGIN;
INSERT INTO t VALUES (1, 1);
PREPARE TRANSACTION 'st';
SET mezzanine.lock_timeout = '50ms';
INSERT INTO t VALUES (1, 1);
RESET mezzanine.lock_timeout;
SELECT view, lock_waits, lock_wait_time BETWEEN 50 AND 60000 AS waited, errors
FROM mezzanine_info.stat_views WHERE view::text ~ '^mezzanine\.st_' AND errors > 0;
COMMIT PREPARED 'st';

-- Nobody resets them by default; readers may look.
CREATE ROLE st_reader IN ROLE mezzanine_reader;
SET ROLE st_reader;
SELECT count(*) >= 3 AS sees FROM mezzanine_info.stat_views;
SELECT mezzanine.stat_reset();
RESET ROLE;
DROP ROLE st_reader;
SELECT count(*) AS warnings FROM mezzanine.status() WHERE subject = 'mezzanine_info.stat_views';
SET client_min_messages = warning;
DROP SCHEMA st CASCADE;

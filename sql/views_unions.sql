-- UNION ALL and UNION in FROM.
CREATE SCHEMA unions;
SET search_path = unions, public;
SET TimeZone = 'UTC';
SET client_min_messages = warning;
CREATE TABLE a (id int PRIMARY KEY, k int, g text);
CREATE TABLE b (id int PRIMARY KEY, k int8, x int, t text);
CREATE TABLE c (id int PRIMARY KEY, x int, y numeric);
CREATE INDEX ON a (k);
CREATE INDEX ON b (k);
CREATE INDEX ON b (x);
CREATE INDEX ON c (x);
INSERT INTO a SELECT i, nullif(i % 8, 7), 'g' || i % 3 FROM generate_series(1, 20) AS i;
INSERT INTO b SELECT i, nullif(i % 6 + 1, 6), i % 5, nullif('t' || i % 2, 't0') FROM generate_series(1, 15) AS i;
INSERT INTO c SELECT i, nullif(i % 4, 0), i / 2.0 FROM generate_series(1, 10) AS i;
CREATE VIEW keys AS SELECT k FROM a UNION ALL SELECT k FROM b UNION ALL SELECT x FROM c;
CREATE TABLE queries (number serial, name text, query text);
INSERT INTO queries (name, query) VALUES
	('un_all', 'SELECT k, count(*) FROM (SELECT k FROM a UNION ALL SELECT k FROM b) q GROUP BY k'),
	('un_distinct', 'SELECT k FROM (SELECT k FROM a UNION SELECT k FROM b) q'),
	('un_distinct_group', 'SELECT k % 2 AS odd, count(*) FROM (SELECT k FROM a UNION ALL SELECT k FROM b UNION SELECT x FROM c) q GROUP BY 1'),
	('un_three', 'SELECT side, sum(n), count(*), max(label) FROM (SELECT ''a'' AS side, k AS n, g AS label FROM a UNION ALL SELECT ''b'', x, t FROM b WHERE x > 1 UNION ALL SELECT ''c'', y, NULL FROM c) q GROUP BY side'),
	('un_where', 'SELECT n, count(*) FROM (SELECT 1 AS side, k AS n FROM a UNION ALL SELECT 2, x FROM b) q WHERE side = 2 AND n > 1 GROUP BY n'),
	('un_view', 'SELECT k, count(*) FROM keys WHERE k IS NOT NULL GROUP BY k'),
	('un_join', 'SELECT a.g, count(*), sum(q.v) FROM a JOIN (SELECT k, x AS v FROM b UNION ALL SELECT x, id FROM c) q ON q.k = a.k GROUP BY a.g'),
	('un_left', 'SELECT a.g, count(*), count(q.k) AS n, sum(q.v) FROM a LEFT JOIN (SELECT k, coalesce(x, 0) AS v FROM b UNION ALL SELECT x, 7 FROM c) q ON q.k = a.k GROUP BY a.g'),
	('un_of_outer', 'SELECT g, count(*), sum(x) FROM (SELECT a.g, b.x FROM a LEFT JOIN b ON a.k = b.k UNION ALL SELECT t, x FROM b WHERE NOT EXISTS (SELECT FROM c WHERE c.x = b.x)) q GROUP BY g'),
	('un_of_groups', 'SELECT n, count(*) FROM (SELECT k, count(*) AS n FROM a GROUP BY k UNION ALL SELECT k, count(*) FROM b GROUP BY k HAVING count(*) > 1) q GROUP BY n'),
	('un_bag', 'SELECT n FROM (SELECT k AS n FROM a UNION ALL SELECT x FROM b) q'),
	('un_with', 'WITH q AS (SELECT k, id FROM a UNION ALL SELECT k, id FROM b) SELECT l.k, count(*) FROM q l JOIN q r ON l.id = r.k GROUP BY l.k'),
	('un_self', 'SELECT k, count(*) FROM (SELECT k FROM a WHERE id > 4 UNION ALL SELECT id FROM a) q GROUP BY k'),
	('un_exists', 'SELECT g, count(*) FROM a WHERE EXISTS (SELECT FROM (SELECT k FROM b UNION ALL SELECT x FROM c) q WHERE q.k = a.k) GROUP BY g'),
	('un_nested', 'SELECT m, count(*) FROM (SELECT k AS m FROM (SELECT k FROM a UNION ALL SELECT k FROM b) i WHERE k > 1 UNION ALL SELECT x FROM c) q GROUP BY m'),
	('un_distinct_rows', 'SELECT count(*), sum(v) FROM (SELECT k, x AS v FROM b UNION SELECT x, id FROM c) q');
DO $$
DECLARE
	q record;
BEGIN
	FOR q IN SELECT * FROM queries ORDER BY number LOOP
		PERFORM mezzanine.create_view(q.name, q.query);
	END LOOP;
END $$;
-- The views that differ from their queries, and by how many rows.
CREATE FUNCTION differences() RETURNS TABLE (differing text, number_of_rows bigint) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	FOR differing IN SELECT name FROM queries ORDER BY number LOOP
		EXECUTE format('SELECT count(*) FROM (
			(SELECT v::text FROM mezzanine.%1$s AS v EXCEPT ALL SELECT q::text FROM mezzanine_state.%1$s_definition AS q) UNION ALL
			(SELECT q::text FROM mezzanine_state.%1$s_definition AS q EXCEPT ALL SELECT v::text FROM mezzanine.%1$s AS v)) AS d',
			differing) INTO number_of_rows;
		IF number_of_rows > 0 THEN
			RETURN NEXT;
		END IF;
	END LOOP;
END $$;
SELECT * FROM differences();
SELECT * FROM mezzanine.un_three ORDER BY 1;
-- The first match of a key comes, the last one goes; on each side.
INSERT INTO b VALUES (101, 7, 3, 'first');
SELECT * FROM differences();
INSERT INTO b VALUES (102, 7, NULL, 'second'), (103, NULL, 2, NULL), (104, 99, 1, 't');
SELECT * FROM differences();
DELETE FROM b WHERE k = 7;
SELECT * FROM differences();
INSERT INTO a VALUES (101, 99, 'g9'), (102, 98, NULL), (103, NULL, 'g1');
SELECT * FROM differences();
INSERT INTO c VALUES (101, 3, 5), (102, 77, 6), (103, NULL, NULL);
SELECT * FROM differences();
UPDATE b SET k = k + 1 WHERE id < 6;
SELECT * FROM differences();
UPDATE b SET x = x + 1, t = nullif(t, 't1') WHERE id % 3 = 0;
SELECT * FROM differences();
UPDATE b SET k = NULL WHERE k = 2;
SELECT * FROM differences();
UPDATE a SET k = 2 WHERE k = 3;
SELECT * FROM differences();
UPDATE a SET g = 'h' WHERE id % 4 = 0;
SELECT * FROM differences();
UPDATE a SET k = NULL WHERE id % 5 = 0;
SELECT * FROM differences();
UPDATE c SET x = nullif(x + 1, 3), y = y * 2;
SELECT * FROM differences();
DELETE FROM a WHERE id % 6 = 0;
SELECT * FROM differences();
DELETE FROM c WHERE y < 3;
SELECT * FROM differences();
-- All sides in one transaction; what the transaction itself reads; savepoints.
BEGIN;
INSERT INTO a SELECT 200 + i, i, 'g' || i % 3 FROM generate_series(1, 9) AS i;
INSERT INTO b SELECT 200 + i, i, i % 4, 't' FROM generate_series(4, 12) AS i;
SELECT * FROM differences();
SAVEPOINT s;
DELETE FROM b WHERE k IN (4, 5);
UPDATE a SET k = k + 1;
INSERT INTO c VALUES (201, 1, 1);
SELECT * FROM differences();
ROLLBACK TO s;
SELECT * FROM differences();
SAVEPOINT s2;
DELETE FROM a WHERE k = 6;
DELETE FROM b WHERE k = 6;
UPDATE c SET x = 2 WHERE x = 4;
RELEASE s2;
SELECT * FROM differences();
COMMIT;
SELECT * FROM differences();
-- A key leaves and comes again within one transaction.
BEGIN;
CREATE TEMP TABLE kept AS SELECT * FROM b;
DELETE FROM b;
SELECT * FROM differences();
INSERT INTO b SELECT * FROM kept WHERE id % 2 = 0;
COMMIT;
SELECT * FROM differences();
TRUNCATE c;
SELECT * FROM differences();
BEGIN;
TRUNCATE b;
INSERT INTO b VALUES (1, 1, 1, 't'), (2, 2, NULL, NULL);
INSERT INTO c VALUES (1, 1, 1);
SELECT * FROM differences();
COMMIT;
SELECT * FROM differences();
TRUNCATE a;
SELECT * FROM differences();
INSERT INTO a SELECT i, nullif(i % 8, 7), 'g' || i % 3 FROM generate_series(1, 60) AS i;
INSERT INTO b SELECT 300 + i, nullif(i % 11 + 1, 6), i % 5, nullif('t' || i % 2, 't0') FROM generate_series(1, 50) AS i;
INSERT INTO c SELECT 300 + i, nullif(i % 4, 0), i / 2.0 FROM generate_series(1, 20) AS i;
SELECT * FROM differences();
DELETE FROM b WHERE id % 2 = 0;
SELECT * FROM differences();
SELECT q.name, v.* FROM queries AS q CROSS JOIN LATERAL mezzanine.verify(('mezzanine.' || q.name)::regclass) AS v;
SELECT mezzanine.pause('mezzanine.un_left');
DELETE FROM a WHERE id < 9;
UPDATE b SET x = x + 1;
SELECT mezzanine.resume('mezzanine.un_left') > 0 AS written;
SELECT mezzanine.refresh('mezzanine.un_all', rebuild => true) > 0 AS written;
SELECT * FROM differences();
\pset tuples_only on
\pset format unaligned
SELECT mezzanine.get_create_command('mezzanine.un_of_groups');
SELECT mezzanine.explain('SELECT side, count(*) FROM (SELECT 1 AS side, k FROM a UNION ALL SELECT 2, x FROM b) q WHERE k > 1 GROUP BY side');
\pset tuples_only off
\pset format aligned
\set VERBOSITY terse
-- What is refused.
SELECT mezzanine.create_view('un_no', 'SELECT k, count(*) FROM (SELECT k FROM a INTERSECT SELECT k FROM b) q GROUP BY k');
SELECT mezzanine.create_view('un_no', 'SELECT k, count(*) FROM (SELECT k FROM a EXCEPT ALL SELECT k FROM b) q GROUP BY k');
SELECT mezzanine.create_view('un_no', 'SELECT k, count(*) FROM (SELECT k FROM a UNION ALL (SELECT k FROM b UNION SELECT x FROM c)) q GROUP BY k');
SELECT mezzanine.create_view('un_no', 'SELECT k, count(*) FROM (SELECT k FROM a UNION ALL SELECT k FROM b LIMIT 3) q GROUP BY k');
SELECT mezzanine.create_view('un_no', 'SELECT k, count(*) FROM (SELECT k FROM a UNION ALL SELECT 1) q GROUP BY k');
SELECT mezzanine.create_view('un_no', 'SELECT k, count(*) FROM (SELECT k FROM a WHERE g < current_user UNION ALL SELECT k FROM b) q GROUP BY k');
DROP TABLE c CASCADE;
SELECT name FROM queries WHERE to_regclass('mezzanine.' || name) IS NULL ORDER BY number;
DROP SCHEMA unions CASCADE;
SELECT count(*) AS arms, (SELECT count(*) FROM mezzanine_info.rows) AS rows FROM mezzanine_info.arm;

-- Shortcuts of the engine, where they must not be taken: after each step the view is compared with
-- its query.
CREATE SCHEMA shortcuts;
SET search_path = shortcuts;
CREATE FUNCTION differences(view text) RETURNS bigint LANGUAGE sql VOLATILE AS $$
	SELECT count(*) FROM mezzanine.verify(view::regclass) $$;

-- Many rows of one group come one after the other: its change is found without its key, but not
-- across savepoints, TRUNCATE and transactions.
CREATE TABLE many (k int, f float8, x int);
SELECT mezzanine.create_view('short_k', 'SELECT k, count(*) AS n, sum(x) AS x, max(x) AS top FROM many GROUP BY k') \gset
SELECT mezzanine.create_view('short_f', 'SELECT f, count(*) AS n, sum(x) AS x FROM many GROUP BY f') \gset
SELECT mezzanine.create_view('short_all', 'SELECT count(*) AS n, sum(x) AS x FROM many WHERE x % 3 = 0') \gset
CREATE FUNCTION many_differences() RETURNS bigint LANGUAGE sql VOLATILE AS $$
	SELECT differences('mezzanine.short_k') + differences('mezzanine.short_f') + differences('mezzanine.short_all') $$;
CREATE FUNCTION add(first int, last int) RETURNS void LANGUAGE sql AS $$
	INSERT INTO many SELECT nullif(i % 7, 0) * (1 + i % 2 * 4095), CASE i % 3 WHEN 0 THEN 0.0 WHEN 1 THEN '-0' ELSE 'NaN'::float8 END, i
		FROM generate_series(first, last) AS i $$;
BEGIN;
SELECT add(1, 5000);
SAVEPOINT a;
SELECT add(5001, 8000);
SAVEPOINT b;
SELECT add(8001, 9000);
ROLLBACK TO b;
SELECT add(9001, 10000);
RELEASE b;
DELETE FROM many WHERE x % 11 = 0;
ROLLBACK TO a;
SELECT add(10001, 12000);
SAVEPOINT c;
SELECT add(12001, 14000);
RELEASE a;
DELETE FROM many WHERE x % 13 = 0;
COMMIT;
SELECT many_differences(), n, x FROM mezzanine.short_all;
DO $$ BEGIN
	FOR i IN 1 .. 30 LOOP
		BEGIN
			PERFORM add(20000 + i * 100, 20099 + i * 100);
			IF i % 3 = 0 THEN RAISE EXCEPTION 'undone'; END IF;
		EXCEPTION WHEN raise_exception THEN NULL;
		END;
	END LOOP;
END $$;
SELECT many_differences(), n, x FROM mezzanine.short_all;
BEGIN;
SELECT add(30000, 32000);
TRUNCATE many;
SELECT add(40000, 42000);
COMMIT;
SELECT many_differences(), n, x FROM mezzanine.short_all;
SET mezzanine.work_mem = '1MB';
INSERT INTO many SELECT i % 9000, i % 9000, i FROM generate_series(1, 27000) AS i;
RESET mezzanine.work_mem;
SELECT many_differences(), n, x FROM mezzanine.short_all;

-- Where a home row was found last is looked at first.  By then it may have been moved, or be gone with
-- another group's row in its place, or with the place itself.
CREATE TABLE few (k text NOT NULL, x int);
SELECT mezzanine.create_view('short_few', 'SELECT k, count(*) AS n, sum(x) AS x, string_agg(k, '','') AS ks FROM few GROUP BY k') \gset
CREATE FUNCTION few_now() RETURNS TABLE (differences bigint, groups bigint, n numeric, x numeric) LANGUAGE sql VOLATILE AS $$
	SELECT differences('mezzanine.short_few'), count(*), sum(n), sum(x) FROM mezzanine.short_few $$;
INSERT INTO few SELECT 'k' || i, i FROM generate_series(1, 100) AS i;
INSERT INTO few SELECT 'k' || i, i FROM generate_series(1, 100) AS i;
INSERT INTO few SELECT 'k' || i, i FROM generate_series(1, 100) AS i;
SELECT * FROM few_now();
DELETE FROM few WHERE x <= 50;
VACUUM mezzanine_state.short_few;
INSERT INTO few SELECT 'other' || i, i FROM generate_series(1, 50) AS i; -- where the others were
INSERT INTO few SELECT 'k' || i, i FROM generate_series(1, 100) AS i;
SELECT * FROM few_now();
DELETE FROM few WHERE k LIKE 'k%';
INSERT INTO few SELECT 'k' || i, i FROM generate_series(100, 1, -1) AS i;
SELECT * FROM few_now();
INSERT INTO few SELECT 'k' || i % 3 + 1, i FROM generate_series(1, 3000) AS i; -- wide rows move
INSERT INTO few SELECT 'k' || i, i FROM generate_series(1, 100) AS i;
SELECT * FROM few_now();
VACUUM FULL mezzanine_state.short_few;
INSERT INTO few SELECT 'k' || i, i FROM generate_series(1, 100) AS i;
SELECT * FROM few_now();
DELETE FROM few;
VACUUM mezzanine_state.short_few; -- to nothing
SELECT pg_relation_size('mezzanine_state.short_few') AS bytes;
INSERT INTO few SELECT 'k' || i, i FROM generate_series(1, 100) AS i;
SELECT * FROM few_now();
TRUNCATE few;
INSERT INTO few SELECT 'k' || i, i FROM generate_series(1, 100) AS i;
INSERT INTO few SELECT 'k' || i, i FROM generate_series(1, 100) AS i;
SELECT * FROM few_now();
BEGIN ISOLATION LEVEL SERIALIZABLE;
INSERT INTO few VALUES ('k1', 1), ('new', 1);
COMMIT;
SELECT * FROM few_now();
SELECT mezzanine.drop_view('mezzanine.short_few'), mezzanine.drop_view('mezzanine.short_all'),
	mezzanine.drop_view('mezzanine.short_f'), mezzanine.drop_view('mezzanine.short_k');
DROP SCHEMA shortcuts CASCADE;

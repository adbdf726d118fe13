-- Values that are hard to add up, to take away again, or to tell apart.
CREATE SCHEMA val;
SET search_path = val;
-- Compares view and definition as text, so that display scales count too; for keys whose
-- image is not determined (1.0 and 1.00, 0 and -0) mezzanine.verify compares by equality.
CREATE FUNCTION differences(view text) RETURNS SETOF text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	RETURN QUERY EXECUTE format('
		WITH v AS (SELECT v::text FROM mezzanine.%1$s AS v), q AS (SELECT q::text FROM mezzanine_state.%1$s_definition AS q)
		(SELECT ''view '' || v FROM v EXCEPT ALL SELECT ''view '' || q FROM q) UNION ALL
		(SELECT ''query '' || q FROM q EXCEPT ALL SELECT ''query '' || v FROM v)', view);
	RETURN QUERY SELECT v::text FROM mezzanine.verify(('mezzanine.' || view)::regclass) AS v;
END $$;

-- Numerics: display scales come and go, NaN and the infinities too.
CREATE TABLE n (id int PRIMARY KEY, g int, x numeric);
SELECT mezzanine.create_view('val_n', 'SELECT g, sum(x) AS s, avg(x) AS a, count(x) AS c FROM n GROUP BY g') \gset
INSERT INTO n VALUES (1, 1, 1.0), (2, 1, 2.000), (3, 1, 3), (4, 2, 1e-20), (5, 2, 1e20), (6, 3, NULL), (7, NULL, 5.5);
SELECT * FROM mezzanine.val_n ORDER BY g;
SELECT differences('val_n');
DELETE FROM n WHERE id = 2;
SELECT * FROM mezzanine.val_n WHERE g = 1;
SELECT differences('val_n');
DELETE FROM n WHERE id = 1;
SELECT * FROM mezzanine.val_n WHERE g = 1;
UPDATE n SET x = 3.00 WHERE id = 3; -- the same number
SELECT * FROM mezzanine.val_n WHERE g = 1;
SELECT differences('val_n');
UPDATE n SET x = NULL WHERE id = 3; -- a group whose values are all NULL
SELECT * FROM mezzanine.val_n WHERE g IN (1, 3) ORDER BY g;
SELECT differences('val_n');
DELETE FROM n WHERE id = 5;
SELECT s::text FROM mezzanine.val_n WHERE g = 2;
SELECT differences('val_n');
INSERT INTO n VALUES (10, 4, 'NaN'), (11, 4, 'Infinity'), (12, 4, '-Infinity'), (13, 4, 1.5);
SELECT s, a FROM mezzanine.val_n WHERE g = 4;
SELECT differences('val_n');
DELETE FROM n WHERE id = 10;
SELECT s, a FROM mezzanine.val_n WHERE g = 4;
SELECT differences('val_n');
UPDATE n SET x = 'Infinity' WHERE id = 12;
SELECT s, a FROM mezzanine.val_n WHERE g = 4;
SELECT differences('val_n');
UPDATE n SET x = '-Infinity' WHERE id IN (11, 12);
SELECT s, a FROM mezzanine.val_n WHERE g = 4;
SELECT differences('val_n');
DELETE FROM n WHERE id IN (11, 12);
SELECT s, a FROM mezzanine.val_n WHERE g = 4;
SELECT differences('val_n');
INSERT INTO n SELECT 100 + i, 5, ('-1'::numeric ^ i) * 10::numeric ^ (i * 7 - 300) FROM generate_series(1, 80) AS i;
SELECT differences('val_n');
DELETE FROM n WHERE id % 3 = 1 AND g = 5;
SELECT differences('val_n');
INSERT INTO n VALUES (200, 6, repeat('9', 1000)::numeric), (201, 6, -repeat('9', 1000)::numeric), (202, 6, ('0.' || repeat('0', 500) || '1')::numeric);
SELECT differences('val_n');
DELETE FROM n WHERE id = 200;
SELECT differences('val_n');

-- Integers: sums past bigint, the extremes, zero sums that are not empty groups.
CREATE TABLE i (id int PRIMARY KEY, g int, small int2, plain int4, big int8);
SELECT mezzanine.create_view('val_i', 'SELECT g, sum(small) AS s2, avg(small) AS a2, sum(plain) AS s4, avg(plain) AS a4,
	sum(big) AS s8, avg(big) AS a8, count(big) AS c FROM i GROUP BY g') \gset
INSERT INTO i SELECT k, 1, 32767, 2147483647, 9223372036854775807 FROM generate_series(1, 10) AS k;
INSERT INTO i SELECT k, 2, -32768, -2147483648, -9223372036854775808 FROM generate_series(11, 20) AS k;
SELECT s8, a8 FROM mezzanine.val_i ORDER BY g;
SELECT differences('val_i');
UPDATE i SET g = 3;
SELECT s2, s4, s8, c FROM mezzanine.val_i;
SELECT differences('val_i');
DELETE FROM i WHERE id <= 19;
SELECT differences('val_i');
UPDATE i SET small = 0, plain = 0, big = 0;
SELECT * FROM mezzanine.val_i;
SELECT differences('val_i');
UPDATE i SET small = NULL, plain = NULL, big = NULL;
SELECT * FROM mezzanine.val_i;
SELECT differences('val_i');
DELETE FROM i;
SELECT * FROM mezzanine.val_i;

-- Keys with several images: which one is shown is not determined, that they are one group is.
CREATE TABLE k (id int PRIMARY KEY, num numeric, fl float8, re float4, x int);
SELECT mezzanine.create_view('val_num', 'SELECT num, count(*) AS n, sum(x) AS x FROM k GROUP BY num') \gset
SELECT mezzanine.create_view('val_fl', 'SELECT fl, re, count(*) AS n, sum(x) AS x FROM k GROUP BY fl, re') \gset
INSERT INTO k VALUES (1, 1.0, '0', '-0', 1), (2, 1.00, '-0', '0', 2), (3, 1, 'NaN', 'NaN', 3), (4, 'NaN', 'NaN', 'NaN', 4),
	(5, NULL, 'Infinity', NULL, 5), (6, 'NaN', '-Infinity', 1.5, 6), (7, 0, 1e-300, 1e-30, 7), (8, 0.00, 1e-300, 1e-30, 8);
SELECT num::numeric(10, 1), n, x FROM mezzanine.val_num ORDER BY num;
SELECT abs(fl) AS fl, abs(re) AS re, n, x FROM mezzanine.val_fl ORDER BY 1, 2;
SELECT * FROM mezzanine.verify('mezzanine.val_num');
SELECT * FROM mezzanine.verify('mezzanine.val_fl');
-- The image that stands for the group goes; the group stays.
DELETE FROM k WHERE id IN (1, 7);
UPDATE k SET num = 1.000000, fl = 0 WHERE id = 3;
SELECT num::numeric(10, 1), n, x FROM mezzanine.val_num ORDER BY num;
SELECT * FROM mezzanine.verify('mezzanine.val_num');
SELECT * FROM mezzanine.verify('mezzanine.val_fl');
BEGIN;
INSERT INTO k VALUES (20, 7.0, 1, 1, 1);
INSERT INTO k VALUES (21, 7.00, 1, 1, 1);
DELETE FROM k WHERE id = 20;
COMMIT;
SELECT * FROM mezzanine.verify('mezzanine.val_num');
DELETE FROM k;
SELECT * FROM mezzanine.val_num;
SELECT * FROM mezzanine.val_fl;

-- All kinds of keys in one: every combination of NULLs, texts past 3 kB and past TOAST.
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN posint AS int CHECK (VALUE > 0);
CREATE TYPE pair AS (a int, b text);
CREATE TABLE a (id int PRIMARY KEY, d date, ts timestamp, u uuid, b bytea, f boolean, e mood, arr int[], tarr text[], c char(5),
	v varchar(20), w text, o posint, iv interval, r int4range, j jsonb, p pair, ip inet, q "char", nm name, mac macaddr, x int);
SELECT mezzanine.create_view('val_all', 'SELECT d, ts, u, b, f, e, arr, tarr, c, v, w, o, iv, r, j, p, ip, q, nm, mac,
	count(*) AS n, sum(x) AS x FROM a GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20') \gset
CREATE FUNCTION fill(start int, how_many int) RETURNS void LANGUAGE sql AS $$
	INSERT INTO a SELECT i, date '2020-01-01' + i % 3, timestamp '2020-01-01' + i % 2 * interval '1 us', md5((i % 5)::text)::uuid,
		decode(repeat(to_hex(16 + i % 4), 3000), 'hex'), i % 7 < 3, (enum_range(NULL::mood))[1 + i % 3], ARRAY[i % 2, NULL, 3],
		ARRAY['x', NULL, repeat('y', i % 3)], 'c' || i % 2, repeat('v', i % 4), repeat(md5((i % 3)::text), 300), 1 + i % 2,
		i % 2 * interval '1 day', int4range(0, 1 + i % 2), jsonb_build_object('k', i % 2, 'l', NULL), ROW(i % 2, 'b')::pair,
		inet '10.0.0.1' + i % 2, chr(65 + i % 2)::"char", ('name' || i % 2)::name, macaddr '08:00:2b:01:02:03' , i
	FROM generate_series(start, start + how_many - 1) AS i $$;
SELECT fill(1, 200);
INSERT INTO a (id, x) VALUES (1001, 1), (1002, 2);
INSERT INTO a (id, w, x) VALUES (1003, repeat('w', 4000), 1), (1004, repeat('w', 4000), 2), (1005, repeat('w', 4000) || '!', 3),
	(1006, '', 4), (1007, NULL, 5);
UPDATE a SET tarr = NULL WHERE id % 2 = 0;
UPDATE a SET u = NULL, e = 'ok', arr = '{}', iv = '24 hours' WHERE id % 5 = 0;
SELECT count(*), sum(n), sum(x) FROM mezzanine.val_all;
SELECT * FROM mezzanine.verify('mezzanine.val_all');
SELECT length(w), n, x FROM mezzanine.val_all WHERE d IS NULL ORDER BY 1, 2;
DELETE FROM a WHERE id % 3 <> 0;
SELECT * FROM mezzanine.verify('mezzanine.val_all');
DELETE FROM a;
SELECT count(*) FROM mezzanine.val_all;

-- More keys than an index has columns, and keys that fit an index one by one, not together.
DO $$ BEGIN
	EXECUTE (SELECT format('CREATE TABLE val.m (%s, x int)', string_agg('c' || i || ' int', ', ')) FROM generate_series(1, 99) AS i);
END $$;
SELECT mezzanine.create_view('val_m', format('SELECT count(*) AS n, sum(x) AS x, %1$s FROM m GROUP BY %1$s', string_agg('c' || i, ', ')))
FROM generate_series(1, 99) AS i \gset
INSERT INTO m (c1, c98, c99, x) VALUES (1, 1, 1, 1), (1, 1, 2, 2), (1, 1, 2, 3), (NULL, NULL, NULL, 4);
SELECT differences('val_m');
SELECT n, x, c99 FROM mezzanine.val_m ORDER BY x;
CREATE TABLE wide (a varchar(500), b varchar(500), c varchar(600), x int);
SELECT mezzanine.create_view('val_wide', 'SELECT a, b, c, count(*) AS n FROM wide GROUP BY a, b, c') \gset
INSERT INTO wide SELECT w, w, w, 1 FROM (SELECT string_agg(chr(128512 + i * i % 60000), '') AS w FROM generate_series(1, 500) AS i) AS w;
SELECT octet_length(a), octet_length(b), octet_length(c), n FROM mezzanine.val_wide;
SELECT differences('val_wide');

-- Keys that are constants, expressions, or not shown; many of them; a CASE as an aggregate's filter.
CREATE TABLE e (id int PRIMARY KEY, at timestamptz, s text, x int, sum_x int, count_x text, count int, hash int);
SELECT mezzanine.create_view('val_const', 'SELECT 1 AS one, ''k'' AS two, NULL::int AS three, count(*) AS n, sum(x) AS x
	FROM e GROUP BY 1, 2, 3') \gset
SELECT mezzanine.create_view('val_expr', 'SELECT date_trunc(''month'', at AT TIME ZONE ''Europe/Berlin'') AS month, lower(s) AS s,
	x > 5 AS much, count(*) AS n, sum(CASE WHEN x % 2 = 0 THEN x END) AS even, count(nullif(s, ''A'')) AS no_a, avg(x * 1.5) AS a
	FROM e WHERE coalesce(s, '''') NOT LIKE ''z%'' GROUP BY month, lower(s), x > 5') \gset
SELECT mezzanine.create_view('val_names', 'SELECT sum_x, count_x, hash, sum(x), count(x), avg(count), sum(hash) AS "sum_x 2"
	FROM e GROUP BY sum_x, count_x, hash, count') \gset
SELECT mezzanine.create_view('val_hidden', 'SELECT count(*) AS n FROM e GROUP BY s, x') \gset
INSERT INTO e SELECT i, timestamptz '2020-01-31 20:00+00' + i * interval '1 hour', (ARRAY['a', 'A', 'B', NULL, 'zz'])[1 + i % 5], i % 11,
	i % 2, 'c' || i % 2, i % 3, i % 2 FROM generate_series(1, 60) AS i;
SELECT v, differences(v) FROM unnest(ARRAY['val_const', 'val_expr', 'val_names', 'val_hidden']) AS v;
SELECT * FROM mezzanine.val_const;
SELECT * FROM mezzanine.val_expr WHERE s = 'a' ORDER BY month, much;
UPDATE e SET at = at + interval '3 hours', x = x + 1, s = 'A' WHERE id % 2 = 0;
SELECT v, differences(v) FROM unnest(ARRAY['val_const', 'val_expr', 'val_names', 'val_hidden']) AS v;
SET timezone = 'Asia/Tokyo'; -- another session's settings take the same rows out
SET extra_float_digits = -10;
SET bytea_output = escape;
DELETE FROM e WHERE id % 3 = 0;
SELECT v, differences(v) FROM unnest(ARRAY['val_const', 'val_expr', 'val_names', 'val_hidden']) AS v;
DELETE FROM e;
SELECT * FROM mezzanine.val_const;
SELECT * FROM mezzanine.val_expr;

-- Constants keep their value whatever the creator's settings.
SET datestyle = 'SQL, DMY';
SET intervalstyle = sql_standard;
SET array_nulls = off;
CREATE TABLE c (f float8, iv interval, d date, a text[], x int);
INSERT INTO c VALUES (0.12345678901234567, interval '-1 day' + interval '2 hours', '3/2/2020', ARRAY['a', NULL], 1);
SELECT mezzanine.create_view('val_c', $$ SELECT f = '0.12345678901234567'::float8 AS f, iv + (interval '1 day' - interval '2 hours') AS iv,
	d - '3/2/2020'::date AS d, a = ARRAY['a', NULL] AS a, a = '{a,NULL}'::text[] AS b, count(*) FROM c GROUP BY 1, 2, 3, 4, 5 $$) \gset
RESET ALL;
SET search_path = val;
SELECT * FROM mezzanine.val_c;
SELECT differences('val_c');

-- The least days and months there are have no opposite.
CREATE TABLE least_interval (k int, v interval);
SELECT mezzanine.create_view('val_least', 'SELECT k, sum(v) AS s FROM least_interval GROUP BY k');
INSERT INTO least_interval VALUES (1, '-2147483648 days -2147483648 months'), (1, '1 day');
SELECT * FROM mezzanine.val_least;
DELETE FROM least_interval WHERE v < '0';
SELECT * FROM mezzanine.val_least;
SELECT differences('val_least');
\set VERBOSITY terse
DROP SCHEMA val CASCADE;

-- Aggregates: what each is kept as, and that it shows PostgreSQL's very digits.
CREATE SCHEMA agg;
SET search_path = agg;
SELECT setseed(0.25);
-- Compares view and definition as text, so that display scales count too, then by mezzanine.verify.
CREATE FUNCTION differences(view text) RETURNS SETOF text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	RETURN QUERY EXECUTE format('
		WITH v AS (SELECT v::text FROM mezzanine.%1$s AS v), q AS (SELECT q::text FROM mezzanine_state.%1$s_definition AS q)
		(SELECT ''view '' || v FROM v EXCEPT ALL SELECT ''view '' || q FROM q) UNION ALL
		(SELECT ''query '' || q FROM q EXCEPT ALL SELECT ''query '' || v FROM v)', view);
	RETURN QUERY SELECT v::text FROM mezzanine.verify(('mezzanine.' || view)::regclass) AS v;
END $$;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (id int PRIMARY KEY, g int, i2 int2, i4 int4, i8 int8, n numeric, f4 float4, f8 float8, m money, iv interval,
	b boolean, s text, c char(3), d date, ts timestamptz, e mood, ip inet, a int[], j jsonb);
CREATE INDEX ON t (g);
-- Floats are quarters, so that their sums do not depend on the order.
CREATE FUNCTION fill(first int, last int) RETURNS void LANGUAGE sql AS $$
	INSERT INTO t SELECT i, i % 7, (random() * 60000 - 30000)::int2, (random() * 4e9 - 2e9)::int4, (random() * 1.8e19 - 9e18)::int8,
		round((random() * 2000 - 1000)::numeric, i % 6), (random() * 1000)::int / 4.0, (random() * 1000)::int / 4.0,
		(random() * 1000)::numeric::money, (random() * 1000)::int * interval '1 hour' + i * interval '1 day' + i % 13 * interval '1 month',
		random() < 0.7, 's' || (random() * 100)::int, 'c' || i % 9, date '2020-01-01' + (random() * 1000)::int,
		timestamptz '2020-01-01 00:00+00' + random() * interval '1000 days', (enum_range(NULL::mood))[1 + i % 3],
		('10.0.0.' || i % 100)::inet, ARRAY[i % 5, i], jsonb_build_object('i', i % 3)
	FROM generate_series(first, last) AS i $$;
SELECT fill(1, 200);

-- Sums and averages.
SELECT mezzanine.create_view('agg_sum', $$SELECT g, sum(i2) AS s2, sum(i4) AS s4, sum(i8) AS s8, sum(n) AS sn, sum(f4) AS sf4, sum(f8) AS sf8,
	sum(m) AS sm, sum(iv) AS si, avg(i2) AS a2, avg(i4) AS a4, avg(i8) AS a8, avg(n) AS an, avg(f4) AS af4, avg(f8) AS af8, avg(iv) AS ai,
	count(DISTINCT i2) AS cd, sum(DISTINCT i2 % 10) AS sd, avg(n ORDER BY id) AS ordered FROM t GROUP BY g$$);
-- Truth values and bits.
SELECT mezzanine.create_view('agg_bits', $$SELECT g, bool_and(b) AS ba, bool_or(b) AS bo, every(b) AS ev, bool_and(i4 > -2000000000) AS lots,
	bit_and(i2) AS a2, bit_or(i2) AS o2, bit_xor(i2) AS x2, bit_and(i4) AS a4, bit_or(i4) AS o4, bit_xor(i4) AS x4,
	bit_and(i8) AS a8, bit_or(i8) AS o8, bit_xor(i8) AS x8, bool_or(DISTINCT b) AS bd, bit_or(DISTINCT i2) AS od, bit_xor(DISTINCT i2) AS xd
	FROM t GROUP BY g$$);
-- Moments.
SELECT mezzanine.create_view('agg_moments', $$SELECT g, variance(i2) AS v2, var_pop(i2) AS p2, stddev(i2) AS s2, stddev_pop(i2) AS q2,
	var_samp(i4) AS v4, var_pop(i4) AS p4, stddev_samp(i4) AS s4, stddev_pop(i4) AS q4, variance(i8) AS v8, var_pop(i8) AS p8,
	stddev(i8) AS s8, stddev_pop(i8) AS q8, variance(n) AS vn, var_pop(n) AS pn, stddev(n) AS sn, stddev_pop(n) AS qn, avg(n) AS an
	FROM t GROUP BY g$$);
-- Extremes of every kind of type.
SELECT mezzanine.create_view('agg_extremes', $$SELECT g, min(i4) AS i4, max(n) AS n, min(f8) AS f8, max(s) AS s, min(c) AS c, max(d) AS d,
	min(ts) AS ts, max(e) AS e, min(ip) AS ip, max(a) AS a, min(iv) AS iv, max(m) AS m, max(s COLLATE "C") AS sc, min(DISTINCT i2) AS i2
	FROM t GROUP BY g$$);
-- FILTER on any of them.
SELECT mezzanine.create_view('agg_filter', $$SELECT g, count(*) FILTER (WHERE b) AS c, count(s) FILTER (WHERE i2 > 0) AS cs,
	sum(n) FILTER (WHERE i2 > 0 AND b) AS sn, avg(i4) FILTER (WHERE b OR i2 < 0) AS a4, min(n) FILTER (WHERE b) AS mn, bool_and(b) FILTER (WHERE i2 > 0) AS ba,
	stddev(n) FILTER (WHERE b) AS sd, string_agg(s, ',' ORDER BY id) FILTER (WHERE b) AS l, sum(n) AS all_n, bit_or(i4) FILTER (WHERE NOT b) AS bo,
	count(*) FILTER (WHERE b) AS again, sum(iv) FILTER (WHERE b) AS si FROM t GROUP BY g$$);
-- By affected group.
SELECT mezzanine.create_view('agg_recompute', $$SELECT g, array_agg(i4 ORDER BY id) AS a, string_agg(s, '' ORDER BY s, id) AS s, jsonb_agg(s ORDER BY id) AS j,
	jsonb_object_agg(id, i2) AS o, percentile_cont(0.5) WITHIN GROUP (ORDER BY f8) AS median, percentile_disc(ARRAY[0.1, 0.9]) WITHIN GROUP (ORDER BY n) AS discs,
	mode() WITHIN GROUP (ORDER BY c) AS mode, rank(100) WITHIN GROUP (ORDER BY i2) AS rank, regr_count(f8, f4) AS rc, max(f8) - min(f8) AS spread,
	count(DISTINCT (b, c)) AS pairs, array_agg(DISTINCT i2 % 3) AS thirds, range_agg(int4range(i2, i2 + 10)) AS r FROM t WHERE i2 <> 0 GROUP BY g$$);
SELECT column_name FROM information_schema.columns WHERE table_schema = 'mezzanine_state' AND table_name = 'agg_filter' ORDER BY ordinal_position;

CREATE FUNCTION all_differences() RETURNS TABLE (view text, difference text) LANGUAGE sql AS $$
	SELECT v, differences(v) FROM unnest(ARRAY['agg_sum', 'agg_bits', 'agg_moments', 'agg_extremes', 'agg_filter', 'agg_recompute']) AS v $$;
SELECT * FROM all_differences();
SELECT fill(201, 300);
SELECT * FROM all_differences();
DELETE FROM t WHERE id % 3 = 0;
SELECT * FROM all_differences();
UPDATE t SET n = n * 1.0000001, i2 = -i2, i4 = NULL, b = NOT b, s = upper(s), f8 = f8 + 1, g = g + 1 WHERE id % 5 = 0;
SELECT * FROM all_differences();
-- The extremes leave, and NULLs come.
DELETE FROM t WHERE (g, i4) IN (SELECT g, min(i4) FROM t GROUP BY g) OR (g, n) IN (SELECT g, max(n) FROM t GROUP BY g)
	OR (g, f8) IN (SELECT g, max(f8) FROM t GROUP BY g);
UPDATE t SET i2 = NULL, n = NULL, f4 = NULL, f8 = NULL, m = NULL, iv = NULL, b = NULL, s = NULL WHERE g = 3;
SELECT * FROM all_differences();
SELECT g, s2, sn, sf8, sm, si, a2, an, af8, ai, cd FROM mezzanine.agg_sum WHERE g = 3;
SELECT g, ba, a2, o2, x2 FROM mezzanine.agg_bits WHERE g = 3;
-- What is no number comes and goes.
INSERT INTO t (id, g, n, f4, f8) VALUES (1001, 1, 'NaN', 'NaN', 'Infinity'), (1002, 1, 'Infinity', 1, '-Infinity'), (1003, 2, '-Infinity', '-Infinity', 1),
	(1004, 100, 'NaN', 'NaN', 'NaN'), (1005, 101, 1.50, 1.5, 1.5), (1006, 102, 'Infinity', 'Infinity', 'Infinity'), (1007, 102, 2, 2, 2);
SELECT * FROM all_differences();
SELECT g, vn, pn, sn, qn FROM mezzanine.agg_moments WHERE g > 99 ORDER BY g;
DELETE FROM t WHERE id IN (1001, 1003, 1006);
SELECT * FROM all_differences();
DELETE FROM t WHERE id > 1000;
SELECT * FROM all_differences();
-- In one transaction: seen at once, and right after it.
BEGIN;
SELECT fill(401, 420);
DELETE FROM t WHERE id BETWEEN 100 AND 180;
SAVEPOINT a;
UPDATE t SET n = 0, f8 = 'NaN';
ROLLBACK TO a;
SELECT v, count(*) FROM unnest(ARRAY['agg_sum', 'agg_bits', 'agg_moments', 'agg_extremes', 'agg_filter', 'agg_recompute']) AS v,
	query_to_xml(format('(SELECT v::text FROM mezzanine.%1$s AS v EXCEPT ALL SELECT q::text FROM mezzanine_state.%1$s_definition AS q)', v), true, true, '') AS x
	WHERE x::text LIKE '%<row>%' GROUP BY v;
COMMIT;
SELECT * FROM all_differences();

-- The deviations of many random groups, to the digit: values of every size, scale and number.
CREATE TABLE r (g int, n numeric, i8 int8, i4 int4);
INSERT INTO r SELECT g, round((random() - 0.5)::numeric * 10::numeric ^ (g % 25 - 12), g % 17) * CASE WHEN g % 11 = 0 THEN 0 ELSE 1 END,
	((random() - 0.5) * 2.0 ^ (g % 63))::int8, ((random() - 0.5) * 2.0 ^ (g % 32))::int4 FROM generate_series(1, 2000) AS g, generate_series(1, 1 + g % 6);
SELECT mezzanine.create_view('agg_random', $$SELECT g, variance(n) AS a, var_pop(n) AS b, stddev(n) AS c, stddev_pop(n) AS d, variance(i8) AS e,
	stddev_pop(i8) AS f, stddev(i4) AS h, var_pop(i4) AS i, avg(n) AS j FROM r GROUP BY g$$);
SELECT count(*) AS groups, count(c) AS deviations FROM mezzanine.agg_random;
SELECT differences('agg_random');
UPDATE r SET n = n + 1, i8 = -i8, i4 = i4 / 3 WHERE random() < 0.5;
DELETE FROM r WHERE random() < 0.2;
SELECT differences('agg_random');

-- Aggregates of one's own.
CREATE AGGREGATE product(numeric) (SFUNC = numeric_mul, STYPE = numeric, INITCOND = '1');
CREATE FUNCTION unsteady(numeric, numeric) RETURNS numeric LANGUAGE sql VOLATILE AS 'SELECT $1 + random()::numeric';
CREATE AGGREGATE unsteady(numeric) (SFUNC = unsteady, STYPE = numeric, INITCOND = '1');
SELECT mezzanine.create_view('agg_own', 'SELECT g % 10 AS g, product(n) AS p FROM r WHERE g < 100 AND n <> 0 GROUP BY 1');
SELECT mezzanine.create_view('agg_refused', 'SELECT g, unsteady(n) FROM r GROUP BY g');
SELECT mezzanine.create_view('agg_refused', 'SELECT g, json_agg(ts) FROM t GROUP BY g');
SELECT mezzanine.create_view('agg_refused', 'SELECT g, sum(i4) FILTER (WHERE ts < now()) FROM t GROUP BY g');
SELECT mezzanine.create_view('agg_refused', 'SELECT g, string_agg(s, '','' ORDER BY random()) FROM t GROUP BY g');
UPDATE r SET n = 2.0 WHERE g % 7 = 0;
SELECT differences('agg_own');
\set VERBOSITY terse
DROP SCHEMA agg CASCADE;

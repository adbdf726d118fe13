-- The engine on truth views of every kind, without the planner: a core is what its truth
-- view says.  After each commit the home table equals the truth, column by column.
CREATE SCHEMA states;
SET search_path = states, public;
SET client_min_messages = warning;

-- Makes cores by hand, as create_view would, the first from `base`, each other from the home
-- table of the one before.
CREATE PROCEDURE make(name text, base regclass, VARIADIC truths text[]) LANGUAGE plpgsql AS $$
DECLARE
	source regclass := base;
	home   text;
BEGIN
	FOR i IN 1 .. array_length(truths, 1) LOOP
		home := format('mezzanine_state.%I', name || CASE i WHEN array_length(truths, 1) THEN '' ELSE '_' || i END);
		EXECUTE format('CREATE VIEW %s_truth AS %s', home, replace(truths[i], '$source', source::text));
		EXECUTE format('CREATE TABLE %s WITH (fillfactor = 70) AS TABLE %1$s_truth', home);
		EXECUTE format('CREATE INDEX ON %s (hash)', home);
		source := home;
	END LOOP;
	EXECUTE format('CREATE VIEW mezzanine.%I AS SELECT * FROM %s WHERE mezzanine_state.is_loaded()', name, home);
	EXECUTE format('CREATE VIEW mezzanine_state.%I AS SELECT', name || '_definition');
	INSERT INTO mezzanine_info.catalogue VALUES (format('mezzanine.%I', name), format('mezzanine_state.%I', name || '_definition'), '{}');
	FOR i IN 1 .. array_length(truths, 1) LOOP
		home := format('mezzanine_state.%I', name || CASE i WHEN array_length(truths, 1) THEN '' ELSE '_' || i END);
		INSERT INTO mezzanine_info.core VALUES (home, format('mezzanine.%I', name), i, home || '_truth', base, i - 1);
		base := home;
	END LOOP;
END $$;
-- The triggers of a table, by way of a view that needs them.
CREATE PROCEDURE watch(base regclass) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM mezzanine.create_view('watch_' || base, format('SELECT 1 AS one, count(*) AS n FROM %s GROUP BY 1', base));
END $$;
-- What differs between truth and home, by their text: 1.0 is not 1.00 here.
CREATE FUNCTION differences() RETURNS TABLE (core regclass, side text, line text) LANGUAGE plpgsql AS $$
DECLARE
	c record;
BEGIN
	FOR c IN SELECT * FROM mezzanine_info.cores ORDER BY cores.view, cores.number LOOP
		RETURN QUERY EXECUTE format($q$
			SELECT %1$L::regclass, 'truth', l FROM (SELECT t::text AS l FROM %2$s t EXCEPT ALL SELECT h::text FROM %1$s h) d
			UNION ALL
			SELECT %1$L::regclass, 'home', l FROM (SELECT h::text AS l FROM %1$s h EXCEPT ALL SELECT t::text FROM %2$s t) d $q$,
			c.home, c.truth);
	END LOOP;
END $$;

-- Minima and maxima, of every shape of type.
CREATE TABLE t (id int PRIMARY KEY, g text, i int, x numeric, s text, f float8, r float4, p interval, m money, d date, b bool, a int[], j jsonb, n name);
CALL watch('t');
CALL make('st_extremes', 't', $$ SELECT mezzanine_state.group_hash(g) AS hash, g, count(*) AS count,
	min(i) AS min_i, max(i) AS max_i, max(x) AS max_x, min(s) AS min_s, max(s COLLATE "C") AS max_s, max(f) AS max_f, min(p) AS min_p,
	max(m) AS max_m, max(d) AS max_d, max(a) AS max_a, bool_and(b) AS and_b, bool_or(b) AS or_b, min(i) FILTER (WHERE b) AS min_ib,
	max(i + length(s)) AS max_is FROM $source GROUP BY g $$);
-- What adds up.
CALL make('st_sums', 't', $$ SELECT mezzanine_state.group_hash(g, b) AS hash, g, b, count(*) AS count,
	count(i) AS count_i, sum(i) AS sum_i, count(i) FILTER (WHERE i > 5) AS count_i5, sum(i) FILTER (WHERE i > 5) AS sum_i5,
	count(*) FILTER (WHERE s IS NULL) AS count_null, count(p) AS count_p, sum(p) AS sum_p, count(m) AS count_m, sum(m) AS sum_m,
	count(x) FILTER (WHERE i > 5) AS count_x, sum(x) FILTER (WHERE i > 5 AND mezzanine_state.is_finite(x)) AS sum_x,
	mezzanine_state.irregular(x) FILTER (WHERE i > 5) AS irregular_x, mezzanine_state.bit_counts(i) AS bits_i,
	mezzanine_state.bit_counts(i) FILTER (WHERE i > 5) AS bits_i5, mezzanine_state.any_value(g) AS any_g FROM $source GROUP BY g, b $$);
-- What is computed again; floats, when they leave or are not finite.
CALL make('st_again', 't', $$ SELECT mezzanine_state.group_hash(g) AS hash, g, count(*) AS count, sum(f) AS sum_f, sum(r) AS sum_r,
	array_agg(id ORDER BY id) AS ids, string_agg(s, ',' ORDER BY s, id) FILTER (WHERE b) AS texts, count(DISTINCT i) AS distinct_i,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY i) AS median, jsonb_object_agg(id, j ORDER BY id) AS j, sum(i) AS sum_alone,
	stddev(i) AS dev, count(f) AS count_f FROM $source GROUP BY g $$);
-- No key at all, and the image of the row as the key.
CALL make('st_all', 't', $$ SELECT 0::bigint AS hash, count(*) AS count, max(i) AS max_i, count(i) AS count_i, sum(i) AS sum_i, array_agg(id ORDER BY id) AS ids,
	count(DISTINCT g) AS distinct_g FROM $source $$);
CALL make('st_additive', 't', $$ SELECT 0::bigint AS hash, count(*) AS count, count(i) AS count_i, sum(i) AS sum_i FROM $source $$);
CALL make('st_bag', 't', $$ SELECT mezzanine_state.group_hash(mezzanine_state.image(g, x, j, n, a)) AS hash, mezzanine_state.image(g, x, j, n, a) AS image,
	count(*) AS count, mezzanine_state.any_value(g) AS g, mezzanine_state.any_value(x) AS x, mezzanine_state.any_value(j) AS j,
	mezzanine_state.any_value(n) AS n, mezzanine_state.any_value(a) AS a FROM $source GROUP BY 2 $$);
-- A chain: how many distinct values, and how many of them are how frequent.
CALL make('st_chain', 't', $$ SELECT mezzanine_state.group_hash(g, i) AS hash, g, i, count(*) AS count FROM $source GROUP BY g, i $$,
	$$ SELECT mezzanine_state.group_hash(g) AS hash, g, count(*) AS count, count(i) AS distinct_i, count(i) AS count_s, sum(i) AS sum_s, max(count) AS most,
	array_agg(i ORDER BY i) AS list FROM $source GROUP BY g $$,
	$$ SELECT 0::bigint AS hash, count(*) AS count, max(distinct_i) AS most, count(most) AS count_most, sum(most) AS sum_most FROM $source $$);
SELECT * FROM differences();
TABLE mezzanine.st_all;
TABLE mezzanine.st_additive;

-- One row, alone, then beside others; equal values; NULLs.
INSERT INTO t (id, g, i) VALUES (1, 'a', 5);
SELECT * FROM differences();
INSERT INTO t VALUES (2, 'a', 9, 1.0, 'x', 1.5, 2.5, '1 mon', 3.5, '2020-01-01', true, '{1}', '{"a": 1}', 'n'), (3, 'a', 9, 0.50, 'y', 2.5, 1, '-1 day', -3, 'infinity', false, '{1,2}', '1.0', 'm'),
	(4, NULL, -9, 'NaN', '', 'NaN', 'inf', '1 sec', 0, NULL, NULL, NULL, '1.00', NULL), (5, NULL, NULL, 2.5, NULL, NULL, NULL, NULL, NULL, NULL, true, NULL, NULL, NULL);
SELECT * FROM differences();
SELECT g, count, min_i, max_i, max_x, min_s, max_f, min_p, max_m, max_d, max_a, and_b, or_b, min_ib FROM mezzanine.st_extremes ORDER BY g;
SELECT g, b, sum_i5, count_null, sum_p, sum_m, sum_x, irregular_x, bits_i, any_g FROM mezzanine.st_sums ORDER BY g, b;
SELECT g, sum_f, sum_r, ids, texts, distinct_i, median, j FROM mezzanine.st_again ORDER BY g;
SELECT count, max_i, sum_i, ids, distinct_g FROM mezzanine.st_all;
SELECT count, x, j FROM mezzanine.st_bag ORDER BY image;
SELECT g, count, sum_s, most, list FROM mezzanine_state.st_chain_2 ORDER BY g;
TABLE mezzanine.st_chain;
-- One of two equal extremes leaves, then the other; what is not the extreme leaves.
DELETE FROM t WHERE id = 2;
SELECT * FROM differences();
DELETE FROM t WHERE id = 3;
SELECT * FROM differences();
SELECT max_i, max_x FROM mezzanine.st_extremes WHERE g = 'a';
-- A row moves to another group; another does not, but its values do; and several changes of one row.
INSERT INTO t SELECT k, chr(97 + k % 3), k, k / 10.0, 's' || k, k / 8.0, k, make_interval(secs => k), k, '2020-01-01'::date + k, k % 2 = 0, ARRAY[k], to_jsonb(k), 'n' || k FROM generate_series(10, 40) AS k;
SELECT * FROM differences();
UPDATE t SET g = 'a' WHERE id = 40;
SELECT * FROM differences();
UPDATE t SET i = 100 WHERE id = 10;
UPDATE t SET i = -100 WHERE id = 10;
SELECT * FROM differences();
BEGIN;
UPDATE t SET i = i + 1, f = f + 1;
UPDATE t SET g = 'b', x = 'Infinity' WHERE id % 5 = 0;
DELETE FROM t WHERE id % 7 = 0;
UPDATE t SET s = NULL WHERE id % 4 = 0;
SELECT count, max_i, sum_i FROM mezzanine.st_all;
SELECT count(i), max(i), sum(i) FROM t;
SELECT * FROM mezzanine.st_chain;
COMMIT;
SELECT * FROM differences();
-- Savepoints: what is rolled back leaves no trace, what is released joins.
BEGIN;
INSERT INTO t (id, g, i, f) VALUES (50, 'a', 1000, 1);
SAVEPOINT s;
INSERT INTO t (id, g, i, f) VALUES (51, 'a', 2000, 1), (52, 'new', 1, 1);
ROLLBACK TO s;
INSERT INTO t (id, g, i, f) VALUES (53, 'a', 1500, 1);
RELEASE s;
SAVEPOINT s;
DELETE FROM t WHERE id = 53;
INSERT INTO t (id, g, i, f) VALUES (54, 'b', 1500, 1);
RELEASE s;
COMMIT;
SELECT * FROM differences();
SELECT g, max_i FROM mezzanine.st_extremes ORDER BY g;
DO $$ BEGIN FOR k IN 60 .. 80 LOOP BEGIN INSERT INTO t (id, g, i) VALUES (k, 'loop', k); EXCEPTION WHEN division_by_zero THEN NULL; END; END LOOP; END $$;
SELECT * FROM differences();
-- A group comes and goes in one transaction; the last row of another leaves.
BEGIN; INSERT INTO t (id, g, i, f) VALUES (90, 'gone', 1, 1); DELETE FROM t WHERE id = 90; COMMIT;
DELETE FROM t WHERE g = 'loop';
SELECT * FROM differences();
-- Everything leaves, one way and the other.
BEGIN; DELETE FROM t; SELECT count, max_i FROM mezzanine.st_all; COMMIT;
SELECT * FROM differences();
TABLE mezzanine.st_all;
INSERT INTO t (id, g, i) VALUES (1, 'a', 1), (2, 'b', 2);
TRUNCATE t;
SELECT * FROM differences();
BEGIN; INSERT INTO t (id, g, i) VALUES (1, 'a', 1); TRUNCATE t; INSERT INTO t (id, g, i) VALUES (2, 'c', 7); COMMIT;
SELECT * FROM differences();
TABLE mezzanine.st_chain;
-- Overflow is an error of the commit, and leaves all as it was.
BEGIN; INSERT INTO t (id, g, p) VALUES (3, 'c', make_interval(months => 2147483647)); COMMIT;
INSERT INTO t (id, g, p) VALUES (4, 'c', make_interval(months => 1));
INSERT INTO t (id, g, f) VALUES (5, 'c', 1e308);
INSERT INTO t (id, g, f) VALUES (6, 'c', 1e308);
SELECT * FROM differences();

-- The same under the other isolation levels.
SET default_transaction_isolation = 'repeatable read';
INSERT INTO t SELECT k, chr(97 + k % 3), k, k / 10.0, 's' || k, k / 8.0 FROM generate_series(10, 20) AS k;
DELETE FROM t WHERE id IN (19, 20);
SELECT * FROM differences();
SET default_transaction_isolation = 'serializable';
INSERT INTO t SELECT k, chr(97 + k % 3), k, k / 10.0, 's' || k, k / 8.0 FROM generate_series(30, 40) AS k;
DELETE FROM t WHERE id IN (39, 40);
SELECT * FROM differences();
RESET default_transaction_isolation;

-- A nondeterministic collation: equal texts of several images are one group.
CREATE COLLATION folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE c (g text COLLATE folding, i int);
CALL watch('c');
CALL make('st_folding', 'c', $$ SELECT mezzanine_state.group_hash(g) AS hash, g, count(*) AS count, max(i) AS max_i, min(g) AS min_g FROM $source GROUP BY g $$);
INSERT INTO c VALUES ('a', 1), ('A', 2), ('b', 3);
INSERT INTO c VALUES ('B', 4), ('a', 5);
DELETE FROM c WHERE i IN (4, 5);
SELECT lower(g) AS g, count, max_i, lower(min_g) AS min_g FROM mezzanine.st_folding ORDER BY 1;

DROP SCHEMA states CASCADE;
SELECT count(*) AS left FROM mezzanine_info.core WHERE home::text LIKE '%.st\_%';
SELECT relname FROM pg_class WHERE relname LIKE 'st\_%';

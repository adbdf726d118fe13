-- Keys that are equal and look different: one group, whichever image stands for it.
CREATE SCHEMA keys;
SET search_path = keys, public;
CREATE EXTENSION IF NOT EXISTS citext SCHEMA public;
CREATE COLLATION blunt (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE DOMAIN price AS numeric CHECK (VALUE >= 0);
CREATE TABLE t (id int PRIMARY KEY, ci citext, nd text COLLATE blunt, p price, n numeric(10, 2), x int);
CREATE INDEX ON t (ci);
CREATE INDEX ON t (nd);
CREATE INDEX ON t (p);
INSERT INTO t SELECT i, (ARRAY['Lamp', 'LAMP', 'lamp', 'Bed', NULL])[1 + i % 5], (ARRAY['Größe', 'GRÖSSE', 'größe', 'grösse', 'x'])[1 + i % 5],
	round(i % 3, i % 4), i % 3, i FROM generate_series(1, 40) AS i;
SELECT mezzanine.create_view('key_ci', 'SELECT ci, count(*) AS n, sum(x) AS s, max(x) AS m, array_agg(id ORDER BY id) AS ids FROM t GROUP BY ci');
SELECT mezzanine.create_view('key_nd', 'SELECT nd, count(*) AS n, min(x) AS m, count(DISTINCT ci) AS cis FROM t GROUP BY nd');
SELECT mezzanine.create_view('key_both', 'SELECT nd, ci, p, n, count(*) AS c, string_agg(id::text, '','' ORDER BY id) AS ids FROM t GROUP BY nd, ci, p, n');
SELECT mezzanine.create_view('key_named', 'SELECT (ci::text) COLLATE blunt AS c, count(DISTINCT nd) AS nds FROM t GROUP BY 1');
SELECT mezzanine.create_view('key_distinct', 'SELECT DISTINCT ci, nd FROM t');
SELECT mezzanine.create_view('key_on', 'SELECT DISTINCT ON (nd) nd, id FROM t ORDER BY nd, x DESC');
SELECT mezzanine.create_view('key_rows', 'SELECT ci, nd FROM t'); -- as they look
CREATE FUNCTION differences() RETURNS TABLE (view text, kind text, key jsonb, expected jsonb, actual jsonb) LANGUAGE sql AS $$
	SELECT v, d.* FROM unnest(ARRAY['key_ci', 'key_nd', 'key_both', 'key_named', 'key_distinct', 'key_on', 'key_rows']) AS v
	CROSS JOIN LATERAL mezzanine.verify(('mezzanine.' || v)::regclass) AS d $$;
SELECT * FROM differences();
SELECT lower(ci::text) AS ci, n, s, m, ids FROM mezzanine.key_ci ORDER BY 1;
SELECT lower(nd COLLATE "C") = 'x' AS is_x, n, m, cis FROM mezzanine.key_nd ORDER BY 1, 2, 3;
SELECT ci, count(*) FROM mezzanine.key_rows GROUP BY ci::text, ci ORDER BY ci::text COLLATE "C";
-- The image that stands for the group goes, and others come; extremes leave.
DELETE FROM t WHERE id IN (1, 2, 3) OR x > 35;
UPDATE t SET ci = lower(ci::text), nd = upper(nd) WHERE id % 2 = 0;
SELECT * FROM differences();
INSERT INTO t VALUES (101, 'LaMp', 'gRÖSSE', 1.0000, 1, 500), (102, 'sofa', 'Sofa', 7.10, 7, 1), (103, 'SOFA', 'SOFA', 7.1, 7, 2);
SELECT * FROM differences();
SELECT lower(ci::text) AS ci, n, s, m FROM mezzanine.key_ci ORDER BY 1;
SELECT n, s FROM mezzanine.key_ci WHERE ci = 'SoFa';
DELETE FROM t WHERE id = 101 OR ci = 'sofa' AND x = 2;
SELECT * FROM differences();
BEGIN;
UPDATE t SET ci = 'bed' WHERE ci = 'lamp';
SELECT n FROM mezzanine.key_ci WHERE ci = 'BED';
COMMIT;
SELECT * FROM differences();
SELECT n FROM mezzanine.key_ci WHERE ci = 'BED';
-- Two keys may not name two collations.
SELECT mezzanine.create_view('key_refused', 'SELECT nd COLLATE "C" AS a, nd COLLATE "POSIX" AS b, count(*) FROM t GROUP BY 1, 2');
\set VERBOSITY terse
DROP SCHEMA keys CASCADE;

-- What explain says of each core and column, and which index is missing.
CREATE SCHEMA expl;
SET search_path = expl;
CREATE TABLE t (id int PRIMARY KEY, g int, h text, x int, f float8, at timestamptz);
\pset tuples_only on
\pset format unaligned
SELECT mezzanine.explain('SELECT g, count(*), sum(x), avg(f), max(x), string_agg(h, '','' ORDER BY id) FROM t WHERE x > 0 GROUP BY g');
SELECT mezzanine.explain('SELECT g, max(x) AS top FROM t GROUP BY g ORDER BY 2 DESC LIMIT 3');
SELECT mezzanine.explain('SELECT max(x) FROM t');
SELECT mezzanine.explain('SELECT count(DISTINCT x), count(*) FROM t');
SELECT mezzanine.explain('SELECT date_trunc(''hour'', at) AS hour, at::date AS day, max(x) FROM t GROUP BY 1, 2');
SELECT mezzanine.explain('SELECT g, h, grouping(g), min(x) FILTER (WHERE f > 1) FROM t GROUP BY GROUPING SETS ((g), (g, h), ())');
SELECT mezzanine.explain('SELECT DISTINCT ON (h) h, x FROM t ORDER BY h, x DESC');
SELECT mezzanine.explain('SELECT g, h FROM t');
SELECT jsonb_pretty(mezzanine.explain('SELECT g, avg(x), max(x) FROM t WHERE at::date > ''2020-01-01'' GROUP BY g', 'json')::jsonb);
SELECT jsonb_pretty(mezzanine.explain('SELECT g, random() FROM t GROUP BY g', 'json')::jsonb);
SELECT mezzanine.explain('SELECT g FROM t GROUP BY g', 'yaml');
\pset tuples_only off
\pset format aligned
-- create_view says which index is missing; the index it names stills it.
SELECT mezzanine.create_view('expl_top', 'SELECT g, max(x) AS top FROM t GROUP BY g');
CREATE INDEX ON expl.t (g, x);
SELECT mezzanine.create_view('expl_top_2', 'SELECT g, max(x) AS top FROM t GROUP BY g');
SELECT mezzanine.create_view('expl_upper', 'SELECT upper(h) AS h, array_agg(x ORDER BY id) AS xs FROM t GROUP BY 1');
CREATE INDEX ON expl.t (upper(h));
SELECT mezzanine.create_view('expl_upper_2', 'SELECT upper(h) AS h, array_agg(x ORDER BY id) AS xs FROM t GROUP BY 1');
SELECT mezzanine.create_view('expl_all', 'SELECT max(f) FROM t');
-- It is the index that a group is computed again by.
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT * FROM mezzanine_state.expl_top_truth WHERE g = 1;
EXPLAIN (COSTS OFF) SELECT * FROM mezzanine_state.expl_upper_truth WHERE h = 'A';
RESET enable_seqscan;
-- An index on a varchar serves where it is compared as a text; none is named that has a column
-- twice.
CREATE TYPE mood AS ENUM ('low', 'high');
CREATE TABLE codes (code varchar(9) PRIMARY KEY, mood mood);
CREATE TABLE uses (code varchar(9), amount int);
CREATE INDEX ON uses (code);
SELECT line FROM mezzanine.explain('SELECT u.code, max(c.mood) FROM uses u JOIN codes c USING (code) GROUP BY u.code') AS e(line)
	WHERE line LIKE '%index:%';
SELECT line FROM mezzanine.explain('SELECT mood, max(mood) FROM codes GROUP BY mood') AS e(line)
	WHERE line LIKE '%index:%';
\set VERBOSITY terse
DROP SCHEMA expl CASCADE;

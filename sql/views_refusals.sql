-- What is refused as a view's query: each with 0A000 (or PostgreSQL's own code), the culprit
-- and a hint, and explain says the same.
SET search_path = refused, public;
CREATE SCHEMA refused;
CREATE TABLE t (id int PRIMARY KEY, g int, x int, y int8, n numeric, f float8, s text, ts timestamptz, d date,
	j json, p point, c text COLLATE "C");
CREATE TABLE u (g int, x int);
CREATE MATERIALIZED VIEW a_matview AS SELECT g, x FROM t;
CREATE TABLE parted (g int, x int) PARTITION BY LIST (g);
CREATE TABLE part PARTITION OF parted FOR VALUES IN (1);
CREATE TABLE parent (g int, x int);
CREATE TABLE child () INHERITS (parent);
CREATE UNLOGGED TABLE unlogged (g int, x int);
CREATE TEMP TABLE temporary (g int, x int);
CREATE TABLE secured (g int, x int);
ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
CREATE SEQUENCE seq;
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE elsewhere (g int, x int) SERVER nowhere;
CREATE FUNCTION stable_one(int) RETURNS int LANGUAGE sql STABLE AS 'SELECT $1';
CREATE FUNCTION volatile_one(int) RETURNS int LANGUAGE sql VOLATILE AS 'SELECT $1';
CREATE FUNCTION rows_of() RETURNS SETOF u LANGUAGE sql STABLE AS 'SELECT * FROM u';
CREATE FUNCTION stable_equal(int, int) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT $1 = $2';
CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = stable_equal);
CREATE AGGREGATE my_sum(int) (SFUNC = int4_sum, STYPE = int8);
SELECT mezzanine.create_view('ref_base', 'SELECT g, count(*) FROM t GROUP BY g') \gset

CREATE FUNCTION refuse(query text, OUT state text, OUT message text, OUT hint text, OUT explained boolean)
LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	BEGIN
		PERFORM mezzanine.create_view('ref_view', query);
		state := '* created *';
		PERFORM mezzanine.drop_view('ref_view');
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
	END;
	SELECT e INTO line FROM mezzanine.explain(query) AS e LIMIT 1;
	explained := line = 'refused: ' || message;
EXCEPTION WHEN OTHERS THEN
	explained := SQLERRM = message;
END $$;

\pset format unaligned
\pset fieldsep '\n    '
\pset recordsep '\n'
\pset tuples_only on

-- Clauses.
SELECT q, r.* FROM unnest(ARRAY[
	'SELECT t.g, count(*) FROM t LEFT JOIN u ON t.g IS DISTINCT FROM u.g GROUP BY t.g',
	'SELECT g, count(*) FROM t WHERE x IN (SELECT x FROM u OFFSET 1) GROUP BY g',
	'SELECT g, count((SELECT 1)) FROM t GROUP BY g',
	'SELECT count(*) FROM t WHERE EXISTS (SELECT FROM u WHERE u.g IS DISTINCT FROM t.g)',
	'WITH q AS (DELETE FROM t RETURNING g) SELECT g, count(*) FROM q GROUP BY g',
	'SELECT g, count(*) FROM (SELECT g FROM t INTERSECT SELECT g FROM u LIMIT 1) AS q GROUP BY g',
	'SELECT g FROM t GROUP BY g EXCEPT SELECT 1',
	'SELECT 1',
	'VALUES (1)',
	'SELECT g, count(*) FROM t GROUP BY g FOR UPDATE',
	'SELECT count(*) FROM t GROUP BY 1 + count(*)']) AS q
CROSS JOIN LATERAL refuse(q) AS r;

-- Aggregates and expressions over them.
SELECT q, r.* FROM unnest(ARRAY['random()', 'sum(x) * random()', 'sum(sum(x))', 'sum(s)', 'sum(g, x)', 'json_agg(ts)',
	'array_agg(stable_one(x))', 'array_agg(x ORDER BY stable_one(x))', 'count(*) FILTER (WHERE ts > now())',
	'percentile_cont(random()) WITHIN GROUP (ORDER BY x)', 'count(DISTINCT volatile_one(x))', 'nextval(''seq'')',
	'rank() OVER (ORDER BY random())']) AS e
CROSS JOIN LATERAL concat('SELECT g, ', e, ' FROM t GROUP BY g') AS q CROSS JOIN LATERAL refuse(q) AS r;

-- Keys and filters that depend on more than the row, and keys that cannot be hashed.
SELECT q, r.* FROM unnest(ARRAY['now()', 'CURRENT_DATE', 'CURRENT_TIMESTAMP', 'LOCALTIME', 'CURRENT_USER', 'SESSION_USER',
	'CURRENT_SCHEMA', 'clock_timestamp()', 'random()', 'ts::text', 'd::text', 'ts::timetz',
	'extract(timezone FROM ts)', 'to_char(ts, ''TMMonth'')', 'to_char(ts, ''HH TZ'')', 'to_char(ts, s)', 'to_char(x, ''9D9'')',
	'nextval(''seq'')', 'stable_one(x)', 'volatile_one(x)', 'x === 1',
	'ctid', 'xmin', 'tableoid', 't', 't.*', 'current_setting(''a.b'')', 'j', 'p', 'j::jsonb -> now()::text',
	'ARRAY[p]', 'ROW(x, now())', 'CASE WHEN x > random() THEN 1 END', 'x = ANY (ARRAY[volatile_one(1)])']) AS e
CROSS JOIN LATERAL concat('SELECT ', e, ', count(*) FROM t GROUP BY ', e) AS q CROSS JOIN LATERAL refuse(q) AS r;
SELECT q, r.* FROM unnest(ARRAY['ts > now()', 'd = CURRENT_DATE', 'random() < 0.5', 'x === 1', 'stable_one(x) = 1', 'ctid IS NULL',
	't IS NOT NULL', 't = t', 'pg_backend_pid() = x']) AS e
CROSS JOIN LATERAL concat('SELECT g, count(*) FROM t WHERE ', e, ' GROUP BY g') AS q CROSS JOIN LATERAL refuse(q) AS r;
SELECT q, r.* FROM unnest(ARRAY['sum(stable_one(x))', 'count(t)', 'count(t.*)', 'count(ctid)', 'sum(x + random()::int)',
	'count(now())']) AS e
CROSS JOIN LATERAL concat('SELECT g, ', e, ' FROM t GROUP BY g') AS q CROSS JOIN LATERAL refuse(q) AS r;

-- Sources.
SELECT q, r.* FROM unnest(ARRAY['a_matview', 'part', 'parent', 'ONLY parent', 'child', 'unlogged',
	'temporary', 'secured', 'elsewhere', 'rows_of()', '(VALUES (1, 2)) AS v(g, x)', 't TABLESAMPLE SYSTEM (10)',
	'mezzanine_state.ref_base', 'LATERAL (SELECT 1 AS g) AS l', 'seq AS s(g)',
	'ROWS FROM (generate_series(1, 2), rows_of()) AS r(g)']) AS e
CROSS JOIN LATERAL concat('SELECT g, count(*) FROM ', e, ' GROUP BY g') AS q CROSS JOIN LATERAL refuse(q) AS r;
SELECT r.* FROM refuse('SELECT relname, count(*) FROM pg_catalog.pg_class GROUP BY relname') AS r;

-- Not one SELECT.
SELECT q, r.* FROM unnest(ARRAY[
	'SELECT g, count(*) FROM t GROUP BY g; DROP TABLE t', ';', '-- nothing', 'DELETE FROM t RETURNING g', 'DROP TABLE t',
	'SELECT g, count(*) INTO v FROM t GROUP BY g', 'EXPLAIN SELECT g, count(*) FROM t GROUP BY g',
	'SELECT g, count(*) FROM t GROUP BY g) AS q; DROP TABLE t; --', 'CREATE TABLE v AS SELECT g, count(*) FROM t GROUP BY g',
	'SELECT g, count(*) FROM t GROUP BY g WITH CHECK OPTION']) AS q CROSS JOIN LATERAL refuse(q) AS r;

-- Nothing of all this was made.
SELECT view FROM mezzanine_info.views WHERE view::text LIKE '%ref%';
SELECT relname FROM pg_class WHERE relname LIKE 'ref_view%';
SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'mezzanine_touch' AND tgrelid::regclass::text LIKE '%refused%';

-- What explain says of queries that are fine.
SELECT mezzanine.explain('SELECT g, count(*) AS n, sum(x), avg(n) AS mean FROM t WHERE s <> '''' GROUP BY g, c');
SELECT mezzanine.explain('SELECT g % 10 AS tens, count(s) FROM t AS "An Alias" GROUP BY 1;');
SELECT mezzanine.explain('SELECT g, count(*) FROM t GROUP BY g', 'json');
SELECT count(*) FROM mezzanine.explain(NULL);
-- An error of PostgreSQL's own points into the query.
SELECT mezzanine.create_view('pointed', 'SELECT g, nope FROM t');
SELECT count(*) FROM mezzanine.explain('SELECT g, FROM t');
\set VERBOSITY terse
DROP SCHEMA refused CASCADE;
DROP FOREIGN DATA WRAPPER nowhere CASCADE;

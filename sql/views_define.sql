-- create_view and drop_view: what they make, what they refuse of their arguments.
CREATE SCHEMA def;
SET search_path = def;
CREATE TABLE sales (id int PRIMARY KEY, region text, amount numeric(12,2), units int);
INSERT INTO sales VALUES (1, 'north', 10.50, 1), (2, 'north', 4.50, 2), (3, 'south', 1, NULL), (4, NULL, 7, 3);

-- A name and a query are enough.  The query's own names are the view's columns.
SELECT mezzanine.create_view('def_sales',
	'SELECT region, count(*) AS n, sum(amount) AS total, avg(units) AS mean FROM sales GROUP BY region',
	comment => 'sales by region');
SELECT * FROM mezzanine.def_sales ORDER BY region;
SELECT attname, atttypid::regtype FROM pg_attribute
WHERE attrelid = 'mezzanine.def_sales'::regclass ORDER BY attnum;
SELECT view, mode, bases, definition, key_columns, owner, comment
FROM mezzanine_info.views WHERE view = 'mezzanine.def_sales'::regclass;
SELECT view, number, source, depth, home, truth
FROM mezzanine_info.cores WHERE view = 'mezzanine.def_sales'::regclass;
SELECT count(*) AS differences FROM mezzanine.verify('mezzanine.def_sales');
SELECT grantee, privilege_type FROM information_schema.role_table_grants
WHERE table_schema = 'mezzanine' AND table_name = 'def_sales' AND grantee <> 'postgres' ORDER BY 1, 2;
SELECT grantee FROM information_schema.role_table_grants
WHERE table_schema = 'mezzanine_state' AND table_name LIKE 'def_sales%' AND grantee <> 'postgres';

-- It exists: an error, or a notice.
SELECT mezzanine.create_view('def_sales', 'SELECT region, count(*) FROM sales GROUP BY region');
SELECT mezzanine.create_view('def_sales', 'SELECT id, count(*) FROM sales GROUP BY id', if_not_exists => true);
SELECT count(*) AS differences FROM mezzanine.verify('mezzanine.def_sales');

-- Options: known words that do not work yet are 0A000, others 22023, NULL 22004.
CREATE FUNCTION attempt(arguments text, OUT state text, OUT message text, OUT hint text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'SELECT mezzanine.create_view(' || arguments || ')';
	state := 'created';
	PERFORM mezzanine.drop_view('def_o', if_exists => true);
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
END $$;
SELECT o.option, a.* FROM unnest(ARRAY[
	'mode => ''deferred''', 'mode => ''sometimes''', 'mode => NULL',
	'incremental => ''auto''', 'incremental => ''''', 'spread => 2', 'spread => 0', 'spread => NULL',
	'target_lag => ''1 minute''', 'on_error => ''mark_stale''', 'on_error => ''ignore''',
	'on_stale => ''serve''', 'on_stale => ''FAIL''', 'with_data => false', 'with_data => NULL']) AS o(option)
CROSS JOIN LATERAL attempt('''def_o'', ''SELECT region, count(*) FROM def.sales GROUP BY 1'', ' || option) AS a;
SELECT a.* FROM unnest(ARRAY[
	'NULL, ''SELECT region, count(*) FROM def.sales GROUP BY 1''', '''def_o'', NULL',
	'''def_o'', ''''', '''def_o'', ''   ''', '''def_o'', ''gibberish''',
	'''def_o'', ''SELECT nothing, count(*) FROM def.sales GROUP BY 1''',
	'''def_o'', ''SELECT region, count(*) FROM def.absent GROUP BY 1''',
	'''def_o'', ''SELECT region, count(*), count(*) FROM def.sales GROUP BY 1''',
	'''def_o'', ''SELECT region, count($1) FROM def.sales GROUP BY 1''']) AS o(arguments)
CROSS JOIN LATERAL attempt(arguments) AS a;

-- Names.
SELECT o.name, a.state, a.message, a.hint FROM unnest(ARRAY[
	'public.def_o', 'mezzanine_state.def_o', 'a.b.c', '', '"', 'def o', 'mezzanine.']) AS o(name)
CROSS JOIN LATERAL attempt(quote_literal(name) || ', ''SELECT region, count(*) FROM def.sales GROUP BY 1''') AS a;
CREATE TEMP TABLE names (name text, number int GENERATED ALWAYS AS IDENTITY);
INSERT INTO names (name) VALUES
	('def_Folded'), ('mezzanine.def_qualified'), ('"def Upper"'), ('"def.dot"'), ('"def""quote"'), ('"def''tick"'),
	('"def%s%n"'), ('"def\back"'), (E'"def\nline"'), ('"sélect"'), ('"select"'), ('mezzanine."def;--"'),
	(rpad('def_long', 62, 'x') || '1'), (rpad('def_long', 62, 'x') || '2'), (rpad('def_cut', 90, 'y')),
	('def_a'), ('def_a_truth'), ('def_a_definition');
SELECT name, mezzanine.create_view(name, 'SELECT region AS "r.""%", sum(units) AS "s %d" FROM sales GROUP BY region') AS view
FROM names ORDER BY number;
INSERT INTO sales VALUES (5, 'east', 5, 5), (6, NULL, 6, 6);
SELECT v.view, d.* FROM mezzanine_info.views AS v CROSS JOIN LATERAL mezzanine.verify(v.view) AS d WHERE 'sales'::regclass = ANY (bases);
SELECT count(DISTINCT home) AS homes, count(DISTINCT view) AS views FROM mezzanine_info.cores WHERE source = 'sales'::regclass;
SELECT * FROM mezzanine."def%s%n" ORDER BY 1;
-- One set of triggers serves them all.
SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 'sales'::regclass ORDER BY 1;
SELECT count(*) FROM (SELECT mezzanine.drop_view(name) FROM names OFFSET 0) AS dropped;
SELECT view FROM mezzanine_info.views WHERE 'sales'::regclass = ANY (bases);

-- drop_view.
SELECT mezzanine.drop_view('def_absent');
SELECT mezzanine.drop_view('def_absent', if_exists => true);
SELECT mezzanine.drop_view(NULL);
SELECT mezzanine.drop_view('public.def_sales');
CREATE VIEW top AS SELECT * FROM mezzanine.def_sales WHERE total > 5;
SELECT mezzanine.drop_view('def_sales');
SELECT count(*) AS differences FROM mezzanine.verify('mezzanine.def_sales');
SELECT mezzanine.drop_view('def_sales', cascade => true);
-- Nothing is left, and the table is an ordinary one again.
SELECT relname FROM pg_class WHERE relnamespace IN ('mezzanine'::regnamespace, 'mezzanine_state'::regnamespace)
	AND relname ~* 'def' ORDER BY 1;
SELECT tgname FROM pg_trigger WHERE tgrelid = 'sales'::regclass;
INSERT INTO sales VALUES (7, 'west', 7, 7);
-- A view in the schema that is no mezzanine view is not dropped.
CREATE VIEW mezzanine.def_stranger AS SELECT 1 AS one;
SELECT mezzanine.drop_view('def_stranger');
DROP VIEW mezzanine.def_stranger;

-- verify.
SELECT * FROM mezzanine.verify(NULL);
SELECT * FROM mezzanine.verify('sales');
SELECT mezzanine.create_view('def_v', 'SELECT region, count(*) FROM sales GROUP BY region') \gset
SELECT * FROM mezzanine.verify('mezzanine.def_v', max_differences => 0);
SELECT * FROM mezzanine.verify('mezzanine.def_v', repair => true);
BEGIN;
DELETE FROM sales WHERE id = 1;
SELECT * FROM mezzanine.verify('mezzanine.def_v');
ROLLBACK;
-- The home table is written by commits alone, and so is the published view.
UPDATE mezzanine.def_v SET count = 9;
DELETE FROM mezzanine_state.def_v;
INSERT INTO mezzanine_state.def_v (hash, count) VALUES (1, 1);
TRUNCATE mezzanine_state.def_v;
SET session_replication_role = replica;
DELETE FROM mezzanine_state.def_v;
RESET session_replication_role;
BEGIN READ ONLY;
SELECT mezzanine.create_view('def_ro', 'SELECT region, count(*) FROM sales GROUP BY region');
ROLLBACK;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT mezzanine.create_view('def_rr', 'SELECT region, count(*) FROM sales GROUP BY region');
ROLLBACK;
SELECT * FROM mezzanine.verify('mezzanine.def_v');
SELECT mezzanine.full_version() ~ '^mezzanine 0\.1\.0, extension 0\.1\.0, on PostgreSQL 15' AS versions;
\set VERBOSITY terse
DROP SCHEMA def CASCADE;
SELECT count(*) AS left FROM mezzanine_info.catalogue FULL JOIN mezzanine_info.core USING (view)
WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = source) OR view::text LIKE 'mezzanine.def%';
SELECT relname FROM pg_class WHERE relnamespace = 'mezzanine_state'::regnamespace AND relname LIKE 'def%';

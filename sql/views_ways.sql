-- Ways in which a view could go wrong that no other file has: other extensions' commits, a
-- function that is replaced, owners that change, several views, and tables of a view's own.
\set SHOW_CONTEXT never
CREATE SCHEMA ways;
SET search_path = ways;
SET client_min_messages = warning;
CREATE TABLE t (id int PRIMARY KEY, g text, x int);
INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2);
CREATE FUNCTION differences() RETURNS SETOF text LANGUAGE sql AS
	$$ SELECT v.view || ' ' || d FROM mezzanine_info.views AS v, mezzanine.verify(v.view) AS d WHERE v.view::text LIKE 'mezzanine.ways%' $$;

-- postgres_fdw commits its remote transactions before ours: an error of a view comes first.
CREATE EXTENSION postgres_fdw SCHEMA ways;
DO $$ BEGIN EXECUTE format('CREATE SERVER loopback FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, port %L, dbname %L)',
	split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'), current_database()); END $$;
CREATE USER MAPPING FOR CURRENT_USER SERVER loopback OPTIONS (password_required 'false');
CREATE TABLE far (id int);
CREATE FOREIGN TABLE far_away (id int) SERVER loopback OPTIONS (schema_name 'ways', table_name 'far');
SELECT mezzanine.create_view('ways_v', 'SELECT g, count(*) AS n FROM t GROUP BY g') \gset
ALTER TABLE mezzanine_state.ways_v ADD CONSTRAINT few CHECK (count < 3);
BEGIN;
INSERT INTO far_away VALUES (1);
INSERT INTO t VALUES (3, 'a', 1), (4, 'a', 1);
COMMIT;
SELECT count(*) AS far, (SELECT count(*) FROM t) AS near FROM far;
BEGIN;
INSERT INTO t VALUES (3, 'a', 1), (4, 'a', 1);
INSERT INTO far_away VALUES (1);
COMMIT;
SELECT count(*) AS far, (SELECT count(*) FROM t) AS near FROM far;
BEGIN;
INSERT INTO t VALUES (3, 'a', 1);
INSERT INTO far_away VALUES (1);
COMMIT;
SELECT count(*) AS far, (SELECT count(*) FROM t) AS near FROM far;
ALTER TABLE mezzanine_state.ways_v DROP CONSTRAINT few;
-- The base written through the loopback, by a transaction of its own.
CREATE FOREIGN TABLE t_away (id int, g text, x int) SERVER loopback OPTIONS (schema_name 'ways', table_name 't');
INSERT INTO t_away VALUES (5, 'c', 5);
SELECT * FROM mezzanine.ways_v ORDER BY g;
SELECT differences();

-- A function that is replaced: the view is stale, and exact within the transaction.
CREATE FUNCTION fee(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
SELECT mezzanine.create_view('ways_fee', 'SELECT g, sum(ways.fee(x)) AS fees FROM t GROUP BY g') \gset
SET client_min_messages = notice;
BEGIN;
CREATE OR REPLACE FUNCTION fee(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 3';
SELECT * FROM mezzanine.ways_fee ORDER BY g;
ROLLBACK;
SELECT * FROM mezzanine.ways_fee ORDER BY g;
CREATE OR REPLACE FUNCTION fee(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 3';
SELECT * FROM mezzanine.ways_fee;
SELECT * FROM mezzanine.ways_v ORDER BY g;
SELECT mezzanine.refresh('mezzanine.ways_fee');
INSERT INTO t VALUES (6, 'c', 1);
SELECT * FROM mezzanine.ways_fee ORDER BY g;
SELECT differences();

-- So it is with the parts of an aggregate, the function of an operator, and a function that is
-- altered; a new name changes nothing.
CREATE FUNCTION add(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE FUNCTION subtract(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';
CREATE AGGREGATE total(int) (SFUNC = add, STYPE = int, INITCOND = '0', MSFUNC = add, MINVFUNC = subtract, MSTYPE = int, MINITCOND = '0');
CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
CREATE OPERATOR @* (RIGHTARG = int, FUNCTION = twice);
CREATE FUNCTION bound(int) RETURNS int LANGUAGE sql IMMUTABLE RETURN $1;
CREATE FUNCTION binding(int) RETURNS int LANGUAGE sql IMMUTABLE RETURN ways.bound($1);
SELECT mezzanine.create_view('ways_total', 'SELECT g, ways.total(x) AS x FROM t GROUP BY g') \gset
SELECT mezzanine.create_view('ways_operator', 'SELECT g, sum(OPERATOR(ways.@*) x) AS x FROM t GROUP BY g') \gset
SELECT mezzanine.create_view('ways_bound', 'SELECT ways.binding(x) AS x, count(*) AS n FROM t GROUP BY 1') \gset
CREATE VIEW live AS SELECT view, status, stale_reason FROM mezzanine_info.views WHERE view::text LIKE '%ways%' ORDER BY 1;
ALTER FUNCTION add(int, int) RENAME TO plus;
ALTER FUNCTION twice(int) OWNER TO CURRENT_USER;
TABLE live;
CREATE OR REPLACE FUNCTION plus(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 2 * $2';
CREATE OR REPLACE FUNCTION twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 3';
ALTER FUNCTION bound(int) STRICT;
TABLE live;
SELECT mezzanine.refresh(view) FROM live WHERE status <> 'live' ORDER BY view;
CREATE OR REPLACE AGGREGATE total(int) (SFUNC = plus, STYPE = int, INITCOND = '1000', MSFUNC = plus, MINVFUNC = subtract, MSTYPE = int, MINITCOND = '1000');
TABLE live;
DROP VIEW live;
SELECT mezzanine.drop_view(v) FROM unnest('{ways_total,ways_operator,ways_bound}'::text[]) AS v;
SET client_min_messages = warning;

-- Owners.
CREATE ROLE ways_owner;
GRANT mezzanine_author TO ways_owner;
GRANT USAGE, CREATE ON SCHEMA ways TO ways_owner;
ALTER TABLE t OWNER TO ways_owner;
SET ROLE ways_owner;
INSERT INTO t VALUES (7, 'd', 7);
UPDATE t SET x = 8 WHERE id = 7;
RESET ROLE;
SELECT differences();
SELECT * FROM mezzanine.ways_fee WHERE g = 'd';
ALTER VIEW mezzanine.ways_fee OWNER TO ways_owner;
INSERT INTO t VALUES (8, 'd', 1);
SELECT * FROM mezzanine.ways_fee WHERE g = 'd';

-- Two views on one table, changed in one statement; one of them dropped after the change.
BEGIN;
UPDATE t SET x = x + 1, g = 'e' WHERE id < 5;
SELECT mezzanine.drop_view('ways_fee');
SELECT mezzanine.create_view('ways_new', 'SELECT x, count(*) AS n FROM t GROUP BY x') \gset
DELETE FROM t WHERE id = 8;
COMMIT;
SELECT differences();
SELECT * FROM mezzanine.ways_v ORDER BY g;
DROP SCHEMA ways CASCADE;
DROP ROLE ways_owner;

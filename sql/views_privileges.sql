-- Who may do what: writers need no rights on a view, readers none below it, and the query's
-- expressions run as the view's owner, restricted, with a search_path of their own.
CREATE ROLE prv_owner; CREATE ROLE prv_writer; CREATE ROLE prv_reader; CREATE ROLE prv_plain; CREATE ROLE prv_super SUPERUSER;
GRANT mezzanine_reader TO prv_reader;
\set SHOW_CONTEXT never
-- The least that a role needs to make views: rights on the schemas and functions, and to own
-- the table.
GRANT USAGE, CREATE ON SCHEMA mezzanine, mezzanine_state TO prv_owner;
GRANT USAGE ON SCHEMA mezzanine_info TO prv_owner;
GRANT SELECT ON mezzanine_info.views, mezzanine_info.cores TO prv_owner;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA mezzanine TO prv_owner;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA mezzanine_state TO prv_owner;
CREATE SCHEMA prv AUTHORIZATION prv_owner;
GRANT USAGE ON SCHEMA prv TO prv_writer, prv_reader, prv_plain;
SET ROLE prv_owner;
SET search_path = prv;
CREATE TABLE t (g int, x int);
GRANT INSERT, SELECT, UPDATE, DELETE ON t TO prv_writer;
GRANT INSERT ON t TO prv_reader;
-- What an expression can learn and do where it runs.
CREATE FUNCTION who(int) RETURNS text IMMUTABLE LANGUAGE plpgsql AS
	$$ BEGIN RETURN format('%s %s', current_user, current_setting('search_path')); END $$;
CREATE FUNCTION constant() RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN current_user; END $$;
REVOKE EXECUTE ON FUNCTION who(int), constant() FROM PUBLIC;
SELECT mezzanine.create_view('prv_v', 'SELECT g, who(x) AS who, constant() AS folded, count(*) AS n, sum(x) AS x FROM t GROUP BY 1, 2, 3') \gset
SELECT mezzanine.create_view('prv_w', 'SELECT g, count(*) AS n, sum(x) AS x FROM t GROUP BY g') \gset
SELECT count(*) AS differences FROM mezzanine.verify('mezzanine.prv_w');

-- A writer with no rights on any of it, even to the functions; each in a session of his own,
-- so that it is he for whom the expressions are made ready.
\c
\set SHOW_CONTEXT never
SET ROLE prv_writer;
SET search_path = pg_temp, prv;
INSERT INTO prv.t VALUES (1, 1), (2, 2);
UPDATE prv.t SET x = x + 1;
SELECT * FROM mezzanine.prv_w;
RESET ROLE;
SELECT * FROM mezzanine.prv_v ORDER BY g;
\c
\set SHOW_CONTEXT never
SET ROLE prv_super;
INSERT INTO prv.t VALUES (3, 3);
SELECT * FROM mezzanine.prv_v WHERE g = 3;

-- A reader: the published view, and nothing below; also within a transaction that has
-- written the base, which he may not read.
SET ROLE prv_reader;
SELECT * FROM mezzanine.prv_w ORDER BY g;
SELECT * FROM prv.t;
SELECT * FROM mezzanine_state.prv_w;
SELECT * FROM mezzanine_info.catalogue;
SELECT view, owner FROM mezzanine_info.views WHERE view::text LIKE '%prv%' ORDER BY 1;
BEGIN;
INSERT INTO prv.t VALUES (1, 10);
SELECT * FROM mezzanine.prv_w ORDER BY g;
SAVEPOINT s;
SELECT * FROM prv.t;
ROLLBACK TO s;
-- The definition calls its functions in the reader's name, as every view in PostgreSQL does.
SELECT * FROM mezzanine.prv_v;
ROLLBACK TO s;
COMMIT;
UPDATE mezzanine.prv_w SET n = 1;
SELECT mezzanine.create_view('prv_x', 'SELECT g, count(*) FROM prv.t GROUP BY g');
SELECT mezzanine.drop_view('prv_w');
SELECT * FROM mezzanine.verify('mezzanine.prv_w');
SELECT * FROM mezzanine.explain('SELECT g, count(*) FROM prv.t GROUP BY g');
SELECT mezzanine.full_version() IS NOT NULL AS version;
SET ROLE prv_plain;
SELECT * FROM mezzanine.prv_w;

-- Whoever may make views may make them of his own tables, and drop his own.
RESET ROLE;
CREATE TABLE prv.not_his (g int);
GRANT SELECT ON prv.not_his TO prv_owner;
SET ROLE prv_owner;
SELECT mezzanine.create_view('prv_y', 'SELECT g, count(*) FROM prv.not_his GROUP BY g');
RESET ROLE;
SELECT mezzanine.create_view('prv_y', 'SELECT g, count(*) AS n FROM prv.not_his GROUP BY g');
SET ROLE prv_owner;
SELECT mezzanine.drop_view('prv_y');
RESET ROLE;

-- A function that tries to become more than its owner, called in a superuser's INSERT.
SET ROLE prv_owner;
CREATE FUNCTION prv.rise() RETURNS void VOLATILE LANGUAGE plpgsql AS 'BEGIN ALTER ROLE prv_owner SUPERUSER; END';
CREATE FUNCTION prv.climb(x int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
	IF current_user = 'prv_owner' AND x = 666 THEN RESET ROLE; END IF;
	IF x = 667 THEN PERFORM set_config('role', 'prv_super', false); END IF;
	IF current_user <> 'prv_owner' THEN PERFORM prv.rise(); END IF;
	RETURN x;
END $$;
CREATE TABLE prv.bait (x int);
SELECT mezzanine.create_view('prv_z', 'SELECT prv.climb(x) AS x, prv.climb(5) AS five, count(*) AS n FROM prv.bait GROUP BY 1, 2') \gset
\c
\set SHOW_CONTEXT never
SET ROLE prv_super;
INSERT INTO prv.bait VALUES (1);
INSERT INTO prv.bait VALUES (666);
INSERT INTO prv.bait VALUES (667);
SELECT rolsuper FROM pg_roles WHERE rolname = 'prv_owner';
RESET ROLE;
SET ROLE prv_owner;
SELECT x, n FROM mezzanine.prv_z;
RESET ROLE;
-- Nor does the superuser who looks after the view run it in his own name.
SET ROLE prv_super;
SELECT * FROM mezzanine.verify('mezzanine.prv_z');
SELECT mezzanine.refresh('mezzanine.prv_z', rebuild => true);
SELECT mezzanine.alter_view('mezzanine.prv_z', spread => 2);
SELECT * FROM mezzanine.verify('mezzanine.prv_z');
SELECT rolsuper FROM pg_roles WHERE rolname = 'prv_owner';
RESET ROLE;
SET ROLE prv_super;

-- A function of the author's, among the extension's, that a call of the engine or of an
-- administrator fits better.
SET ROLE prv_owner;
CREATE FUNCTION mezzanine_state.watch_partition(oid) RETURNS void LANGUAGE sql AS 'ALTER ROLE prv_owner SUPERUSER';
CREATE FUNCTION mezzanine.refresh(text) RETURNS bigint LANGUAGE sql AS 'SELECT -1::bigint';
CREATE FUNCTION prv.pause(text) RETURNS void LANGUAGE sql AS 'SELECT';
ALTER FUNCTION prv.pause(text) SET SCHEMA mezzanine;
CREATE DOMAIN mezzanine.resume AS regclass CHECK (prv.climb(1) > 0);
CREATE AGGREGATE mezzanine_state.set_aside(int) (SFUNC = int4_sum, STYPE = bigint);
CREATE TYPE mezzanine.verify AS ENUM ();
CREATE OPERATOR mezzanine_state.= (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
RESET ROLE;
SET ROLE prv_super;

-- Objects that shadow what the engine uses: in pg_temp, and in schemas first in the path.
CREATE SCHEMA shadow;
CREATE FUNCTION shadow.sum(int) RETURNS bigint LANGUAGE sql AS 'SELECT -1::bigint';
CREATE FUNCTION shadow.int4eq(int, int) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR shadow.= (LEFTARG = int, RIGHTARG = int, FUNCTION = shadow.int4eq);
CREATE TABLE shadow.core (view regclass, home regclass, truth regclass, source regclass);
CREATE TEMP TABLE t (g int, x int);
CREATE TEMP TABLE prv_w (g int, n int);
CREATE TABLE shadow.prv_w (g int, n int);
SET search_path = pg_temp, shadow, prv, pg_catalog;
INSERT INTO prv.t VALUES (7, 7), (8, 8);
SELECT mezzanine.create_view('prv_shadow', 'SELECT g, count(*) AS n FROM prv.t GROUP BY g') \gset
SELECT count(*) AS differences FROM mezzanine.verify('mezzanine.prv_w');
RESET search_path;
SELECT count(*) AS differences FROM mezzanine.verify('mezzanine.prv_shadow');

-- The owner loses his right to read the base: reading by the definition says so, others go on.
REVOKE SELECT ON prv.t FROM prv_owner;
SET ROLE prv_writer;
INSERT INTO prv.t VALUES (9, 9);
RESET ROLE;
SELECT * FROM mezzanine.prv_w WHERE g = 9;
BEGIN;
INSERT INTO prv.t VALUES (9, 9);
SELECT * FROM mezzanine.prv_w WHERE g = 9;
ROLLBACK;
SET client_min_messages = warning;
RESET ROLE;
DROP SCHEMA prv CASCADE;
DROP SCHEMA shadow CASCADE;
DROP OWNED BY prv_owner, prv_writer, prv_reader, prv_plain, prv_super;
DROP ROLE prv_owner, prv_writer, prv_reader, prv_plain, prv_super;
SELECT count(*) AS left FROM mezzanine_info.catalogue WHERE view::text LIKE '%prv%';

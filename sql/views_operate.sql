-- Asking about views, and changing what they do: explain_view, status, graph, ...; verify.
\set SHOW_CONTEXT never
CREATE SCHEMA op;
SET search_path = op;
CREATE TABLE t (id int PRIMARY KEY, g text, x int, f float8, j json);
INSERT INTO t SELECT i, chr(97 + i % 3), i, 1.0 / i, '{"a": 1}' FROM generate_series(1, 30) AS i;
CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
SELECT mezzanine.create_view('op_v', 'SELECT g, count(*) AS n, sum(op.twice(x)) AS s FROM t WHERE x > 2 GROUP BY g',
	on_stale => 'serve', comment => 'it''s one') \gset
CREATE VIEW reader AS SELECT * FROM mezzanine.op_v;

SELECT * FROM mezzanine.explain_view('mezzanine.op_v') WITH ORDINALITY AS e(line, n) WHERE n <= 2;
SELECT count(*) > 5 AS more FROM mezzanine.explain_view('mezzanine.op_v');
SELECT mezzanine.get_create_command('mezzanine.op_v') AS command \gset
\echo :command
SELECT regexp_replace(line, 'r\d+', 'r', 'g') AS line FROM regexp_split_to_table(mezzanine.graph(), E'\n') AS line WHERE line ~ 'op[_.]|LR';
SELECT line FROM regexp_split_to_table(mezzanine.graph('dot'), E'\n') AS line WHERE line ~ 'op[_.]|[{}]';
SELECT edge FROM jsonb_array_elements(mezzanine.graph('json')::jsonb) AS edge WHERE edge::text ~ 'op[_.]';
SELECT kind, description FROM mezzanine_info.dependencies WHERE view = 'mezzanine.op_v'::regclass ORDER BY 1, 2;
SELECT name, status, is_exact, exact_until = statement_timestamp() AS now FROM mezzanine.freshness WHERE name = 'op_v';

-- The command makes the same view again.
DROP VIEW reader;
SELECT mezzanine.drop_view('op_v');
SET search_path = public;
:command
SET search_path = op;
SELECT on_error, on_stale, comment FROM mezzanine_info.views WHERE view = 'mezzanine.op_v'::regclass;
SELECT * FROM mezzanine.verify('mezzanine.op_v');

-- What becomes of errors and of reading what is not live can be changed.
SELECT mezzanine.alter_view('mezzanine.op_v', on_error => 'mark_stale');
SELECT mezzanine.alter_view('mezzanine.op_v', on_stale => 'error');
SELECT on_error, on_stale, status FROM mezzanine_info.views WHERE view = 'mezzanine.op_v'::regclass;
ALTER TABLE mezzanine_state.op_v ADD CONSTRAINT few CHECK (count < 11);
INSERT INTO t VALUES (31, 'a', 31), (32, 'a', 32);
SELECT * FROM mezzanine.op_v;
SELECT level, subject, problem, hint FROM mezzanine.status() WHERE subject ~ 'op_v';
SELECT name, status, is_exact, exact_until < now() AS before FROM mezzanine.freshness WHERE name = 'op_v';
ALTER TABLE mezzanine_state.op_v DROP CONSTRAINT few;
-- verify looks at a view that is not live, and mends it.
SELECT kind, key, expected, actual FROM mezzanine.verify('mezzanine.op_v');
SELECT status FROM mezzanine_info.views WHERE view = 'mezzanine.op_v'::regclass;
SELECT kind, key FROM mezzanine.verify('mezzanine.op_v', repair => true);
SELECT status FROM mezzanine_info.views WHERE view = 'mezzanine.op_v'::regclass;
SELECT * FROM mezzanine.verify('mezzanine.op_v', repair => true);
-- Damage that nobody could have done by the engine.
ALTER TABLE mezzanine_state.op_v DISABLE TRIGGER USER;
SET session_replication_role = replica;
ALTER EVENT TRIGGER mezzanine_on_ddl DISABLE;
ALTER TABLE mezzanine_state.op_v DISABLE TRIGGER USER;
DELETE FROM mezzanine_state.op_v WHERE g = 'a';
UPDATE mezzanine_state.op_v SET count = count + 1 WHERE g = 'b';
ALTER TABLE mezzanine_state.op_v ENABLE ALWAYS TRIGGER mezzanine_guard, ENABLE ALWAYS TRIGGER mezzanine_guard_truncate;
ALTER TABLE t DISABLE TRIGGER mezzanine_capture;
RESET session_replication_role;
SELECT level, subject, problem, hint FROM mezzanine.status() WHERE subject ~ 'mezzanine_on_ddl$|op';
ALTER TABLE t ENABLE ALWAYS TRIGGER mezzanine_capture;
ALTER EVENT TRIGGER mezzanine_on_ddl ENABLE ALWAYS;
SELECT kind, key FROM mezzanine.verify('mezzanine.op_v', repair => true);
SELECT * FROM mezzanine.verify('mezzanine.op_v');

-- As status() advises: refresh makes the triggers that are missing, and has them fire always.
ALTER EVENT TRIGGER mezzanine_on_ddl DISABLE;
DROP TRIGGER mezzanine_capture ON t;
ALTER TABLE t DISABLE TRIGGER mezzanine_touch;
ALTER EVENT TRIGGER mezzanine_on_ddl ENABLE ALWAYS;
INSERT INTO t (id, g, x) VALUES (101, 'a', 5);
SELECT problem, hint FROM mezzanine.status() WHERE subject = 'op.t' ORDER BY problem;
SELECT mezzanine.refresh('mezzanine.op_v');
INSERT INTO t (id, g, x) VALUES (102, 'a', 5);
SELECT count(*) AS problems FROM mezzanine.status() WHERE subject = 'op.t';
SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 't'::regclass ORDER BY tgname;
SELECT * FROM mezzanine.verify('mezzanine.op_v');

-- Types without equality are compared as text; floats within a tolerance.
CREATE TABLE shown (k int, j json, p point, f float8, r float4);
CREATE TABLE told (LIKE shown);
INSERT INTO shown VALUES (1, '{"a":1}', '(1,2)', 0.1, 0.1), (2, NULL, NULL, 'NaN', 'Infinity'), (3, '[]', NULL, 1, NULL), (4, '{}', NULL, 1e20, 1);
INSERT INTO told SELECT k, j, p, f, r FROM shown;
UPDATE told SET f = 0.1 + 1e-12, r = 0.10000001 WHERE k = 1;
SELECT * FROM mezzanine_state.compare('shown', 'told', '{k}', 20);
UPDATE told SET f = 0.1001 WHERE k = 1;
UPDATE told SET j = '[ ]' WHERE k = 3;
UPDATE told SET f = 'Infinity' WHERE k = 4;
UPDATE told SET f = 0 WHERE k = 2;
SELECT kind, key, expected_row -> 'f' AS f, actual_row -> 'f' AS g, actual_row -> 'j' AS j FROM mezzanine_state.compare('shown', 'told', '{k}', 20);

-- Refused.
\set VERBOSITY terse
SELECT mezzanine.alter_view('mezzanine.op_v', on_error => 'ignore');
SELECT mezzanine.alter_view(NULL);
SELECT mezzanine.alter_view('t');
SELECT mezzanine.explain_view('t');
SELECT mezzanine.get_create_command('t');
SELECT mezzanine.graph('xml');
SELECT mezzanine.explain_view(NULL), mezzanine.get_create_command(NULL), mezzanine.graph(NULL);
CREATE ROLE op_author;
GRANT mezzanine_author TO op_author;
SET ROLE op_author;
SELECT mezzanine.alter_view('mezzanine.op_v', on_error => 'fail');
SELECT count(*) > 0 AS some FROM mezzanine.graph();
SELECT count(*) >= 0 AS some FROM mezzanine.status();
RESET ROLE;
CREATE ROLE op_reader;
GRANT mezzanine_reader TO op_reader;
SET ROLE op_reader;
SELECT status FROM mezzanine.freshness WHERE name = 'op_v';
SELECT count(*) > 0 AS some FROM mezzanine_info.dependencies;
SELECT mezzanine.status();
RESET ROLE;
DROP ROLE op_author;
DROP ROLE op_reader;
SET client_min_messages = warning;
DROP SCHEMA op CASCADE;

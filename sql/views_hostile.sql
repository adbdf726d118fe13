-- Calls that no view makes: an error, and the server goes on.  Authors of views may call these
-- functions, some of them also who reads views.
CREATE SCHEMA hostile;
SET search_path = hostile;
\set SHOW_CONTEXT never
-- Arrays with NULLs take up less room than their length says.
SELECT mezzanine_state.bits_in_some(array_fill(NULL::bigint, '{64}'), 1);
SELECT mezzanine_state.bits_in_all(array_fill(NULL::bigint, '{64}'), 1);
SELECT mezzanine_state.add_counts(array_fill(NULL::bigint, '{20000000}'), NULL);
SELECT mezzanine_state.add_counts(NULL, '{1,NULL}');
SELECT mezzanine_state.scale_counts(1, 1, '{NULL}');
SELECT mezzanine_state.total_sum(1, 1, array_fill(NULL::bigint, '{20000000}'));
SELECT mezzanine_state.irregular_finish(array_fill(NULL::bigint, '{20000000}'));
SELECT mezzanine_state.moments(1, array_fill(NULL::bigint, '{20000000}'), 1, 1);
SELECT mezzanine_state.sum_counts(a) FROM (VALUES (array_fill(NULL::bigint, '{20000000}'))) AS v(a);
-- Two dimensions, no elements, another lower bound.
SELECT mezzanine_state.add_counts('{{1,2},{3,4}}', '[5:6]={1,1}'), mezzanine_state.add_counts('{}', '{}');
-- States of aggregates by hand.
SELECT mezzanine_state.irregular_add('{1}', 1);
SELECT mezzanine_state.bit_counts_add('{1}', 1);
SELECT mezzanine_state.moving('sum(int)'::regprocedure, NULL::text, 1);
SELECT mezzanine_state.moving('lower(text)'::regprocedure, NULL::text, 'x'::text);
SELECT mezzanine_state.moving(0::regprocedure, NULL::text, 'x'::text);
SELECT mezzanine_state.var_pop(-1, 1, 1), mezzanine_state.var_samp(1, 'NaN', 1), mezzanine_state.stddev_samp(0, 0, 0);
SELECT mezzanine_state.group_hash(VARIADIC NULL::int[]);
SELECT mezzanine_state.group_hash('(1,2)'::point);
-- Views that are none.
SELECT mezzanine.refresh(0);
SELECT mezzanine.pause(99);
SELECT mezzanine.resume('pg_class');
SELECT mezzanine.alter_view('pg_class', on_stale => 'serve');
SELECT * FROM mezzanine.verify('pg_class');

-- Triggers made by hand, on a table with a view: for statements, before, or for rows a second time.
CREATE TABLE t (g int, x int);
INSERT INTO t VALUES (1, 1);
SELECT mezzanine.create_view('hostile_v', 'SELECT g, sum(x) AS x FROM hostile.t GROUP BY g') \gset
SELECT mezzanine_state.capture();
CREATE FUNCTION try(trigger text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE trigger;
	BEGIN
		UPDATE hostile.t SET x = x + 1;
		RETURN 'went unnoticed';
	EXCEPTION WHEN triggered_action_exception OR trigger_protocol_violated THEN
		EXECUTE 'DROP TRIGGER forged ON hostile.t';
		RETURN SQLERRM;
	END;
END $$;
SELECT try('CREATE TRIGGER forged AFTER UPDATE ON hostile.t FOR EACH STATEMENT EXECUTE FUNCTION mezzanine_state.capture()');
SELECT try('CREATE TRIGGER forged BEFORE UPDATE ON hostile.t FOR EACH ROW EXECUTE FUNCTION mezzanine_state.capture()');
SELECT try('CREATE TRIGGER forged AFTER UPDATE ON hostile.t FOR EACH ROW EXECUTE FUNCTION mezzanine_state.capture()');
SELECT try('CREATE TRIGGER forged BEFORE UPDATE ON hostile.t FOR EACH ROW EXECUTE FUNCTION mezzanine_state.touch()');
SELECT try('CREATE TRIGGER forged AFTER UPDATE ON hostile.t FOR EACH ROW EXECUTE FUNCTION mezzanine_state.guard()');
UPDATE t SET x = x + 1;
TABLE mezzanine.hostile_v;

-- The owner of a view owns its state too: its columns stay as they are, for rows are written by them.
SELECT mezzanine.create_view('hostile_s', 'SELECT g, sum(x) AS x FROM hostile.t GROUP BY g', spread => 2) \gset
ALTER TABLE mezzanine_state.hostile_v ALTER COLUMN count TYPE numeric;
ALTER TABLE mezzanine_state.hostile_v DROP COLUMN hash;
ALTER TABLE mezzanine_state.hostile_v ADD COLUMN more text;
ALTER TABLE mezzanine_state.hostile_s ADD COLUMN cell text;
ALTER TABLE mezzanine_state.hostile_s_cells ALTER COLUMN cell TYPE text;
ALTER TABLE mezzanine_state.hostile_s_cells DROP COLUMN cell;
-- Also where the event trigger does not look.
ALTER EVENT TRIGGER mezzanine_on_ddl DISABLE;
BEGIN;
ALTER TABLE mezzanine_state.hostile_v ALTER COLUMN count TYPE numeric;
INSERT INTO t VALUES (3, 1);
ROLLBACK;
BEGIN;
ALTER TABLE mezzanine_state.hostile_s_cells ALTER COLUMN cell TYPE text;
INSERT INTO t VALUES (3, 1);
ROLLBACK;
ALTER EVENT TRIGGER mezzanine_on_ddl ENABLE ALWAYS;
ALTER TABLE mezzanine_state.hostile_v SET (fillfactor = 60);
ALTER TABLE mezzanine_state.hostile_v RENAME COLUMN sum_x TO total;
INSERT INTO t VALUES (3, 1);
SELECT v.view, d.* FROM mezzanine_info.views AS v LEFT JOIN LATERAL mezzanine.verify(v.view) AS d ON true
	WHERE v.view::text LIKE 'mezzanine.hostile%' ORDER BY v.view::text;
SET client_min_messages = warning;
DROP SCHEMA hostile CASCADE;

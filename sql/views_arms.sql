-- Rows that are no inner join are a sum of such joins, the arms, some taken away; home tables of
-- the view's own cores may be among their tables.  Here the arms are made by hand, so that what the
-- engine makes of them is tried whatever the planner makes of a query.
SET client_min_messages = warning;

-- Gives one view the cores that were made for another, which goes.
CREATE FUNCTION adopt(view regclass, part regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	parts text;
BEGIN
	SELECT concat_ws(', ', c.view, c.definition) INTO parts
	FROM mezzanine_info.catalogue AS c WHERE c.view = part;
	DELETE FROM mezzanine_info.catalogue AS c WHERE c.view = part;
	UPDATE mezzanine_info.core AS k
	SET view = adopt.view,
	    number = number + (SELECT max(o.number) FROM mezzanine_info.core AS o WHERE o.view = adopt.view)
	WHERE k.view = part;
	UPDATE mezzanine_info.rows AS r SET view = adopt.view WHERE r.view = part;
	EXECUTE 'DROP VIEW ' || parts;
END $$;

-- Has the rows of a core's source be those of a query, `depth` deep; where it is the view's own core,
-- so is its definition.
CREATE FUNCTION rows_are(home regclass, depth int, query text, definition text = NULL)
	RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	core mezzanine_info.core;
BEGIN
	SELECT * INTO core FROM mezzanine_info.core AS k WHERE k.home = rows_are.home;
	ALTER EVENT TRIGGER mezzanine_on_replace DISABLE;
	EXECUTE format('CREATE OR REPLACE VIEW %s AS %s', core.source, query);
	IF definition IS NOT NULL THEN
		EXECUTE format('CREATE OR REPLACE VIEW %s AS %s',
			(SELECT c.definition FROM mezzanine_info.catalogue AS c WHERE c.view = core.view),
			definition);
	END IF;
	ALTER EVENT TRIGGER mezzanine_on_replace ENABLE ALWAYS;
	UPDATE mezzanine_info.rows AS r SET depth = rows_are.depth WHERE r.rows = core.source;
	UPDATE mezzanine_info.core AS k SET depth = rows_are.depth WHERE k.home = core.home;
END $$;

CREATE FUNCTION arm(home regclass, sign int, query text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	source regclass := (SELECT k.source FROM mezzanine_info.core AS k WHERE k.home = arm.home);
	made text := format('mezzanine_state.%I', md5(source || query));
BEGIN
	EXECUTE format('CREATE VIEW %s AS %s', made, query);
	INSERT INTO mezzanine_info.arm VALUES (made::regclass, source, sign);
	INSERT INTO mezzanine_info.row_source
	SELECT DISTINCT source, d.refobjid::regclass
	FROM pg_rewrite AS w JOIN pg_depend AS d ON d.objid = w.oid
	WHERE w.ev_class = made::regclass AND d.refclassid = 'pg_class'::regclass
	  AND d.refobjid <> w.ev_class
	ON CONFLICT DO NOTHING;
END $$;

-- Of each view what differs from its query, seen before the commit and after.
CREATE FUNCTION different() RETURNS TABLE (view regclass, difference text) LANGUAGE plpgsql AS $$
DECLARE
	v mezzanine_info.catalogue;
BEGIN
	FOR v IN SELECT * FROM mezzanine_info.catalogue AS c ORDER BY c.view::text LOOP
		RETURN QUERY EXECUTE format($q$
			SELECT %1$L::regclass, '-' || d::text
			FROM (TABLE %2$s EXCEPT ALL TABLE %1$s) AS d
			UNION ALL
			SELECT %1$L::regclass, '+' || d::text
			FROM (TABLE %1$s EXCEPT ALL TABLE %2$s) AS d ORDER BY 2 $q$, v.view, v.definition);
	END LOOP;
END $$;

CREATE TABLE a (id int PRIMARY KEY, k int, x int);
CREATE TABLE b (id int PRIMARY KEY, k bigint, j int, y int);
CREATE TABLE c (id int PRIMARY KEY, j int, z int);
CREATE INDEX ON a (k);
CREATE INDEX ON b (k);
CREATE INDEX ON b (j);
CREATE INDEX ON c (j);
INSERT INTO a VALUES (1, 1, 10), (2, 2, 20), (3, 3, 10), (4, NULL, 10), (5, 1, 30);
INSERT INTO b VALUES (1, 1, 1, 5), (2, 2, 1, 6), (3, 2, 2, 7), (4, NULL, 3, 1);
INSERT INTO c VALUES (1, 1, 1), (2, 1, 9), (3, 4, 2);

-- a LEFT JOIN b: pairs, all of a with NULLs, and without those that have a match, by the distinct
-- keys of b.
SELECT mezzanine.create_view('outer_keys', 'SELECT DISTINCT k FROM b');
SELECT mezzanine.create_view('outers', 'SELECT a.x, count(*) AS n, count(b.y) AS m, sum(b.y) AS s,
	max(b.y) AS top, array_agg(b.y ORDER BY b.y) AS all_of_them
	FROM a JOIN b ON a.k = b.k GROUP BY a.x');
BEGIN;
SELECT adopt('mezzanine.outers', 'mezzanine.outer_keys');
SELECT rows_are('mezzanine_state.outers', 1,
	'SELECT a.x, b.y FROM a LEFT JOIN b ON a.k = b.k',
	'SELECT a.x, count(*) AS n, count(b.y) AS m, sum(b.y) AS s, max(b.y) AS top,
	array_agg(b.y ORDER BY b.y) AS all_of_them FROM a LEFT JOIN b ON a.k = b.k GROUP BY a.x');
SELECT arm('mezzanine_state.outers', 1, 'SELECT a.x, b.y FROM a, b WHERE a.k = b.k');
SELECT arm('mezzanine_state.outers', 1, 'SELECT a.x, NULL::int AS y FROM a');
SELECT arm('mezzanine_state.outers', -1, 'SELECT a.x, NULL::int AS y
	FROM a, mezzanine_state.outer_keys AS d WHERE a.k = d.k');
COMMIT;
-- Two of them in one another: a LEFT JOIN (b LEFT JOIN c … WHERE …).
SELECT mezzanine.create_view('inner_keys', 'SELECT DISTINCT j FROM c');
SELECT mezzanine.create_view('nested_keys', 'SELECT DISTINCT b.k FROM b JOIN c ON b.j = c.j
	WHERE coalesce(c.z, 0) < 5');
SELECT mezzanine.create_view('nested', 'SELECT a.x, count(*) AS n, count(b.y) AS m, sum(c.z) AS s
	FROM a JOIN b ON a.k = b.k JOIN c ON b.j = c.j WHERE coalesce(c.z, 0) < 5 GROUP BY a.x');
BEGIN;
SELECT adopt('mezzanine.nested', 'mezzanine.inner_keys');
SELECT adopt('mezzanine.nested', 'mezzanine.nested_keys');
SELECT rows_are('mezzanine_state.nested_keys', 1, 'SELECT b.k, c.z
	FROM b LEFT JOIN c ON b.j = c.j WHERE coalesce(c.z, 0) < 5');
SELECT arm('mezzanine_state.nested_keys', 1, 'SELECT b.k, c.z FROM b, c
	WHERE b.j = c.j AND coalesce(c.z, 0) < 5');
SELECT arm('mezzanine_state.nested_keys', 1, 'SELECT b.k, NULL::int AS z FROM b');
SELECT arm('mezzanine_state.nested_keys', -1, 'SELECT b.k, NULL::int AS z
	FROM b, mezzanine_state.inner_keys AS d WHERE b.j = d.j');
SELECT rows_are('mezzanine_state.nested', 2, 'SELECT a.x, q.y, q.z
	FROM a LEFT JOIN (SELECT b.k, b.y, c.z FROM b LEFT JOIN c ON b.j = c.j
		WHERE coalesce(c.z, 0) < 5) AS q ON a.k = q.k',
	'SELECT a.x, count(*) AS n, count(q.y) AS m, sum(q.z) AS s
	FROM a LEFT JOIN (SELECT b.k, b.y, c.z FROM b LEFT JOIN c ON b.j = c.j
		WHERE coalesce(c.z, 0) < 5) AS q ON a.k = q.k GROUP BY a.x');
SELECT arm('mezzanine_state.nested', 1, 'SELECT a.x, b.y, c.z FROM a, b, c
	WHERE a.k = b.k AND b.j = c.j AND coalesce(c.z, 0) < 5');
SELECT arm('mezzanine_state.nested', 1, 'SELECT a.x, b.y, NULL::int AS z FROM a, b WHERE a.k = b.k');
SELECT arm('mezzanine_state.nested', -1, 'SELECT a.x, b.y, NULL::int AS z
	FROM a, b, mezzanine_state.inner_keys AS d WHERE a.k = b.k AND b.j = d.j');
SELECT arm('mezzanine_state.nested', 1, 'SELECT a.x, NULL::int AS y, NULL::int AS z FROM a');
SELECT arm('mezzanine_state.nested', -1, 'SELECT a.x, NULL::int AS y, NULL::int AS z
	FROM a, mezzanine_state.nested_keys AS d WHERE a.k = d.k');
COMMIT;
SELECT mezzanine.refresh(view) FROM mezzanine_info.catalogue ORDER BY view::text;
RESET client_min_messages;
-- Both are computed from base tables, whatever lies between.
SELECT view, base FROM mezzanine_info.bases ORDER BY view::text, base::text;
SELECT source, target, kind FROM mezzanine_state.edges() ORDER BY 1::text, 2::text;
TABLE mezzanine.outers ORDER BY x;
TABLE mezzanine.nested ORDER BY x;

-- Rows come, change and go on every side; what is seen before the commit is seen after it.
CREATE FUNCTION try(change text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE change;
	RETURN QUERY SELECT view || ' within: ' || difference FROM different();
END $$;
SELECT try('INSERT INTO a VALUES (11, 1, 10), (12, 9, 10), (13, NULL, 20)');
SELECT * FROM different();
SELECT try('INSERT INTO b VALUES (11, 3, 4, 8)');
SELECT * FROM different();
SELECT try('INSERT INTO b VALUES (12, 9, 1, 8), (13, 9, 7, NULL)');
SELECT * FROM different();
SELECT try('INSERT INTO c VALUES (11, 7, 8), (12, 2, NULL), (13, NULL, 1)');
SELECT * FROM different();
SELECT try('UPDATE a SET k = k + 1');
SELECT * FROM different();
SELECT try('UPDATE b SET k = k - 1 WHERE k > 1');
SELECT * FROM different();
SELECT try('UPDATE b SET y = coalesce(y, 0) + 1');
SELECT * FROM different();
SELECT try('UPDATE b SET j = CASE j WHEN 1 THEN 2 WHEN 2 THEN 1 END');
SELECT * FROM different();
SELECT try('UPDATE c SET z = CASE WHEN z < 5 THEN 9 ELSE 1 END');
SELECT * FROM different();
SELECT try('UPDATE c SET j = 5 WHERE j = 1');
SELECT * FROM different();
SELECT try('DELETE FROM b WHERE id = 12');
SELECT * FROM different();
SELECT try('DELETE FROM c');
SELECT * FROM different();
TABLE mezzanine.outers ORDER BY x;
TABLE mezzanine.nested ORDER BY x;
-- All at once, the last match of a key among it and the first of another.
BEGIN;
INSERT INTO c VALUES (21, 1, 2), (22, 7, 3);
UPDATE b SET k = 4, j = 1 WHERE id = 1;
DELETE FROM b WHERE k = 2;
INSERT INTO a VALUES (21, 4, 40), (22, 5, 40);
SELECT * FROM different();
SAVEPOINT s;
DELETE FROM a WHERE k = 4;
INSERT INTO b VALUES (21, 5, 7, 3), (22, 2, 1, 3);
DELETE FROM c WHERE j = 7;
SELECT * FROM different();
ROLLBACK TO s;
SELECT * FROM different();
SAVEPOINT t;
UPDATE a SET x = x + 1;
INSERT INTO b VALUES (23, 5, 7, 30);
RELEASE t;
SELECT * FROM different();
COMMIT;
SELECT * FROM different();
-- What a transaction undoes itself.
BEGIN;
INSERT INTO b VALUES (31, 1, 1, 1), (32, 77, 1, 1);
DELETE FROM b WHERE id IN (31, 32);
UPDATE a SET k = -k;
UPDATE a SET k = -k;
COMMIT;
SELECT * FROM different();
-- Many rows.
INSERT INTO a SELECT i, i % 300, i % 7 FROM generate_series(100, 1100) AS i;
SELECT * FROM different();
INSERT INTO b SELECT i, i % 400, i % 11, i % 5 FROM generate_series(100, 900) AS i;
SELECT * FROM different();
INSERT INTO c SELECT i, i % 9, i % 10 FROM generate_series(100, 130) AS i;
SELECT * FROM different();
UPDATE b SET k = k + 100 WHERE id % 2 = 0;
SELECT * FROM different();
DELETE FROM b WHERE id BETWEEN 300 AND 700;
SELECT * FROM different();
-- At the other levels.
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT try('UPDATE b SET k = 1 WHERE id = 100; DELETE FROM a WHERE k = 1 AND id < 100');
COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT try('INSERT INTO b VALUES (41, 501, 3, 3); INSERT INTO a VALUES (41, 501, 3), (42, 502, 3)');
COMMIT;
SELECT * FROM different();
-- A table is emptied: its keys go, and with them what they took away.
BEGIN;
INSERT INTO b VALUES (51, 5, 5, 5);
TRUNCATE b;
INSERT INTO b VALUES (52, 3, 1, 6), (53, 5, 2, NULL);
SELECT * FROM different();
COMMIT;
SELECT * FROM different();
BEGIN;
TRUNCATE c;
INSERT INTO a VALUES (51, 3, 6);
SELECT * FROM different();
SAVEPOINT s;
TRUNCATE a, b;
SELECT * FROM different();
ROLLBACK TO s;
COMMIT;
SELECT * FROM different();
TRUNCATE a;
SELECT * FROM different();
INSERT INTO a SELECT i, i % 10, i % 3 FROM generate_series(1, 20) AS i;
INSERT INTO c VALUES (1, 1, 1), (2, 1, 9);
SELECT * FROM different();
SELECT d.* FROM mezzanine_info.catalogue AS v, mezzanine.verify(v.view) AS d;

-- The arms go and change with the view: DDL on what they name.
ALTER TABLE b RENAME COLUMN k TO key;
ALTER TABLE b RENAME TO bb;
ALTER TABLE a ADD COLUMN more text DEFAULT 'x';
ALTER TABLE c DROP COLUMN id;
INSERT INTO bb VALUES (61, 6, 1, 6);
INSERT INTO c VALUES (6, 6);
UPDATE a SET k = k + 1;
SELECT * FROM different();
\set VERBOSITY terse
ALTER TABLE bb ENABLE ROW LEVEL SECURITY;
ALTER TABLE bb DROP COLUMN key;
ALTER TABLE bb ALTER COLUMN key TYPE int;
ALTER TABLE mezzanine_state.nested_keys SET UNLOGGED;
SELECT arm AS some_arm FROM mezzanine_info.arm ORDER BY arm::text LIMIT 1 \gset
CREATE OR REPLACE VIEW :some_arm AS SELECT 1 AS x, 1 AS y;
CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2 * $1';
ALTER TABLE bb RENAME TO b;
ALTER TABLE b RENAME COLUMN key TO k;
-- Refreshed, paused and resumed like others.
SELECT mezzanine.pause('mezzanine.outers');
INSERT INTO b VALUES (71, 7, 7, 7), (72, 8, 1, 8);
SELECT mezzanine.resume('mezzanine.outers') > 0 AS changed;
SELECT mezzanine.refresh('mezzanine.nested', rebuild => true) > 0 AS changed;
DELETE FROM b WHERE id = 72;
SELECT * FROM different();
-- One view's failure is that of all its cores, and not the writer's.
SELECT mezzanine.alter_view('mezzanine.nested', on_error => 'mark_stale', on_stale => 'serve');
INSERT INTO c VALUES (1, 3);
ALTER TABLE mezzanine_state.nested_keys ADD CONSTRAINT none CHECK (k <> 555);
SET client_min_messages = error;
INSERT INTO b VALUES (81, 555, 1, 1);
RESET client_min_messages;
SELECT view, status FROM mezzanine_info.catalogue ORDER BY view::text;
SELECT view, difference FROM different() WHERE view <> 'mezzanine.nested'::regclass;
ALTER TABLE mezzanine_state.nested_keys DROP CONSTRAINT none;
SELECT mezzanine.refresh('mezzanine.nested') > 0 AS changed;
UPDATE c SET z = 0;
SELECT * FROM different();
-- A function that only an arm calls is replaced.
SELECT arm('mezzanine_state.outers', 1, 'SELECT a.x, twice(a.x) AS y FROM a WHERE false');
SET client_min_messages = error;
CREATE OR REPLACE FUNCTION twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2 * $1';
RESET client_min_messages;
SELECT view, status FROM mezzanine_info.catalogue ORDER BY view::text;
SELECT mezzanine.refresh('mezzanine.outers');
-- An arm goes, and the view with it and all that was made for it.
DROP VIEW :some_arm;
SELECT mezzanine.drop_view(view::text) FROM mezzanine_info.catalogue;
SELECT relname FROM pg_class WHERE relnamespace = 'mezzanine_state'::regnamespace AND relkind IN ('r', 'v');
SELECT (SELECT count(*) FROM mezzanine_info.arm) AS arms,
	(SELECT count(*) FROM mezzanine_info.rows) AS rows,
	(SELECT count(*) FROM mezzanine_info.row_source) AS sources,
	(SELECT count(*) FROM mezzanine_info.core) AS cores;
SELECT tgname FROM pg_trigger WHERE tgrelid IN ('a'::regclass, 'b'::regclass, 'c'::regclass);
DROP TABLE a, b, c;
DROP FUNCTION adopt, rows_are, arm, different, try, twice;

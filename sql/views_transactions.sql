-- Transactions: savepoints, exception blocks, procedures, two phases, triggers that write,
-- rules, replication's role.  Within a transaction the view shows the transaction's own
-- changes; differences() compares view and definition at every step.
CREATE SCHEMA txn;
SET search_path = txn;
CREATE TABLE t (id int PRIMARY KEY, g text, x int);
INSERT INTO t VALUES (1, 'a', 1), (2, 'a', 2), (3, 'b', 3);
SELECT mezzanine.create_view('txn_g', 'SELECT g, count(*) AS n, sum(x) AS x FROM t GROUP BY g') \gset
CREATE FUNCTION differences() RETURNS SETOF text LANGUAGE sql VOLATILE AS $$
	WITH v AS (SELECT v::text FROM mezzanine.txn_g AS v), q AS (SELECT q::text FROM mezzanine_state.txn_g_definition AS q)
	(SELECT 'view ' || v FROM v EXCEPT ALL SELECT 'view ' || q FROM q) UNION ALL
	(SELECT 'query ' || q FROM q EXCEPT ALL SELECT 'query ' || v FROM v);
$$;
CREATE FUNCTION contents() RETURNS text LANGUAGE sql VOLATILE AS
	$$ SELECT string_agg(format('%s:%s:%s', g, n, x), ' ' ORDER BY g) FROM mezzanine.txn_g $$;

-- Savepoints at depth, with reads between.
BEGIN;
INSERT INTO t VALUES (10, 'a', 10);
SAVEPOINT one;
UPDATE t SET g = 'c' WHERE id = 10;
SELECT contents(), differences();
SAVEPOINT two;
DELETE FROM t WHERE g = 'a';
SAVEPOINT three;
INSERT INTO t VALUES (11, 'd', 11);
SELECT contents();
RELEASE three;
SELECT contents();
ROLLBACK TO two;
SELECT contents();
INSERT INTO t VALUES (12, 'e', 12);
SAVEPOINT two;
INSERT INTO t VALUES (13, 'f', 13);
RELEASE two;
ROLLBACK TO one;
SELECT contents();
INSERT INTO t VALUES (14, 'b', 14);
RELEASE one;
SELECT contents();
SELECT * FROM differences();
COMMIT;
SELECT contents();
SELECT * FROM differences();
-- Rolled back to before the first change: the transaction has changed nothing.
BEGIN;
SAVEPOINT s;
INSERT INTO t VALUES (15, 'z', 15);
SELECT contents();
ROLLBACK TO s;
SELECT contents();
COMMIT;
SELECT * FROM differences();

-- Exception blocks, in loops, nested.
DO $$
BEGIN
	FOR i IN 20..29 LOOP
		BEGIN
			INSERT INTO t VALUES (i, 'p', i);
			BEGIN
				UPDATE t SET g = 'q' WHERE id = i;
				IF i % 3 = 0 THEN RAISE division_by_zero; END IF;
			EXCEPTION WHEN division_by_zero THEN
				IF i % 2 = 0 THEN RAISE unique_violation; END IF;
			END;
			INSERT INTO t VALUES (1, 'q', 0) ON CONFLICT DO NOTHING;
		EXCEPTION WHEN unique_violation THEN
			NULL;
		END;
		IF EXISTS (SELECT FROM txn.differences()) THEN RAISE 'differs after %: %', i, (SELECT d FROM txn.differences() AS d LIMIT 1); END IF;
	END LOOP;
END $$;
SELECT contents();
SELECT * FROM differences();

-- Procedures that commit and roll back.
CREATE PROCEDURE commits() LANGUAGE plpgsql AS $$
DECLARE
	i int;
BEGIN
	FOR i IN 30..35 LOOP
		INSERT INTO t VALUES (i, 'r' || i % 2, i);
		IF (SELECT count(*) FROM mezzanine.txn_g WHERE g = 'r' || i % 2) <> 1 THEN RAISE 'not seen'; END IF;
		IF i % 3 = 0 THEN ROLLBACK; ELSE COMMIT; END IF;
		RAISE NOTICE '%', (SELECT contents());
	END LOOP;
END $$;
CALL commits();
SELECT * FROM differences();

-- Two phases.
BEGIN;
INSERT INTO t VALUES (40, 'prep', 40);
UPDATE t SET x = x + 1 WHERE id = 1;
SELECT contents();
PREPARE TRANSACTION 'txn_one';
SELECT contents();
COMMIT PREPARED 'txn_one';
SELECT contents();
BEGIN;
DELETE FROM t;
PREPARE TRANSACTION 'txn_two';
SELECT contents();
ROLLBACK PREPARED 'txn_two';
SELECT * FROM differences();

-- Row and statement triggers that write the same table, before and after; deferred ones
-- that write while the transaction commits.
CREATE FUNCTION before_row() RETURNS trigger LANGUAGE plpgsql AS
	$$ BEGIN NEW.x := NEW.x * 2; RETURN CASE WHEN NEW.id = 51 THEN NULL ELSE NEW END; END $$;
CREATE FUNCTION after_row() RETURNS trigger LANGUAGE plpgsql AS
	$$ BEGIN IF NEW.id < 60 THEN INSERT INTO t VALUES (NEW.id + 10, NEW.g || '+', NEW.x); END IF; RETURN NULL; END $$;
CREATE FUNCTION after_statement() RETURNS trigger LANGUAGE plpgsql AS
	$$ BEGIN IF pg_trigger_depth() = 1 THEN UPDATE t SET x = x + 1 WHERE id = 1; END IF; RETURN NULL; END $$;
CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS
	$$ BEGIN IF NEW.id < 80 THEN INSERT INTO t VALUES (NEW.id + 100, 'late', (SELECT sum(n) FROM mezzanine.txn_g)); END IF; RETURN NULL; END $$;
CREATE TRIGGER a_before BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION before_row();
CREATE TRIGGER a_after AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION after_row();
CREATE TRIGGER z_after AFTER INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION after_statement();
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION at_commit();
INSERT INTO t VALUES (50, 's', 50), (51, 's', 51), (52, 's', 52);
SELECT contents();
SELECT * FROM differences();
BEGIN;
INSERT INTO t VALUES (54, 's', 1);
SET CONSTRAINTS ALL IMMEDIATE;
SELECT contents();
ROLLBACK;
DROP TRIGGER a_before ON t;
DROP TRIGGER a_after ON t;
DROP TRIGGER z_after ON t;
DROP TRIGGER late ON t;
-- A failing deferred trigger takes everything with it.
CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fails();
INSERT INTO t VALUES (70, 'never', 1);
DROP TRIGGER late ON t;
SELECT * FROM differences();

-- Rules: the rule's actions are planned together with the query that they belong to.
CREATE TABLE door (id int, g text, x int);
CREATE TABLE log (n bigint, x bigint);
CREATE RULE pass AS ON INSERT TO door DO INSTEAD (
	INSERT INTO log SELECT sum(n), sum(x) FROM mezzanine.txn_g;
	INSERT INTO t VALUES (NEW.id, NEW.g, NEW.x);
	INSERT INTO log SELECT sum(n), sum(x) FROM mezzanine.txn_g);
INSERT INTO door VALUES (300, 'rule', 1000);
PREPARE through AS INSERT INTO door VALUES ($1, 'rule', 1000);
EXECUTE through(301);
EXECUTE through(302);
SELECT * FROM log ORDER BY n, x;
SELECT sum(n), sum(x) FROM mezzanine.txn_g;
DROP TABLE door;

-- What replication's apply does: ordinary triggers and foreign keys rest, ours do not.
SET session_replication_role = replica;
INSERT INTO t VALUES (400, 'replica', 1);
BEGIN;
UPDATE t SET x = x + 5 WHERE id = 400;
SELECT g, n, x FROM mezzanine.txn_g WHERE g = 'replica';
COMMIT;
RESET session_replication_role;
SELECT * FROM differences();

-- A view created, used and dropped within the transaction that writes.
BEGIN;
INSERT INTO t VALUES (500, 'new', 1);
SELECT mezzanine.create_view('txn_new', 'SELECT g, count(*) AS n FROM t GROUP BY g') \gset
SELECT n FROM mezzanine.txn_new WHERE g = 'new';
INSERT INTO t VALUES (501, 'new', 1);
SELECT n FROM mezzanine.txn_new WHERE g = 'new';
SAVEPOINT s;
SELECT mezzanine.create_view('txn_newer', 'SELECT x, count(*) AS n FROM t GROUP BY x') \gset
INSERT INTO t VALUES (502, 'new', 502);
SELECT n FROM mezzanine.txn_newer WHERE x = 502;
ROLLBACK TO s;
SELECT mezzanine.create_view('txn_gone', 'SELECT x, count(*) AS n FROM t GROUP BY x') \gset
INSERT INTO t VALUES (503, 'new', 503);
SELECT mezzanine.drop_view('txn_gone');
COMMIT;
SELECT n FROM mezzanine.txn_new WHERE g = 'new';
SELECT * FROM mezzanine.verify('mezzanine.txn_new');
SELECT * FROM mezzanine.verify('mezzanine.txn_g');
-- The last views go in a transaction that has written, and come back.
BEGIN;
INSERT INTO t VALUES (510, 'last', 1);
SELECT mezzanine.drop_view('txn_new');
SAVEPOINT s;
SELECT mezzanine.drop_view('txn_g');
INSERT INTO t VALUES (511, 'last', 1);
ROLLBACK TO s;
INSERT INTO t VALUES (512, 'last', 1);
COMMIT;
SELECT n FROM mezzanine.txn_g WHERE g = 'last';
SELECT * FROM differences();
BEGIN;
INSERT INTO t VALUES (513, 'last', 1);
DROP TABLE t CASCADE;
COMMIT;
SELECT count(*) AS left FROM mezzanine_info.catalogue WHERE view::text LIKE 'mezzanine.txn%';
\set VERBOSITY terse
DROP SCHEMA txn CASCADE;

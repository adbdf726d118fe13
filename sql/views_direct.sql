-- Rows are counted where PostgreSQL asks whether a trigger is to fire.  EXPLAIN tells of the
-- triggers that did fire; after each transaction the view is compared with its query.
CREATE SCHEMA direct;
SET search_path = direct;
CREATE TABLE t (id int PRIMARY KEY, kind text NOT NULL, x int, note text);
CREATE TABLE p (id int NOT NULL, part int NOT NULL, x int) PARTITION BY LIST (part);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE p2 (extra text, x int, part int NOT NULL, id int NOT NULL);
ALTER TABLE p2 DROP COLUMN extra;
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES IN (2);
SELECT mezzanine.create_view('direct_t', 'SELECT kind, count(*) AS n, sum(x) AS x FROM t GROUP BY kind') \gset
SELECT mezzanine.create_view('direct_p', 'SELECT part, count(*) AS n, sum(x) AS x FROM p GROUP BY part') \gset
CREATE FUNCTION differences() RETURNS bigint LANGUAGE sql VOLATILE AS $$
	SELECT count(*) FROM (SELECT * FROM mezzanine.verify('mezzanine.direct_t')
	                      UNION ALL SELECT * FROM mezzanine.verify('mezzanine.direct_p')) AS d $$;
CREATE FUNCTION fired(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || statement LOOP
		IF line LIKE 'Trigger%' THEN RETURN NEXT line; END IF;
	END LOOP;
END $$;

-- The statement by which a session comes to load the library finds the triggers as they are;
-- those after it need none.
\c -
SET search_path = direct;
SELECT * FROM fired($$INSERT INTO t SELECT i, chr(97 + i % 3), i FROM generate_series(1, 20) AS i$$);
SELECT differences();
SELECT * FROM fired($$INSERT INTO t SELECT i, chr(97 + i % 3), i FROM generate_series(21, 40) AS i$$);
SELECT * FROM fired($$UPDATE t SET x = x + 1, kind = CASE WHEN id % 2 = 0 THEN 'd' ELSE kind END$$);
SELECT * FROM fired($$DELETE FROM t WHERE id % 5 = 0$$);
SELECT * FROM fired($$INSERT INTO t VALUES (1, 'e', 1), (50, 'e', 2) ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, x = 7$$);
SELECT * FROM fired($$MERGE INTO t USING (SELECT generate_series(30, 60) AS id) AS s ON t.id = s.id
	WHEN MATCHED AND s.id % 2 = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET x = -x
	WHEN NOT MATCHED THEN INSERT VALUES (s.id, 'm', s.id)$$);
SELECT * FROM fired($$WITH gone AS (DELETE FROM t WHERE id < 4 RETURNING *), came AS (INSERT INTO t
	SELECT id + 100, kind, x FROM gone RETURNING *) UPDATE t SET x = 0 WHERE id IN (8, 9)$$);
SELECT differences(), count(*), sum(n) FROM mezzanine.direct_t;

-- What COPY and tuple routing write is queued as ever, and both ways add up.
COPY t (id, kind, x) FROM stdin;
200	a	1
201	b	\N
\.
SELECT * FROM fired($$INSERT INTO p SELECT i, i % 2 + 1, i FROM generate_series(1, 10) AS i$$);
SELECT * FROM fired($$UPDATE p SET part = 3 - part WHERE id < 4$$); -- from one partition to the other
SELECT * FROM fired($$UPDATE p SET x = x + 1$$);
SELECT * FROM fired($$INSERT INTO p2 (id, part, x) VALUES (11, 2, 11)$$);
SELECT * FROM fired($$DELETE FROM p2 WHERE id = 4$$);
SELECT differences(), count(*), sum(n), sum(x) FROM mezzanine.direct_p;

-- A row counts as it was written: after other triggers have changed it, and not where it is left out.
CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	IF NEW.x = 13 THEN RETURN NULL; END IF;
	NEW.x := NEW.x * 10; NEW.kind := upper(NEW.kind); RETURN NEW; END $$;
CREATE TRIGGER change BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION change();
SELECT * FROM fired($$INSERT INTO t VALUES (300, 'z', 3), (301, 'z', 13)$$);
SELECT * FROM mezzanine.direct_t WHERE kind IN ('z', 'Z');
UPDATE t SET x = 4 WHERE id = 300;
SELECT * FROM mezzanine.direct_t WHERE kind IN ('z', 'Z');
DROP TRIGGER change ON t;

-- A row that is read as it is written, in the middle of the statement.
SELECT (SELECT n FROM mezzanine.direct_t WHERE kind = 'w') AS before;
INSERT INTO t VALUES (310, 'w', 1), (311, 'w', 2)
	RETURNING id, (SELECT count(*) FROM mezzanine.direct_t WHERE kind = 'w') AS not_yet;
SELECT n, x FROM mezzanine.direct_t WHERE kind = 'w';

-- Half a statement that failed leaves nothing, and neither does a savepoint.
DO $$ BEGIN
	INSERT INTO t SELECT i, 'f', i FROM generate_series(410, 400, -1) AS i WHERE 1 / (i - 400) >= 0;
EXCEPTION WHEN division_by_zero THEN
	INSERT INTO t VALUES (400, 'f', 1);
END $$;
SELECT n, x FROM mezzanine.direct_t WHERE kind = 'f';
BEGIN;
INSERT INTO t VALUES (401, 'f', 1);
SAVEPOINT s;
UPDATE t SET kind = 'g' WHERE kind = 'f';
ROLLBACK TO s;
DELETE FROM t WHERE id = 400;
COMMIT;
SELECT n, x FROM mezzanine.direct_t WHERE kind IN ('f', 'g');

-- Replica rules switch ordinary triggers off, not these.
SET session_replication_role = replica;
SELECT * FROM fired($$INSERT INTO t VALUES (500, 'r', 5)$$);
RESET session_replication_role;
SELECT n, x FROM mezzanine.direct_t WHERE kind = 'r';
-- Within a prepared statement, before and after a view came and went.
PREPARE add(int) AS INSERT INTO t VALUES ($1, 'q', $1);
EXECUTE add(600);
SELECT mezzanine.create_view('direct_q', 'SELECT kind, max(x) AS x FROM t GROUP BY kind') \gset
EXECUTE add(601);
SELECT * FROM mezzanine.direct_q WHERE kind = 'q';
SELECT mezzanine.drop_view('mezzanine.direct_q');
EXECUTE add(602);
SELECT mezzanine.drop_view('mezzanine.direct_t');
EXECUTE add(603);
SELECT count(*) FROM t WHERE kind = 'q';

-- An UPDATE that sets nothing a view reads touches no view: it is read as if nothing had happened,
-- which EXPLAIN tells.  One that sets what another column is generated from does, and so does
-- one that a trigger adds to.
CREATE TABLE u (id int PRIMARY KEY, kind text NOT NULL, x int, twice int GENERATED ALWAYS AS (x * 2) STORED, note text);
CREATE TABLE kinds (kind text PRIMARY KEY, name text, note text);
CREATE INDEX ON u (kind);
SELECT mezzanine.create_view('direct_u', 'SELECT kind, count(*) AS n, sum(twice) AS twice FROM u GROUP BY kind') \gset
SELECT mezzanine.create_view('direct_k', 'SELECT name, count(*) AS n FROM u JOIN kinds USING (kind) GROUP BY name') \gset
INSERT INTO u SELECT i, chr(97 + i % 2), i FROM generate_series(1, 10) AS i;
INSERT INTO kinds VALUES ('a', 'A'), ('b', 'B');
CREATE FUNCTION reads(view text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
	read text := 'the definition';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) SELECT * FROM mezzanine.' || view LOOP
		IF line LIKE '%Seq Scan on direct\_' || right(view, 1) || '%' THEN read := 'the home table'; END IF;
	END LOOP;
	RETURN read;
END $$;
CREATE FUNCTION u_differences() RETURNS bigint LANGUAGE sql VOLATILE AS $$
	SELECT count(*) FROM (SELECT * FROM mezzanine.verify('mezzanine.direct_u')
	                      UNION ALL SELECT * FROM mezzanine.verify('mezzanine.direct_k')) AS d $$;
BEGIN;
UPDATE u SET note = 'seen by nobody';
UPDATE kinds SET note = 'seen by nobody';
SELECT reads('direct_u'), reads('direct_k');
UPDATE kinds SET name = lower(name) WHERE kind = 'a';
SELECT reads('direct_u'), reads('direct_k');
COMMIT;
SELECT u_differences(), reads('direct_u'), reads('direct_k');
BEGIN;
UPDATE u SET x = x + 1 WHERE id = 3; -- only of the generated column is the view
SELECT reads('direct_u');
COMMIT;
UPDATE u SET note = 'n', x = 0 WHERE id = 4;
WITH moved AS (UPDATE u SET note = 'm' WHERE id < 3 RETURNING *) UPDATE u SET kind = 'c' FROM moved WHERE u.id = moved.id + 5;
MERGE INTO u USING (VALUES (1), (11)) AS s (id) ON u.id = s.id
	WHEN MATCHED THEN UPDATE SET note = 'merged' WHEN NOT MATCHED THEN INSERT VALUES (s.id, 'm', 1);
INSERT INTO u VALUES (1, 'z', 1), (12, 'z', 1) ON CONFLICT (id) DO UPDATE SET note = 'kept';
SELECT u_differences(), count(*), sum(n), sum(twice) FROM mezzanine.direct_u;
CREATE TRIGGER change BEFORE UPDATE ON u FOR EACH ROW EXECUTE FUNCTION change();
UPDATE u SET note = 'x' WHERE id IN (5, 12);
SELECT u_differences(), count(*), sum(n), sum(twice) FROM mezzanine.direct_u;
DROP TRIGGER change ON u;
-- A trigger of one's own for the same event still fires.
CREATE TRIGGER again AFTER UPDATE ON u FOR EACH ROW WHEN (NEW.note = 'y' AND OLD.id < 100)
	EXECUTE FUNCTION change();
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '% %', TG_WHEN, TG_OP; RETURN NULL; END $$;
CREATE TRIGGER once BEFORE UPDATE ON u FOR EACH STATEMENT EXECUTE FUNCTION tell();
SELECT * FROM fired($$UPDATE u SET note = 'y' WHERE id = 1$$);
SELECT u_differences();
SELECT mezzanine.drop_view('mezzanine.direct_k'), mezzanine.drop_view('mezzanine.direct_u');

-- EXPLAIN alone does nothing.
EXPLAIN (COSTS OFF) INSERT INTO p1 VALUES (12, 1, 12);
SELECT count(*) FROM mezzanine.verify('mezzanine.direct_p');
SELECT mezzanine.drop_view('mezzanine.direct_p');
DROP SCHEMA direct CASCADE;

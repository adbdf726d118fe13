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

-- EXPLAIN alone does nothing.
EXPLAIN (COSTS OFF) INSERT INTO p1 VALUES (12, 1, 12);
SELECT count(*) FROM mezzanine.verify('mezzanine.direct_p');
SELECT mezzanine.drop_view('mezzanine.direct_p');
DROP SCHEMA direct CASCADE;

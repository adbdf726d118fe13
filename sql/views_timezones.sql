-- What depends on the session's time zone is kept with the zone named.
CREATE SCHEMA zone;
SET search_path = zone;
CREATE FUNCTION differences(view text) RETURNS SETOF text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	RETURN QUERY EXECUTE format('
		WITH v AS (SELECT v::text FROM mezzanine.%1$s AS v), q AS (SELECT q::text FROM mezzanine_state.%1$s_definition AS q)
		(SELECT ''view '' || v FROM v EXCEPT ALL SELECT ''view '' || q FROM q) UNION ALL
		(SELECT ''query '' || q FROM q EXCEPT ALL SELECT ''query '' || v FROM v)', view);
	RETURN QUERY SELECT v::text FROM mezzanine.verify(('mezzanine.' || view)::regclass) AS v;
END $$;
SET timezone = 'Europe/Berlin';
-- Half hours around both changes of the clock, and the ends of time.
CREATE TABLE t (id int PRIMARY KEY, at timestamptz, d date, local timestamp, x int);
INSERT INTO t SELECT i, timestamptz '2020-03-28 12:00+00' + i * interval '30 minutes', date '2020-03-28' + i % 5,
	timestamp '2020-03-28 22:00' + i * interval '17 minutes', i FROM generate_series(1, 100) AS i;
INSERT INTO t SELECT i, timestamptz '2020-10-24 00:00+00' + (i - 100) * interval '30 minutes', date '2020-10-24' + i % 5,
	timestamp '2020-10-24 22:00' + i * interval '17 minutes', i FROM generate_series(101, 200) AS i;
INSERT INTO t VALUES (201, 'infinity', 'infinity', 'infinity', 1), (202, '-infinity', '-infinity', '-infinity', 2),
	(203, NULL, NULL, NULL, 3), (204, '1880-05-05 05:05:05.123456+00', '1880-05-05', '1880-05-05', 4);

-- Each expression under the same zone, as given and as kept: the same values, all of them.
CREATE FUNCTION same_as_given(expressions text[]) RETURNS TABLE (expression text, kept text, different bigint) LANGUAGE plpgsql AS $$
DECLARE
	e text;
	q text;
BEGIN
	SET LOCAL client_min_messages = warning;
	FOREACH e IN ARRAY expressions LOOP
		expression := e;
		PERFORM mezzanine.create_view('zone_probe', format('SELECT (%s) AS value, id, count(*) FROM t GROUP BY 1, 2', e));
		SELECT (regexp_match(pg_get_viewdef('mezzanine_state.zone_probe_definition'::regclass), 'SELECT (.*?) AS value'))[1] INTO kept;
		EXECUTE format('SELECT count(*) FROM mezzanine.zone_probe AS v JOIN t USING (id) WHERE v.value::text IS DISTINCT FROM (%s)::text', e)
			INTO different;
		PERFORM mezzanine.drop_view('zone_probe');
		RETURN NEXT;
	END LOOP;
END $$;
SELECT * FROM same_as_given(ARRAY['at::date', 'at::time', 'at::timestamp', 'local::timestamptz', 'd::timestamptz',
	'CAST(at AS timestamp(0))', 'date_trunc(''day'', at)', 'date_trunc(''hour'', at)', 'date_trunc(''WEEK'', at)', 'date_trunc(''quarter'', at)',
	'date_trunc(''minute'', at)', 'date_trunc(CASE WHEN x > 50 THEN ''day'' ELSE ''hour'' END, at)',
	'date_trunc(''day'', at, ''Asia/Tokyo'')', 'to_char(at, ''YYYY-MM-DD "TM of" HH24:MI:SS.US Day'')', 'to_char(local, ''Mon YY'')']);
SELECT * FROM same_as_given(ARRAY['extract(hour FROM at)', 'extract(dow FROM at)', 'extract(epoch FROM at)', 'extract(EPOCH FROM date_trunc(''day'', at))',
	'date_part(''doy'', at)', 'date_part(''epoch'', at)', 'date_part(''us'', at)', 'extract(julian FROM at)', 'extract(isoyear FROM at)']);
SELECT * FROM same_as_given(ARRAY['at < d', 'd >= at', 'at = local', 'local <> at', 'at IS DISTINCT FROM d', 'nullif(at, local)',
	'CASE at WHEN local THEN 1 ELSE 2 END', 'at BETWEEN d AND d + 1', 'at > date ''2020-03-29''', 'coalesce(at, d)']);
SELECT * FROM same_as_given(ARRAY['at + interval ''1 hour''', 'at + interval ''1 day''', 'at - interval ''1 month 1 day 1 hour''',
	'interval ''-1 day'' + at', 'at - interval ''0''', 'CASE WHEN isfinite(at) THEN age(at, timestamptz ''2020-01-01'') END', 'CASE WHEN isfinite(at) THEN at - timestamptz ''2020-01-01'' END']);

-- A view of it, with writers and readers under other zones.
SELECT mezzanine.create_view('zone_days', $$
	SELECT at::date AS day, extract(hour FROM at) AS hour, to_char(at::date, 'DD.MM.') AS shown, count(*) AS n, sum(x) AS x,
	       sum(extract(hour FROM at)) AS hours, to_char(date_trunc('month', at), 'YYYY-MM') AS month
	FROM t WHERE at < d + 400 OR x > 150 GROUP BY 1, 2, date_trunc('month', at) HAVING count(*) > 0 $$);
SELECT settings, query FROM mezzanine_info.views WHERE view = 'mezzanine.zone_days'::regclass;
SELECT differences('zone_days');
SET timezone = 'Asia/Tokyo';
SELECT differences('zone_days');
DELETE FROM t WHERE id % 3 = 0;
SELECT differences('zone_days');
SET timezone = 'America/St_Johns';
INSERT INTO t SELECT i, timestamptz '2020-07-01 00:00+00' + i * interval '3 hours', date '2020-07-01' + i % 3, NULL, i FROM generate_series(301, 340) AS i;
UPDATE t SET at = at + interval '5 hours', x = x + 1 WHERE id % 4 = 0;
SELECT differences('zone_days');
BEGIN;
SET LOCAL timezone = 'UTC';
UPDATE t SET at = at - interval '5 hours' WHERE id % 2 = 0;
SELECT count(*) FROM ((TABLE mezzanine.zone_days EXCEPT ALL TABLE mezzanine_state.zone_days_definition) UNION ALL
	(TABLE mezzanine_state.zone_days_definition EXCEPT ALL TABLE mezzanine.zone_days)) AS difference;
COMMIT;
SELECT differences('zone_days');
-- A condition on a key with the reader's day: the key is under the view's zone, the day under the reader's.
SELECT mezzanine.create_view('zone_late', 'SELECT at::date AS day, count(*) AS n FROM t WHERE at::date < CURRENT_DATE GROUP BY 1');
SET timezone = 'Pacific/Auckland';
SELECT differences('zone_late');
-- A key that is an instant is one under any zone; what is made of it in the finish is the reader's.
SELECT mezzanine.create_view('zone_reader', 'SELECT at, at::date AS day, at::text AS shown, count(*) AS n FROM t GROUP BY at');
SELECT differences('zone_reader');
SET timezone = 'UTC';
SELECT differences('zone_reader');
SELECT differences('zone_late');
\set VERBOSITY terse
DROP SCHEMA zone CASCADE;

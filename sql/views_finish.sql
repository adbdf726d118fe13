-- What is computed over the groups when a reader asks: expressions, HAVING, windows, order,
-- limits, conditions on keys with the reader's time.
CREATE SCHEMA fin;
SET search_path = fin;
-- Compares view and definition as text, then by mezzanine.verify.
CREATE FUNCTION differences(view text) RETURNS SETOF text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	RETURN QUERY EXECUTE format('
		WITH v AS (SELECT v::text FROM mezzanine.%1$s AS v), q AS (SELECT q::text FROM mezzanine_state.%1$s_definition AS q)
		(SELECT ''view '' || v FROM v EXCEPT ALL SELECT ''view '' || q FROM q) UNION ALL
		(SELECT ''query '' || q FROM q EXCEPT ALL SELECT ''query '' || v FROM v)', view);
	RETURN QUERY SELECT v::text FROM mezzanine.verify(('mezzanine.' || view)::regclass) AS v;
END $$;
CREATE TABLE sale (id int PRIMARY KEY, shop text, item text, amount numeric, pieces int, day date, note text);
INSERT INTO sale SELECT i, (ARRAY['north', 'south', 'west'])[1 + i % 3], 'item ' || i % 4, i * 1.25, i % 7, date '2020-01-01' + i % 10, 'n' || i
	FROM generate_series(1, 60) AS i;

-- Expressions over aggregates and keys; a part that several share is kept once.
SELECT mezzanine.create_view('fin_expr', $$
	SELECT upper(shop) || '!' AS shop, sum(amount) / nullif(sum(pieces), 0) AS price, round(avg(amount), 2) AS mean,
	       coalesce(sum(pieces), 0)::int + 1 AS pieces, count(*) * 2 AS twice, 1 AS one, 'x' AS x,
	       CASE WHEN sum(pieces) > 50 THEN 'much' ELSE item END AS label, ARRAY[count(*), count(note)] AS counts,
	       (sum(amount), item) IS NOT NULL AS known
	FROM sale GROUP BY shop, item $$);
\d+ mezzanine.fin_expr
SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'fin_expr' AND table_schema = 'mezzanine_state'
	ORDER BY ordinal_position;
SELECT shop, price, mean, pieces FROM mezzanine.fin_expr ORDER BY shop, label LIMIT 3;

SELECT mezzanine.create_view('fin_having', $$
	SELECT shop, sum(pieces) AS pieces FROM sale WHERE amount > 5 GROUP BY shop
	HAVING sum(pieces) > 20 AND count(*) > 3 AND shop <> 'west' $$);
SELECT mezzanine.create_view('fin_window', $$
	SELECT shop, item, sum(amount) AS amount, rank() OVER (PARTITION BY shop ORDER BY sum(amount) DESC) AS rank,
	       sum(sum(amount)) OVER w AS running, sum(amount) / sum(sum(amount)) OVER () AS share
	FROM sale GROUP BY shop, item HAVING count(*) > 1
	WINDOW w AS (PARTITION BY item ORDER BY shop ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) $$);
SELECT mezzanine.create_view('fin_top', $$
	SELECT item, sum(amount) AS amount FROM sale GROUP BY shop, item ORDER BY sum(pieces) DESC, shop, 1 LIMIT 4 OFFSET 1 $$);
SELECT mezzanine.create_view('fin_ties', $$
	SELECT pieces, count(*) AS n FROM sale GROUP BY pieces ORDER BY count(*) DESC FETCH FIRST 2 ROWS WITH TIES $$);
SELECT mezzanine.create_view('fin_distinct', 'SELECT DISTINCT count(*) AS n, sum(pieces) > 10 AS much FROM sale GROUP BY shop, item');
SELECT mezzanine.create_view('fin_on', $$
	SELECT DISTINCT ON (shop) shop, item, sum(amount) AS amount FROM sale GROUP BY shop, item ORDER BY shop, sum(amount) DESC, item $$);
SELECT mezzanine.create_view('fin_series', 'SELECT shop, generate_series(1, count(*) / 10) AS k FROM sale GROUP BY shop');
SELECT mezzanine.create_view('fin_stable', $$
	SELECT shop, to_char(sum(amount), 'L999D99') AS amount, now() > day AS past, CURRENT_USER AS who FROM sale GROUP BY shop, day $$);
-- A column that the primary key determines.
SELECT mezzanine.create_view('fin_dependent', 'SELECT id, shop || item AS place, note, sum(amount) AS amount FROM sale GROUP BY id');

CREATE FUNCTION all_differences() RETURNS TABLE (view text, difference text) LANGUAGE sql AS $$
	SELECT v, differences(v) FROM unnest(ARRAY['fin_expr', 'fin_having', 'fin_window', 'fin_top', 'fin_ties', 'fin_distinct',
		'fin_on', 'fin_series', 'fin_stable', 'fin_dependent']) AS v $$;
SELECT * FROM all_differences();
UPDATE sale SET amount = amount * 2, pieces = pieces + 1, item = 'item 9' WHERE id % 5 = 0;
SELECT * FROM all_differences();
DELETE FROM sale WHERE id % 3 = 1;
INSERT INTO sale VALUES (100, NULL, 'item 1', NULL, NULL, NULL, NULL), (101, 'north', 'item 2', 'NaN', 1, '2020-01-01', 'x'),
	(102, 'east', 'item 1', 5000.125, -3, '2021-01-01', NULL);
SELECT * FROM all_differences();
SELECT * FROM mezzanine.fin_having ORDER BY shop;
SELECT * FROM mezzanine.fin_window ORDER BY shop, rank, item;
SELECT * FROM mezzanine.fin_top;
SELECT * FROM mezzanine.fin_ties ORDER BY pieces;
SELECT * FROM mezzanine.fin_distinct ORDER BY n, much;
SELECT * FROM mezzanine.fin_on ORDER BY shop;
SELECT * FROM mezzanine.fin_series ORDER BY shop, k;
SELECT * FROM mezzanine.fin_dependent WHERE id > 99 ORDER BY id;
-- Own reads go through the finish too.
BEGIN;
UPDATE sale SET shop = 'south' WHERE id < 30;
SELECT * FROM mezzanine.fin_having ORDER BY shop;
SELECT v.view, v.n = q.n AS same FROM (SELECT 'fin_top' AS view, array_agg(t ORDER BY t::text)::text AS n FROM mezzanine.fin_top AS t) AS v,
	(SELECT array_agg(t ORDER BY t::text)::text AS n FROM mezzanine_state.fin_top_definition AS t) AS q;
ROLLBACK;
TRUNCATE sale;
SELECT * FROM all_differences();

-- A rolling window: the condition is judged when a reader asks.
CREATE TABLE event (id int PRIMARY KEY, at date, kind text, x int);
INSERT INTO event SELECT i, CURRENT_DATE - i, 'k' || i % 2, i FROM generate_series(-3, 20) AS i;
SELECT mezzanine.create_view('fin_week', $$
	SELECT at, kind, sum(x) AS x FROM event WHERE at > CURRENT_DATE - 7 AND x > -2 AND at <= now() GROUP BY at, kind $$);
SELECT mezzanine.explain($$
	SELECT at, kind, sum(x) AS x FROM event WHERE at > CURRENT_DATE - 7 AND x > -2 AND at <= now() GROUP BY at, kind $$);
SELECT CURRENT_DATE - at AS age, kind, x FROM mezzanine.fin_week ORDER BY at;
SELECT differences('fin_week');
UPDATE event SET at = at - 3;
SELECT CURRENT_DATE - at AS age, kind, x FROM mezzanine.fin_week ORDER BY at;
SELECT differences('fin_week');
-- Not where it decides which rows of a group count.
SELECT mezzanine.create_view('fin_refused', 'SELECT kind, count(*) FROM event WHERE at > CURRENT_DATE - 7 GROUP BY kind');
SELECT mezzanine.create_view('fin_refused', 'SELECT kind, at, count(*) FROM event WHERE at > CURRENT_DATE - 7 GROUP BY GROUPING SETS ((kind), (kind, at))');
SELECT mezzanine.create_view('fin_refused', 'SELECT kind, count(*) FROM event WHERE kind < random()::text GROUP BY kind');

-- Grouping by what looks like a constant, or twice by the same.
SELECT mezzanine.create_view('fin_const', $$SELECT 'a' AS a, 'a' AS b, 1 AS one, kind, kind AS again, kind || 'a' AS c, count(*) FROM event
	GROUP BY 1, 2, 3, 4, 5 $$);
SELECT * FROM mezzanine.fin_const ORDER BY kind;
SELECT differences('fin_const');
DELETE FROM event WHERE kind = 'k1';
SELECT * FROM mezzanine.fin_const ORDER BY kind;
SELECT differences('fin_const');
-- A collation named in the query is one in the finish.
SELECT mezzanine.create_view('fin_collate', $$SELECT kind COLLATE "C" AS c, kind COLLATE "C" < 'K' || kind AS less, count(*) FROM event
	GROUP BY kind COLLATE "C", kind ORDER BY kind COLLATE "C" DESC $$);
SELECT differences('fin_collate');
\set VERBOSITY terse
DROP SCHEMA fin CASCADE;

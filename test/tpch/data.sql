-- Rows for the tables of schema.sql: the sizes, the vocabulary and the odds that the queries
-- look for, made by random() after a seed.  load(scale) fills the tables, scale 1 being six
-- million lines; add_orders and drop_orders are the two refresh functions.

-- One of the words, by chance.
CREATE FUNCTION pick(VARIADIC words text[]) RETURNS text
	LANGUAGE sql VOLATILE
	RETURN words[1 + floor(random() * cardinality(words))::integer];

-- A number from low to high, by chance.
CREATE FUNCTION between_of(low integer, high integer) RETURNS integer
	LANGUAGE sql VOLATILE
	RETURN low + floor(random() * (high - low + 1))::integer;

CREATE FUNCTION money_of(low integer, high integer) RETURNS numeric
	LANGUAGE sql VOLATILE
	RETURN round((low + random() * (high - low))::numeric, 2);

-- A few words, now and then with two that a query looks for between others.
CREATE FUNCTION comment_of(first text, second text, odds double precision) RETURNS text
	LANGUAGE sql VOLATILE
	RETURN pick('quick', 'final', 'bold', 'idle') ||
		CASE WHEN random() < odds THEN ' ' || first || ' and ' || second || ' '
		     ELSE ' packages ' END ||
		pick('sleep', 'wake', 'haggle', 'nag');

CREATE FUNCTION phone_of(nation integer) RETURNS text
	LANGUAGE sql VOLATILE
	RETURN format('%s-%s-%s-%s', nation + 10, between_of(100, 999), between_of(100, 999),
	              between_of(1000, 9999));

-- The supplier of a part, one of four (0 to 3).
CREATE FUNCTION supplier_of(part integer, which integer, suppliers integer) RETURNS integer
	LANGUAGE sql IMMUTABLE
	RETURN (part + which * (suppliers / 4 + (part - 1) / suppliers)) % suppliers + 1;

-- Orders with the keys from first to last, each with one to seven lines.
CREATE PROCEDURE add_orders(first integer, last integer)
	LANGUAGE sql
BEGIN ATOMIC
	INSERT INTO orders
	SELECT key, 1 + 3 * between_of(0, (SELECT max(c_custkey) FROM customer) / 3 - 1), 'O', 0,
	       date '1992-01-01' + between_of(0, 2405),
	       pick('1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW'),
	       'Clerk#' || between_of(1, 1000), 0, comment_of('special', 'requests', 0.05)
	FROM generate_series(first, last) AS key;
	INSERT INTO lineitem
	WITH line AS MATERIALIZED (
		SELECT o_orderkey, o_orderdate, number,
		       between_of(1, (SELECT max(p_partkey) FROM part)) AS part, between_of(0, 3) AS which,
		       between_of(1, 50) AS quantity, o_orderdate + between_of(1, 121) AS shipped,
		       o_orderdate + between_of(30, 90) AS committed, between_of(1, 30) AS underway
		FROM orders CROSS JOIN LATERAL
		     generate_series(1, 1 + (o_orderkey * 7919) % 7) AS number
		WHERE o_orderkey BETWEEN first AND last
	)
	SELECT o_orderkey, part,
	       supplier_of(part, which, (SELECT max(s_suppkey) FROM supplier)), number, quantity,
	       quantity * (900 + part % 1000), between_of(0, 10) * 0.01, between_of(0, 8) * 0.01,
	       CASE WHEN shipped + underway <= date '1995-06-17' THEN pick('R', 'A') ELSE 'N' END,
	       CASE WHEN shipped > date '1995-06-17' THEN 'O' ELSE 'F' END,
	       shipped, committed, shipped + underway,
	       pick('DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'),
	       pick('REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB'),
	       comment_of('pending', 'deposits', 0.1)
	FROM line;
	UPDATE orders SET (o_totalprice, o_orderstatus) = (
		SELECT sum(l_extendedprice * (1 + l_tax) * (1 - l_discount)),
		       CASE WHEN bool_and(l_linestatus = 'F') THEN 'F'
		            WHEN bool_and(l_linestatus = 'O') THEN 'O' ELSE 'P' END
		FROM lineitem WHERE l_orderkey = o_orderkey)
	WHERE o_orderkey BETWEEN first AND last;
END;

CREATE PROCEDURE drop_orders(first integer, last integer)
	LANGUAGE sql
BEGIN ATOMIC
	DELETE FROM lineitem WHERE l_orderkey BETWEEN first AND last;
	DELETE FROM orders WHERE o_orderkey BETWEEN first AND last;
END;

CREATE FUNCTION fill_places() RETURNS void
	LANGUAGE sql
BEGIN ATOMIC
	INSERT INTO region
	SELECT number - 1, name, comment_of('', '', 0)
	FROM unnest(ARRAY['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST'])
	     WITH ORDINALITY AS r (name, number);
	INSERT INTO nation
	SELECT number - 1, split_part(name, ':', 1), split_part(name, ':', 2)::integer,
	       comment_of('', '', 0)
	FROM unnest(ARRAY['ALGERIA:0', 'ARGENTINA:1', 'BRAZIL:1', 'CANADA:1', 'EGYPT:4', 'ETHIOPIA:0',
	                  'FRANCE:3', 'GERMANY:3', 'INDIA:2', 'INDONESIA:2', 'IRAN:4', 'IRAQ:4',
	                  'JAPAN:2', 'JORDAN:4', 'KENYA:0', 'MOROCCO:0', 'MOZAMBIQUE:0', 'PERU:1',
	                  'CHINA:2', 'ROMANIA:3', 'SAUDI ARABIA:4', 'VIETNAM:2', 'RUSSIA:3',
	                  'UNITED KINGDOM:3', 'UNITED STATES:1'])
	     WITH ORDINALITY AS n (name, number);
END;

CREATE FUNCTION fill_partners(scale numeric) RETURNS void
	LANGUAGE sql
BEGIN ATOMIC
	INSERT INTO supplier
	SELECT key, format('Supplier#%s', lpad(key::text, 9, '0')), 'street ' || between_of(1, 999),
	       nation, phone_of(nation), money_of(-1000, 10000),
	       comment_of('Customer', 'Complaints', 0.02)
	FROM (SELECT key, between_of(0, 24) AS nation
	      FROM generate_series(1, (scale * 10000)::integer) AS key) AS s;
	INSERT INTO customer
	SELECT key, format('Customer#%s', lpad(key::text, 9, '0')), 'street ' || between_of(1, 999),
	       nation, phone_of(nation), money_of(-1000, 10000),
	       pick('AUTOMOBILE', 'BUILDING', 'FURNITURE', 'MACHINERY', 'HOUSEHOLD'),
	       comment_of('', '', 0)
	FROM (SELECT key, between_of(0, 24) AS nation
	      FROM generate_series(1, (scale * 150000)::integer) AS key) AS c;
END;

CREATE FUNCTION fill_parts(scale numeric) RETURNS void
	LANGUAGE sql
BEGIN ATOMIC
	INSERT INTO part
	SELECT key,
	       pick('forest', 'green', 'lemon', 'peach', 'rose', 'slate', 'tan', 'wheat') || ' ' ||
	       pick('almond', 'blue', 'green', 'ivory', 'maroon', 'navy', 'olive', 'plum'),
	       'Manufacturer#' || maker, format('Brand#%s%s', maker, between_of(1, 5)),
	       pick('STANDARD', 'SMALL', 'MEDIUM', 'LARGE', 'ECONOMY', 'PROMO') || ' ' ||
	       pick('ANODIZED', 'BURNISHED', 'PLATED', 'POLISHED', 'BRUSHED') || ' ' ||
	       pick('TIN', 'NICKEL', 'BRASS', 'STEEL', 'COPPER'),
	       between_of(1, 50),
	       pick('SM', 'LG', 'MED', 'JUMBO', 'WRAP') || ' ' ||
	       pick('CASE', 'BOX', 'BAG', 'JAR', 'PKG', 'PACK', 'CAN', 'DRUM'),
	       900 + key % 1000, comment_of('', '', 0)
	FROM (SELECT key, between_of(1, 5) AS maker
	      FROM generate_series(1, (scale * 200000)::integer) AS key) AS p;
	INSERT INTO partsupp
	SELECT p_partkey, supplier_of(p_partkey, which, (scale * 10000)::integer),
	       between_of(1, 9999), money_of(1, 1000), comment_of('', '', 0)
	FROM part CROSS JOIN generate_series(0, 3) AS which;
END;

CREATE PROCEDURE load(scale numeric)
	LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM setseed(0.22);
	PERFORM fill_places();
	PERFORM fill_partners(scale);
	PERFORM fill_parts(scale);
	CALL add_orders(1, (scale * 1500000)::integer);
END
$$;

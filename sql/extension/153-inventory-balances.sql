-- Inventory: balances of the past.
CREATE VIEW inventory.entry AS
SELECT j.sequence, j.stock, side.account, side.quantity, j.at, j.transaction
FROM inventory.journal AS j
CROSS JOIN LATERAL (VALUES (j.to_account, j.quantity), (j.from_account, -j.quantity))
	AS side (account, quantity);
COMMENT ON VIEW inventory.entry IS
	'the two sides of each movement: units that came to an account, or, negative, left it';
REVOKE ALL ON inventory.entry FROM PUBLIC;

CREATE FUNCTION inventory.stocks_of(sku text, location text) RETURNS bigint[]
	LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	stocks bigint[] := ARRAY(SELECT s.stock FROM inventory.stock AS s
		WHERE s.sku = $1 AND s.location = $2);
BEGIN
	IF cardinality(stocks) = 0 THEN
		RAISE EXCEPTION 'no such item "%" at location "%"', sku, location
			USING ERRCODE = 'MZ010', DETAIL = 'It was never received there.',
			HINT = 'Check the spelling.';
	END IF;
	RETURN stocks;
END $$;
COMMENT ON FUNCTION inventory.stocks_of(text, text) IS
	'for balance_at() and balance_in() alone: the stocks of an item at a location, or an error';

CREATE FUNCTION inventory.balance_at(sku text, location text, at timestamptz)
	RETURNS TABLE (account text, quantity bigint)
	LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	stocks bigint[];
	horizon timestamptz;
BEGIN
	IF sku IS NULL OR location IS NULL OR at IS NULL THEN
		RAISE EXCEPTION 'the arguments of inventory.balance_at() must not be NULL'
			USING ERRCODE = '22023', DETAIL = 'The call cannot be answered without them.',
			HINT = 'Name an item, a location and a time.';
	END IF;
	stocks := inventory.stocks_of(sku, location);
	SELECT max(o.upto) INTO horizon FROM inventory.opening_balance AS o
	WHERE o.stock = ANY (stocks);
	IF at < horizon THEN
		RAISE EXCEPTION 'movements of that time were pruned'
			USING ERRCODE = '22023',
			DETAIL = format('Balances are known from %s on.', horizon),
			HINT = 'Ask for a later time.';
	END IF;
	RETURN QUERY
	SELECT b.account, inventory.as_units(sum(b.quantity), b.account)
	FROM (
		SELECT o.account, o.quantity FROM inventory.opening_balance AS o
		WHERE o.stock = ANY (stocks)
		UNION ALL
		SELECT e.account, e.quantity FROM inventory.entry AS e
		WHERE e.stock = ANY (stocks) AND e.at <= $3
	) AS b
	GROUP BY b.account
	ORDER BY b.account;
END $$;
COMMENT ON FUNCTION inventory.balance_at(text, text, timestamptz) IS
	'units in each account of an item at a location, by the movements up to a time';

CREATE FUNCTION inventory.balance_in(sku text, location text, snapshot pg_snapshot)
	RETURNS TABLE (account text, quantity bigint)
	LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	stocks bigint[];
BEGIN
	IF sku IS NULL OR location IS NULL OR snapshot IS NULL THEN
		RAISE EXCEPTION 'the arguments of inventory.balance_in() must not be NULL'
			USING ERRCODE = '22023', DETAIL = 'The call cannot be answered without them.',
			HINT = 'Name an item, a location and a snapshot.';
	END IF;
	stocks := inventory.stocks_of(sku, location);
	IF EXISTS (SELECT FROM inventory.opening_balance AS o WHERE o.stock = ANY (stocks)) THEN
		RAISE EXCEPTION 'movements of the item were pruned'
			USING ERRCODE = '22023',
			DETAIL = 'Which of them a snapshot saw is no longer known.',
			HINT = 'Ask for a time: inventory.balance_at().';
	END IF;
	RETURN QUERY
	SELECT e.account, inventory.as_units(sum(e.quantity), e.account)
	FROM inventory.entry AS e
	-- What a dump brought along (2^56 and more) was there before any snapshot of this cluster.
	WHERE e.stock = ANY (stocks)
		AND (e.transaction >= '72057594037927936'
			OR pg_visible_in_snapshot(e.transaction, snapshot))
	GROUP BY e.account
	ORDER BY e.account;
END $$;
COMMENT ON FUNCTION inventory.balance_in(text, text, pg_snapshot) IS
	'units in each account of an item at a location, by the movements that a snapshot saw';

REVOKE ALL ON FUNCTION inventory.stocks_of(text, text),
	inventory.balance_at(text, text, timestamptz),
	inventory.balance_in(text, text, pg_snapshot) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory.balance_at(text, text, timestamptz),
	inventory.balance_in(text, text, pg_snapshot) TO inventory_app, inventory_reader;

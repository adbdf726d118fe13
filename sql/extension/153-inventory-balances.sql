-- Inventory: balances of the past.
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
	stocks := ARRAY(SELECT s.stock FROM inventory.stock AS s
		WHERE s.sku = $1 AND s.location = $2);
	IF cardinality(stocks) = 0 THEN
		RAISE EXCEPTION 'no such item "%" at location "%"', sku, location
			USING ERRCODE = 'MZ010', DETAIL = 'It was never received there.',
			HINT = 'Check the spelling.';
	END IF;
	SELECT max(o.upto) INTO horizon FROM inventory.opening_balance AS o
	WHERE o.stock = ANY (stocks);
	IF at < horizon THEN
		RAISE EXCEPTION 'movements of that time were pruned'
			USING ERRCODE = '22023',
			DETAIL = format('Balances are known from %s on.', horizon),
			HINT = 'Ask for a later time.';
	END IF;
	RETURN QUERY
	SELECT b.account, sum(b.quantity)::bigint
	FROM (
		SELECT o.account, o.quantity FROM inventory.opening_balance AS o
		WHERE o.stock = ANY (stocks)
		UNION ALL
		SELECT side.account, side.quantity
		FROM inventory.journal AS j
		CROSS JOIN LATERAL (VALUES (j.to_account, j.quantity), (j.from_account, -j.quantity))
			AS side (account, quantity)
		WHERE j.stock = ANY (stocks) AND j.at <= $3
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
	stocks := ARRAY(SELECT s.stock FROM inventory.stock AS s
		WHERE s.sku = $1 AND s.location = $2);
	IF cardinality(stocks) = 0 THEN
		RAISE EXCEPTION 'no such item "%" at location "%"', sku, location
			USING ERRCODE = 'MZ010', DETAIL = 'It was never received there.',
			HINT = 'Check the spelling.';
	END IF;
	IF EXISTS (SELECT FROM inventory.opening_balance AS o WHERE o.stock = ANY (stocks)) THEN
		RAISE EXCEPTION 'movements of the item were pruned'
			USING ERRCODE = '22023',
			DETAIL = 'Which of them a snapshot saw is no longer known.',
			HINT = 'Ask for a time: inventory.balance_at().';
	END IF;
	RETURN QUERY
	SELECT side.account, sum(side.quantity)::bigint
	FROM inventory.journal AS j
	CROSS JOIN LATERAL (VALUES (j.to_account, j.quantity), (j.from_account, -j.quantity))
		AS side (account, quantity)
	-- What a dump brought along (2^56 and more) was there before any snapshot of this cluster.
	WHERE j.stock = ANY (stocks)
		AND (j.transaction >= '72057594037927936'
			OR pg_visible_in_snapshot(j.transaction, snapshot))
	GROUP BY side.account
	ORDER BY side.account;
END $$;
COMMENT ON FUNCTION inventory.balance_in(text, text, pg_snapshot) IS
	'units in each account of an item at a location, by the movements that a snapshot saw';

REVOKE ALL ON FUNCTION inventory.balance_at(text, text, timestamptz),
	inventory.balance_in(text, text, pg_snapshot) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory.balance_at(text, text, timestamptz),
	inventory.balance_in(text, text, pg_snapshot) TO inventory_app, inventory_reader;

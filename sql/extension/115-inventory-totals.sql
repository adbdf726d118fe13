-- Inventory: totals.  No stock exceeds a bigint; sums over several may.
CREATE TABLE inventory.large_stock (
	stock bigint NOT NULL CONSTRAINT large_stock_pkey PRIMARY KEY
);
COMMENT ON TABLE inventory.large_stock IS
	'stocks that have once had so many units at once that since then every receipt is counted '
	'against what is there; append-only';
REVOKE ALL ON inventory.large_stock FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('inventory.large_stock', '');

CREATE FUNCTION inventory.as_units(total numeric, what text) RETURNS bigint
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF total NOT BETWEEN -9223372036854775808 AND 9223372036854775807 THEN
		RAISE EXCEPTION 'quantity out of range'
			USING ERRCODE = '22003',
			DETAIL = format('The sum for "%s" is %s, which exceeds a bigint.', what, total),
			HINT = 'Use larger base units.';
	END IF;
	RETURN total::bigint;
END $$;
COMMENT ON FUNCTION inventory.as_units(numeric, text) IS
	'for functions that add up stocks: the sum as a bigint, or an error in words';
REVOKE ALL ON FUNCTION inventory.as_units(numeric, text) FROM PUBLIC;

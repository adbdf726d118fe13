-- Inventory: the one function about serials alone; others take them as an argument.
CREATE FUNCTION inventory.exchange_serials(sku text, serial text, instead text, reason text,
		key text = NULL)
	RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_exchange_serials';
COMMENT ON FUNCTION inventory.exchange_serials IS
	'mends the books where one unit went the way of another: each is then where the other was; '
	'returns the number of the change';
REVOKE ALL ON FUNCTION inventory.exchange_serials FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory.exchange_serials TO inventory_app;

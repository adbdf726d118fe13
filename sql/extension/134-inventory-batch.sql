-- Inventory: many reservations in one call.
CREATE TYPE inventory.request AS (
	key text,
	lines inventory.line[],
	ttl interval,
	reference jsonb
);
COMMENT ON TYPE inventory.request IS 'one of the reservations that reserve_many() is asked for';
COMMENT ON COLUMN inventory.request.key IS 'makes the answer stick; NULL for none';
COMMENT ON COLUMN inventory.request.lines IS 'the cart: all of it is held, or none';
COMMENT ON COLUMN inventory.request.ttl IS 'for how long; NULL for 15 minutes';
COMMENT ON COLUMN inventory.request.reference IS 'whatever is to be kept with the reservation';

CREATE FUNCTION inventory.reserve_many(requests inventory.request[], wait interval = '2 s')
	RETURNS SETOF inventory.outcome
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	ROWS 1000
	AS 'MODULE_PATHNAME', 'mezzanine_reserve_many';
COMMENT ON FUNCTION inventory.reserve_many IS
	'reserves many carts at once, each held or rejected by itself, as if one by one in their '
	'order; one outcome each';

REVOKE ALL ON TYPE inventory.request FROM PUBLIC;
GRANT USAGE ON TYPE inventory.request TO inventory_app;
REVOKE ALL ON FUNCTION inventory.reserve_many FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory.reserve_many TO inventory_app;

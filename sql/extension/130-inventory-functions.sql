-- Inventory: its functions.  They run as the extension's owner, because nobody else may
-- write the tables, and only inventory_app may call them.
CREATE FUNCTION inventory.receive(sku text, location text, quantity bigint, key text = NULL,
		lot text = NULL, expires_on date = NULL, serials text[] = NULL, reference jsonb = NULL)
	RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_receive';
COMMENT ON FUNCTION inventory.receive IS
	'adds units to a stock, making it on its first receipt; returns the number of the '
	'movement';

CREATE FUNCTION inventory.reserve(sku text, quantity bigint, location text = NULL,
		ttl interval = '15 min', key text = NULL, wait interval = '2 s', reference jsonb = NULL)
	RETURNS inventory.outcome
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_reserve';
COMMENT ON FUNCTION inventory.reserve(text, bigint, text, interval, text, interval, jsonb) IS
	'holds units of one item until ttl has passed, or answers that there are not enough';

CREATE FUNCTION inventory.reserve(lines inventory.line[], ttl interval = '15 min',
		key text = NULL, mode text = 'all', strategy text = 'priority', channel text = NULL,
		near point = NULL, wait interval = '2 s', reference jsonb = NULL)
	RETURNS inventory.outcome
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_reserve_cart';
COMMENT ON FUNCTION inventory.reserve(inventory.line[], interval, text, text, text, text, point,
	interval, jsonb) IS
	'holds every line of a cart until ttl has passed, or none of them; in mode partial, as much '
	'as there is';

CREATE FUNCTION inventory.available(skus text[], location text = NULL, channel text = NULL)
	RETURNS TABLE (sku text, location text, on_hand bigint, held bigint, safety_stock bigint,
		available bigint)
	LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
SELECT a.sku, a.location, inventory.as_units(sum(a.on_hand), 'on hand'),
	inventory.as_units(sum(a.held), 'held'),
	inventory.as_units(sum(a.safety_stock), 'safety stock'),
	inventory.as_units(CASE WHEN c.safety_stock IS NULL THEN sum(a.available)
		ELSE greatest(sum(a.available) - c.safety_stock, 0) END, 'available')
FROM inventory.availability AS a
LEFT JOIN inventory.channel AS c
	ON c.sku = a.sku AND c.location = a.location AND c.channel = $3
WHERE ($1 IS NULL OR a.sku = ANY ($1)) AND ($2 IS NULL OR a.location = $2)
GROUP BY a.sku, a.location, c.safety_stock
ORDER BY a.sku, a.location
$$;
COMMENT ON FUNCTION inventory.available IS
	'units of some items, or of all where skus is NULL, by location; lots are added up; '
	'available is what the channel may take';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA inventory FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory.receive,
	inventory.reserve(text, bigint, text, interval, text, interval, jsonb),
	inventory.reserve(inventory.line[], interval, text, text, text, text, point, interval, jsonb)
	TO inventory_app;
GRANT EXECUTE ON FUNCTION inventory.available TO inventory_app, inventory_reader;

-- Inventory: goods on their way.
CREATE FUNCTION inventory.ship_transfer(lines inventory.line[], from_location text,
		to_location text, key text = NULL, eta timestamptz = NULL, lot text = NULL,
		serials inventory.unit[] = NULL)
	RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_ship_transfer';
COMMENT ON FUNCTION inventory.ship_transfer IS
	'takes available units of one location, all lines or nothing, and sends them to another, those '
	'named by serial number or any; '
	'returns the number of the transfer';

CREATE FUNCTION inventory.receive_transfer(transfer bigint, lines inventory.line[] = NULL,
		key text = NULL, serials inventory.unit[] = NULL)
	RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_receive_transfer';
COMMENT ON FUNCTION inventory.receive_transfer IS
	'adds units that have arrived to the stocks of the other location, or all that are on their '
	'way where no lines and no serials are named; returns how many are still on their way';

CREATE FUNCTION inventory.close_transfer(transfer bigint, reason text, key text = NULL)
	RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_close_transfer';
COMMENT ON FUNCTION inventory.close_transfer IS
	'gives up what is still on its way, for a reason; returns how many units are lost';

REVOKE ALL ON FUNCTION inventory.ship_transfer, inventory.receive_transfer,
	inventory.close_transfer FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory.ship_transfer, inventory.receive_transfer,
	inventory.close_transfer TO inventory_app;

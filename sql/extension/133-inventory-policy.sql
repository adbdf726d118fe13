-- Inventory: policies of stocks.
CREATE VIEW inventory.policies AS
SELECT s.sku, s.location, s.lot, s.safety_stock, s.oversell_limit, s.low_water, s.cells_max
FROM inventory.stock AS s;
COMMENT ON VIEW inventory.policies IS 'the policy of each stock; set it by inventory.set_policy()';
COMMENT ON COLUMN inventory.policies.safety_stock IS 'units that are not promised';
COMMENT ON COLUMN inventory.policies.oversell_limit IS
	'units that may be promised beyond what is there';
COMMENT ON COLUMN inventory.policies.low_water IS
	'at this many available units stock is low; NULL for never';
COMMENT ON COLUMN inventory.policies.cells_max IS
	'over how many cells the available units may be spread';

CREATE TYPE inventory.policy AS (
	sku text,
	location text,
	lot text,
	safety_stock bigint,
	oversell_limit bigint,
	low_water bigint,
	cells_max integer
);
COMMENT ON TYPE inventory.policy IS 'the policy of a stock';

CREATE FUNCTION inventory.set_policy(sku text, location text, safety_stock bigint = NULL,
		oversell_limit bigint = NULL, low_water bigint = NULL, cells_max integer = NULL,
		lot text = NULL, wait interval = '2 s')
	RETURNS inventory.policy
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_set_policy';
COMMENT ON FUNCTION inventory.set_policy IS
	'for operators: changes the policy of a stock, leaving what is NULL as it is; an error '
	'where fewer units are available than it takes';

REVOKE ALL ON inventory.policies FROM PUBLIC;
GRANT SELECT ON inventory.policies TO inventory_operator, inventory_reader;
REVOKE ALL ON TYPE inventory.policy FROM PUBLIC;
GRANT USAGE ON TYPE inventory.policy TO inventory_operator;
REVOKE ALL ON FUNCTION inventory.set_policy FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory.set_policy TO inventory_operator;

-- Inventory: clerks' work on stocks.
CREATE FUNCTION inventory.adjust(sku text, location text, delta bigint, reason text,
		key text = NULL, expect_sequence bigint = NULL, lot text = NULL, serials text[] = NULL)
	RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_adjust';
COMMENT ON FUNCTION inventory.adjust IS
	'adds units to a stock, or takes them, for a reason; returns the number of the correction';

CREATE FUNCTION inventory.count_start(sku text, location text, lot text = NULL)
	RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_count_start';
COMMENT ON FUNCTION inventory.count_start IS
	'notes what is in the house by the books, before somebody counts; returns the point that '
	'count() takes as as_of_sequence';

CREATE FUNCTION inventory.count(sku text, location text, counted bigint, as_of_sequence bigint,
		reason text, key text = NULL, lot text = NULL, serials text[] = NULL)
	RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_count';
COMMENT ON FUNCTION inventory.count(text, text, bigint, bigint, text, text, text, text[]) IS
	'enters how many units were found as of a point, and which where they have serial numbers; '
	'what has moved since survives; returns the difference, by which the books were corrected';

CREATE FUNCTION inventory.return_stock(sku text, location text, quantity bigint,
		state text = 'sellable', key text = NULL, lot text = NULL, serials text[] = NULL,
		reference jsonb = NULL)
	RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_return_stock';
COMMENT ON FUNCTION inventory.return_stock IS
	'takes sold units back, as sellable, into quarantine, or for scrap; returns the number of '
	'the movement';

CREATE FUNCTION inventory.quarantine(sku text, location text, quantity bigint, reason text,
		key text = NULL, lot text = NULL, serials text[] = NULL)
	RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_quarantine';
COMMENT ON FUNCTION inventory.quarantine(text, text, bigint, text, text, text, text[]) IS
	'sets available units aside; returns the number of the movement';

CREATE FUNCTION inventory.settle_quarantine(sku text, location text, quantity bigint,
		state text, reason text, key text = NULL, lot text = NULL, serials text[] = NULL)
	RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_settle_quarantine';
COMMENT ON FUNCTION inventory.settle_quarantine IS
	'ends the quarantine of units: they are sellable again, or scrapped; returns the number of '
	'the movement';

REVOKE ALL ON FUNCTION inventory.adjust, inventory.count_start, inventory.return_stock,
	inventory.count(text, text, bigint, bigint, text, text, text, text[]),
	inventory.quarantine(text, text, bigint, text, text, text, text[]),
	inventory.settle_quarantine FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory.adjust, inventory.count_start, inventory.return_stock,
	inventory.count(text, text, bigint, bigint, text, text, text, text[]),
	inventory.quarantine(text, text, bigint, text, text, text, text[]),
	inventory.settle_quarantine TO inventory_app;

-- Inventory: the life of a reservation after reserve().
CREATE FUNCTION inventory.confirm(reservation uuid, fence bigint, lines inventory.line[] = NULL,
		remainder text = 'release', if_expired text = 'reject', key text = NULL,
		wait interval = NULL)
	RETURNS inventory.outcome
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_confirm';
COMMENT ON FUNCTION inventory.confirm IS
	'sells what a reservation holds, or the lines named of it';

CREATE FUNCTION inventory.release(reservation uuid, fence bigint, lines inventory.line[] = NULL,
		reason text = 'cancel', key text = NULL, wait interval = NULL)
	RETURNS inventory.outcome
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_release';
COMMENT ON FUNCTION inventory.release IS
	'gives back what a reservation holds, or the lines named of it';

CREATE FUNCTION inventory.extend(reservation uuid, fence bigint, ttl interval, key text = NULL,
		wait interval = NULL)
	RETURNS inventory.outcome
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_extend';
COMMENT ON FUNCTION inventory.extend IS
	'gives a hold ttl from now on, and a new fence; the old fence is stale afterwards';

CREATE FUNCTION inventory.take_over(reservation uuid, ttl interval, reason text,
		wait interval = NULL)
	RETURNS inventory.outcome
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_take_over';
COMMENT ON FUNCTION inventory.take_over IS
	'for operators: takes a hold from its owner, whose fence is stale afterwards; gives it ttl '
	'from now on, and records the reason';

REVOKE ALL ON FUNCTION inventory.confirm, inventory.release, inventory.extend,
	inventory.take_over FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory.confirm, inventory.release, inventory.extend TO inventory_app;
GRANT EXECUTE ON FUNCTION inventory.take_over TO inventory_operator;

-- Inventory: leases.  One owner at a time for anything that has a name.
CREATE TABLE inventory.lease (
	name text COLLATE "C" NOT NULL CONSTRAINT lease_pkey PRIMARY KEY,
	holder text COLLATE "C" NOT NULL,
	fence bigint NOT NULL CONSTRAINT lease_fence_positive CHECK (fence > 0),
	granted_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL
) WITH (fillfactor = 50); -- rows are renewed in their page
COMMENT ON TABLE inventory.lease IS 'who owns a name, and until when; rows are never removed';
COMMENT ON COLUMN inventory.lease.holder IS 'whoever it was granted to last';
COMMENT ON COLUMN inventory.lease.fence IS 'number of the last grant; only grows';
COMMENT ON COLUMN inventory.lease.granted_at IS 'time of the last grant; renewals leave it';
COMMENT ON COLUMN inventory.lease.expires_at IS 'until when it is owned';

CREATE VIEW inventory.leases AS
SELECT l.name, l.holder, l.fence, l.granted_at, l.expires_at,
	l.expires_at > statement_timestamp() AS owned
FROM inventory.lease AS l;
COMMENT ON VIEW inventory.leases IS 'leases, those that are over included';
COMMENT ON COLUMN inventory.leases.owned IS 'whether it is not over yet';

CREATE FUNCTION inventory.lease(name text, holder text, ttl interval) RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_lease';
COMMENT ON FUNCTION inventory.lease(text, text, interval) IS
	'takes or renews a lease; returns its fence, or NULL while somebody else has it';

CREATE FUNCTION inventory.release_lease(name text, fence bigint) RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_release_lease';
COMMENT ON FUNCTION inventory.release_lease(text, bigint) IS 'ends a lease before its time';

CREATE FUNCTION inventory.check_fence(name text, fence bigint) RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_check_fence';
COMMENT ON FUNCTION inventory.check_fence(text, bigint) IS
	'an error unless the fence owns the lease now; and nobody else gets the lease before this '
	'transaction ends';

REVOKE ALL ON inventory.lease, inventory.leases FROM PUBLIC;
REVOKE ALL ON FUNCTION inventory.lease(text, text, interval),
	inventory.release_lease(text, bigint), inventory.check_fence(text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory.lease(text, text, interval),
	inventory.release_lease(text, bigint), inventory.check_fence(text, bigint) TO inventory_app;
GRANT SELECT ON inventory.leases TO inventory_reader;
SELECT pg_catalog.pg_extension_config_dump('inventory.lease', '');

-- Inventory: the tables of bookings.
CREATE TABLE inventory.capacity (
	resource text COLLATE "C" NOT NULL CONSTRAINT capacity_resource_not_empty
		CHECK (resource <> ''),
	ends_at timestamptz NOT NULL,
	starts_at timestamptz NOT NULL,
	units bigint NOT NULL CONSTRAINT capacity_not_negative CHECK (units >= 0),
	CONSTRAINT capacity_pkey PRIMARY KEY (resource, ends_at),
	CONSTRAINT capacity_lasts CHECK (starts_at < ends_at)
);
COMMENT ON TABLE inventory.capacity IS
	'units that a resource has from starts_at to just before ends_at; rows of one resource do '
	'not overlap; infinite times stand for open ends';
COMMENT ON COLUMN inventory.capacity.units IS 'the most units booked at one instant';

CREATE TABLE inventory.booking (
	booking uuid NOT NULL CONSTRAINT booking_pkey PRIMARY KEY,
	resource text COLLATE "C" NOT NULL,
	reach smallint NOT NULL,
	starts_at timestamptz NOT NULL,
	ends_at timestamptz NOT NULL,
	units bigint NOT NULL CONSTRAINT booking_units_positive CHECK (units > 0),
	status text NOT NULL CONSTRAINT booking_status_known
		CHECK (status IN ('held', 'confirmed', 'released', 'expired')),
	fence bigint NOT NULL CONSTRAINT booking_fence_positive CHECK (fence > 0),
	expires_at timestamptz NOT NULL,
	created_at timestamptz NOT NULL,
	settled_at timestamptz CONSTRAINT booking_settled_once
		CHECK ((status = 'held') = (settled_at IS NULL)),
	reference jsonb,
	CONSTRAINT booking_lasts CHECK (starts_at < ends_at)
) WITH (fillfactor = 80);
CREATE INDEX booking_active ON inventory.booking (resource, reach, starts_at)
	WHERE status IN ('held', 'confirmed');
COMMENT ON TABLE inventory.booking IS
	'units of a resource, booked from starts_at to just before ends_at';
COMMENT ON COLUMN inventory.booking.reach IS
	'class of its length, so that bookings that overlap a time are found by where they start';
COMMENT ON COLUMN inventory.booking.status IS
	'held (until expires_at), confirmed, released or expired; released and expired are final';
COMMENT ON COLUMN inventory.booking.fence IS
	'who gives this number owns the booking; grows when it is extended';
COMMENT ON INDEX inventory.booking_active IS 'bookings that take units';

REVOKE ALL ON inventory.capacity, inventory.booking FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('inventory.capacity', '');
SELECT pg_catalog.pg_extension_config_dump('inventory.booking', '');

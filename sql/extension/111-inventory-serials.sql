-- Inventory: units told apart by serial number.  A serial has one row for life, which is
-- changed under its lock, in its latest version; each change is a row of its history.
CREATE TABLE inventory.serial (
	sku text COLLATE "C" NOT NULL,
	serial text COLLATE "C" NOT NULL CONSTRAINT serial_not_empty CHECK (serial <> ''),
	stock bigint NOT NULL,
	state text NOT NULL CONSTRAINT serial_state_known
		CHECK (state IN ('stock', 'quarantine', 'transit', 'sold', 'gone')),
	reservation uuid CONSTRAINT serial_sold_by CHECK (reservation IS NULL OR state = 'sold'),
	transfer bigint CONSTRAINT serial_carried_by CHECK ((transfer IS NULL) = (state <> 'transit')),
	sequence bigint NOT NULL,
	CONSTRAINT serial_pkey PRIMARY KEY (sku, serial)
) WITH (fillfactor = 70);
CREATE INDEX serial_by_stock ON inventory.serial (stock, state, serial)
	WHERE state IN ('stock', 'quarantine', 'transit');
CREATE INDEX serial_by_reservation ON inventory.serial (reservation)
	WHERE reservation IS NOT NULL;
COMMENT ON TABLE inventory.serial IS 'units that are told apart by serial number';
COMMENT ON COLUMN inventory.serial.stock IS 'where the unit is, or was last';
COMMENT ON COLUMN inventory.serial.state IS
	'stock (available or held), quarantine, transit, sold, or gone (lost or scrapped)';
COMMENT ON COLUMN inventory.serial.reservation IS 'the one that sold it';
COMMENT ON COLUMN inventory.serial.transfer IS 'the one that it is on';
COMMENT ON COLUMN inventory.serial.sequence IS
	'number of its latest change: of the movement in the journal, or one of its own';
COMMENT ON INDEX inventory.serial_by_stock IS 'units of a stock that are not sold or gone';
COMMENT ON INDEX inventory.serial_by_reservation IS 'units that a reservation has sold';

CREATE TABLE inventory.serial_history (
	sku text COLLATE "C" NOT NULL,
	serial text COLLATE "C" NOT NULL,
	sequence bigint NOT NULL,
	at timestamptz NOT NULL,
	stock bigint NOT NULL,
	state text NOT NULL,
	reservation uuid,
	transfer bigint,
	reason text NOT NULL,
	CONSTRAINT serial_history_pkey PRIMARY KEY (sku, serial, sequence)
);
COMMENT ON TABLE inventory.serial_history IS
	'every change of a serial: what it was from then on; append-only';
COMMENT ON COLUMN inventory.serial_history.sequence IS
	'number of the movement in the journal, or a number of its own where units were exchanged';
COMMENT ON COLUMN inventory.serial_history.reason IS 'as in the journal';

-- A transaction under an old snapshot that changes a serial sees two versions of its row,
-- the snapshot's and its own: the newer one counts.
CREATE VIEW inventory.serials AS
SELECT s.sku, s.serial, s.state, k.location, k.lot, s.reservation, s.transfer
FROM inventory.serial AS s
LEFT JOIN inventory.stock AS k ON k.stock = s.stock
WHERE NOT EXISTS (SELECT FROM inventory.serial AS newer
	WHERE newer.sku = s.sku AND newer.serial = s.serial AND newer.sequence > s.sequence);
COMMENT ON VIEW inventory.serials IS 'units that are told apart by serial number';
COMMENT ON COLUMN inventory.serials.state IS
	'stock (available or held), quarantine, transit, sold, or gone (lost or scrapped)';
COMMENT ON COLUMN inventory.serials.location IS 'where the unit is, or was last';
COMMENT ON COLUMN inventory.serials.reservation IS 'the one that sold it';
COMMENT ON COLUMN inventory.serials.transfer IS 'the one that it is on';

REVOKE ALL ON inventory.serial, inventory.serial_history, inventory.serials FROM PUBLIC;
GRANT SELECT ON inventory.serials TO inventory_reader;

SELECT pg_catalog.pg_extension_config_dump('inventory.serial', '');
SELECT pg_catalog.pg_extension_config_dump('inventory.serial_history', '');

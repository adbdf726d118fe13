-- Inventory: goods on their way from one location to another.  Rows are only added; calls
-- about one transfer take turns (the fence kTransfer).
CREATE SEQUENCE inventory.transfer_sequence AS bigint;
COMMENT ON SEQUENCE inventory.transfer_sequence IS 'numbers of transfers';

CREATE TABLE inventory.transfer (
	transfer bigint NOT NULL CONSTRAINT transfer_pkey PRIMARY KEY,
	from_location text COLLATE "C" NOT NULL,
	to_location text COLLATE "C" NOT NULL,
	eta timestamptz,
	shipped_at timestamptz NOT NULL,
	CONSTRAINT transfer_goes_elsewhere CHECK (from_location <> to_location)
);
COMMENT ON TABLE inventory.transfer IS 'goods sent from one location to another; append-only';
COMMENT ON COLUMN inventory.transfer.eta IS 'when they should arrive; NULL where unknown';

CREATE TABLE inventory.transfer_line (
	transfer bigint NOT NULL,
	line integer NOT NULL CONSTRAINT transfer_line_numbered CHECK (line > 0),
	stock bigint NOT NULL,
	quantity bigint NOT NULL CONSTRAINT transfer_line_positive CHECK (quantity > 0),
	CONSTRAINT transfer_line_pkey PRIMARY KEY (transfer, line)
);
COMMENT ON TABLE inventory.transfer_line IS 'units of one stock on a transfer; append-only';
COMMENT ON COLUMN inventory.transfer_line.stock IS 'the stock that they were taken from';

CREATE TABLE inventory.transfer_receipt (
	transfer bigint NOT NULL,
	line integer NOT NULL,
	sequence bigint NOT NULL,
	quantity bigint NOT NULL CONSTRAINT transfer_receipt_positive CHECK (quantity > 0),
	lost boolean NOT NULL,
	CONSTRAINT transfer_receipt_pkey PRIMARY KEY (transfer, line, sequence)
);
COMMENT ON TABLE inventory.transfer_receipt IS
	'units of a transfer that have arrived, or are given up; append-only';
COMMENT ON COLUMN inventory.transfer_receipt.sequence IS 'number of the movement in the journal';
COMMENT ON COLUMN inventory.transfer_receipt.lost IS 'whether they are given up';

CREATE VIEW inventory.transfers AS
SELECT t.transfer, l.line, s.sku, s.lot, t.from_location, t.to_location, t.shipped_at, t.eta,
	l.quantity AS shipped, r.received, r.lost, l.quantity - r.received - r.lost AS in_transit
FROM inventory.transfer AS t
JOIN inventory.transfer_line AS l ON l.transfer = t.transfer
JOIN inventory.stock AS s ON s.stock = l.stock
CROSS JOIN LATERAL (
	SELECT coalesce(sum(p.quantity) FILTER (WHERE NOT p.lost), 0)::bigint AS received,
		coalesce(sum(p.quantity) FILTER (WHERE p.lost), 0)::bigint AS lost
	FROM inventory.transfer_receipt AS p
	WHERE p.transfer = l.transfer AND p.line = l.line
) AS r;
COMMENT ON VIEW inventory.transfers IS 'goods sent from one location to another, line by line';
COMMENT ON COLUMN inventory.transfers.eta IS 'when they should arrive; NULL where unknown';
COMMENT ON COLUMN inventory.transfers.received IS 'units that have arrived';
COMMENT ON COLUMN inventory.transfers.lost IS 'units that are given up';
COMMENT ON COLUMN inventory.transfers.in_transit IS 'units on their way; 0 when all is settled';

REVOKE ALL ON inventory.transfer, inventory.transfer_line, inventory.transfer_receipt,
	inventory.transfers, inventory.transfer_sequence FROM PUBLIC;
GRANT SELECT ON inventory.transfers TO inventory_operator, inventory_reader;

SELECT pg_catalog.pg_extension_config_dump('inventory.transfer_sequence', '');
SELECT pg_catalog.pg_extension_config_dump('inventory.transfer', '');
SELECT pg_catalog.pg_extension_config_dump('inventory.transfer_line', '');
SELECT pg_catalog.pg_extension_config_dump('inventory.transfer_receipt', '');

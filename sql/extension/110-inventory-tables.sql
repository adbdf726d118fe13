-- Inventory: its tables.  Only the extension's functions write them: they fence what they
-- change (src/inventory).  There are no foreign keys, because a check of one fails under
-- REPEATABLE READ when the row referred to is newer than the snapshot; inventory.verify()
-- looks for orphans instead.
CREATE SEQUENCE inventory.stock_sequence AS bigint;
COMMENT ON SEQUENCE inventory.stock_sequence IS 'numbers of stocks';

CREATE TABLE inventory.stock (
	stock bigint NOT NULL CONSTRAINT stock_pkey PRIMARY KEY,
	sku text COLLATE "C" NOT NULL CONSTRAINT stock_sku_not_empty CHECK (sku <> ''),
	location text COLLATE "C" NOT NULL CONSTRAINT stock_location_not_empty CHECK (location <> ''),
	lot text COLLATE "C" CONSTRAINT stock_lot_not_empty CHECK (lot <> ''),
	expires_on date CONSTRAINT stock_expires_with_lot CHECK (expires_on IS NULL OR lot IS NOT NULL),
	serialised boolean NOT NULL,
	safety_stock bigint NOT NULL CONSTRAINT stock_safety_stock CHECK (safety_stock >= 0),
	oversell_limit bigint NOT NULL CONSTRAINT stock_oversell_limit CHECK (oversell_limit >= 0),
	low_water bigint CONSTRAINT stock_low_water CHECK (low_water >= 0),
	cells_max integer NOT NULL CONSTRAINT stock_cells_max CHECK (cells_max > 0),
	created_at timestamptz NOT NULL,
	CONSTRAINT stock_sku_location_key UNIQUE NULLS NOT DISTINCT (sku, location, lot)
);
COMMENT ON TABLE inventory.stock IS 'a stock: an item at a location; made by its first receipt';
COMMENT ON COLUMN inventory.stock.stock IS 'the number that other tables use';
COMMENT ON COLUMN inventory.stock.sku IS 'the item';
COMMENT ON COLUMN inventory.stock.location IS 'where it is';
COMMENT ON COLUMN inventory.stock.lot IS 'the lot, NULL where lots are not told apart';
COMMENT ON COLUMN inventory.stock.expires_on IS
	'the last day, in UTC, on which units of the lot may be promised; NULL for no such day';
COMMENT ON COLUMN inventory.stock.serialised IS
	'whether each unit has a serial number; the same for all stocks of an item';
COMMENT ON COLUMN inventory.stock.safety_stock IS 'policy: units that are not promised';
COMMENT ON COLUMN inventory.stock.oversell_limit IS
	'policy: units that may be promised beyond what is there';
COMMENT ON COLUMN inventory.stock.low_water IS 'policy: at this many units stock is low';
COMMENT ON COLUMN inventory.stock.cells_max IS
	'policy: the most cells that the available quantity may be spread over';
COMMENT ON COLUMN inventory.stock.created_at IS 'time of the first receipt';

CREATE TABLE inventory.cell (
	stock bigint NOT NULL,
	cell integer NOT NULL,
	adjustment bigint NOT NULL,
	available bigint NOT NULL,
	CONSTRAINT cell_pkey PRIMARY KEY (stock, cell, adjustment),
	CONSTRAINT cell_not_negative CHECK (available >= 0 OR adjustment > 0)
) WITH (fillfactor = 20); -- room for in-page (HOT) updates, and few cells on a page
COMMENT ON TABLE inventory.cell IS
	'a part of a stock''s available quantity: the sum of the rows of (stock, cell), never '
	'below 0';
COMMENT ON COLUMN inventory.cell.adjustment IS
	'0: the cell itself; else a signed change by a transaction whose snapshot did not see '
	'the cell''s latest version, until it is folded in';
COMMENT ON COLUMN inventory.cell.available IS 'units that may still be promised';

CREATE TABLE inventory.reservation (
	reservation uuid NOT NULL CONSTRAINT reservation_pkey PRIMARY KEY,
	status text NOT NULL CONSTRAINT reservation_status_known
		CHECK (status IN ('held', 'confirmed', 'released', 'expired')),
	fence bigint NOT NULL CONSTRAINT reservation_fence_positive CHECK (fence > 0),
	expires_at timestamptz NOT NULL,
	created_at timestamptz NOT NULL,
	settled_at timestamptz CONSTRAINT reservation_settled_once
		CHECK ((status = 'held') = (settled_at IS NULL)),
	reference jsonb
) WITH (fillfactor = 60); -- each row is updated once, in its page
COMMENT ON TABLE inventory.reservation IS 'a cart of held units';
COMMENT ON COLUMN inventory.reservation.status IS
	'held (until expires_at), confirmed, released or expired; the last three are final';
COMMENT ON COLUMN inventory.reservation.fence IS
	'who gives this number owns the reservation; grows when it changes hands';
COMMENT ON COLUMN inventory.reservation.settled_at IS 'when the status became final';
COMMENT ON COLUMN inventory.reservation.reference IS
	'whatever the application wants to remember';

CREATE TABLE inventory.reservation_line (
	reservation uuid NOT NULL,
	line integer NOT NULL CONSTRAINT reservation_line_numbered CHECK (line > 0),
	stock bigint NOT NULL,
	quantity bigint NOT NULL CONSTRAINT reservation_line_positive CHECK (quantity > 0),
	confirmed bigint NOT NULL CONSTRAINT reservation_line_confirmed CHECK (confirmed >= 0),
	released bigint NOT NULL CONSTRAINT reservation_line_released CHECK (released >= 0),
	expired bigint NOT NULL CONSTRAINT reservation_line_expired
		CHECK (expired BETWEEN 0 AND released),
	expires_at timestamptz NOT NULL,
	CONSTRAINT reservation_line_pkey PRIMARY KEY (reservation, line),
	CONSTRAINT reservation_line_adds_up CHECK (confirmed <= quantity - released)
);
CREATE INDEX reservation_line_held ON inventory.reservation_line (stock, expires_at)
	WHERE confirmed + released < quantity;
COMMENT ON TABLE inventory.reservation_line IS
	'units of one stock in a reservation; quantity - confirmed - released are held';
COMMENT ON COLUMN inventory.reservation_line.line IS 'place in the cart, counted from 1';
COMMENT ON COLUMN inventory.reservation_line.confirmed IS 'units sold';
COMMENT ON COLUMN inventory.reservation_line.released IS
	'units given back, by release or expiry';
COMMENT ON COLUMN inventory.reservation_line.expired IS
	'of those released, the units that expiry returned';
COMMENT ON COLUMN inventory.reservation_line.expires_at IS 'the reservation''s, for the index';
COMMENT ON INDEX inventory.reservation_line_held IS
	'held lines of a stock, those that expire first in front';

CREATE SEQUENCE inventory.journal_sequence AS bigint;
COMMENT ON SEQUENCE inventory.journal_sequence IS
	'numbers of movements; not in the order of their commits';

CREATE TABLE inventory.journal (
	sequence bigint NOT NULL CONSTRAINT journal_pkey PRIMARY KEY,
	at timestamptz NOT NULL,
	transaction xid8 NOT NULL,
	stock bigint NOT NULL,
	from_account text NOT NULL CONSTRAINT journal_from_known CHECK (from_account IN
		('supplier', 'available', 'floor', 'held', 'sold', 'transit', 'quarantine', 'adjustment')),
	to_account text NOT NULL CONSTRAINT journal_to_known CHECK (to_account IN
		('supplier', 'available', 'floor', 'held', 'sold', 'transit', 'quarantine', 'adjustment')),
	quantity bigint NOT NULL CONSTRAINT journal_quantity_positive CHECK (quantity > 0),
	reservation uuid,
	reason text NOT NULL,
	reference jsonb,
	CONSTRAINT journal_moves CHECK (from_account <> to_account)
);
COMMENT ON TABLE inventory.journal IS
	'every movement of units, from one account to another; append-only';
COMMENT ON COLUMN inventory.journal.sequence IS 'number of the movement';
COMMENT ON COLUMN inventory.journal.at IS 'by the clock, under the lock that guards the units';
COMMENT ON COLUMN inventory.journal.transaction IS 'the transaction that moved them';
COMMENT ON COLUMN inventory.journal.reason IS
	'receive, reserve, confirm, expire, or what release() was given';

CREATE TABLE inventory.idempotency (
	key text COLLATE "C" NOT NULL CONSTRAINT idempotency_pkey PRIMARY KEY,
	verb text NOT NULL,
	payload bytea NOT NULL,
	at timestamptz NOT NULL,
	reservation uuid,
	status text NOT NULL,
	fence bigint,
	expires_at timestamptz,
	lines inventory.line[],
	shortfall inventory.line[],
	movement bigint
);
COMMENT ON TABLE inventory.idempotency IS
	'answers that were given with a key, to be given again';
COMMENT ON COLUMN inventory.idempotency.payload IS 'SHA-256 of the arguments';
COMMENT ON COLUMN inventory.idempotency.movement IS 'the answer of receive()';

CREATE FUNCTION inventory.refuse_change() RETURNS trigger
	LANGUAGE c VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_refuse_change';
COMMENT ON FUNCTION inventory.refuse_change() IS
	'trigger: keeps a table append-only';
REVOKE ALL ON FUNCTION inventory.refuse_change() FROM PUBLIC;

REVOKE ALL ON ALL TABLES IN SCHEMA inventory FROM PUBLIC;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA inventory FROM PUBLIC;

-- Contents belong into dumps; definitions come from CREATE EXTENSION.
SELECT pg_catalog.pg_extension_config_dump('inventory.stock_sequence', '');
SELECT pg_catalog.pg_extension_config_dump('inventory.stock', '');
SELECT pg_catalog.pg_extension_config_dump('inventory.cell', '');
SELECT pg_catalog.pg_extension_config_dump('inventory.reservation', '');
SELECT pg_catalog.pg_extension_config_dump('inventory.reservation_line', '');
SELECT pg_catalog.pg_extension_config_dump('inventory.journal_sequence', '');
SELECT pg_catalog.pg_extension_config_dump('inventory.journal', '');
SELECT pg_catalog.pg_extension_config_dump('inventory.idempotency', '');

-- Inventory: the types of its functions.
CREATE TYPE inventory.line AS (
	sku text,
	quantity bigint,
	location text
);
COMMENT ON TYPE inventory.line IS 'a quantity of one item at one location';
COMMENT ON COLUMN inventory.line.sku IS 'the item';
COMMENT ON COLUMN inventory.line.quantity IS 'base units';
COMMENT ON COLUMN inventory.line.location IS 'where; NULL for wherever there is some';

CREATE TYPE inventory.outcome AS (
	reservation uuid,
	status text,
	fence bigint,
	expires_at timestamptz,
	lines inventory.line[],
	shortfall inventory.line[],
	replayed boolean
);
COMMENT ON TYPE inventory.outcome IS 'what a call about a reservation did';
COMMENT ON COLUMN inventory.outcome.reservation IS 'NULL when reserve() rejected';
COMMENT ON COLUMN inventory.outcome.status IS 'held, rejected, confirmed, released or expired';
COMMENT ON COLUMN inventory.outcome.fence IS 'proves ownership to confirm and release';
COMMENT ON COLUMN inventory.outcome.expires_at IS 'until when the units are held';
COMMENT ON COLUMN inventory.outcome.lines IS
	'what was asked for, one line a stock; of confirm() and release(), what it did';
COMMENT ON COLUMN inventory.outcome.shortfall IS
	'what was missing, one line for an item and the location asked for; NULL for nothing';
COMMENT ON COLUMN inventory.outcome.replayed IS 'whether this is an earlier answer given again';

CREATE TYPE inventory.unit AS (
	sku text,
	serial text
);
COMMENT ON TYPE inventory.unit IS 'a unit with a number of its own';
COMMENT ON COLUMN inventory.unit.sku IS 'the item';
COMMENT ON COLUMN inventory.unit.serial IS 'its serial number';

REVOKE ALL ON TYPE inventory.line, inventory.outcome, inventory.unit FROM PUBLIC;
GRANT USAGE ON TYPE inventory.line, inventory.outcome, inventory.unit
	TO inventory_app, inventory_operator, inventory_reader;

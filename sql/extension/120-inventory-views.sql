-- Inventory: what readers see.  A hold that has expired counts as available from that
-- instant, whether or not somebody has needed its units since: reserve() would have them.
CREATE VIEW inventory.availability AS
SELECT s.sku,
	s.location,
	s.lot,
	s.expires_on,
	-- The cells hold what is there above the floor.
	(c.available + coalesce(h.quantity, 0) + s.safety_stock - s.oversell_limit)::bigint AS on_hand,
	(coalesce(h.quantity, 0) - coalesce(h.expired, 0))::bigint AS held,
	s.safety_stock,
	CASE WHEN s.expires_on < (statement_timestamp() AT TIME ZONE 'UTC')::date THEN 0
		ELSE c.available + coalesce(h.expired, 0) END::bigint AS available
FROM inventory.stock AS s
CROSS JOIN LATERAL (
	SELECT coalesce(sum(cell.available), 0) AS available
	FROM inventory.cell
	WHERE cell.stock = s.stock
) AS c
CROSS JOIN LATERAL (
	SELECT sum(l.quantity - l.confirmed - l.released) AS quantity,
		sum(l.quantity - l.confirmed - l.released)
			FILTER (WHERE l.expires_at <= statement_timestamp()) AS expired
	FROM inventory.reservation_line AS l
	WHERE l.stock = s.stock AND l.confirmed + l.released < l.quantity
) AS h;
COMMENT ON VIEW inventory.availability IS
	'units of each stock, as the reading snapshot sees them';
COMMENT ON COLUMN inventory.availability.lot IS 'NULL for units that belong to no lot';
COMMENT ON COLUMN inventory.availability.expires_on IS
	'the last day, in UTC, on which units of the lot may be promised';
COMMENT ON COLUMN inventory.availability.on_hand IS 'units in the house: available and held';
COMMENT ON COLUMN inventory.availability.held IS
	'units held by reservations that have not expired';
COMMENT ON COLUMN inventory.availability.safety_stock IS
	'units that are not promised, by policy';
COMMENT ON COLUMN inventory.availability.available IS 'units that may be promised';

CREATE VIEW inventory.reservations AS
SELECT r.reservation,
	CASE WHEN r.status = 'held' AND r.expires_at <= statement_timestamp() THEN 'expired'
		ELSE r.status END AS status,
	r.fence,
	r.expires_at,
	r.created_at,
	r.settled_at,
	r.reference,
	l.lines,
	l.held,
	l.sold
FROM inventory.reservation AS r
CROSS JOIN LATERAL (
	SELECT array_agg(ROW(s.sku, l.quantity, s.location)::inventory.line ORDER BY l.line) AS lines,
		array_agg(ROW(s.sku, l.quantity - l.confirmed - l.released, s.location)::inventory.line
			ORDER BY l.line) FILTER (WHERE l.confirmed + l.released < l.quantity) AS held,
		array_agg(ROW(s.sku, l.confirmed, s.location)::inventory.line ORDER BY l.line)
			FILTER (WHERE l.confirmed > 0) AS sold
	FROM inventory.reservation_line AS l
	JOIN inventory.stock AS s ON s.stock = l.stock
	WHERE l.reservation = r.reservation
) AS l;
COMMENT ON VIEW inventory.reservations IS 'reservations and their lines';
COMMENT ON COLUMN inventory.reservations.status IS
	'held, confirmed, released or expired; expired from the instant expires_at';
COMMENT ON COLUMN inventory.reservations.lines IS 'what was reserved';
COMMENT ON COLUMN inventory.reservations.held IS
	'what of it is neither sold nor given back; NULL for nothing';
COMMENT ON COLUMN inventory.reservations.sold IS 'what of it is sold; NULL for nothing';

GRANT SELECT ON inventory.availability, inventory.reservations TO inventory_reader;

-- Inventory: the audit.  Recomputes from the journal what the other tables say, in one
-- snapshot, so that it may run while others work.
CREATE FUNCTION inventory.verify(sku text = NULL)
	RETURNS TABLE (check_name text, key text, expected text, actual text)
	LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
WITH
stock AS (
	SELECT s.stock, s.serialised, s.safety_stock - s.oversell_limit AS floor,
		concat(s.sku, ' at ', s.location, ' lot ' || s.lot) AS name,
		concat(s.sku, ' lot ' || s.lot) AS goods
	FROM inventory.stock AS s
	WHERE $1 IS NULL OR s.sku = $1
),
-- The journal, read once.
movement AS MATERIALIZED (
	SELECT j.stock, j.reservation, j.from_account, j.to_account, sum(j.quantity) AS units
	FROM inventory.journal AS j
	WHERE $1 IS NULL OR j.stock IN (SELECT stock.stock FROM stock)
	GROUP BY j.stock, j.reservation, j.from_account, j.to_account
),
by_stock AS (
	SELECT m.stock, m.from_account, m.to_account, sum(m.units) AS units
	FROM movement AS m
	GROUP BY m.stock, m.from_account, m.to_account
),
-- Each movement has two sides.
balance AS (
	SELECT side.stock, side.account, sum(side.units) AS units
	FROM (
		SELECT m.stock, s.account, s.units
		FROM by_stock AS m
		CROSS JOIN LATERAL (VALUES (m.to_account, m.units), (m.from_account, -m.units))
			AS s (account, units)
		UNION ALL
		SELECT o.stock, o.account, o.quantity
		FROM inventory.opening_balance AS o
		WHERE $1 IS NULL OR o.stock IN (SELECT stock.stock FROM stock)
	) AS side
	GROUP BY side.stock, side.account
),
-- Identifiers of reservations begin with their time, in milliseconds.
pruned AS (
	SELECT rpad(lpad(to_hex(coalesce(max(floor(extract(epoch FROM r.pruned_before) * 1000)),
			0)::bigint), 12, '0'), 32, '0')::uuid AS before
	FROM inventory.retention AS r
),
line AS (
	SELECT l.*, l.quantity - l.confirmed - l.released AS held
	FROM inventory.reservation_line AS l
	WHERE $1 IS NULL OR l.stock IN (SELECT stock.stock FROM stock)
),
cell AS (
	SELECT c.stock, c.cell, sum(c.available) AS units,
		count(*) FILTER (WHERE c.adjustment = 0) AS bases
	FROM inventory.cell AS c
	WHERE $1 IS NULL OR c.stock IN (SELECT stock.stock FROM stock)
	GROUP BY c.stock, c.cell
),
-- What of each line the journal has in an account.
line_balance AS (
	SELECT m.reservation, m.stock,
		sum(CASE 'held' WHEN m.to_account THEN m.units WHEN m.from_account THEN -m.units END)
			AS held,
		sum(CASE 'sold' WHEN m.to_account THEN m.units WHEN m.from_account THEN -m.units END)
			AS sold
	FROM movement AS m
	WHERE m.reservation IS NOT NULL
	GROUP BY m.reservation, m.stock
),
-- Lines of transfers, and what of them is on its way.
carried AS (
	SELECT l.transfer, l.line, l.stock, l.quantity - coalesce(r.units, 0) AS in_transit
	FROM inventory.transfer_line AS l
	LEFT JOIN (
		SELECT p.transfer, p.line, sum(p.quantity) AS units
		FROM inventory.transfer_receipt AS p
		GROUP BY p.transfer, p.line
	) AS r ON r.transfer = l.transfer AND r.line = l.line
	WHERE $1 IS NULL OR l.stock IN (SELECT stock.stock FROM stock)
),
-- What the journal says about a stock.
book AS (
	SELECT b.stock,
		sum(b.units) FILTER (WHERE b.account = 'available') AS available,
		sum(b.units) FILTER (WHERE b.account = 'floor') AS floor,
		sum(b.units) FILTER (WHERE b.account = 'held') AS held,
		sum(b.units) FILTER (WHERE b.account = 'quarantine') AS quarantine,
		sum(b.units) FILTER (WHERE b.account IN ('available', 'floor', 'held')) AS on_hand,
		max(c.units) AS corrected
	FROM balance AS b
	LEFT JOIN (
		SELECT m.stock, sum(CASE m.to_account WHEN 'available' THEN m.units ELSE -m.units END)
			AS units
		FROM by_stock AS m
		WHERE (m.from_account, m.to_account)
			IN (('adjustment', 'available'), ('available', 'adjustment'))
		GROUP BY m.stock
	) AS c ON c.stock = b.stock
	GROUP BY b.stock
)
-- What should be the same, and is kept elsewhere.
SELECT v.check_name, stock.name, coalesce(v.expected, 0)::text, coalesce(v.actual, 0)::text
FROM stock
LEFT JOIN book AS b ON b.stock = stock.stock
LEFT JOIN (SELECT cell.stock, sum(cell.units) AS units FROM cell GROUP BY cell.stock) AS c
	ON c.stock = stock.stock
LEFT JOIN (SELECT line.stock, sum(line.held) AS units FROM line GROUP BY line.stock) AS l
	ON l.stock = stock.stock
LEFT JOIN (SELECT q.stock, sum(q.units) AS units FROM inventory.quarantine AS q GROUP BY q.stock)
	AS q ON q.stock = stock.stock
LEFT JOIN (
	-- Once anything was pruned: those whose movements are still there.
	SELECT k.stock, sum(k.delta) AS units
	FROM inventory.correction AS k
	WHERE NOT EXISTS (SELECT FROM inventory.retention)
		OR EXISTS (SELECT FROM inventory.journal AS j WHERE j.sequence = k.sequence)
	GROUP BY k.stock
) AS k ON k.stock = stock.stock
LEFT JOIN (
	SELECT u.stock, count(*) FILTER (WHERE u.state = 'stock') AS here,
		count(*) FILTER (WHERE u.state = 'quarantine') AS aside
	FROM inventory.serial AS u
	GROUP BY u.stock
) AS n ON n.stock = stock.stock
CROSS JOIN LATERAL (VALUES
	('available in cells', b.available, c.units),
	('floor by policy', b.floor, stock.floor),
	('held in lines', b.held, l.units),
	('quarantine in entries', b.quarantine, q.units),
	('corrections in the journal', b.corrected, k.units),
	('serials in stock', CASE WHEN stock.serialised THEN b.on_hand END, n.here),
	('serials in quarantine', CASE WHEN stock.serialised THEN b.quarantine END, n.aside)
) AS v (check_name, expected, actual)
WHERE coalesce(v.expected, 0) <> coalesce(v.actual, 0)
UNION ALL
-- Units leave the account transit where they arrive: it balances by item and lot.
SELECT 'transit in transfers', t.goods, sum(t.expected)::text, sum(t.actual)::text
FROM (
	SELECT stock.goods, b.units AS expected, 0 AS actual
	FROM balance AS b
	JOIN stock ON stock.stock = b.stock
	WHERE b.account = 'transit'
	UNION ALL
	SELECT stock.goods, 0, carried.in_transit
	FROM carried
	JOIN stock ON stock.stock = carried.stock
) AS t
GROUP BY t.goods
HAVING sum(t.expected) <> sum(t.actual)
UNION ALL
SELECT 'transfer not exceeded', format('transfer %s, line %s', carried.transfer, carried.line),
	'0 or more', carried.in_transit::text
FROM carried
WHERE carried.in_transit < 0
UNION ALL
SELECT 'serials in transit', format('transfer %s, line %s', carried.transfer, carried.line),
	carried.in_transit::text, coalesce(n.units, 0)::text
FROM carried
JOIN stock ON stock.stock = carried.stock
LEFT JOIN (
	SELECT u.stock, u.transfer, count(*) AS units
	FROM inventory.serial AS u
	WHERE u.state = 'transit'
	GROUP BY u.stock, u.transfer
) AS n ON n.stock = carried.stock AND n.transfer = carried.transfer
WHERE stock.serialised AND coalesce(n.units, 0) <> carried.in_transit
UNION ALL
SELECT 'held by line', format('reservation %s, stock %s',
		coalesce(line.reservation, b.reservation), coalesce(line.stock, b.stock)),
	b.held::text, line.held::text
FROM line
FULL JOIN line_balance AS b ON b.reservation = line.reservation AND b.stock = line.stock
WHERE line.held IS DISTINCT FROM b.held
	-- Some movements may have stayed when their reservation was pruned.
	AND (line.reservation IS NOT NULL OR b.reservation >= (SELECT pruned.before FROM pruned))
UNION ALL
SELECT 'sold by line', format('reservation %s, stock %s', line.reservation, line.stock),
	coalesce(b.sold, 0)::text, line.confirmed::text
FROM line
LEFT JOIN line_balance AS b ON b.reservation = line.reservation AND b.stock = line.stock
WHERE line.confirmed <> coalesce(b.sold, 0)
UNION ALL
SELECT 'cell not below zero', format('stock %s, cell %s', cell.stock, cell.cell),
	'0 or more', cell.units::text
FROM cell
WHERE cell.units < 0
UNION ALL
SELECT 'one row for a cell', format('stock %s, cell %s', cell.stock, cell.cell),
	'1', cell.bases::text
FROM cell
WHERE cell.bases <> 1
UNION ALL
SELECT 'account not below zero', format('stock %s, %s', b.stock, b.account),
	'0 or more', b.units::text
FROM balance AS b
-- Units may come back that were sold elsewhere.
WHERE b.units < 0 AND b.account NOT IN ('supplier', 'adjustment', 'floor', 'sold', 'transit')
UNION ALL
SELECT 'stock of a row exists', format('stock %s in %s', r.stock, r.relation), 'a stock', NULL
FROM (
	SELECT cell.stock, 'cell' AS relation FROM cell
	UNION
	SELECT line.stock, 'reservation_line' FROM line
	UNION
	SELECT balance.stock, 'journal' FROM balance
) AS r
WHERE NOT EXISTS (SELECT FROM inventory.stock AS s WHERE s.stock = r.stock)
UNION ALL
SELECT 'reservation of a line exists', format('reservation %s', line.reservation),
	'a reservation', NULL
FROM line
WHERE NOT EXISTS (SELECT FROM inventory.reservation AS r WHERE r.reservation = line.reservation)
UNION ALL
SELECT 'reservation has lines', format('reservation %s', r.reservation), '1 or more', '0'
FROM inventory.reservation AS r
WHERE $1 IS NULL AND NOT EXISTS (
	SELECT FROM inventory.reservation_line AS l WHERE l.reservation = r.reservation)
UNION ALL
SELECT 'lines agree with status', format('reservation %s, line %s', line.reservation, line.line),
	r.status, format('confirmed %s, released %s of %s', line.confirmed, line.released,
		line.quantity)
FROM line
JOIN inventory.reservation AS r ON r.reservation = line.reservation
WHERE NOT CASE r.status
	WHEN 'held' THEN line.expired = 0
	WHEN 'expired' THEN true -- each line returns when its stock is needed
	ELSE line.held = 0
END
UNION ALL
SELECT 'status agrees with lines', format('reservation %s', r.reservation), r.status, NULL
FROM inventory.reservation AS r
WHERE r.status <> 'released' AND r.reservation IN (SELECT line.reservation FROM line)
	AND NOT EXISTS (
		SELECT FROM inventory.reservation_line AS l
		WHERE l.reservation = r.reservation AND CASE r.status
			WHEN 'held' THEN l.confirmed + l.released < l.quantity
			WHEN 'confirmed' THEN l.confirmed > 0
			ELSE l.expired > 0 OR l.confirmed + l.released < l.quantity
		END)
UNION ALL
SELECT 'lines agree with expiry', format('reservation %s, line %s', line.reservation, line.line),
	r.expires_at::text, line.expires_at::text
FROM line
JOIN inventory.reservation AS r ON r.reservation = line.reservation
WHERE line.expires_at <> r.expires_at
UNION ALL
SELECT 'reservation of a key exists', format('key %s', k.key), 'a reservation', NULL
FROM inventory.idempotency AS k
WHERE $1 IS NULL AND k.reservation IS NOT NULL AND k.verb <> 'book' AND NOT EXISTS (
	SELECT FROM inventory.reservation AS r WHERE r.reservation = k.reservation)
UNION ALL
SELECT 'booking of a key exists', format('key %s', k.key), 'a booking', NULL
FROM inventory.idempotency AS k
WHERE $1 IS NULL AND k.verb = 'book' AND k.reservation IS NOT NULL AND NOT EXISTS (
	SELECT FROM inventory.booking AS b WHERE b.booking = k.reservation)
UNION ALL
-- Each instant at which capacity or bookings change.
SELECT 'booked within capacity', format('resource %s at %s', b.resource, b.at),
	format('%s or less', b.capacity), b.booked::text
FROM (
	SELECT change.resource, change.at,
		sum(sum(change.capacity)) OVER upto AS capacity, sum(sum(change.booked)) OVER upto AS booked
	FROM (
		SELECT c.resource, c.starts_at AS at, c.units AS capacity, 0::bigint AS booked
		FROM inventory.capacity AS c
		UNION ALL
		SELECT c.resource, c.ends_at, -c.units, 0 FROM inventory.capacity AS c
		UNION ALL
		SELECT a.resource, a.starts_at, 0, a.units FROM inventory.booking AS a
		WHERE a.status = 'confirmed' OR a.status = 'held' AND a.expires_at > statement_timestamp()
		UNION ALL
		SELECT a.resource, a.ends_at, 0, -a.units FROM inventory.booking AS a
		WHERE a.status = 'confirmed' OR a.status = 'held' AND a.expires_at > statement_timestamp()
	) AS change
	WHERE $1 IS NULL
	GROUP BY change.resource, change.at
	WINDOW upto AS (PARTITION BY change.resource ORDER BY change.at)
) AS b
WHERE b.booked > b.capacity
$$;
COMMENT ON FUNCTION inventory.verify IS
	'recomputes stock and reservations from the journal, for one item or all of them; '
	'lists what does not agree: no rows, all is well';
REVOKE ALL ON FUNCTION inventory.verify FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory.verify TO inventory_app, inventory_reader;

-- Inventory: the audit.  Recomputes from the journal what the other tables say, in one
-- snapshot, so that it may run while others work.
CREATE FUNCTION inventory.verify(sku text = NULL)
	RETURNS TABLE (check_name text, key text, expected text, actual text)
	LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
WITH
stock AS (
	SELECT s.stock, format('%s at %s', s.sku, s.location) AS name
	FROM inventory.stock AS s
	WHERE $1 IS NULL OR s.sku = $1
),
-- Each movement has two sides.
side AS (
	SELECT j.stock, j.reservation, j.to_account AS account, j.quantity
	FROM inventory.journal AS j
	WHERE $1 IS NULL OR j.stock IN (SELECT stock.stock FROM stock)
	UNION ALL
	SELECT j.stock, j.reservation, j.from_account, -j.quantity
	FROM inventory.journal AS j
	WHERE $1 IS NULL OR j.stock IN (SELECT stock.stock FROM stock)
),
balance AS (
	SELECT side.stock, side.account, sum(side.quantity) AS units
	FROM side
	GROUP BY side.stock, side.account
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
	SELECT side.reservation, side.stock, sum(side.quantity) FILTER (WHERE account = 'held') AS held,
		sum(side.quantity) FILTER (WHERE account = 'sold') AS sold
	FROM side
	WHERE side.reservation IS NOT NULL
	GROUP BY side.reservation, side.stock
)
SELECT 'available in cells', stock.name, coalesce(b.units, 0)::text, c.units::text
FROM stock
LEFT JOIN balance AS b ON b.stock = stock.stock AND b.account = 'available'
LEFT JOIN (SELECT cell.stock, sum(cell.units) AS units FROM cell GROUP BY cell.stock) AS c
	ON c.stock = stock.stock
WHERE c.units IS DISTINCT FROM coalesce(b.units, 0)
UNION ALL
SELECT 'floor by policy', stock.name, coalesce(b.units, 0)::text,
	(s.safety_stock - s.oversell_limit)::text
FROM stock
JOIN inventory.stock AS s ON s.stock = stock.stock
LEFT JOIN balance AS b ON b.stock = stock.stock AND b.account = 'floor'
WHERE s.safety_stock - s.oversell_limit <> coalesce(b.units, 0)
UNION ALL
SELECT 'held in lines', stock.name, coalesce(b.units, 0)::text, coalesce(l.units, 0)::text
FROM stock
LEFT JOIN balance AS b ON b.stock = stock.stock AND b.account = 'held'
LEFT JOIN (SELECT line.stock, sum(line.held) AS units FROM line GROUP BY line.stock) AS l
	ON l.stock = stock.stock
WHERE coalesce(l.units, 0) <> coalesce(b.units, 0)
UNION ALL
SELECT 'serials in stock', stock.name, coalesce(b.units, 0)::text, coalesce(n.units, 0)::text
FROM stock
JOIN inventory.stock AS s ON s.stock = stock.stock
LEFT JOIN (
	SELECT balance.stock, sum(balance.units) AS units
	FROM balance
	WHERE balance.account IN ('available', 'held', 'floor')
	GROUP BY balance.stock
) AS b ON b.stock = stock.stock
LEFT JOIN (
	SELECT u.stock, count(*) AS units FROM inventory.serial AS u WHERE u.state = 'stock'
	GROUP BY u.stock
) AS n ON n.stock = stock.stock
WHERE coalesce(n.units, 0) <> CASE WHEN s.serialised THEN coalesce(b.units, 0) ELSE 0 END
UNION ALL
SELECT 'held by line', format('reservation %s, stock %s',
		coalesce(line.reservation, b.reservation), coalesce(line.stock, b.stock)),
	b.held::text, line.held::text
FROM line
FULL JOIN line_balance AS b ON b.reservation = line.reservation AND b.stock = line.stock
WHERE line.held IS DISTINCT FROM b.held
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
WHERE b.units < 0 AND b.account NOT IN ('supplier', 'adjustment', 'floor')
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

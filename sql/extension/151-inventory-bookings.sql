-- Inventory: bookings.  Units of a capacity, for a time: seats, rooms, delivery slots.
CREATE VIEW inventory.bookings AS
SELECT b.booking, b.resource,
	tstzrange(nullif(b.starts_at, '-infinity'), nullif(b.ends_at, 'infinity')) AS during,
	b.units,
	CASE WHEN b.status = 'held' AND b.expires_at <= statement_timestamp() THEN 'expired'
		ELSE b.status END AS status,
	b.fence, b.expires_at, b.created_at, b.settled_at, b.reference
FROM inventory.booking AS b;
COMMENT ON VIEW inventory.bookings IS 'bookings';
COMMENT ON COLUMN inventory.bookings.status IS
	'held, confirmed, released or expired; expired from the instant expires_at';

CREATE FUNCTION inventory.set_capacity(resource text, units bigint, during tstzrange = '(,)')
	RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_set_capacity';
COMMENT ON FUNCTION inventory.set_capacity(text, bigint, tstzrange) IS
	'says how many units a resource has during a time; makes the resource if it is new';

CREATE FUNCTION inventory.book(resource text, during tstzrange, units bigint = 1,
		key text = NULL, ttl interval = '15 min', wait interval = '2 s', reference jsonb = NULL)
	RETURNS inventory.outcome
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_book';
COMMENT ON FUNCTION inventory.book(text, tstzrange, bigint, text, interval, interval, jsonb) IS
	'holds units of a resource for a time, or answers that there are not enough';

CREATE FUNCTION inventory.confirm_booking(booking uuid, fence bigint) RETURNS inventory.outcome
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_confirm_booking';
COMMENT ON FUNCTION inventory.confirm_booking(uuid, bigint) IS
	'makes a booking firm: it no longer expires';

CREATE FUNCTION inventory.release_booking(booking uuid, fence bigint) RETURNS inventory.outcome
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_release_booking';
COMMENT ON FUNCTION inventory.release_booking(uuid, bigint) IS
	'gives a booking back, held or confirmed';

CREATE FUNCTION inventory.extend_booking(booking uuid, fence bigint, ttl interval)
	RETURNS inventory.outcome
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_extend_booking';
COMMENT ON FUNCTION inventory.extend_booking(uuid, bigint, interval) IS
	'holds a booking for longer; under a new fence';

-- The steps of a resource: each instant at which anything changes begins one.
CREATE FUNCTION inventory.calendar(resource text, during tstzrange)
	RETURNS TABLE (during tstzrange, capacity bigint, booked bigint, free bigint)
	LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
WITH
asked AS (
	-- Bounds included or not, in whole microseconds.
	SELECT coalesce(lower($2), '-infinity')
			+ CASE WHEN lower_inc($2) OR lower_inf($2) THEN '0' ELSE '1 us' END::interval
			AS starts_at,
		coalesce(upper($2), 'infinity')
			+ CASE WHEN upper_inc($2) THEN '1 us' ELSE '0' END::interval AS ends_at
	WHERE NOT isempty($2)
),
load AS (
	SELECT c.starts_at, c.ends_at, c.units AS capacity, 0::bigint AS booked
	FROM inventory.capacity AS c, asked
	WHERE c.resource = $1 AND c.ends_at > asked.starts_at AND c.starts_at < asked.ends_at
	UNION ALL
	SELECT b.starts_at, b.ends_at, 0, b.units
	FROM inventory.booking AS b, asked
	WHERE b.resource = $1 AND b.ends_at > asked.starts_at AND b.starts_at < asked.ends_at
		AND (b.status = 'confirmed' OR b.status = 'held' AND b.expires_at > statement_timestamp())
),
change AS (
	SELECT greatest(load.starts_at, asked.starts_at) AS at, load.capacity, load.booked
	FROM load, asked
	UNION ALL
	SELECT load.ends_at, -load.capacity, -load.booked FROM load, asked
	WHERE load.ends_at < asked.ends_at
	UNION ALL
	SELECT asked.starts_at, 0, 0 FROM asked WHERE asked.starts_at < asked.ends_at
),
step AS (
	SELECT change.at, sum(sum(change.capacity)) OVER upto AS capacity,
		sum(sum(change.booked)) OVER upto AS booked,
		lead(change.at, 1, asked.ends_at) OVER upto AS until
	FROM change, asked
	GROUP BY change.at, asked.ends_at
	WINDOW upto AS (ORDER BY change.at)
)
SELECT tstzrange(nullif(step.at, '-infinity'), nullif(step.until, 'infinity')),
	step.capacity::bigint, step.booked::bigint, (step.capacity - step.booked)::bigint
FROM step
ORDER BY step.at
$$;
COMMENT ON FUNCTION inventory.calendar(text, tstzrange) IS
	'capacity and bookings of a resource, step by step, as the reading snapshot sees them';

REVOKE ALL ON inventory.bookings FROM PUBLIC;
REVOKE ALL ON FUNCTION inventory.set_capacity(text, bigint, tstzrange),
	inventory.book(text, tstzrange, bigint, text, interval, interval, jsonb),
	inventory.confirm_booking(uuid, bigint), inventory.release_booking(uuid, bigint),
	inventory.extend_booking(uuid, bigint, interval), inventory.calendar(text, tstzrange)
	FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory.set_capacity(text, bigint, tstzrange),
	inventory.book(text, tstzrange, bigint, text, interval, interval, jsonb),
	inventory.confirm_booking(uuid, bigint), inventory.release_booking(uuid, bigint),
	inventory.extend_booking(uuid, bigint, interval), inventory.calendar(text, tstzrange)
	TO inventory_app;
GRANT EXECUTE ON FUNCTION inventory.calendar(text, tstzrange) TO inventory_reader;
GRANT SELECT ON inventory.bookings TO inventory_reader;

-- Inventory: promises.  What will be there, given what is expected to come and to go.  Rows are
-- only added, so that no transaction sees two versions of one.
CREATE SEQUENCE inventory.expectation_sequence AS bigint;
COMMENT ON SEQUENCE inventory.expectation_sequence IS 'numbers of expectations and settlements';

CREATE TABLE inventory.expectation (
	expectation bigint NOT NULL CONSTRAINT expectation_pkey PRIMARY KEY,
	sku text COLLATE "C" NOT NULL,
	location text COLLATE "C" NOT NULL,
	direction text NOT NULL CONSTRAINT expectation_direction_known
		CHECK (direction IN ('in', 'out')),
	quantity bigint NOT NULL CONSTRAINT expectation_positive CHECK (quantity > 0),
	due timestamptz NOT NULL,
	created_at timestamptz NOT NULL,
	reference jsonb
);
CREATE INDEX expectation_by_item ON inventory.expectation (sku, location, due);
COMMENT ON TABLE inventory.expectation IS
	'units that are to come (a purchase order) or to go (a dated order) at a time; append-only';
COMMENT ON INDEX inventory.expectation_by_item IS 'what is expected of an item';

CREATE TABLE inventory.expectation_settlement (
	expectation bigint NOT NULL,
	settlement bigint NOT NULL,
	quantity bigint NOT NULL CONSTRAINT expectation_settlement_positive CHECK (quantity > 0),
	at timestamptz NOT NULL,
	CONSTRAINT expectation_settlement_pkey PRIMARY KEY (expectation, settlement)
);
COMMENT ON TABLE inventory.expectation_settlement IS
	'units of an expectation that have come or gone, or are no longer expected; append-only';

CREATE VIEW inventory.expectations AS
SELECT e.expectation, e.sku, e.location, e.direction, e.quantity,
	e.quantity - coalesce((SELECT sum(s.quantity) FROM inventory.expectation_settlement AS s
		WHERE s.expectation = e.expectation), 0)::bigint AS open,
	e.due, e.created_at, e.reference
FROM inventory.expectation AS e;
COMMENT ON VIEW inventory.expectations IS 'what is expected to come and to go';
COMMENT ON COLUMN inventory.expectations.open IS 'units that are still expected';

CREATE FUNCTION inventory.expect(sku text, location text, quantity bigint, due timestamptz,
		direction text = 'in', key text = NULL, reference jsonb = NULL) RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_expect';
COMMENT ON FUNCTION inventory.expect(text, text, bigint, timestamptz, text, text, jsonb) IS
	'notes units that are to come or to go at a time; returns the number of the expectation';

CREATE FUNCTION inventory.settle_expected(expectation bigint, quantity bigint = NULL,
		key text = NULL) RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_settle_expected';
COMMENT ON FUNCTION inventory.settle_expected(bigint, bigint, text) IS
	'takes units off an expectation, all that are open by default; returns how many stay open';

CREATE FUNCTION inventory.promise(sku text, location text = NULL, horizon tstzrange = '(,)')
	RETURNS TABLE (at timestamptz, promisable bigint)
	LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF sku IS NULL OR horizon IS NULL THEN
		RAISE EXCEPTION 'the arguments "sku" and "horizon" must not be NULL'
			USING ERRCODE = '22023', DETAIL = 'The call cannot be answered without them.',
			HINT = 'Name an item, and leave the horizon out for all time.';
	END IF;
	IF NOT EXISTS (SELECT FROM inventory.stock AS s WHERE s.sku = $1
			AND ($2 IS NULL OR s.location = $2))
		AND NOT EXISTS (SELECT FROM inventory.expectation AS e WHERE e.sku = $1
			AND ($2 IS NULL OR e.location = $2))
		AND NOT EXISTS (SELECT FROM inventory.transfers AS t WHERE t.sku = $1
			AND ($2 IS NULL OR t.to_location = $2))
	THEN
		RAISE EXCEPTION 'no such item "%"', sku
			USING ERRCODE = 'MZ010', DETAIL = 'It was never received or expected there.',
			HINT = 'Check the spelling.';
	END IF;
	RETURN QUERY
	WITH
	-- Units that are there from a time, up to a time.
	supply AS (
		SELECT statement_timestamp() AS since, a.available AS units,
			-- Up to the last day on which a lot may be promised, in UTC.
			coalesce((nullif(a.expires_on, 'infinity') + 1)::timestamp AT TIME ZONE 'UTC',
				'infinity') AS until
		FROM inventory.availability AS a
		WHERE a.sku = $1 AND ($2 IS NULL OR a.location = $2) AND a.available > 0
		UNION ALL
		-- What should have come and has not is not counted on.
		SELECT e.due, e.open, 'infinity' FROM inventory.expectations AS e
		WHERE e.sku = $1 AND ($2 IS NULL OR e.location = $2) AND e.open > 0
			AND e.direction = 'in' AND e.due > statement_timestamp()
		UNION ALL
		SELECT t.eta, t.in_transit, 'infinity' FROM inventory.transfers AS t
		WHERE t.sku = $1 AND ($2 IS NULL OR t.to_location = $2) AND t.in_transit > 0
			AND t.eta > statement_timestamp()
	),
	-- What should have gone and has not is still owed.
	demand AS (
		SELECT greatest(e.due, statement_timestamp()) AS at, e.open AS units
		FROM inventory.expectations AS e
		WHERE e.sku = $1 AND ($2 IS NULL OR e.location = $2) AND e.open > 0
			AND e.direction = 'out'
	),
	start AS (
		SELECT statement_timestamp() AS time
		UNION
		SELECT s.until FROM supply AS s WHERE s.until <> 'infinity'
	),
	step AS (
		SELECT start.time FROM start UNION SELECT s.since FROM supply AS s
		UNION SELECT d.at FROM demand AS d
	),
	-- Within any time, no more can go than there is in it.
	room AS (
		SELECT start.time AS since, step.time AS until,
			coalesce((SELECT sum(s.units) FROM supply AS s
				WHERE s.since <= step.time AND s.until > start.time), 0)
			- coalesce((SELECT sum(d.units) FROM demand AS d
				WHERE d.at BETWEEN start.time AND step.time), 0) AS units
		FROM start JOIN step ON start.time <= step.time
	),
	result AS (
		SELECT step.time, lead(step.time, 1, 'infinity') OVER (ORDER BY step.time) AS until,
			(SELECT inventory.as_units(greatest(min(room.units), 0), 'promisable') FROM room
			WHERE step.time BETWEEN room.since AND room.until) AS units
		FROM step
	)
	SELECT greatest(r.time, lower($3)), r.units
	FROM result AS r
	WHERE tstzrange(r.time, r.until) && $3
	ORDER BY 1;
END $$;
COMMENT ON FUNCTION inventory.promise(text, text, tstzrange) IS
	'from which time on how many units can be promised, beside all that is promised already';

REVOKE ALL ON inventory.expectation_sequence, inventory.expectation,
	inventory.expectation_settlement, inventory.expectations FROM PUBLIC;
REVOKE ALL ON FUNCTION
	inventory.expect(text, text, bigint, timestamptz, text, text, jsonb),
	inventory.settle_expected(bigint, bigint, text), inventory.promise(text, text, tstzrange)
	FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
	inventory.expect(text, text, bigint, timestamptz, text, text, jsonb),
	inventory.settle_expected(bigint, bigint, text), inventory.promise(text, text, tstzrange)
	TO inventory_app;
GRANT EXECUTE ON FUNCTION inventory.promise(text, text, tstzrange) TO inventory_reader;
GRANT SELECT ON inventory.expectations TO inventory_reader;
SELECT pg_catalog.pg_extension_config_dump('inventory.expectation_sequence', '');
SELECT pg_catalog.pg_extension_config_dump('inventory.expectation', '');
SELECT pg_catalog.pg_extension_config_dump('inventory.expectation_settlement', '');

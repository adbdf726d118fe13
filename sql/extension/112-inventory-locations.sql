-- Inventory: what is known of locations and sales channels, for the choice among stocks.
CREATE TABLE inventory.location (
	location text COLLATE "C" NOT NULL CONSTRAINT location_pkey PRIMARY KEY
		CONSTRAINT location_not_empty CHECK (location <> ''),
	priority integer,
	coordinates point
);
COMMENT ON TABLE inventory.location IS
	'locations of which more is known than their name; others may have stock as well';
COMMENT ON COLUMN inventory.location.priority IS
	'the lowest is chosen first; NULL after all others';
COMMENT ON COLUMN inventory.location.coordinates IS
	'where it is, in the plane that the argument "near" of reserve() is in; NULL: far away';

CREATE TABLE inventory.channel (
	sku text COLLATE "C" NOT NULL,
	location text COLLATE "C" NOT NULL,
	channel text COLLATE "C" NOT NULL CONSTRAINT channel_not_empty CHECK (channel <> ''),
	safety_stock bigint NOT NULL CONSTRAINT channel_safety_stock CHECK (safety_stock >= 0),
	CONSTRAINT channel_pkey PRIMARY KEY (sku, location, channel)
);
COMMENT ON TABLE inventory.channel IS
	'available units of an item at a location that a sales channel must leave for others';
COMMENT ON COLUMN inventory.channel.safety_stock IS
	'the channel may take units only as long as so many are left';

CREATE VIEW inventory.locations AS
SELECT l.location, l.priority, l.coordinates
FROM inventory.location AS l;
COMMENT ON VIEW inventory.locations IS 'what set_location() has set';
COMMENT ON COLUMN inventory.locations.priority IS
	'the lowest is chosen first; NULL after all others';

CREATE VIEW inventory.channels AS
SELECT c.sku, c.location, c.channel, c.safety_stock
FROM inventory.channel AS c;
COMMENT ON VIEW inventory.channels IS 'what set_channel() has set';
COMMENT ON COLUMN inventory.channels.safety_stock IS
	'units that the channel must leave for others';

CREATE FUNCTION inventory.set_location(location text, priority integer = NULL,
		coordinates point = NULL)
	RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF coalesce(octet_length($1), 0) NOT BETWEEN 1 AND 1000 THEN
		RAISE EXCEPTION 'the argument "location" has an invalid length'
			USING ERRCODE = '22023', DETAIL = 'It is NULL, empty, or too long.',
			HINT = 'Pass between 1 and 1000 bytes.';
	END IF;
	INSERT INTO inventory.location AS l (location, priority, coordinates) VALUES ($1, $2, $3)
	ON CONFLICT ON CONSTRAINT location_pkey DO UPDATE
	SET priority = coalesce($2, l.priority), coordinates = coalesce($3, l.coordinates);
END
$$;
COMMENT ON FUNCTION inventory.set_location IS
	'for operators: sets priority and coordinates of a location, leaving what is NULL as it is';

CREATE FUNCTION inventory.set_channel(sku text, location text, channel text,
		safety_stock bigint)
	RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF coalesce(octet_length($3), 0) NOT BETWEEN 1 AND 1000 THEN
		RAISE EXCEPTION 'the argument "channel" has an invalid length'
			USING ERRCODE = '22023', DETAIL = 'It is NULL, empty, or too long.',
			HINT = 'Pass between 1 and 1000 bytes.';
	ELSIF $4 IS NULL OR $4 < 0 THEN
		RAISE EXCEPTION 'the argument "safety_stock" must not be negative'
			USING ERRCODE = '22023', DETAIL = format('It is %s.', coalesce($4::text, 'NULL')),
			HINT = 'Pass 0 to let the channel take all that is available.';
	ELSIF NOT EXISTS (SELECT FROM inventory.stock AS s WHERE s.sku = $1 AND s.location = $2) THEN
		RAISE EXCEPTION 'no such item "%" at location "%"', $1, $2
			USING ERRCODE = 'MZ010', DETAIL = 'It was never received there.',
			HINT = 'Check the spelling, or receive the item there first.';
	END IF;
	INSERT INTO inventory.channel AS c (sku, location, channel, safety_stock)
	VALUES ($1, $2, $3, $4)
	ON CONFLICT ON CONSTRAINT channel_pkey DO UPDATE SET safety_stock = $4;
END
$$;
COMMENT ON FUNCTION inventory.set_channel IS
	'for operators: sets how many available units of an item at a location a sales channel '
	'must leave for others';

REVOKE ALL ON inventory.location, inventory.channel, inventory.locations, inventory.channels
	FROM PUBLIC;
REVOKE ALL ON FUNCTION inventory.set_location, inventory.set_channel FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory.set_location, inventory.set_channel TO inventory_operator;
GRANT SELECT ON inventory.locations, inventory.channels TO inventory_operator, inventory_reader;
SELECT pg_catalog.pg_extension_config_dump('inventory.location', '');
SELECT pg_catalog.pg_extension_config_dump('inventory.channel', '');

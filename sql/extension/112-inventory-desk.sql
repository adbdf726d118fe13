-- Inventory: what clerks do to stocks, beside selling.  All of these are rows that are only
-- added, so that no transaction sees two versions of one; clerks' calls about one stock take
-- turns (the fence kDesk), so that their rows are committed in the order of their numbers.
CREATE TABLE inventory.correction (
	stock bigint NOT NULL,
	sequence bigint NOT NULL,
	at timestamptz NOT NULL,
	verb text NOT NULL CONSTRAINT correction_verb_known CHECK (verb IN ('adjust', 'count')),
	delta bigint NOT NULL,
	counted bigint CONSTRAINT correction_counted CHECK (counted >= 0),
	point bigint,
	reason text NOT NULL,
	CONSTRAINT correction_pkey PRIMARY KEY (stock, sequence),
	CONSTRAINT correction_of_count CHECK ((verb = 'count') = (counted IS NOT NULL)
		AND (verb = 'count') = (point IS NOT NULL))
);
COMMENT ON TABLE inventory.correction IS 'adjustments and counts of stocks; append-only';
COMMENT ON COLUMN inventory.correction.sequence IS
	'number of the movement in the journal; of a count that found no difference, of its own';
COMMENT ON COLUMN inventory.correction.delta IS 'units added to the books';
COMMENT ON COLUMN inventory.correction.counted IS 'units that were found';
COMMENT ON COLUMN inventory.correction.point IS 'what count_start() returned';

CREATE TABLE inventory.count_point (
	stock bigint NOT NULL,
	sequence bigint NOT NULL,
	at timestamptz NOT NULL,
	on_hand bigint NOT NULL,
	by_counts bigint NOT NULL,
	serials text[] COLLATE "C",
	changes bigint[],
	CONSTRAINT count_point_with_changes CHECK ((serials IS NULL) = (changes IS NULL)),
	CONSTRAINT count_point_pkey PRIMARY KEY (stock, sequence)
);
COMMENT ON TABLE inventory.count_point IS
	'what was in the house by the books when somebody began to count; append-only';
COMMENT ON COLUMN inventory.count_point.sequence IS 'what count_start() returned';
COMMENT ON COLUMN inventory.count_point.by_counts IS
	'the sum of all differences found by counts entered until then';
COMMENT ON COLUMN inventory.count_point.serials IS
	'the units that were in the stock, where it is kept by serial number';
COMMENT ON COLUMN inventory.count_point.changes IS 'of each, the number of its latest change';

CREATE TABLE inventory.quarantine (
	stock bigint NOT NULL,
	sequence bigint NOT NULL,
	units bigint NOT NULL CONSTRAINT quarantine_moves CHECK (units <> 0),
	CONSTRAINT quarantine_pkey PRIMARY KEY (stock, sequence)
);
COMMENT ON TABLE inventory.quarantine IS
	'units that came into quarantine, or, negative, left it; append-only';
COMMENT ON COLUMN inventory.quarantine.sequence IS 'number of the movement in the journal';

CREATE VIEW inventory.corrections AS
SELECT s.sku, s.location, s.lot, c.sequence, c.at, c.verb, c.delta, c.counted, c.reason
FROM inventory.correction AS c
JOIN inventory.stock AS s ON s.stock = c.stock;
COMMENT ON VIEW inventory.corrections IS 'adjustments and counts of stocks';
COMMENT ON COLUMN inventory.corrections.sequence IS
	'number of the correction; adjust() takes the last one of a stock as expect_sequence';
COMMENT ON COLUMN inventory.corrections.delta IS 'units added to the books';
COMMENT ON COLUMN inventory.corrections.counted IS 'units that were found, by a count';

CREATE VIEW inventory.counted_serials AS
SELECT s.sku, s.location, s.lot, c.sequence, c.at, h.serial,
	CASE h.state WHEN 'gone' THEN 'missing' ELSE 'surplus' END AS finding, c.reason
FROM inventory.correction AS c
JOIN inventory.stock AS s ON s.stock = c.stock
JOIN inventory.serial_history AS h ON h.sku = s.sku AND h.sequence = c.sequence
WHERE c.verb = 'count';
COMMENT ON VIEW inventory.counted_serials IS
	'units that counts did not find, and units that they found though the books had them elsewhere';
COMMENT ON COLUMN inventory.counted_serials.sequence IS 'number of the correction';
COMMENT ON COLUMN inventory.counted_serials.finding IS 'missing, or surplus';

CREATE VIEW inventory.quarantined AS
SELECT s.sku, s.location, s.lot, sum(q.units)::bigint AS quantity
FROM inventory.quarantine AS q
JOIN inventory.stock AS s ON s.stock = q.stock
GROUP BY s.stock
HAVING sum(q.units) <> 0;
COMMENT ON VIEW inventory.quarantined IS 'units in quarantine, by stock';

REVOKE ALL ON inventory.correction, inventory.count_point, inventory.quarantine,
	inventory.corrections, inventory.counted_serials, inventory.quarantined FROM PUBLIC;
GRANT SELECT ON inventory.corrections, inventory.counted_serials, inventory.quarantined
	TO inventory_operator, inventory_reader;

SELECT pg_catalog.pg_extension_config_dump('inventory.correction', '');
SELECT pg_catalog.pg_extension_config_dump('inventory.count_point', '');
SELECT pg_catalog.pg_extension_config_dump('inventory.quarantine', '');

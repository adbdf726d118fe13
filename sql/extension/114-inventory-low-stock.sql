-- Inventory: notices of low stock.
CREATE SEQUENCE inventory.low_stock_sequence AS bigint;
COMMENT ON SEQUENCE inventory.low_stock_sequence IS
	'numbers of low-stock events; not in the order of their commits';

CREATE TABLE inventory.low_stock_event (
	event bigint NOT NULL CONSTRAINT low_stock_event_pkey PRIMARY KEY,
	stock bigint NOT NULL,
	at timestamptz NOT NULL,
	transaction xid8 NOT NULL,
	available bigint NOT NULL,
	low_water bigint NOT NULL,
	recovered_at timestamptz
);
CREATE UNIQUE INDEX low_stock_event_open ON inventory.low_stock_event (stock)
	WHERE recovered_at IS NULL;
COMMENT ON TABLE inventory.low_stock_event IS
	'times at which what is available of a stock fell to its low-water mark';
COMMENT ON COLUMN inventory.low_stock_event.event IS 'number of the event';
COMMENT ON COLUMN inventory.low_stock_event.transaction IS 'the transaction that crossed the mark';
COMMENT ON COLUMN inventory.low_stock_event.available IS
	'units in the cells as of its commit; expired holds count when somebody has reaped them';
COMMENT ON COLUMN inventory.low_stock_event.low_water IS 'the mark';
COMMENT ON COLUMN inventory.low_stock_event.recovered_at IS
	'when it rose above the mark again, NULL while it has not';
COMMENT ON INDEX inventory.low_stock_event_open IS 'stocks that are low; one event each';

CREATE VIEW inventory.low_stock AS
SELECT e.event, e.at, s.sku, s.location, s.lot, e.available, e.low_water, e.recovered_at,
	e.transaction
FROM inventory.low_stock_event AS e
JOIN inventory.stock AS s ON s.stock = e.stock;
COMMENT ON VIEW inventory.low_stock IS
	'times at which what is available of a stock fell to its low-water mark; once, until it has '
	'risen above it';
COMMENT ON COLUMN inventory.low_stock.available IS 'units available as of that commit';
COMMENT ON COLUMN inventory.low_stock.recovered_at IS
	'when it rose above the mark again, NULL while it has not';
COMMENT ON COLUMN inventory.low_stock.transaction IS 'the transaction that crossed the mark';

REVOKE ALL ON inventory.low_stock_event, inventory.low_stock_sequence, inventory.low_stock
	FROM PUBLIC;
GRANT SELECT ON inventory.low_stock TO inventory_app, inventory_operator, inventory_reader;
SELECT pg_catalog.pg_extension_config_dump('inventory.low_stock_sequence', '');
SELECT pg_catalog.pg_extension_config_dump('inventory.low_stock_event', '');

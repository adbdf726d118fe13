-- The shop: its own tables, and views over them that are right in every snapshot.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE EXTENSION mezzanine;

CREATE TABLE orders (
	order_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	reservation uuid NOT NULL UNIQUE,
	buyer int NOT NULL,
	placed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE order_lines (
	order_id bigint NOT NULL REFERENCES orders,
	line int NOT NULL,
	item text NOT NULL,
	category text NOT NULL,
	quantity bigint NOT NULL CHECK (quantity > 0),
	price numeric(10,2) NOT NULL,
	PRIMARY KEY (order_id, line)
);

SELECT mezzanine.create_view('sales_by_item', $$
	SELECT item, count(*) AS lines, sum(quantity) AS units, sum(quantity * price) AS revenue
	FROM order_lines GROUP BY item $$);
SELECT mezzanine.create_view('sales_by_category', $$
	SELECT category, count(*) AS lines, sum(quantity) AS units,
		sum(quantity * price) AS revenue, avg(price) AS mean_price
	FROM order_lines GROUP BY category $$, spread => 16);

-- Two people beside the DBA: the application, and the analyst with the BI tool.
DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop') THEN
		CREATE ROLE shop LOGIN IN ROLE inventory_app;
		CREATE ROLE analyst LOGIN IN ROLE mezzanine_reader, inventory_reader;
	END IF;
END $$;
GRANT SELECT, INSERT ON orders, order_lines TO shop;

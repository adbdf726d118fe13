-- Views over the tables of the inventory follow what its functions write, though these write by
-- the access methods, as far as a row is concerned.
SET client_min_messages = warning;
CREATE TABLE views_of_stock (number serial, name text, query text);
INSERT INTO views_of_stock (name, query) VALUES
	('vi_available', 'SELECT s.sku, s.location, sum(c.available) AS available, count(*) AS cells
		FROM inventory.stock s JOIN inventory.cell c ON c.stock = s.stock GROUP BY s.sku, s.location'),
	('vi_holds', 'SELECT s.sku, r.status, sum(l.quantity) AS units, sum(l.confirmed) AS sold, sum(l.released) AS back, count(*) AS lines
		FROM inventory.reservation r JOIN inventory.reservation_line l USING (reservation) JOIN inventory.stock s USING (stock) GROUP BY s.sku, r.status'),
	('vi_moves', 'SELECT from_account, to_account, sum(quantity) AS units, count(*) AS movements FROM inventory.journal GROUP BY from_account, to_account'),
	('vi_serials', 'SELECT sku, state, array_agg(serial ORDER BY serial) AS serials FROM inventory.serial GROUP BY sku, state'),
	('vi_keys', 'SELECT verb, status, count(*) FROM inventory.idempotency GROUP BY verb, status'),
	('vi_transfers', 'SELECT t.to_location, sum(l.quantity) AS sent FROM inventory.transfer t JOIN inventory.transfer_line l USING (transfer) GROUP BY t.to_location');
SELECT inventory.receive('vi lamp', 'main', 5) > 0 AS received;
SELECT mezzanine.create_view(name, query) FROM views_of_stock ORDER BY number;
CREATE FUNCTION differences_of_stock() RETURNS TABLE (view text, kind text, key jsonb, expected jsonb, actual jsonb)
	LANGUAGE sql VOLATILE AS $$
	SELECT q.name, v.* FROM views_of_stock AS q CROSS JOIN LATERAL mezzanine.verify(('mezzanine.' || q.name)::regclass) AS v $$;
SELECT * FROM differences_of_stock();

SELECT inventory.receive('vi lamp', 'main', 5) > 0 AS received;
SELECT inventory.receive('vi vase', 'north', 4, lot => 'A', expires_on => '2030-01-01') > 0 AS received;
SELECT inventory.receive('vi phone', 'main', 3, serials => '{P1,P2,P3}') > 0 AS received;
SELECT reservation, fence, status FROM inventory.reserve('vi lamp', 3, key => 'vi 1') \gset
SELECT * FROM differences_of_stock();
SELECT sku, available FROM mezzanine.vi_available WHERE sku LIKE 'vi %' ORDER BY sku;
SELECT sku, status, units FROM mezzanine.vi_holds WHERE sku LIKE 'vi %';

-- A transaction reads its own holds in the view; what a savepoint takes back is gone.
BEGIN;
SELECT status FROM inventory.reserve('vi lamp', 2);
SELECT available FROM mezzanine.vi_available WHERE sku = 'vi lamp';
SAVEPOINT s;
SELECT status FROM inventory.reserve('vi lamp', 4);
SELECT available FROM mezzanine.vi_available WHERE sku = 'vi lamp';
ROLLBACK TO SAVEPOINT s;
SELECT available FROM mezzanine.vi_available WHERE sku = 'vi lamp';
COMMIT;
SELECT available FROM mezzanine.vi_available WHERE sku = 'vi lamp';
SELECT * FROM differences_of_stock();

-- Each of the verbs, at the level where rows are written beside the cell as well.
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT status FROM inventory.confirm(:'reservation', :fence);
SELECT sku, status, units, sold FROM mezzanine.vi_holds WHERE sku = 'vi lamp' ORDER BY status;
COMMIT;
SELECT * FROM differences_of_stock();
SELECT reservation, fence FROM inventory.reserve('{"(vi lamp,1,main)","(vi vase,2,north)"}'::inventory.line[]) \gset
SELECT fence FROM inventory.extend(:'reservation', :fence, '1 h') \gset
SELECT status FROM inventory.release(:'reservation', :fence, '{"(vi lamp,1,main)"}'::inventory.line[]);
SELECT * FROM differences_of_stock();
SELECT status FROM inventory.reserve_many(ARRAY['(,"{""(vi lamp,1,)""}",,)', '(,"{""(vi lamp,99,)""}",,)']::inventory.request[]);
SELECT * FROM differences_of_stock();
SELECT status FROM inventory.reserve('vi lamp', 1, ttl => '20 ms');
SELECT pg_sleep(0.03);
SELECT status FROM inventory.reserve('vi lamp', 2);
SELECT * FROM differences_of_stock();
SELECT inventory.adjust('vi lamp', 'main', 20, 'found') > 0 AS adjusted;
SELECT inventory.count_start('vi lamp', 'main') AS point \gset
SELECT inventory.count('vi lamp', 'main', 18, :point, 'stocktake') IS NOT NULL AS counted;
SELECT safety_stock FROM inventory.set_policy('vi lamp', 'main', safety_stock => 2);
SELECT inventory.ship_transfer('{"(vi lamp,2,)"}'::inventory.line[], 'main', 'vi south') AS transfer \gset
SELECT * FROM differences_of_stock();
SELECT inventory.receive_transfer(:transfer, '{"(vi lamp,2,)"}') IS NOT NULL AS arrived;
SELECT inventory.quarantine('vi lamp', 'vi south', 1, 'scratched') > 0 AS set_aside;
SELECT inventory.settle_quarantine('vi lamp', 'vi south', 1, 'scrap', 'broken') > 0 AS settled;
SELECT * FROM differences_of_stock();
SELECT reservation, fence FROM inventory.reserve('vi phone', 1) \gset
SELECT status FROM inventory.confirm(:'reservation', :fence);
SELECT * FROM differences_of_stock();
SELECT sku, state, serials FROM mezzanine.vi_serials WHERE sku = 'vi phone' ORDER BY state;
SELECT movements >= 0 AS pruned FROM inventory.prune(clock_timestamp(), 1000000);
SELECT * FROM differences_of_stock();
SELECT sent FROM mezzanine.vi_transfers WHERE to_location = 'vi south';

-- Whoever has a right to the inventory alone brings the views up to date as well.
CREATE ROLE vi_shop;
GRANT inventory_app TO vi_shop;
SET ROLE vi_shop;
SELECT status FROM inventory.reserve('vi lamp', 1);
RESET ROLE;
SELECT * FROM differences_of_stock();
DROP ROLE vi_shop;

-- One's own triggers after a row fire too, and foreign keys that refer to these tables hold.
CREATE TABLE vi_log (change text, old bigint, new bigint);
CREATE FUNCTION vi_log() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
	INSERT INTO vi_log VALUES (TG_OP, OLD.available, NEW.available);
	RETURN NULL;
END $$;
CREATE TRIGGER vi_log AFTER INSERT OR UPDATE OR DELETE ON inventory.cell FOR EACH ROW EXECUTE FUNCTION vi_log();
SELECT inventory.receive('vi desk', 'main', 5) > 0 AS received;
SELECT status FROM inventory.reserve('vi desk', 2);
SELECT * FROM vi_log;
DROP TRIGGER vi_log ON inventory.cell;
SELECT reservation, fence FROM inventory.reserve('vi desk', 1) \gset
CREATE TABLE vi_order (reservation uuid REFERENCES inventory.reservation);
INSERT INTO vi_order VALUES (:'reservation');
SELECT status FROM inventory.confirm(:'reservation', :fence);
\set VERBOSITY sqlstate
SELECT reservations FROM inventory.prune(clock_timestamp(), 1000000);
DROP TABLE vi_order;
SELECT * FROM differences_of_stock();

-- What is written while a transaction commits comes too late for a view.
\set VERBOSITY terse
SELECT mezzanine.create_view('vi_low', 'SELECT stock, count(*) FROM inventory.low_stock_event GROUP BY stock');
SELECT mezzanine.drop_view(name) FROM views_of_stock;
DROP TABLE views_of_stock, vi_log;
DROP FUNCTION differences_of_stock, vi_log;
SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgname LIKE 'mezzanine%' AND tgrelid::regclass::text LIKE 'inventory.%';

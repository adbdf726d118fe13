-- Who may do what: the application calls functions, readers read views, nobody else.
CREATE ROLE privileges_app IN ROLE inventory_app;
CREATE ROLE privileges_reader IN ROLE inventory_reader;
CREATE ROLE privileges_nobody;
SELECT inventory.receive('privileges-lamp', 'north', 3) \gset

SET ROLE privileges_app;
SELECT inventory.receive('privileges-lamp', 'north', 1) > 0 AS numbered;
SELECT reservation AS one FROM inventory.reserve('privileges-lamp', 1) \gset
SELECT reservation AS two FROM inventory.reserve('{"(privileges-lamp,1,)"}'::inventory.line[],
	key => 'privileges-1') \gset
SELECT status FROM inventory.confirm(:'one', 1);
SELECT status FROM inventory.release(:'two', 1);
SELECT on_hand FROM inventory.available('{privileges-lamp}');
SELECT * FROM inventory.verify();
\set VERBOSITY sqlstate
SELECT * FROM inventory.availability;
SELECT * FROM inventory.stock;
UPDATE inventory.cell SET available = 9;
INSERT INTO inventory.journal DEFAULT VALUES;
DELETE FROM inventory.reservation;
SELECT nextval('inventory.journal_sequence');
\set VERBOSITY default

SET ROLE privileges_reader;
SELECT sku, on_hand FROM inventory.availability WHERE sku = 'privileges-lamp';
SELECT status, lines FROM inventory.reservations
	WHERE reservation IN (:'one', :'two') ORDER BY status;
SELECT on_hand FROM inventory.available('{privileges-lamp}');
SELECT * FROM inventory.verify('privileges-lamp');
\set VERBOSITY sqlstate
SELECT inventory.receive('privileges-lamp', 'north', 1);
SELECT inventory.reserve('privileges-lamp', 1);
SELECT inventory.reserve('{"(privileges-lamp,1,)"}'::inventory.line[]);
SELECT inventory.confirm(:'one', 1);
SELECT inventory.release(:'two', 1);
SELECT * FROM inventory.journal;
UPDATE inventory.availability SET sku = 'x';
DELETE FROM inventory.reservations;

SET ROLE privileges_nobody;
SELECT inventory.reserve('privileges-lamp', 1);
SELECT * FROM inventory.availability;
\set VERBOSITY default
RESET ROLE;

-- Roles have no rights on tables and sequences, by the catalogue.
SELECT c.relname, a.privilege_type, a.grantee::regrole
FROM pg_class c, aclexplode(c.relacl) a
WHERE c.relnamespace = 'inventory'::regnamespace AND c.relkind IN ('r', 'S')
	AND a.grantee <> c.relowner;

-- What operators and readers may call; readers may read every view but one that functions use.
SELECT a.grantee::regrole AS role, string_agg(DISTINCT p.proname, ', ' ORDER BY p.proname) AS may_call
FROM pg_proc AS p, aclexplode(p.proacl) AS a
WHERE p.pronamespace = 'inventory'::regnamespace
	AND a.grantee IN ('inventory_operator'::regrole, 'inventory_reader'::regrole)
GROUP BY a.grantee ORDER BY 1;
SELECT c.relname AS not_for_readers FROM pg_class AS c
WHERE c.relnamespace = 'inventory'::regnamespace AND c.relkind = 'v'
	AND NOT has_table_privilege('inventory_reader', c.oid, 'SELECT');

-- Objects of the caller's that look like ours do not lead astray.
SET ROLE privileges_app;
CREATE TEMP TABLE stock (sku text);
CREATE FUNCTION pg_temp.statement_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT (1 / 0)::text::timestamptz';
SET search_path = pg_temp, pg_catalog, inventory;
SELECT status FROM inventory.reserve('privileges-lamp', 1);
SELECT available FROM inventory.available('{privileges-lamp}');
SELECT * FROM inventory.verify();
RESET search_path;
RESET ROLE;
DROP OWNED BY privileges_app;
DROP ROLE privileges_app, privileges_reader, privileges_nobody;

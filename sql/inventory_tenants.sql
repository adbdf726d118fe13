-- Tenants, by the example in docs/examples/tenants.sql: none sees or moves another's stock,
-- however it tries.
\getenv abs_srcdir PG_ABS_SRCDIR
\set example :abs_srcdir '/docs/examples/tenants.sql'
\set ECHO none
\i :example
\set ECHO all
\set SHOW_CONTEXT never
CREATE ROLE tenant_ann LOGIN IN ROLE tenant;
CREATE ROLE tenant_bob LOGIN IN ROLE tenant;
CREATE ROLE tenant_nobody LOGIN IN ROLE tenant;
INSERT INTO shop.tenant VALUES ('tenant_ann', 'ann'), ('tenant_bob', 'bob');

SET SESSION AUTHORIZATION tenant_ann;
SELECT shop.receive('lamp', 'main', 5, key => 'delivery 1') > 0 AS received;
SELECT reservation AS hold, fence FROM shop.reserve('lamp', 2, key => 'cart 1') \gset
SELECT status, lines, shortfall FROM shop.reserve('lamp', 9);
SELECT status, lines, replayed FROM shop.reserve('lamp', 2, key => 'cart 1');
SELECT * FROM shop.availability;
SELECT status, lines FROM shop.reservations;

-- The same names are another's, with a space of keys of its own.
SET SESSION AUTHORIZATION tenant_bob;
SELECT * FROM shop.availability;
SELECT * FROM shop.reservations;
SELECT shop.receive('lamp', 'main', 1, key => 'delivery 1') > 0 AS received;
SELECT status, lines, replayed FROM shop.reserve('lamp', 1, key => 'cart 1');
SELECT * FROM shop.availability;
-- Ann's reservation, with its right fence.
\set VERBOSITY sqlstate
SELECT shop.confirm(:'hold', :fence);
SELECT shop.release(:'hold', :fence);
SELECT shop.confirm(gen_random_uuid(), 1);
-- Ann's items, by any name.
SELECT shop.reserve('ann/lamp', 1);
SELECT shop.reserve('../ann/lamp', 1);
SELECT shop.reserve('', 1);
-- Past the gateway.
SELECT inventory.reserve('ann/lamp', 1);
SELECT inventory.confirm(:'hold', :fence);
SELECT inventory.release(:'hold', :fence);
SELECT * FROM inventory.availability;
SELECT * FROM inventory.available(NULL);
SELECT * FROM inventory.consume('x');
SELECT * FROM inventory.verify();
SELECT * FROM shop.hold;
SELECT * FROM shop.tenant;
INSERT INTO shop.tenant VALUES ('tenant_bob', 'ann');
UPDATE shop.tenant SET tenant = 'ann';
SELECT shop.own('x');
SELECT shop.require_hold(:'hold');
CREATE FUNCTION shop.current_tenant() RETURNS text LANGUAGE sql AS $$ SELECT 'ann' $$;
SET ROLE tenant_gateway;
SET SESSION AUTHORIZATION tenant_ann;
\set VERBOSITY default
-- Names of the caller's own, and functions that tell what they see.
CREATE TEMP TABLE tenant AS SELECT 'tenant_bob'::name AS login, 'ann' AS tenant;
CREATE FUNCTION pg_temp.current_tenant() RETURNS text LANGUAGE sql AS $$ SELECT 'ann' $$;
CREATE FUNCTION pg_temp.tell(value text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$
BEGIN
	RAISE NOTICE 'saw %', value;
	RETURN true;
END $$;
SET search_path = pg_temp, shop, pg_catalog;
SELECT sku, available FROM shop.availability WHERE pg_temp.tell(sku || ' ' || on_hand);
SELECT status FROM shop.reservations WHERE pg_temp.tell(lines::text);
SELECT status FROM shop.reserve('lamp', 1);
RESET search_path;
-- A login that belongs to no tenant.
SET SESSION AUTHORIZATION tenant_nobody;
SELECT * FROM shop.availability;
SELECT * FROM shop.reservations;
SELECT shop.reserve('lamp', 1);
SELECT shop.receive('lamp', 'main', 1);
\set VERBOSITY sqlstate
SELECT shop.release(:'hold', :fence);
\set VERBOSITY default

-- Ann still has hers.
SET SESSION AUTHORIZATION tenant_ann;
SELECT * FROM shop.availability;
SELECT status, lines FROM shop.confirm(:'hold', :fence);
RESET SESSION AUTHORIZATION;
SELECT sku, on_hand, held FROM inventory.availability WHERE sku ~ '^(ann|bob)/' ORDER BY sku;
SELECT * FROM inventory.verify();

\set VERBOSITY terse
SET client_min_messages = warning;
DROP SCHEMA shop CASCADE;
DROP OWNED BY tenant_ann, tenant_bob, tenant_nobody, tenant, tenant_gateway;
DROP ROLE tenant_ann, tenant_bob, tenant_nobody, tenant, tenant_gateway;

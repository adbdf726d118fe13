-- Tenants: several shops in one database, none of which sees or moves another's stock.
-- Run as a superuser, in the database that has the extension; then enter each tenant's
-- login into shop.tenant, and grant it the role tenant.  ../tenants.md explains.
CREATE ROLE tenant NOLOGIN;
CREATE ROLE tenant_gateway NOLOGIN; -- owns what stands between; no superuser, no BYPASSRLS
GRANT inventory_app, inventory_reader TO tenant_gateway;
CREATE SCHEMA shop AUTHORIZATION tenant_gateway;
SET ROLE tenant_gateway;
GRANT USAGE ON SCHEMA shop TO tenant;

CREATE TABLE shop.tenant (
	login name PRIMARY KEY,
	tenant text NOT NULL CHECK (tenant ~ '^[a-z0-9-]+$') -- no slash: see shop.own()
);

-- The tenant of whoever has logged in: neither SET ROLE nor a setting changes that.
CREATE FUNCTION shop.current_tenant() RETURNS text
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS $$ SELECT t.tenant FROM shop.tenant AS t WHERE t.login = session_user $$;

-- A name, of an item or a key, in the tenant's own space.
CREATE FUNCTION shop.own(name text) RETURNS text
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF shop.current_tenant() IS NULL THEN
		RAISE EXCEPTION 'login "%" belongs to no tenant', session_user
			USING ERRCODE = 'insufficient_privilege';
	END IF;
	RETURN shop.current_tenant() || '/' || name;
END $$;

-- Which reservations are whose.  FORCE: the policy holds for the owner too, as whom the
-- functions below run.
CREATE TABLE shop.hold (
	reservation uuid PRIMARY KEY,
	tenant text NOT NULL DEFAULT shop.current_tenant()
);
ALTER TABLE shop.hold ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.hold
	USING (tenant = shop.current_tenant()) WITH CHECK (tenant = shop.current_tenant());

CREATE FUNCTION shop.require_hold(reservation uuid) RETURNS void
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM shop.hold AS h WHERE h.reservation = $1) THEN
		-- As for one that does not exist.
		RAISE EXCEPTION 'no such reservation %', reservation USING ERRCODE = 'MZ007';
	END IF;
END $$;

-- An outcome in the tenant's own names.
CREATE FUNCTION shop.strip(lines inventory.line[]) RETURNS inventory.line[]
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
	SELECT array_agg(ROW(substr(l.sku, length(shop.own('')) + 1), l.quantity,
		l.location)::inventory.line ORDER BY l.n)
	FROM unnest($1) WITH ORDINALITY AS l (sku, quantity, location, n)
$$;

CREATE FUNCTION shop.receive(sku text, location text, quantity bigint, key text = NULL)
	RETURNS bigint
	LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	AS $$ SELECT inventory.receive(shop.own($1), $2, $3, key => shop.own($4)) $$;

CREATE FUNCTION shop.reserve(sku text, quantity bigint, location text = NULL,
		ttl interval = '15 min', key text = NULL, wait interval = '2 s')
	RETURNS inventory.outcome
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	answer inventory.outcome;
BEGIN
	answer := inventory.reserve(shop.own(sku), quantity, location, ttl, shop.own(key), wait);
	IF answer.reservation IS NOT NULL AND NOT answer.replayed THEN
		INSERT INTO shop.hold VALUES (answer.reservation);
	END IF;
	answer.lines := shop.strip(answer.lines);
	answer.shortfall := shop.strip(answer.shortfall);
	RETURN answer;
END $$;

CREATE FUNCTION shop.confirm(reservation uuid, fence bigint) RETURNS inventory.outcome
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	answer inventory.outcome;
BEGIN
	PERFORM shop.require_hold(reservation);
	answer := inventory.confirm(reservation, fence);
	answer.lines := shop.strip(answer.lines);
	RETURN answer;
END $$;

CREATE FUNCTION shop.release(reservation uuid, fence bigint) RETURNS inventory.outcome
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	answer inventory.outcome;
BEGIN
	PERFORM shop.require_hold(reservation);
	answer := inventory.release(reservation, fence);
	answer.lines := shop.strip(answer.lines);
	RETURN answer;
END $$;

-- security_barrier: no function of the caller's sees a row before the view has filtered it.
CREATE VIEW shop.availability WITH (security_barrier) AS
SELECT substr(a.sku, length(t.prefix) + 1) AS sku, a.location, a.on_hand, a.held, a.available
FROM (SELECT shop.current_tenant() || '/') AS t (prefix)
JOIN inventory.availability AS a ON starts_with(a.sku, t.prefix);

CREATE VIEW shop.reservations WITH (security_barrier) AS
SELECT r.reservation, r.status, r.fence, r.expires_at, shop.strip(r.lines) AS lines
FROM shop.hold AS h JOIN inventory.reservations AS r ON r.reservation = h.reservation;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA shop FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shop.receive, shop.reserve, shop.confirm, shop.release TO tenant;
-- Called by the views, in the name of whoever reads them.
GRANT EXECUTE ON FUNCTION shop.current_tenant, shop.strip TO tenant;
GRANT SELECT ON shop.availability, shop.reservations TO tenant;
RESET ROLE;

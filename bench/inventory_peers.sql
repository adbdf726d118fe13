-- What a team would write itself, for bench/inventory: one unit held by each call.
CREATE SCHEMA peer;

CREATE TABLE peer.stock (
	item bigint PRIMARY KEY,
	available bigint NOT NULL CHECK (available >= 0)
) WITH (fillfactor = 20);
INSERT INTO peer.stock VALUES (1, :units);

CREATE TABLE peer.hold (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	item bigint NOT NULL,
	quantity bigint NOT NULL,
	expires_at timestamptz NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now()
);

-- The usual function: never below zero, but all buyers of an item queue for its row.
CREATE FUNCTION peer.reserve_update(wanted bigint, units bigint) RETURNS bigint
	LANGUAGE plpgsql AS $$
DECLARE
	hold bigint;
BEGIN
	UPDATE peer.stock SET available = available - units
	WHERE item = wanted AND available >= units;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	INSERT INTO peer.hold (item, quantity, expires_at)
	VALUES (wanted, units, now() + interval '1 hour') RETURNING id INTO hold;
	RETURN hold;
END
$$;

-- One row a unit: a unit that is locked is passed over, so "sold out" may be said while
-- somebody may yet roll back.
CREATE TABLE peer.unit (
	id bigint PRIMARY KEY,
	item bigint NOT NULL,
	held_until timestamptz
) WITH (fillfactor = 80);
CREATE INDEX ON peer.unit (item) WHERE held_until IS NULL;
CREATE FUNCTION peer.reserve_unit(wanted bigint) RETURNS bigint LANGUAGE sql AS $$
	UPDATE peer.unit SET held_until = now() + interval '1 hour'
	WHERE id = (SELECT id FROM peer.unit WHERE item = wanted AND held_until IS NULL
		FOR UPDATE SKIP LOCKED LIMIT 1)
	RETURNING id
$$;

-- Sixteen parts behind advisory locks that are tried, and one of which is waited for where
-- none is free.  Fast, and not exact: what the others have is not looked at, so "sold out" is
-- a guess.
CREATE TABLE peer.stripe (
	item bigint NOT NULL,
	stripe integer NOT NULL,
	available bigint NOT NULL CHECK (available >= 0),
	PRIMARY KEY (item, stripe)
) WITH (fillfactor = 20);
INSERT INTO peer.stripe SELECT 1, s, :units / 16 FROM generate_series(0, 15) AS s;
CREATE FUNCTION peer.reserve_stripe(wanted bigint, units bigint) RETURNS bigint
	LANGUAGE plpgsql AS $$
DECLARE
	first integer := floor(random() * 16);
	chosen integer := first;
	hold bigint;
BEGIN
	WHILE NOT pg_try_advisory_xact_lock(wanted::integer, chosen) LOOP
		chosen := (chosen + 1) % 16;
		IF chosen = first THEN
			PERFORM pg_advisory_xact_lock(wanted::integer, chosen);
			EXIT;
		END IF;
	END LOOP;
	UPDATE peer.stripe SET available = available - units
	WHERE item = wanted AND stripe = chosen AND available >= units;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	INSERT INTO peer.hold (item, quantity, expires_at)
	VALUES (wanted, units, now() + interval '1 hour') RETURNING id INTO hold;
	RETURN hold;
END
$$;

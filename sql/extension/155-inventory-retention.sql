-- Inventory: retention.  What is over and old goes; balances stay.
CREATE FUNCTION inventory.retire(sequences bigint[]) RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
	AS 'MODULE_PATHNAME', 'mezzanine_retire';
COMMENT ON FUNCTION inventory.retire(bigint[]) IS
	'for prune() alone: deletes movements that were added to the opening balances';

-- Units of holds that were over before the time go back to the shelf, as reserve() would
-- have it if it needed them; until then their reservations are not settled.
CREATE FUNCTION inventory.settle_expired(before timestamptz, max integer) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	hold record;
	settled bigint := 0;
BEGIN
	FOR hold IN
		SELECT r.reservation, r.fence FROM inventory.reservation AS r
		WHERE r.reservation IN (
			SELECT l.reservation FROM inventory.reservation_line AS l
			WHERE l.confirmed + l.released < l.quantity AND l.expires_at < before
			LIMIT max)
		ORDER BY r.reservation
	LOOP
		BEGIN
			PERFORM inventory.release(hold.reservation, hold.fence, reason => 'expire');
			settled := settled + 1;
		EXCEPTION WHEN SQLSTATE 'MZ004' OR SQLSTATE 'MZ005' OR SQLSTATE 'MZ007' THEN
			NULL; -- its owner came first, and has it in another state
		END;
	END LOOP;
	RETURN settled;
END $$;
COMMENT ON FUNCTION inventory.settle_expired(timestamptz, integer) IS
	'for prune() alone: gives back what holds that expired before a time have left';

-- The last movement before a time: numbers follow the clock, but for those written together.
CREATE FUNCTION inventory.last_sequence(before timestamptz) RETURNS bigint
	LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	low bigint := (SELECT min(j.sequence) FROM inventory.journal AS j);
	high bigint := (SELECT max(j.sequence) FROM inventory.journal AS j);
	middle bigint;
	found record;
BEGIN
	WHILE low < high LOOP
		middle := high - (high - low) / 2;
		SELECT j.sequence, j.at INTO found FROM inventory.journal AS j
		WHERE j.sequence >= middle ORDER BY j.sequence LIMIT 1;
		IF found.at < before THEN
			low := found.sequence;
		ELSE
			high := middle - 1;
		END IF;
	END LOOP;
	RETURN low;
END $$;
COMMENT ON FUNCTION inventory.last_sequence(timestamptz) IS
	'for prune() alone: up to which number movements are older than a time';

-- Reservations among those given that are over and old, and no longer in a key; locked.
CREATE FUNCTION inventory.lock_settled(reservations uuid[], before timestamptz) RETURNS uuid[]
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked uuid[];
BEGIN
	locked := ARRAY(SELECT r.reservation FROM inventory.reservation AS r
		WHERE r.reservation = ANY (reservations) AND r.status <> 'held' AND r.settled_at < before
		FOR UPDATE SKIP LOCKED);
	-- In a snapshot of its own: nobody changes their lines now.
	RETURN ARRAY(SELECT id FROM unnest(locked) AS id
		WHERE NOT EXISTS (SELECT FROM inventory.reservation_line AS l
				WHERE l.reservation = id AND l.confirmed + l.released < l.quantity)
			AND id NOT IN (SELECT k.reservation FROM inventory.idempotency AS k
				WHERE k.reservation IS NOT NULL));
END $$;
COMMENT ON FUNCTION inventory.lock_settled(uuid[], timestamptz) IS
	'for prune() alone: locks reservations that may go';

-- The sums of movements go into the opening balances, and the movements go.
CREATE FUNCTION inventory.roll_up(sequences bigint[]) RETURNS void
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
INSERT INTO inventory.opening_balance AS o (stock, account, quantity, movements, upto)
SELECT e.stock, e.account, sum(e.quantity), count(*), max(e.at)
FROM inventory.entry AS e
WHERE e.sequence = ANY ($1)
GROUP BY e.stock, e.account
ON CONFLICT (stock, account) DO UPDATE SET
	quantity = o.quantity + excluded.quantity,
	movements = o.movements + excluded.movements,
	upto = greatest(o.upto, excluded.upto);
SELECT inventory.retire($1);
$$;
COMMENT ON FUNCTION inventory.roll_up(bigint[]) IS
	'for prune() alone: turns movements into opening balances';

CREATE FUNCTION inventory.prune(before timestamptz, max integer = 10000)
	RETURNS TABLE (holds bigint, keys bigint, bookings bigint, reservations bigint,
		movements bigint)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	had_by_all bigint;
	last bigint;
	candidates bigint[];
	going uuid[];
BEGIN
	IF before IS NULL OR max IS NULL OR max < 1 OR before > clock_timestamp() THEN
		RAISE EXCEPTION 'inventory.prune() needs a time that is past and a positive number'
			USING ERRCODE = '22023',
			DETAIL = format('The time given is %s, the number %s.', coalesce(before::text, 'NULL'),
				coalesce(max::text, 'NULL')),
			HINT = 'Pass, for example, now() - interval ''1 year''.';
	END IF;
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'inventory.prune() runs at READ COMMITTED only'
			USING ERRCODE = '0A000',
			DETAIL = format('The transaction is at %s.',
				upper(current_setting('transaction_isolation'))),
			HINT = 'Begin the transaction with ISOLATION LEVEL READ COMMITTED.';
	END IF;
	-- One at a time; readers go on.
	LOCK TABLE inventory.opening_balance IN SHARE ROW EXCLUSIVE MODE;
	INSERT INTO inventory.retention AS r VALUES (before)
	ON CONFLICT ((true)) DO UPDATE SET
		pruned_before = greatest(r.pruned_before, excluded.pruned_before);

	holds := inventory.settle_expired(before, max);

	DELETE FROM inventory.idempotency AS k WHERE k.key IN (
		SELECT o.key FROM inventory.idempotency AS o
		WHERE o.at < before
			AND NOT EXISTS (SELECT FROM inventory.reservation AS r
				WHERE r.reservation = o.reservation
					AND (r.status = 'held' OR r.settled_at >= before))
			AND NOT EXISTS (SELECT FROM inventory.booking AS b
				WHERE b.booking = o.reservation AND b.status IN ('held', 'confirmed')
					AND b.ends_at >= before)
		LIMIT max);
	GET DIAGNOSTICS keys = ROW_COUNT;

	DELETE FROM inventory.booking AS b WHERE b.booking IN (
			SELECT o.booking FROM inventory.booking AS o
			WHERE (o.ends_at < before AND (o.status <> 'held' OR o.expires_at < before)
					OR o.status IN ('released', 'expired') AND o.settled_at < before)
				AND o.booking NOT IN (SELECT k.reservation FROM inventory.idempotency AS k
					WHERE k.reservation IS NOT NULL)
			LIMIT max)
		-- Once more, where somebody has changed it since.
		AND (b.ends_at < before AND (b.status <> 'held' OR b.expires_at < before)
			OR b.status IN ('released', 'expired') AND b.settled_at < before);
	GET DIAGNOSTICS bookings = ROW_COUNT;

	SELECT coalesce(min(least(c.upto + 1, c.open_from,
			(SELECT min(f) FROM unnest(c.pending_from) AS f))), 9223372036854775807)
		INTO had_by_all FROM inventory.consumer AS c;
	last := least(inventory.last_sequence(before), had_by_all - 1);
	candidates := ARRAY(SELECT j.sequence FROM inventory.journal AS j
		WHERE j.sequence <= last AND j.at < before
			AND NOT EXISTS (SELECT FROM inventory.reservation AS r
				WHERE r.reservation = j.reservation
					AND (r.status = 'held' OR r.settled_at >= before))
			AND (j.reservation IS NULL OR j.reservation NOT IN (
				SELECT k.reservation FROM inventory.idempotency AS k
				WHERE k.reservation IS NOT NULL))
		ORDER BY j.sequence
		LIMIT max);
	going := inventory.lock_settled(ARRAY(SELECT DISTINCT j.reservation
		FROM inventory.journal AS j
		WHERE j.sequence = ANY (candidates) AND j.reservation IS NOT NULL), before);
	DELETE FROM inventory.reservation_line AS l WHERE l.reservation = ANY (going);
	DELETE FROM inventory.reservation AS r WHERE r.reservation = ANY (going);
	reservations := cardinality(going);
	-- Of what has no reservation, or none any more.
	candidates := ARRAY(SELECT j.sequence FROM inventory.journal AS j
		WHERE j.sequence = ANY (candidates) AND NOT EXISTS (
			SELECT FROM inventory.reservation AS r WHERE r.reservation = j.reservation));
	PERFORM inventory.roll_up(candidates);
	movements := cardinality(candidates);
	RETURN NEXT;
END $$;
COMMENT ON FUNCTION inventory.prune(timestamptz, integer) IS
	'removes what was over before a time: keys, bookings, reservations, and movements, whose '
	'sums are kept; at most so many of each; returns how many';

REVOKE ALL ON FUNCTION inventory.retire(bigint[]),
	inventory.settle_expired(timestamptz, integer), inventory.last_sequence(timestamptz),
	inventory.lock_settled(uuid[], timestamptz), inventory.roll_up(bigint[]),
	inventory.prune(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory.prune(timestamptz, integer) TO inventory_operator;

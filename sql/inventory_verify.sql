-- The audit finds what was changed by hand: each kind of damage, undone after.
SELECT inventory.receive('verify-lamp', 'north', 10), inventory.receive('verify-vase', 'north',
	10) \gset
SELECT reservation AS held FROM inventory.reserve('verify-lamp', 2) \gset
SELECT reservation AS sold FROM inventory.reserve('verify-lamp', 3) \gset
SELECT status FROM inventory.confirm(:'sold', 1);
SELECT * FROM inventory.verify();

CREATE FUNCTION pg_temp.damage(statement text) RETURNS TABLE (finding text) LANGUAGE plpgsql AS $$
BEGIN
	BEGIN
		EXECUTE statement;
		finding := (SELECT string_agg(concat_ws(' | ', v.check_name, v.expected, v.actual), E'\n'
			ORDER BY v.check_name, v.key) FROM inventory.verify('verify-lamp') AS v);
		RAISE EXCEPTION USING ERRCODE = 'QQ001', MESSAGE = coalesce(finding, 'found nothing');
	EXCEPTION WHEN SQLSTATE 'QQ001' THEN
		finding := SQLERRM;
	END;
	RETURN NEXT;
END $$;
SELECT s.stock AS lamp FROM inventory.stock s WHERE sku = 'verify-lamp' \gset
SELECT set_config('verify.lamp', :'lamp', false), set_config('verify.held', :'held', false),
	set_config('verify.sold', :'sold', false) \gset
SELECT pg_temp.damage('UPDATE inventory.cell SET available = 6
	WHERE stock = current_setting(''verify.lamp'')::bigint');
SELECT pg_temp.damage('DELETE FROM inventory.cell
	WHERE stock = current_setting(''verify.lamp'')::bigint');
SELECT pg_temp.damage('INSERT INTO inventory.cell
	VALUES (current_setting(''verify.lamp'')::bigint, 0, 1, -9)');
SELECT pg_temp.damage('UPDATE inventory.cell SET adjustment = 1
	WHERE stock = current_setting(''verify.lamp'')::bigint');
SELECT pg_temp.damage('UPDATE inventory.reservation_line SET quantity = 1
	WHERE reservation = current_setting(''verify.held'')::uuid');
SELECT pg_temp.damage('DELETE FROM inventory.reservation_line
	WHERE reservation = current_setting(''verify.held'')::uuid');
SELECT pg_temp.damage('UPDATE inventory.reservation_line SET confirmed = 2, released = 1
	WHERE reservation = current_setting(''verify.sold'')::uuid');
SELECT pg_temp.damage('UPDATE inventory.reservation
	SET status = ''confirmed'', settled_at = now()
	WHERE reservation = current_setting(''verify.held'')::uuid');
SELECT pg_temp.damage('UPDATE inventory.reservation SET status = ''expired''
	WHERE reservation = current_setting(''verify.sold'')::uuid');
SELECT regexp_replace(finding, '[A-Z][a-z]{2} .*', '<times>') AS damage
	FROM pg_temp.damage('UPDATE inventory.reservation
	SET expires_at = expires_at + ''1 s''
	WHERE reservation = current_setting(''verify.held'')::uuid');
SELECT pg_temp.damage('DELETE FROM inventory.reservation
	WHERE reservation = current_setting(''verify.held'')::uuid');
SELECT pg_temp.damage('INSERT INTO inventory.journal
	VALUES (0, now(), ''1'', current_setting(''verify.lamp'')::bigint, ''quarantine'', ''supplier'', 4,
	NULL, ''by hand'', NULL)');
SELECT pg_temp.damage('INSERT INTO inventory.quarantine
	VALUES (current_setting(''verify.lamp'')::bigint, 0, 4)');
SELECT pg_temp.damage('INSERT INTO inventory.correction
	VALUES (current_setting(''verify.lamp'')::bigint, 0, now(), ''adjust'', 4, NULL, NULL, ''x'')');
SELECT pg_temp.damage('INSERT INTO inventory.serial
	VALUES (''verify-lamp'', ''x'', current_setting(''verify.lamp'')::bigint, ''stock'', NULL, NULL, 0),
	(''verify-lamp'', ''y'', current_setting(''verify.lamp'')::bigint, ''quarantine'', NULL, NULL, 0)');
-- What belongs to another item is not looked at where one is named, and found otherwise.
BEGIN;
UPDATE inventory.cell SET available = available + 1 WHERE stock = (SELECT stock
	FROM inventory.stock WHERE sku = 'verify-vase');
SELECT * FROM inventory.verify('verify-lamp');
SELECT check_name, key, expected, actual FROM inventory.verify();
ROLLBACK;
BEGIN;
DELETE FROM inventory.stock WHERE sku = 'verify-lamp';
SELECT check_name, expected, actual, count(*) FROM inventory.verify() GROUP BY 1, 2, 3 ORDER BY 1;
INSERT INTO inventory.reservation VALUES ('00000000-0000-7000-8000-000000000000', 'held', 1,
	now(), now(), NULL, NULL);
SELECT check_name, key FROM inventory.verify()
	WHERE key LIKE '%00000000-0000-7000-8000-000000000000%';
ROLLBACK;
SELECT * FROM inventory.verify();

-- Constraints hold for rows that no executor writes, new ones and old ones.
CREATE FUNCTION pg_temp.receive(quantity bigint) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN inventory.receive('verify-vase', 'north', quantity) > 0;
EXCEPTION WHEN check_violation THEN
	RETURN SQLERRM;
END $$;
SELECT pg_temp.receive(13);
ALTER TABLE inventory.journal ADD CONSTRAINT not_twelve CHECK (quantity <> 12);
SELECT pg_temp.receive(12), pg_temp.receive(11), pg_temp.receive(12);
ALTER TABLE inventory.journal DROP CONSTRAINT not_twelve;
SELECT pg_temp.receive(12);
SELECT on_hand FROM inventory.available('{verify-vase}');

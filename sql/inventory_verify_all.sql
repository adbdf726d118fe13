-- The audit of all items is one pass over everything, in one snapshot, and finds what the
-- audits of single items find: damage of every kind, found by both and told alike.
SELECT inventory.receive('all-lamp', 'north', 10) AS a, inventory.receive('all-vase', 'north', 9),
	inventory.receive('all-phone', 'north', 4, serials => '{P1,P2,P3,P4}') \gset
SELECT stock AS lamp FROM inventory.stock WHERE sku = 'all-lamp' \gset
SELECT stock AS phone FROM inventory.stock WHERE sku = 'all-phone' \gset
SELECT reservation AS held FROM inventory.reserve('all-lamp', 2, key => 'all-held') \gset
SELECT reservation AS sold FROM inventory.reserve('all-lamp', 3) \gset
SELECT status FROM inventory.confirm(:'sold', 1);
SELECT inventory.ship_transfer('{"(all-phone,2,)"}', 'north', 'south') AS transfer \gset
SELECT inventory.receive_transfer(:transfer, '{"(all-phone,1,)"}');
SELECT inventory.set_capacity('all-room', 1, tstzrange('2027-01-01', '2027-01-02'));
SELECT status FROM inventory.book('all-room', tstzrange('2027-01-01 07:00', '2027-01-01 08:00'),
	key => 'all-room');
SELECT * FROM inventory.verify();

CREATE TEMPORARY TABLE found (check_name text);
-- What each audit finds after a damage: of the item it is in, where it is in one.
CREATE FUNCTION pg_temp.damage(item text, statement text, OUT checks text, OUT by_both text)
LANGUAGE plpgsql AS $$
DECLARE
	one text;
	every text;
BEGIN
	BEGIN
		EXECUTE statement;
		SELECT string_agg(v::text, ' ' ORDER BY v::text) INTO one
		FROM inventory.verify(item) AS v;
		SELECT string_agg(v::text, ' ' ORDER BY v::text),
			string_agg(DISTINCT v.check_name, ', ' ORDER BY v.check_name) INTO every, checks
		FROM inventory.verify() AS v;
		by_both := CASE WHEN item IS NULL THEN 'in no item' WHEN one = every THEN 'the same'
			ELSE format('%s <> %s', one, every) END;
		RAISE EXCEPTION USING ERRCODE = 'QQ001';
	EXCEPTION WHEN SQLSTATE 'QQ001' THEN
		INSERT INTO found SELECT * FROM string_to_table(checks, ', ');
	END;
END $$;
SELECT d.checks, d.by_both
FROM (VALUES
	('all-lamp', format('UPDATE inventory.cell SET available = 6 WHERE stock = %s', :lamp)),
	('all-lamp', format('DELETE FROM inventory.cell WHERE stock = %s', :lamp)),
	('all-lamp', format('INSERT INTO inventory.cell VALUES (%s, 0, 1, -9)', :lamp)),
	('all-lamp', format('UPDATE inventory.cell SET adjustment = 1 WHERE stock = %s', :lamp)),
	('all-lamp', format('UPDATE inventory.stock SET safety_stock = 1 WHERE stock = %s', :lamp)),
	('all-lamp', format('UPDATE inventory.reservation_line SET quantity = 1
		WHERE reservation = %L', :'held')),
	('all-lamp', format('DELETE FROM inventory.reservation_line WHERE reservation = %L', :'held')
		|| format('; DELETE FROM inventory.idempotency WHERE reservation = %L', :'held')
		|| format('; DELETE FROM inventory.reservation WHERE reservation = %L', :'held')),
	('all-lamp', format('UPDATE inventory.reservation_line SET confirmed = 2, released = 1
		WHERE reservation = %L', :'sold')),
	('all-lamp', format('UPDATE inventory.reservation SET status = ''confirmed'', settled_at = now()
		WHERE reservation = %L', :'held')),
	('all-lamp', format('UPDATE inventory.reservation SET status = ''expired''
		WHERE reservation = %L', :'sold')),
	('all-lamp', format('UPDATE inventory.reservation SET expires_at = expires_at + ''1 s''
		WHERE reservation = %L', :'held')),
	('all-lamp', format('UPDATE inventory.idempotency SET reservation = NULL
		WHERE reservation = %L', :'held')
		|| format('; DELETE FROM inventory.reservation WHERE reservation = %L', :'held')),
	('all-lamp', format('INSERT INTO inventory.journal VALUES (0, now(), ''1'', %s, ''quarantine'',
		''supplier'', 4, NULL, ''by hand'', NULL)', :lamp)),
	('all-lamp', format('INSERT INTO inventory.quarantine VALUES (%s, 0, 4)', :lamp)),
	('all-lamp', format('INSERT INTO inventory.correction VALUES (%s, 0, now(), ''adjust'', 4, NULL,
		NULL, ''x'')', :lamp)),
	('all-phone', 'UPDATE inventory.serial SET state = ''gone''
		WHERE sku = ''all-phone'' AND serial = ''P4'''),
	('all-phone', 'UPDATE inventory.serial SET state = ''quarantine''
		WHERE sku = ''all-phone'' AND serial = ''P4'''),
	('all-phone', format('UPDATE inventory.serial SET state = ''transit'', transfer = %s
		WHERE sku = ''all-phone'' AND serial = ''P4''', :transfer)),
	('all-phone', format('INSERT INTO inventory.transfer_line VALUES (%s, 2, %s, 5)', :transfer,
		:phone)),
	('all-phone', format('INSERT INTO inventory.transfer_receipt VALUES (%s, 1, 0, 2, true)',
		:transfer)),
	(NULL, format('DELETE FROM inventory.stock WHERE stock = %s', :lamp)),
	(NULL, format('DELETE FROM inventory.reservation WHERE reservation = %L', :'held')),
	(NULL, 'INSERT INTO inventory.reservation VALUES (''00000000-0000-7000-8000-000000000000'',
		''held'', 1, now(), now(), NULL, NULL)'),
	(NULL, 'DELETE FROM inventory.booking WHERE resource = ''all-room'''),
	(NULL, 'UPDATE inventory.booking SET units = 2 WHERE resource = ''all-room''')
) AS plan (item, statement), pg_temp.damage(plan.item, plan.statement) AS d;
-- Every check that the audit makes is among them.
SELECT DISTINCT m[1] AS "no damage for"
FROM pg_catalog.pg_proc AS p,
	regexp_matches(p.prosrc, '(?:SELECT|^\t\()\s*''([a-z ]{12,})'',', 'gn') AS m
WHERE p.oid = 'inventory.verify'::regproc AND m[1] NOT IN (SELECT check_name FROM found);
SELECT count(DISTINCT check_name) > 20 AS "many checks" FROM found;
SELECT * FROM inventory.verify();

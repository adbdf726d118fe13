-- Tables that only grow: by privilege, and by a trigger that holds for their owner too.
DO $$
DECLARE
	grown record;
BEGIN
	FOR grown IN
		SELECT * FROM (VALUES
			('journal', 'movements'),
			('serial_history', 'changes'),
			('correction', 'corrections'),
			('count_point', 'points'),
			('quarantine', 'entries'),
			('audit_entry', 'entries'),
			('large_stock', 'marks'),
			('transfer', 'transfers'),
			('transfer_line', 'lines'),
			('transfer_receipt', 'receipts'),
			('expectation', 'expectations'),
			('expectation_settlement', 'settlements')) AS t (name, rows)
	LOOP
		EXECUTE format('CREATE TRIGGER %1$I BEFORE UPDATE OR DELETE OR TRUNCATE ON inventory.%2$I
			FOR EACH STATEMENT EXECUTE FUNCTION inventory.refuse_change(%3$L)',
			grown.name || '_append_only', grown.name, grown.rows);
		EXECUTE format('ALTER TABLE inventory.%2$I ENABLE ALWAYS TRIGGER %1$I',
			grown.name || '_append_only', grown.name);
		EXECUTE format('COMMENT ON TRIGGER %I ON inventory.%I IS %L',
			grown.name || '_append_only', grown.name,
			grown.rows || ' are never changed or removed, by nobody');
	END LOOP;
END $$;

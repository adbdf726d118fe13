-- One reservation that is over, made by the functions, and for each table that has rows of
-- it the statement that copies them :past times: bench/inventory runs them side by side.
SELECT reservation, fence FROM inventory.reserve('item-1', 1, 'main') \gset
SELECT status FROM inventory.confirm(:'reservation', :fence) \g /dev/null
SELECT setval('inventory.journal_sequence', 10 * :past + 1000) \g /dev/null
SELECT format('INSERT INTO %1$s (%2$s) SELECT %3$s FROM %1$s AS t, '
		'generate_series(1, %4$s) AS i WHERE t.reservation = %5$L',
	c.oid::regclass, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
	string_agg(CASE a.attname
		WHEN 'reservation' THEN $$lpad(to_hex(i), 32, '0')::uuid$$
		WHEN 'sequence' THEN 't.sequence + 10 * i'
		ELSE 't.' || quote_ident(a.attname) END, ', ' ORDER BY a.attnum),
	:'past', :'reservation')
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind = 'r'
WHERE c.relnamespace = 'inventory'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
	AND c.relname IN ('reservation', 'reservation_line', 'journal')
GROUP BY c.oid;

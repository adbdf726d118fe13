-- The views that the table queries (number, name, query) names.
DO $$
DECLARE
	q record;
BEGIN
	FOR q IN SELECT * FROM queries ORDER BY number LOOP
		PERFORM mezzanine.create_view(q.name, q.query);
	END LOOP;
END $$;

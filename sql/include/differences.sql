-- What the tests of views share: a table queries (number, name, query) names the views.
-- The views that differ from their queries, and by how many rows.
CREATE FUNCTION differences() RETURNS TABLE (differing text, number_of_rows bigint) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	FOR differing IN SELECT name FROM queries ORDER BY number LOOP
		EXECUTE format('SELECT count(*) FROM (
			(SELECT v::text FROM mezzanine.%1$s AS v EXCEPT ALL SELECT q::text FROM mezzanine_state.%1$s_definition AS q) UNION ALL
			(SELECT q::text FROM mezzanine_state.%1$s_definition AS q EXCEPT ALL SELECT v::text FROM mezzanine.%1$s AS v)) AS d',
			differing) INTO number_of_rows;
		IF number_of_rows > 0 THEN
			RETURN NEXT;
		END IF;
	END LOOP;
END $$;

-- As differences.sql, compared with the query as given, not with what the definition makes of it.
CREATE FUNCTION differences() RETURNS TABLE (differing text, number_of_rows bigint) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	given text;
BEGIN
	FOR differing, given IN SELECT name, query FROM queries ORDER BY number LOOP
		EXECUTE format('SELECT count(*) FROM (
			(SELECT v::text FROM mezzanine.%1$s AS v EXCEPT ALL SELECT q::text FROM (%2$s) AS q) UNION ALL
			(SELECT q::text FROM (%2$s) AS q EXCEPT ALL SELECT v::text FROM mezzanine.%1$s AS v)) AS d',
			differing, given) INTO number_of_rows;
		IF number_of_rows > 0 THEN
			RETURN NEXT;
		END IF;
	END LOOP;
END $$;

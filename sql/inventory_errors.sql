-- Errors in full: what happened, why, and what to do.  Each state that the inventory
-- raises is here once.
SELECT inventory.receive('errors-lamp', 'north', 9) \gset
SELECT inventory.reserve('errors-lamp', 0);
SELECT inventory.reserve('errors-lamp', NULL::bigint);
SELECT inventory.reserve(repeat('x', 2000), 1);
SELECT inventory.reserve('errors-lamp', 1, ttl => '-1 h');
SELECT inventory.reserve('errors-lamp', 1, wait => '-1 h');
SELECT inventory.reserve('errors-none', 1);
SELECT inventory.reserve('errors-lamp', 1, 'west');
SELECT inventory.reserve_many(ARRAY[ROW('errors', '{"(errors-none,1,)"}', NULL, NULL)]::inventory.request[]);
SELECT inventory.reserve('{}'::inventory.line[]);
SELECT inventory.reserve('{"(errors-lamp,9223372036854775807,)","(errors-lamp,1,)"}'::inventory.line[]);
SELECT inventory.reserve('{"(errors-lamp,1,)"}'::inventory.line[], mode => 'maybe');
SELECT inventory.reserve('{"(errors-lamp,1,)"}'::inventory.line[], near => '(1,2)');
SELECT inventory.reserve('{"(errors-lamp,1,)"}'::inventory.line[], channel => '');
SELECT inventory.receive('errors-lamp', 'north', 9223372036854775807);
SELECT inventory.set_location('');
SELECT inventory.set_channel('errors-lamp', 'north', '', 1);
SELECT inventory.set_channel('errors-lamp', 'north', 'web', -1);
SELECT inventory.set_channel('errors-lamp', 'west', 'web', 1);
SELECT status FROM inventory.reserve('errors-lamp', 1, key => 'errors-1');
SELECT inventory.reserve('errors-lamp', 2, key => 'errors-1');
SELECT inventory.receive('errors-lamp', 'north', 2, key => 'errors-1');
SELECT inventory.confirm('00000000-0000-7000-8000-000000000000', 1);
BEGIN READ ONLY;
SELECT inventory.release('00000000-0000-7000-8000-000000000000', 1);
ROLLBACK;

-- Of reservations, whose identifiers and times differ from run to run.
CREATE FUNCTION pg_temp.error_of(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text; detail text; hint text;
BEGIN
	EXECUTE call;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
	hint = PG_EXCEPTION_HINT;
	RETURN regexp_replace(regexp_replace(concat_ws(E'\n', SQLSTATE || ' ' || message, detail, hint),
		'[0-9a-f]{8}-[-0-9a-f]{27}', '<id>'), 'until .*\.$', 'until <time>.', 'n');
END $$;
SELECT reservation AS one FROM inventory.reserve('errors-lamp', 1) \gset
SELECT pg_temp.error_of(format('SELECT inventory.confirm(%L, 2)', :'one'));
SELECT status FROM inventory.confirm(:'one', 1);
SELECT pg_temp.error_of(format('SELECT inventory.release(%L, 1)', :'one'));
SELECT reservation AS two FROM inventory.reserve('errors-lamp', 1) \gset
SELECT status FROM inventory.release(:'two', 1);
SELECT pg_temp.error_of(format('SELECT inventory.confirm(%L, 1)', :'two'));
SELECT reservation AS three FROM inventory.reserve('errors-lamp', 1, ttl => '1 ms') \gset
SELECT pg_sleep(0.01);
SELECT pg_temp.error_of(format('SELECT inventory.confirm(%L, 1)', :'three'));

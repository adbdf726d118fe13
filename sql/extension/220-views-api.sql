-- The functions of the schema mezzanine.
CREATE FUNCTION mezzanine.full_version() RETURNS text
	LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mezzanine_full_version';
COMMENT ON FUNCTION mezzanine.full_version() IS
	'versions of the library, of the installed extension and of the server';

CREATE FUNCTION mezzanine.create_view(
	name text, query text,
	mode text = 'immediate', incremental text = 'strict', spread integer = 1,
	target_lag interval = NULL, on_error text = 'fail', on_stale text = 'error',
	with_data boolean = true, if_not_exists boolean = false, comment text = NULL)
	RETURNS regclass
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'mezzanine_create_view';
COMMENT ON FUNCTION mezzanine.create_view(text, text, text, text, integer, interval, text, text,
                                          boolean, boolean, text) IS
	'publishes a query as mezzanine.<name> and keeps it equal to the query, in the transaction '
	'that changes the base table';

CREATE FUNCTION mezzanine.drop_view(view text, if_exists boolean = false, cascade boolean = false)
	RETURNS void
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'mezzanine_drop_view';
COMMENT ON FUNCTION mezzanine.drop_view(text, boolean, boolean) IS
	'drops a mezzanine view with everything that was made for it';

CREATE FUNCTION mezzanine.explain(query text, format text = 'text') RETURNS SETOF text
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'mezzanine_explain';
COMMENT ON FUNCTION mezzanine.explain(text, text) IS
	'dry run of create_view: how the query would be maintained, what it would lock, or why it '
	'is refused';

-- Whether the home table, as this transaction sees it, lacks the transaction's own changes.
CREATE FUNCTION mezzanine_state.is_touched(home regclass) RETURNS boolean
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'mezzanine_is_touched';
COMMENT ON FUNCTION mezzanine_state.is_touched(regclass) IS
	'true when this transaction has written the base table of the view with this home table';

-- Authors of views: they also need to own the base table.
REVOKE ALL ON FUNCTION
	mezzanine.full_version(),
	mezzanine.create_view(text, text, text, text, integer, interval, text, text, boolean, boolean,
	                      text),
	mezzanine.drop_view(text, boolean, boolean),
	mezzanine.explain(text, text),
	mezzanine_state.is_touched(regclass)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
	mezzanine.create_view(text, text, text, text, integer, interval, text, text, boolean, boolean,
	                      text),
	mezzanine.drop_view(text, boolean, boolean),
	mezzanine.explain(text, text),
	mezzanine_state.is_touched(regclass),
	mezzanine_state.touch(), mezzanine_state.capture(), mezzanine_state.guard(),
	mezzanine_state.is_impostor(pg_trigger)
TO mezzanine_author;
GRANT EXECUTE ON FUNCTION mezzanine.full_version() TO mezzanine_author, mezzanine_reader;

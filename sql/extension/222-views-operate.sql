-- What is done to a view that exists: refresh, pause, resume.
CREATE FUNCTION mezzanine.refresh(view regclass, rebuild boolean = false) RETURNS bigint
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'mezzanine_refresh';
COMMENT ON FUNCTION mezzanine.refresh(regclass, boolean) IS
	'computes a view anew from its tables and makes it live; writes the rows that differ, or all '
	'with rebuild, and returns their number';

CREATE FUNCTION mezzanine.pause(view regclass) RETURNS void
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'mezzanine_pause';
COMMENT ON FUNCTION mezzanine.pause(regclass) IS
	'stops keeping a view up to date, so that writers need not; reading it is an error then, or '
	'gives what is there, by the view''s on_stale';

CREATE FUNCTION mezzanine.resume(view regclass) RETURNS bigint
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'mezzanine_resume';
COMMENT ON FUNCTION mezzanine.resume(regclass) IS
	'brings a paused view up to date and to life; returns the number of rows changed';

CREATE FUNCTION mezzanine.alter_view(
	view regclass, on_error text = NULL, on_stale text = NULL) RETURNS void
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'mezzanine_alter_view';
COMMENT ON FUNCTION mezzanine.alter_view(regclass, text, text) IS
	'changes what becomes of an error of the maintenance, and of reading a view that is not live; '
	'NULL leaves as it is';

REVOKE ALL ON FUNCTION
	mezzanine.alter_view(regclass, text, text),
	mezzanine.refresh(regclass, boolean), mezzanine.pause(regclass), mezzanine.resume(regclass)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
	mezzanine.alter_view(regclass, text, text),
	mezzanine.refresh(regclass, boolean), mezzanine.pause(regclass), mezzanine.resume(regclass)
TO mezzanine_author;

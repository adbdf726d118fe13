-- What the maintenance of each view has done.
CREATE FUNCTION mezzanine_state.stat_view(
	view regclass, OUT scope text, OUT batches bigint, OUT rows_in bigint, OUT rows_changed bigint,
	OUT apply_time double precision, OUT lock_waits bigint, OUT lock_wait_time double precision,
	OUT errors bigint, OUT last_applied timestamptz, OUT since timestamptz)
	LANGUAGE c VOLATILE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'mezzanine_stat_view';
COMMENT ON FUNCTION mezzanine_state.stat_view(regclass) IS 'what mezzanine_info.stat_views shows';

CREATE VIEW mezzanine_info.stat_views AS
SELECT c.view, s.scope, s.batches, s.rows_in, s.rows_changed, s.apply_time, s.lock_waits,
       s.lock_wait_time, s.errors, s.last_applied, s.since
FROM mezzanine_info.catalogue AS c JOIN pg_catalog.pg_class AS k ON k.oid = c.view
CROSS JOIN LATERAL mezzanine_state.stat_view(c.view) AS s;
COMMENT ON VIEW mezzanine_info.stat_views IS
	'what the maintenance of each view has done since the server started, or since stat_reset(); '
	'of this session alone where mezzanine is not in shared_preload_libraries';
COMMENT ON COLUMN mezzanine_info.stat_views.scope IS
	'whose work is counted: that of the server, or of this session alone';
COMMENT ON COLUMN mezzanine_info.stat_views.batches IS
	'committed transactions that brought the view up to date';
COMMENT ON COLUMN mezzanine_info.stat_views.rows_in IS
	'changed rows of its table, or of its tables'' join, that concerned the view, of committed '
	'transactions';
COMMENT ON COLUMN mezzanine_info.stat_views.rows_changed IS
	'rows of its home tables and cells that were written, by committed transactions';
COMMENT ON COLUMN mezzanine_info.stat_views.apply_time IS
	'milliseconds that commits spent on the view, waits included';
COMMENT ON COLUMN mezzanine_info.stat_views.lock_waits IS
	'times that a commit waited for another one';
COMMENT ON COLUMN mezzanine_info.stat_views.lock_wait_time IS
	'milliseconds that commits waited for others';
COMMENT ON COLUMN mezzanine_info.stat_views.errors IS
	'errors of the maintenance, whatever became of the writer';
COMMENT ON COLUMN mezzanine_info.stat_views.last_applied IS
	'when a commit last brought the view up to date';
COMMENT ON COLUMN mezzanine_info.stat_views.since IS
	'since when is counted; NULL: nothing has been counted yet';

CREATE FUNCTION mezzanine.stat_reset() RETURNS void
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'mezzanine_stat_reset';
COMMENT ON FUNCTION mezzanine.stat_reset() IS
	'begins the counts of mezzanine_info.stat_views anew: this session''s, and the server''s for '
	'this database';

CREATE FUNCTION mezzanine_state.uncounted_transactions() RETURNS bigint
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'mezzanine_uncounted_transactions';
COMMENT ON FUNCTION mezzanine_state.uncounted_transactions() IS
	'transactions that mezzanine_info.stat_views lacks, for its memory was full';

-- As with PostgreSQL's own statistics, who may reset them is for the superuser to say.
REVOKE ALL ON FUNCTION
	mezzanine_state.stat_view(regclass), mezzanine.stat_reset(),
	mezzanine_state.uncounted_transactions()
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mezzanine_state.stat_view(regclass)
TO mezzanine_author, mezzanine_reader;
GRANT EXECUTE ON FUNCTION mezzanine_state.uncounted_transactions() TO mezzanine_author;
GRANT SELECT ON mezzanine_info.stat_views TO mezzanine_author, mezzanine_reader;

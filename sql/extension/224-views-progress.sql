-- How far the making of views has come.
CREATE FUNCTION mezzanine_state.progress(
	OUT pid integer, OUT base oid, OUT filling bigint, OUT view bigint, OUT home bigint,
	OUT core bigint, OUT cores bigint, OUT rows_to_read bigint, OUT rows_read bigint,
	OUT rows_to_write bigint, OUT rows_written bigint)
	RETURNS SETOF record
	LANGUAGE c VOLATILE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'mezzanine_progress';
COMMENT ON FUNCTION mezzanine_state.progress() IS
	'what mezzanine_info.progress shows, as the sessions of this database tell it';

-- Both numbers to come are the planner's; so what is at work is never quite done.
CREATE VIEW mezzanine_info.progress AS
SELECT p.pid, ('{create,refresh,rebuild}'::text[])[p.filling + 1] AS command,
       nullif(p.view, 0)::oid::regclass AS view, p.base::regclass AS base,
       p.core::integer AS core, p.cores::integer AS cores,
       p.rows_read, p.rows_to_read, p.rows_written, p.rows_to_write,
       least(99.9, round(100 * (p.core - 1 + least(1,
           (p.rows_read + p.rows_written)::numeric
           / greatest(p.rows_to_read + p.rows_to_write, 1))) / p.cores, 1)) AS percent
FROM mezzanine_state.progress() AS p;
COMMENT ON VIEW mezzanine_info.progress IS
	'views that are being created, refreshed or rebuilt: rows read and written so far, and of how '
	'many by the planner''s estimate';
COMMENT ON COLUMN mezzanine_info.progress.view IS 'NULL while the view is being created';

REVOKE ALL ON FUNCTION mezzanine_state.progress() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mezzanine_state.progress() TO mezzanine_author, mezzanine_reader;
GRANT SELECT ON mezzanine_info.progress TO mezzanine_author, mezzanine_reader;

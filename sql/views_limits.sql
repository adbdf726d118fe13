-- What ends a wait, and what does not fit.
\set SHOW_CONTEXT never
CREATE SCHEMA lim;
SET search_path = lim;
CREATE TABLE t (g text, x int);
SELECT mezzanine.create_view('lim_v', 'SELECT 10 / x AS share, count(*) AS n FROM t GROUP BY 1', on_error => 'mark_stale');

-- A commit that makes a view stale waits for whoever changes the view's life, no longer than
-- mezzanine.lock_timeout says.
BEGIN;
SELECT mezzanine.pause('mezzanine.lim_v');
PREPARE TRANSACTION 'lim';
SET mezzanine.lock_timeout = '50ms';
INSERT INTO t VALUES ('a', 0);
SELECT count(*) AS inserted FROM t;
ROLLBACK PREPARED 'lim';
INSERT INTO t VALUES ('a', 0);
SELECT status, stale_reason FROM mezzanine_info.views WHERE view = 'mezzanine.lim_v'::regclass;
RESET mezzanine.lock_timeout;

-- A variance is kept by the sum of squares, which are numerics: twice the digits must fit.
CREATE TABLE wide (g text, x numeric);
SELECT mezzanine.create_view('lim_wide', 'SELECT g, variance(x) AS v, sum(x) > 0 AS positive FROM wide GROUP BY g');
INSERT INTO wide VALUES ('a', ('1e' || 60000)::numeric), ('a', 1);
SELECT length(v::text) AS digits, positive FROM mezzanine.lim_wide;
INSERT INTO wide VALUES ('a', ('1e' || 70000)::numeric);
SELECT count(*) FROM wide;
DELETE FROM wide WHERE x > 1;
TABLE mezzanine.lim_wide;
SELECT * FROM mezzanine.verify('mezzanine.lim_wide');
-- PostgreSQL says the same of such a variance.
SELECT variance(x) FROM (VALUES (('1e' || 70000)::numeric), (1)) AS w(x);
-- Where the writer must not fail, the view turns stale.
SELECT mezzanine.alter_view('mezzanine.lim_wide', on_error => 'mark_stale');
INSERT INTO wide VALUES ('a', ('1e' || 70000)::numeric);
SELECT status FROM mezzanine_info.views WHERE view = 'mezzanine.lim_wide'::regclass;
SET client_min_messages = warning;
DROP SCHEMA lim CASCADE;

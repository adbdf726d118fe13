-- A transaction that makes more groups than the lock table has room for.
CREATE TABLE many_groups (item int, amount numeric(12,2));
SELECT mezzanine.create_view('many_groups_view', 'SELECT item, sum(amount) AS total FROM many_groups GROUP BY item');
BEGIN;
INSERT INTO many_groups SELECT i, 1 FROM generate_series(1, 50000) AS i;
PREPARE TRANSACTION 'many_groups';
SELECT count(*) <= 1024 AS few FROM pg_locks WHERE locktype = 'advisory' AND objsubid IN (19800, 19801);
COMMIT PREPARED 'many_groups';
SELECT count(*), sum(total) FROM mezzanine.many_groups_view;
SELECT * FROM mezzanine.verify('mezzanine.many_groups_view');
-- Changed, moved and gone again.
UPDATE many_groups SET item = item + 25000;
SELECT count(*), min(item), max(item) FROM mezzanine.many_groups_view;
SELECT * FROM mezzanine.verify('mezzanine.many_groups_view');
DELETE FROM many_groups WHERE item > 25010;
SELECT count(*), sum(total) FROM mezzanine.many_groups_view;
SELECT * FROM mezzanine.verify('mezzanine.many_groups_view');
DROP TABLE many_groups CASCADE;

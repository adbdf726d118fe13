-- docs/recipes.md, "Where the parcels are": its statements, and changes that the views must follow.
SET client_min_messages = warning;
CREATE SCHEMA recipe;
SET search_path = recipe;
CREATE TABLE scans (scan bigint PRIMARY KEY, parcel int NOT NULL, status text NOT NULL, place text, at timestamp NOT NULL);
CREATE INDEX ON scans (parcel, at DESC, scan DESC);
SELECT mezzanine.create_view('parcels', $$
    SELECT DISTINCT ON (parcel) parcel, status, place, at
    FROM scans ORDER BY parcel, at DESC, scan DESC
$$);
SELECT mezzanine.create_view('parcels_by_status', $$
    SELECT p.status, count(*) AS parcels, min(p.at) AS oldest
    FROM (SELECT DISTINCT ON (parcel) parcel, status, at
          FROM scans ORDER BY parcel, at DESC, scan DESC) AS p
    GROUP BY p.status
$$);

INSERT INTO scans VALUES (1, 1, 'packed', 'Kiel', '2024-05-01 08:00'), (2, 1, 'sent', 'Kiel', '2024-05-01 12:00'),
	(3, 2, 'packed', 'Ulm', '2024-05-01 09:00'), (4, 3, 'sent', 'Ulm', '2024-05-01 09:00'), (5, 3, 'delivered', NULL, '2024-05-01 09:00');
SELECT * FROM mezzanine.parcels ORDER BY parcel;
SELECT * FROM mezzanine.parcels_by_status ORDER BY status;
INSERT INTO scans VALUES (6, 2, 'sent', 'Ulm', '2024-05-02 09:00'), (7, 1, 'late report', 'Kiel', '2024-04-30 09:00');
SELECT * FROM mezzanine.parcels ORDER BY parcel;
SELECT * FROM mezzanine.parcels_by_status ORDER BY status;
DELETE FROM scans WHERE scan = 5;
UPDATE scans SET at = '2024-05-03 10:00' WHERE scan = 3;
SELECT * FROM mezzanine.parcels ORDER BY parcel;
SELECT * FROM mezzanine.parcels_by_status ORDER BY status;
SELECT * FROM mezzanine.verify('mezzanine.parcels');
SELECT * FROM mezzanine.verify('mezzanine.parcels_by_status');
DROP SCHEMA recipe CASCADE;

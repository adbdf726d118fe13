-- Bookings: units of a capacity, for a time.
SET timezone = 'UTC';
CREATE FUNCTION pg_temp.say(o inventory.outcome) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' | ', o.status, 'fence ' || o.fence, o.lines, 'short ' || o.shortfall::text,
		CASE WHEN o.replayed THEN 'replayed' END)
$$;
-- Times on one day, for short.
CREATE FUNCTION pg_temp.at(times text) RETURNS tstzrange LANGUAGE sql AS $$
	SELECT tstzrange(('2027-03-01 ' || split_part(times, '-', 1))::timestamptz,
		('2027-03-01 ' || split_part(times, '-', 2))::timestamptz)
$$;
SELECT inventory.set_capacity('booking-room', 2);
SELECT pg_temp.say(inventory.book('booking-room', pg_temp.at('10:00-12:00')));
SELECT pg_temp.say(inventory.book('booking-room', pg_temp.at('11:00-13:00')));
SELECT pg_temp.say(inventory.book('booking-room', pg_temp.at('11:30-11:31')));
SELECT pg_temp.say(inventory.book('booking-room', pg_temp.at('9:00-18:00'), 2));
-- Times that touch do not meet.
SELECT pg_temp.say(inventory.book('booking-room', pg_temp.at('12:00-13:00')));
SELECT pg_temp.say(inventory.book('booking-room', pg_temp.at('9:00-10:00'), 2));
SELECT pg_temp.say(inventory.book('booking-room', '[2027-03-01 13:00, 2027-03-01 14:00]', 2));
SELECT pg_temp.say(inventory.book('booking-room', '[2027-03-01 14:00, 2027-03-01 15:00)'));
SELECT pg_temp.say(inventory.book('booking-room', '(2027-03-01 14:00, 2027-03-01 15:00)', 2));
SELECT * FROM inventory.calendar('booking-room', pg_temp.at('0:00-18:00'));
SELECT * FROM inventory.calendar('booking-room', pg_temp.at('10:30-11:30'));
SELECT resource, during, units, status, fence FROM inventory.bookings
WHERE resource = 'booking-room' ORDER BY during, booking;

-- Open ends, and times of many days.
SELECT inventory.set_capacity('booking-crane', 1, '[2027-01-01,)');
SELECT pg_temp.say(inventory.book('booking-crane', '[2027-06-01,)'));
SELECT pg_temp.say(inventory.book('booking-crane', '[2027-01-01, 2027-06-01)'));
SELECT pg_temp.say(inventory.book('booking-crane', '[2050-01-01, 2050-01-02)'));
SELECT pg_temp.say(inventory.book('booking-crane', '(,2027-01-02)'));
SELECT pg_temp.say(inventory.book('booking-crane', '(,)', 7));
SELECT * FROM inventory.calendar('booking-crane', '(,)');
SELECT during FROM inventory.bookings WHERE resource = 'booking-crane' ORDER BY during;

-- Capacity changes over time.
SELECT inventory.set_capacity('booking-slot', 3, pg_temp.at('8:00-20:00'));
SELECT inventory.set_capacity('booking-slot', 5, pg_temp.at('12:00-14:00'));
SELECT inventory.set_capacity('booking-slot', 0, pg_temp.at('16:00-17:00'));
SELECT * FROM inventory.calendar('booking-slot', pg_temp.at('7:00-21:00'));
SELECT pg_temp.say(inventory.book('booking-slot', pg_temp.at('12:00-14:00'), 5));
SELECT pg_temp.say(inventory.book('booking-slot', pg_temp.at('14:00-18:00'), 1));
SELECT pg_temp.say(inventory.book('booking-slot', pg_temp.at('19:00-21:00'), 1));
-- Not below what is booked; as far down as that.
SELECT inventory.set_capacity('booking-slot', 4, pg_temp.at('10:00-13:00'));
SELECT inventory.set_capacity('booking-slot', 5, pg_temp.at('10:00-13:00'));
SELECT * FROM inventory.calendar('booking-slot', pg_temp.at('7:00-21:00'));

-- Daylight saving: the day of the change has 23 hours, and its neighbours touch it.
SET timezone = 'America/New_York';
SELECT inventory.set_capacity('booking-bed', 1);
SELECT pg_temp.say(inventory.book('booking-bed', '[2027-03-13 00:00, 2027-03-14 00:00)'));
SELECT pg_temp.say(inventory.book('booking-bed', '[2027-03-14 00:00, 2027-03-15 00:00)'));
SELECT pg_temp.say(inventory.book('booking-bed', '[2027-03-15 00:00, 2027-03-16 00:00)'));
SELECT during, upper(during) - lower(during) AS length FROM inventory.calendar('booking-bed',
	'[2027-03-13 00:00, 2027-03-16 00:00)') WHERE free = 0;
-- In autumn an hour comes twice: two guests, one after the other.
SELECT pg_temp.say(inventory.book('booking-bed', '[2027-11-07 01:00 EDT, 2027-11-07 01:00 EST)'));
SELECT pg_temp.say(inventory.book('booking-bed', '[2027-11-07 01:00 EST, 2027-11-07 02:00 EST)'));
SELECT pg_temp.say(inventory.book('booking-bed', '[2027-11-07 01:30 EDT, 2027-11-07 01:45 EDT)'));
SET timezone = 'UTC';

-- A booking's life.
SELECT inventory.set_capacity('booking-desk', 1);
SELECT reservation AS id, fence FROM inventory.book('booking-desk', pg_temp.at('9:00-17:00')) \gset
SELECT pg_temp.say(inventory.confirm_booking(:'id', :fence));
SELECT pg_temp.say(inventory.confirm_booking(:'id', :fence));
SELECT pg_temp.say(inventory.release_booking(:'id', :fence));
SELECT pg_temp.say(inventory.release_booking(:'id', :fence));
\set VERBOSITY sqlstate
SELECT inventory.confirm_booking(:'id', :fence);
SELECT inventory.extend_booking(:'id', :fence, '1 hour');
\set VERBOSITY default
SELECT reservation AS id, fence FROM inventory.book('booking-desk', pg_temp.at('9:00-17:00'),
	ttl => '1 hour') \gset
SELECT expires_at > clock_timestamp() + '119 min' AS longer, fence, status
FROM inventory.extend_booking(:'id', :fence, '2 hours');
\set VERBOSITY sqlstate
SELECT inventory.confirm_booking(:'id', 1);
SELECT inventory.release_booking(:'id', 1);
SELECT inventory.extend_booking(:'id', 1, '1 hour');
\set VERBOSITY default
SELECT pg_temp.say(inventory.confirm_booking(:'id', 2));
\set VERBOSITY sqlstate
SELECT inventory.extend_booking(:'id', 2, '1 hour');
\set VERBOSITY default
SELECT pg_temp.say(inventory.release_booking(:'id', 2));
-- Expiry: the time is free again from that instant, and whoever needs it takes it.
SELECT reservation AS id, fence FROM inventory.book('booking-desk', pg_temp.at('9:00-17:00'),
	ttl => '1 ms') \gset
SELECT pg_sleep(0.01);
SELECT status FROM inventory.bookings WHERE booking = :'id';
SELECT free FROM inventory.calendar('booking-desk', pg_temp.at('9:00-17:00'));
\set VERBOSITY sqlstate
SELECT inventory.confirm_booking(:'id', :fence);
\set VERBOSITY default
SELECT pg_temp.say(inventory.book('booking-desk', pg_temp.at('16:00-18:00')));
SELECT pg_temp.say(inventory.release_booking(:'id', :fence));
\set VERBOSITY sqlstate
SELECT inventory.confirm_booking(:'id', :fence);
SELECT inventory.extend_booking(:'id', :fence, '1 hour');
\set VERBOSITY default

-- Keys: the same answer again, rejections too; other arguments are an error.
SELECT pg_temp.say(inventory.book('booking-desk', pg_temp.at('7:00-8:00'), key => 'booking-1'));
SELECT pg_temp.say(inventory.book('booking-desk', pg_temp.at('7:00-8:00'), key => 'booking-1'));
SELECT pg_temp.say(inventory.book('booking-desk', pg_temp.at('7:30-8:00'), key => 'booking-2'));
SELECT r.status FROM inventory.bookings AS b, inventory.release_booking(b.booking, b.fence) AS r
WHERE b.resource = 'booking-desk' AND b.status = 'held' AND lower(b.during) = '2027-03-01 07:00';
SELECT pg_temp.say(inventory.book('booking-desk', pg_temp.at('7:30-8:00'), key => 'booking-2'));
\set VERBOSITY sqlstate
SELECT inventory.book('booking-desk', pg_temp.at('7:30-8:00'), 2, key => 'booking-2');
SELECT inventory.reserve('booking-desk', 1, key => 'booking-2');
\set VERBOSITY default
SELECT * FROM inventory.verify();
-- The audit finds what was changed by hand.
BEGIN;
UPDATE inventory.capacity SET units = 1 WHERE resource = 'booking-room';
DELETE FROM inventory.booking WHERE resource = 'booking-desk' AND starts_at = '2027-03-01 07:00';
SELECT * FROM inventory.verify();
ROLLBACK;
-- Calls of one statement see each other; a savepoint rolled back gives its time back.
SELECT n, (inventory.book('booking-one', pg_temp.at('7:00-8:00'))).status
FROM inventory.set_capacity('booking-one', 2), generate_series(1, 3) AS n;
BEGIN;
SELECT inventory.set_capacity('booking-two', 1);
SAVEPOINT s;
SELECT pg_temp.say(inventory.book('booking-two', pg_temp.at('7:00-8:00')));
ROLLBACK TO s;
SELECT pg_temp.say(inventory.book('booking-two', pg_temp.at('7:00-8:00')));
COMMIT;

-- Bad input.
SELECT inventory.book('booking-unknown', pg_temp.at('7:00-8:00'));
SELECT inventory.book('booking-desk', 'empty');
\set VERBOSITY sqlstate
SELECT inventory.book(NULL, pg_temp.at('7:00-8:00'));
SELECT inventory.book('', pg_temp.at('7:00-8:00'));
SELECT inventory.book(repeat('x', 1001), pg_temp.at('7:00-8:00'));
SELECT inventory.book('booking-desk', NULL);
SELECT inventory.book('booking-desk', '(2027-03-01, 2027-03-01 00:00:00.000001)');
SELECT inventory.book('booking-desk', '[infinity,)');
SELECT inventory.book('booking-desk', '(,-infinity)');
SELECT inventory.book('booking-desk', pg_temp.at('7:00-8:00'), 0);
SELECT inventory.book('booking-desk', pg_temp.at('7:00-8:00'), -1);
SELECT inventory.book('booking-desk', pg_temp.at('7:00-8:00'), NULL);
SELECT (inventory.book('booking-desk', pg_temp.at('7:00-8:00'), 9223372036854775807)).shortfall;
SELECT inventory.book('booking-desk', pg_temp.at('7:00-8:00'), ttl => '0');
SELECT inventory.book('booking-desk', pg_temp.at('7:00-8:00'), ttl => NULL);
SELECT inventory.book('booking-desk', pg_temp.at('7:00-8:00'), wait => '-1 s');
SELECT inventory.book('booking-desk', pg_temp.at('7:00-8:00'), key => '');
SELECT inventory.set_capacity(NULL, 1);
SELECT inventory.set_capacity('', 1);
SELECT inventory.set_capacity('booking-bad', NULL);
SELECT inventory.set_capacity('booking-bad', -1);
SELECT inventory.set_capacity('booking-bad', 1, NULL);
SELECT inventory.set_capacity('booking-bad', 1, 'empty');
SELECT inventory.confirm_booking(NULL, 1);
SELECT inventory.confirm_booking(gen_random_uuid(), 1);
SELECT inventory.confirm_booking(gen_random_uuid(), NULL);
SELECT inventory.release_booking(NULL, 1);
SELECT inventory.release_booking(gen_random_uuid(), 1);
SELECT inventory.extend_booking(gen_random_uuid(), 1, '1 s');
SELECT inventory.extend_booking(gen_random_uuid(), 1, '-1 s');
SELECT inventory.extend_booking(NULL, 1, '1 s');
BEGIN READ ONLY;
SAVEPOINT s;
SELECT inventory.book('booking-desk', pg_temp.at('7:00-8:00'));
ROLLBACK TO s;
SELECT inventory.set_capacity('booking-desk', 1);
ROLLBACK TO s;
SELECT inventory.confirm_booking(gen_random_uuid(), 1);
ROLLBACK TO s;
SELECT inventory.release_booking(gen_random_uuid(), 1);
ROLLBACK TO s;
SELECT inventory.extend_booking(gen_random_uuid(), 1, '1 s');
ROLLBACK;
\set VERBOSITY default
SELECT count(*) FROM inventory.calendar(NULL, '(,)');
SELECT count(*) FROM inventory.calendar('booking-desk', NULL);
SELECT count(*) FROM inventory.calendar('booking-desk', 'empty');
-- Who may do what.
CREATE ROLE booking_app IN ROLE inventory_app;
CREATE ROLE booking_reader IN ROLE inventory_reader;
SET ROLE booking_app;
SELECT inventory.set_capacity('booking-app', 1);
SELECT c.status, r.status FROM inventory.book('booking-app', '[2027-03-01, 2027-03-02)') AS b,
	inventory.confirm_booking(b.reservation, b.fence) AS c,
	inventory.release_booking(b.reservation, b.fence) AS r;
\set VERBOSITY sqlstate
SELECT * FROM inventory.booking;
DELETE FROM inventory.capacity;
SET ROLE booking_reader;
SELECT resource, during, status FROM inventory.bookings WHERE resource = 'booking-app';
SELECT * FROM inventory.calendar('booking-app', '[2027-03-01, 2027-03-02)');
SELECT inventory.set_capacity('booking-app', 1);
SELECT inventory.book('booking-app', '[2027-03-01, 2027-03-02)');
SELECT inventory.confirm_booking(gen_random_uuid(), 1);
SELECT inventory.release_booking(gen_random_uuid(), 1);
SELECT inventory.extend_booking(gen_random_uuid(), 1, '1 s');
RESET ROLE;
\set VERBOSITY default
DROP ROLE booking_app, booking_reader;

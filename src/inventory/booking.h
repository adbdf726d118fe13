// Bookings, as rows; the fences of a time; and what is booked in it.
#pragma once

#include "inventory/outcome.h"
#include "inventory/tables.h"

#include "core/calendar.h"
#include "fence/fence.h"

namespace mezzanine::inventory
{

// A booking in its latest version.
struct Booking {
	pg_uuid_t id;
	text *resource;
	core::Load load;
	core::Ownership ownership;
	TimestampTz created_at;
	TimestampTz settled_at; // unless held
	Optional reference;
	ItemPointerData place; // invalid for a new one
};

struct Bookings {
	Booking *booking;
	int count;
};

pg::Store OpenBookings();
pg::Store OpenActiveBookings(); // to be searched by resource and time

// Raises MZ007 where there is none.
Booking RequireBooking(pg::Store *bookings, const pg_uuid_t &id);

// Inserts or updates.  Requires: the fences of its time.
void WriteBooking(pg::Store *bookings, Booking *booking);

// What the functions answer about a booking.
Outcome OutcomeOf(const Booking &booking);
Optional BookingLine(text *resource, int64 units);

// A time as an argument, half-open; raises 22023 where it is NULL or empty.
core::Span RequireTime(FunctionCallInfo fcinfo, int number, const char *name);

// The fences of a time of a resource: the resource and its days together with others, and
// the hours alone; whole days alone, without their hours; the resource alone, for a time of
// many days.  Two bookings that have no hour in common never wait for each other, unless
// both find the same hold expired.
struct TimeFences {
	fence::Fence resource;
	core::Span during;
	bool whole;
};

// Waits in the fences' queues; raises MZ002 at the deadline.
TimeFences FenceTime(const text *resource, const core::Span &during, TimestampTz deadline);
TimeFences FenceResource(const text *resource, TimestampTz deadline);

// Requires: nothing was written under them.
void LetGo(const TimeFences &fences);

// What is booked within `during`, at the instant `now`: holds that are over apart.
struct Occupancy {
	core::Load *load;
	int count;
	Bookings expired;
};

Occupancy FindOccupancy(pg::Store *active, const text *resource, const core::Span &during,
						TimestampTz now);

// Marks holds as expired for good, whatever the clock does later.
void ExpireBookings(pg::Store *bookings, const Bookings &expired, TimestampTz now);

} // namespace mezzanine::inventory

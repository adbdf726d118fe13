// inventory.book() and set_capacity(): how much there is of a resource, and who gets it.
//
// Fences of the time first, then the bookings' latest versions, then the decision.
// "rejected" is answered only under all fences of the time, so that no transaction in flight
// could have changed the answer.
#include "inventory/booking.h"
#include "inventory/idempotency.h"
#include "inventory/identity.h"
#include "inventory/named.h"

namespace mezzanine::inventory
{

namespace
{

enum CapacityColumn : AttrNumber { kResource = 1, kEndsAt, kStartsAt, kUnits };

struct Booker {
	Key key;
	text *resource;
	core::Load wanted;
	Interval *ttl;
	TimestampTz deadline;
	Optional reference;
};

// Capacities of a resource that overlap a time, and where their rows are.
struct Capacities {
	core::Load *load;
	ItemPointerData *place;
	int count;
};

pg::Store OpenCapacities(LOCKMODE mode)
{
	return OpenTable("capacity", "capacity_pkey", mode);
}

Capacities FindCapacities(pg::Store *store, const text *resource, const core::Span &during)
{
	Capacities found{};
	int room = 16;
	found.load = static_cast<core::Load *>(palloc(sizeof(core::Load) * 16));
	found.place = static_cast<ItemPointerData *>(palloc(sizeof(ItemPointerData) * 16));
	ScanKeyData keys[2];
	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(resource));
	ScanKeyInit(&keys[1], 2, BTGreaterStrategyNumber, F_TIMESTAMPTZ_GT,
				TimestampTzGetDatum(during.from));
	pg::Search search = pg::BeginSearch(store, keys, 2);
	while (pg::NextMatch(&search, store->slot)) {
		CHECK_FOR_INTERRUPTS();
		slot_getallattrs(store->slot);
		const Datum *values = store->slot->tts_values;
		const core::Load load = {
			{DatumGetTimestampTz(values[kStartsAt - 1]), DatumGetTimestampTz(values[kEndsAt - 1])},
			DatumGetInt64(values[kUnits - 1])};
		if (load.during.from >= during.until)
			break; /* in the order of their ends, and they do not overlap */
		if (found.count == room) {
			room *= 2;
			const auto size = static_cast<Size>(room);
			found.load =
				static_cast<core::Load *>(repalloc_huge(found.load, size * sizeof(core::Load)));
			found.place = static_cast<ItemPointerData *>(
				repalloc_huge(found.place, size * sizeof(ItemPointerData)));
		}
		found.place[found.count] = store->slot->tts_tid;
		found.load[found.count++] = load;
	}
	pg::EndSearch(&search);
	return found;
}

bool HasCapacity(pg::Store *store, const text *resource)
{
	ScanKeyData key;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(resource));
	pg::Search search = pg::BeginSearch(store, &key, 1);
	const bool any = pg::NextMatch(&search, store->slot);
	pg::EndSearch(&search);
	return any;
}

core::Fit Fit(const core::Load *capacities, int count, const Occupancy &occupancy,
			  const core::Load &wanted)
{
	core::Fit fit{};
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			fit = core::FitBooking({capacities, static_cast<size_t>(count)},
								   {occupancy.load, static_cast<size_t>(occupancy.count)}, wanted);
		}))
		MEZZANINE_RAISE(failure);
	return fit;
}

Outcome Accept(const Booker &call, pg::Store *active, const Occupancy &occupancy, TimestampTz now)
{
	ExpireBookings(active, occupancy.expired, now);
	Booking booking{};
	booking.id = NewId(now);
	booking.resource = call.resource;
	booking.load = call.wanted;
	booking.ownership = {core::Status::kHeld, 1, EndOf(call.ttl, now)};
	booking.created_at = now;
	booking.reference = call.reference;
	ItemPointerSetInvalid(&booking.place);
	WriteBooking(active, &booking);
	return OutcomeOf(booking);
}

Outcome Reject(const Booker &call, int64 missing)
{
	Outcome outcome{};
	outcome.status = "rejected";
	outcome.lines = BookingLine(call.resource, call.wanted.units);
	outcome.shortfall = BookingLine(call.resource, missing);
	return outcome;
}

// Decides under the fences of the time.
Outcome TakeTime(const Booker &call)
{
	pg::Store capacities = OpenCapacities(AccessShareLock);
	if (!HasCapacity(&capacities, call.resource))
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_NO_SUCH_STOCK),
						errmsg("no such resource \"%s\"", text_to_cstring(call.resource)),
						errdetail("It was never given any capacity."),
						errhint("Check the spelling, or give it capacity: set_capacity().")));

	pg::Store active = OpenActiveBookings();
	const TimeFences fences = FenceTime(call.resource, call.wanted.during, call.deadline);
	const TimestampTz now = GetCurrentTimestamp();
	const Capacities found = FindCapacities(&capacities, call.resource, call.wanted.during);
	const Occupancy occupancy = FindOccupancy(&active, call.resource, call.wanted.during, now);
	const core::Fit fit = Fit(found.load, found.count, occupancy, call.wanted);
	Outcome outcome;
	if (fit.missing == 0) {
		outcome = Accept(call, &active, occupancy, now);
	} else {
		outcome = Reject(call, fit.missing);
		LetGo(fences);
	}
	pg::CloseStore(&active);
	pg::CloseStore(&capacities);
	return outcome;
}

Outcome Book(const Booker &call)
{
	Outcome outcome;
	if (Recall(call.key, 0, call.deadline, &outcome))
		return outcome;
	outcome = TakeTime(call);
	Remember(call.key, outcome);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	return outcome;
}

void InsertCapacity(pg::Store *store, const text *resource, const core::Load &load)
{
	if (load.during.from >= load.during.until)
		return;
	TupleTableSlot *slot = BlankRow(store);
	SetColumn(slot, kResource, PointerGetDatum(resource));
	SetColumn(slot, kEndsAt, TimestampTzGetDatum(load.during.until));
	SetColumn(slot, kStartsAt, TimestampTzGetDatum(load.during.from));
	SetColumn(slot, kUnits, Int64GetDatum(load.units));
	pg::InsertRow(store, ExecStoreVirtualTuple(slot));
}

// Puts `capacity` in the place of what overlaps it, and leaves what sticks out.
void ReplaceCapacities(pg::Store *store, const text *resource, const core::Load &capacity)
{
	const Capacities old = FindCapacities(store, resource, capacity.during);
	for (int i = 0; i < old.count; ++i)
		if (pg::DeleteRow(store, &old.place[i]) != pg::Written::kDone)
			ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVARIANT),
							errmsg("a capacity changed without its fence"),
							errdetail("Its row was changed under the fence that guards it."),
							errhint("Change capacities through inventory.set_capacity() only.")));
	CommandCounterIncrement(); /* their keys are free for what follows */
	for (int i = 0; i < old.count; ++i) {
		const core::Load &load = old.load[i];
		InsertCapacity(store, resource, {{load.during.from, capacity.during.from}, load.units});
		InsertCapacity(store, resource, {{capacity.during.until, load.during.until}, load.units});
	}
	InsertCapacity(store, resource, capacity);
}

// Raises MZ013 where `capacity` is less than what is booked already.
void RequireRoom(pg::Store *active, const text *resource, const core::Load &capacity)
{
	const TimestampTz now = GetCurrentTimestamp();
	const Occupancy occupancy = FindOccupancy(active, resource, capacity.during, now);
	const core::Fit fit = Fit(&capacity, 1, occupancy, {capacity.during, 0});
	if (fit.missing > 0)
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_BOOKING_CONFLICT),
						errmsg("resource \"%s\" is booked beyond that capacity",
							   text_to_cstring(resource)),
						fit.at == DT_NOBEGIN
							? errdetail("There are " INT64_FORMAT " units too many.", fit.missing)
							: errdetail("There are " INT64_FORMAT " units too many, first at %s.",
										fit.missing, timestamptz_to_str(fit.at)),
						errhint("Release bookings first, or choose another time.")));
	ExpireBookings(active, occupancy.expired, now);
}

int64 RequireCapacity(FunctionCallInfo fcinfo, int number)
{
	const int64 units = DatumGetInt64(RequireValue(fcinfo, number, "units"));
	if (units < 0)
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
						errmsg("the argument \"units\" must not be negative"),
						errdetail("The number given is " INT64_FORMAT ".", units),
						errhint("Pass 0 to close a resource for a time.")));
	return units;
}

} // namespace

// book(resource, during, units, key, ttl, wait, reference)
MEZZANINE_FUNCTION(mezzanine_book)
{
	PreventCommandIfReadOnly("inventory.book()");
	Booker call{};
	call.resource = RequireText(fcinfo, 0, "resource");
	call.wanted = {RequireTime(fcinfo, 1, "during"), RequireQuantity(fcinfo, 2)};
	call.ttl = RequireTtl(fcinfo, 4);
	call.deadline = RequireDeadline(fcinfo, 5);
	call.reference = OptionalValue(fcinfo, 6);

	StringInfoData payload;
	call.key = BeginKey(fcinfo, 3, "book", &payload);
	AddText(&payload, call.resource);
	AddBytes(&payload, &call.wanted, sizeof(call.wanted));
	AddBytes(&payload, call.ttl, sizeof(*call.ttl));
	AddOptional(&payload, call.reference);
	FinishKey(&call.key, &payload);
	return OutcomeDatum(fcinfo, Book(call));
}

// set_capacity(resource, units, during)
MEZZANINE_FUNCTION(mezzanine_set_capacity)
{
	PreventCommandIfReadOnly("inventory.set_capacity()");
	text *resource = RequireText(fcinfo, 0, "resource");
	core::Load capacity{};
	capacity.units = RequireCapacity(fcinfo, 1);
	capacity.during = RequireTime(fcinfo, 2, "during");

	(void)FenceResource(resource, DT_NOEND);
	pg::Store active = OpenActiveBookings();
	RequireRoom(&active, resource, capacity);
	pg::CloseStore(&active);
	pg::Store capacities = OpenCapacities(RowExclusiveLock);
	ReplaceCapacities(&capacities, resource, capacity);
	pg::CloseStore(&capacities);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	PG_RETURN_VOID();
}

} // namespace mezzanine::inventory

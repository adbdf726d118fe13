#include "inventory/booking.h"

#include "inventory/named.h"

namespace mezzanine::inventory
{

namespace
{

enum Column : AttrNumber {
	kBooking = 1,
	kResource,
	kReach,
	kStartsAt,
	kEndsAt,
	kUnits,
	kStatus,
	kFence,
	kExpiresAt,
	kCreatedAt,
	kSettledAt,
	kReference
};

constexpr LOCKMODE kWithOthers = RowExclusiveLock;
constexpr LOCKMODE kAlone = ExclusiveLock;

// A time of more days takes the whole resource: the lock table is of limited size.
constexpr int64 kDaysMost = 31;

Datum Value(const TupleTableSlot *slot, AttrNumber column)
{
	return slot->tts_values[column - 1];
}

core::Status ReadStatus(Datum word)
{
	const text *value = DatumGetTextPP(word);
	core::Status status{};
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			status = core::ParseStatus({VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)});
		}))
		MEZZANINE_RAISE(failure);
	return status;
}

// Copies a booking out of a slot that a search has filled.
Booking ReadBooking(TupleTableSlot *slot)
{
	slot_getallattrs(slot);
	Booking booking{};
	booking.id = *DatumGetUUIDP(Value(slot, kBooking));
	booking.resource = DatumGetTextPCopy(Value(slot, kResource));
	booking.load.during = {DatumGetTimestampTz(Value(slot, kStartsAt)),
						   DatumGetTimestampTz(Value(slot, kEndsAt))};
	booking.load.units = DatumGetInt64(Value(slot, kUnits));
	booking.ownership = {ReadStatus(Value(slot, kStatus)), DatumGetInt64(Value(slot, kFence)),
						 DatumGetTimestampTz(Value(slot, kExpiresAt))};
	booking.created_at = DatumGetTimestampTz(Value(slot, kCreatedAt));
	booking.settled_at = DatumGetTimestampTz(Value(slot, kSettledAt));
	if (!slot->tts_isnull[kReference - 1])
		booking.reference = {true, PointerGetDatum(PG_DETOAST_DATUM_COPY(Value(slot, kReference)))};
	booking.place = slot->tts_tid;
	return booking;
}

fence::Fence FenceOfPiece(const TimeFences &fences, fence::Realm realm, int64 number)
{
	return {realm, fences.resource.high ^ fences.resource.low, static_cast<uint32>(number)};
}

int64 LastPiece(const core::Span &during, int64 length)
{
	return core::PieceOf(during.until - 1, length);
}

// Calls visit(fence, mode) for each fence of the time, in the one order for all.
template <typename Visit> void ForEachFence(const TimeFences &fences, Visit &&visit)
{
	visit(fences.resource, fences.whole ? kAlone : kWithOthers);
	if (fences.whole)
		return;
	const int64 last_day = LastPiece(fences.during, core::kDay);
	for (int64 day = core::PieceOf(fences.during.from, core::kDay); day <= last_day; ++day) {
		const core::Span part = core::PartInDay(fences.during, day);
		const bool whole_day = part.until - part.from == core::kDay;
		visit(FenceOfPiece(fences, fence::Realm::kDay, day), whole_day ? kAlone : kWithOthers);
		if (whole_day)
			continue;
		const int64 last_hour = LastPiece(part, core::kHour);
		for (int64 hour = core::PieceOf(part.from, core::kHour); hour <= last_hour; ++hour)
			visit(FenceOfPiece(fences, fence::Realm::kHour, hour), kAlone);
	}
}

TimeFences Fence(const TimeFences &fences, TimestampTz deadline)
{
	ForEachFence(fences, [deadline](fence::Fence fence, LOCKMODE mode) {
		fence::AcquireBefore(fence, mode, deadline);
	});
	return fences;
}

template <typename T> T *Grow(T *array, int count)
{
	constexpr int kFirstRoom = 16;
	const Size bytes = 2 * static_cast<Size>(count) * sizeof(T);
	if (array == nullptr)
		return static_cast<T *>(palloc(kFirstRoom * sizeof(T)));
	if (count < kFirstRoom || (count & (count - 1)) != 0)
		return array;
	return static_cast<T *>(repalloc_huge(array, bytes));
}

void Count(Occupancy *occupancy, TupleTableSlot *slot, const core::Span &during, TimestampTz now)
{
	Booking booking = ReadBooking(slot);
	if (!core::Overlap(booking.load.during, during))
		return;
	if (booking.ownership.status == core::Status::kHeld && booking.ownership.expires_at <= now) {
		Bookings *expired = &occupancy->expired;
		expired->booking = Grow(expired->booking, expired->count);
		expired->booking[expired->count++] = booking;
		return;
	}
	occupancy->load = Grow(occupancy->load, occupancy->count);
	occupancy->load[occupancy->count++] = booking.load;
}

// Fills the store's slot with the booking.
TupleTableSlot *FillBooking(pg::Store *bookings, Booking *booking)
{
	const core::Span &during = booking->load.during;
	TupleTableSlot *slot = BlankRow(bookings);
	SetColumn(slot, kBooking, UUIDPGetDatum(&booking->id));
	SetColumn(slot, kResource, PointerGetDatum(booking->resource));
	SetColumn(slot, kReach, Int16GetDatum(static_cast<int16>(core::ReachOf(during))));
	SetColumn(slot, kStartsAt, TimestampTzGetDatum(during.from));
	SetColumn(slot, kEndsAt, TimestampTzGetDatum(during.until));
	SetColumn(slot, kUnits, Int64GetDatum(booking->load.units));
	SetColumn(slot, kStatus, CStringGetTextDatum(core::StatusWord(booking->ownership.status)));
	SetColumn(slot, kFence, Int64GetDatum(booking->ownership.fence));
	SetColumn(slot, kExpiresAt, TimestampTzGetDatum(booking->ownership.expires_at));
	SetColumn(slot, kCreatedAt, TimestampTzGetDatum(booking->created_at));
	if (booking->ownership.status != core::Status::kHeld)
		SetColumn(slot, kSettledAt, TimestampTzGetDatum(booking->settled_at));
	if (booking->reference.given)
		SetColumn(slot, kReference, booking->reference.value);
	return ExecStoreVirtualTuple(slot);
}

} // namespace

pg::Store OpenBookings()
{
	return OpenTable("booking", "booking_pkey", RowExclusiveLock);
}

pg::Store OpenActiveBookings()
{
	return OpenTable("booking", "booking_active", RowExclusiveLock);
}

Booking RequireBooking(pg::Store *bookings, const pg_uuid_t &id)
{
	pg_uuid_t wanted = id;
	ScanKeyData key;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_UUID_EQ, UUIDPGetDatum(&wanted));
	pg::Search search = pg::BeginSearch(bookings, &key, 1);
	if (!pg::NextMatch(&search, bookings->slot))
		ereport(ERROR,
				(errcode(pg::ERRCODE_MEZZANINE_NO_SUCH_RESERVATION),
				 errmsg("no such booking %s",
						DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(&wanted)))),
				 errdetail("No transaction that has committed made it."),
				 errhint("Use the identifier that book() returned.")));
	const Booking booking = ReadBooking(bookings->slot);
	pg::EndSearch(&search);
	return booking;
}

void WriteBooking(pg::Store *bookings, Booking *booking)
{
	TupleTableSlot *slot = FillBooking(bookings, booking);
	if (!ItemPointerIsValid(&booking->place))
		pg::InsertRow(bookings, slot);
	else if (pg::UpdateRow(bookings, &booking->place, slot) != pg::Written::kDone)
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVARIANT),
						errmsg("a booking changed without its fences"),
						errdetail("Its row was changed under the fences that guard it."),
						errhint("Change bookings through the functions of the schema inventory.")));
}

Optional BookingLine(text *resource, int64 units)
{
	Line line{};
	line.sku = resource;
	line.quantity = units;
	return LineArray({&line, 1});
}

Outcome OutcomeOf(const Booking &booking)
{
	Outcome outcome{};
	outcome.status = core::StatusWord(booking.ownership.status);
	outcome.reservation = static_cast<pg_uuid_t *>(palloc(sizeof(pg_uuid_t)));
	*outcome.reservation = booking.id;
	outcome.fence = booking.ownership.fence;
	outcome.expires_at = booking.ownership.expires_at;
	outcome.lines = BookingLine(booking.resource, booking.load.units);
	return outcome;
}

core::Span RequireTime(FunctionCallInfo fcinfo, int number, const char *name)
{
	const RangeType *range = DatumGetRangeTypeP(RequireValue(fcinfo, number, name));
	TypeCacheEntry *type = range_get_typcache(fcinfo, RangeTypeGetOid(range));
	RangeBound lower;
	RangeBound upper;
	bool empty;
	range_deserialize(type, range, &lower, &upper, &empty);

	core::Span span = {DT_NOBEGIN, DT_NOEND};
	if (!empty && !lower.infinite) {
		span.from = DatumGetTimestampTz(lower.val);
		if (!lower.inclusive && !TIMESTAMP_NOT_FINITE(span.from))
			++span.from;
	}
	if (!empty && !upper.infinite) {
		span.until = DatumGetTimestampTz(upper.val);
		if (upper.inclusive && !TIMESTAMP_NOT_FINITE(span.until))
			++span.until;
	}
	if (empty || span.from >= span.until)
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVALID_ARGUMENT),
						errmsg("the argument \"%s\" is an empty range", name),
						errdetail("There is no instant in it."),
						errhint("Pass a range that begins before it ends.")));
	return span;
}

TimeFences FenceTime(const text *resource, const core::Span &during, TimestampTz deadline)
{
	const int64 days = LastPiece(during, core::kDay) - core::PieceOf(during.from, core::kDay) + 1;
	return Fence({FenceOfName(fence::Realm::kResource, resource), during, days > kDaysMost},
				 deadline);
}

TimeFences FenceResource(const text *resource, TimestampTz deadline)
{
	return Fence({FenceOfName(fence::Realm::kResource, resource), {}, true}, deadline);
}

void LetGo(const TimeFences &fences)
{
	ForEachFence(fences, [](fence::Fence fence, LOCKMODE mode) { fence::Release(fence, mode); });
}

Occupancy FindOccupancy(pg::Store *active, const text *resource, const core::Span &during,
						TimestampTz now)
{
	Occupancy occupancy{};
	for (int reach = 0; reach < core::kReaches; ++reach) {
		ScanKeyData keys[4];
		int count = 0;
		ScanKeyInit(&keys[count++], 1, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(resource));
		ScanKeyInit(&keys[count++], 2, BTEqualStrategyNumber, F_INT2EQ,
					Int16GetDatum(static_cast<int16>(reach)));
		ScanKeyInit(&keys[count++], 3, BTLessStrategyNumber, F_TIMESTAMPTZ_LT,
					TimestampTzGetDatum(during.until));
		// Those that begin earlier are over.
		int64 earliest;
		const int64 longest = core::LongestOf(reach);
		if (longest > 0 && !pg_sub_s64_overflow(during.from, longest, &earliest))
			ScanKeyInit(&keys[count++], 3, BTGreaterStrategyNumber, F_TIMESTAMPTZ_GT,
						TimestampTzGetDatum(earliest));
		pg::Search search = pg::BeginSearch(active, keys, count);
		while (pg::NextMatch(&search, active->slot)) {
			CHECK_FOR_INTERRUPTS();
			Count(&occupancy, active->slot, during, now);
		}
		pg::EndSearch(&search);
	}
	return occupancy;
}

void ExpireBookings(pg::Store *bookings, const Bookings &expired, TimestampTz now)
{
	for (int i = 0; i < expired.count; ++i) {
		Booking *booking = &expired.booking[i];
		booking->ownership.status = core::Status::kExpired;
		booking->settled_at = now;
		// Somebody else whose time meets the booking's, and not ours, may have come to the same
		// end before; nobody to another one, because all other verbs take every fence of it.
		(void)pg::UpdateRow(bookings, &booking->place, FillBooking(bookings, booking));
	}
}

} // namespace mezzanine::inventory

// inventory.reserve(): holds units until a time, or answers that there are not enough.
//
// The units first (units.h), then the rows of the hold: all of the cart or nothing.
// "rejected" is answered only where no transaction in flight could have changed the answer.
#include "inventory/hold.h"
#include "inventory/idempotency.h"
#include "inventory/journal.h"
#include "inventory/stock.h"
#include "inventory/units.h"

namespace mezzanine::inventory
{

namespace
{

// One call, and how far it has come.
struct Reserving {
	Key key;
	Lines lines;
	Interval *ttl;
	TimestampTz deadline;
	Optional reference;

	core::Demand *demands; // one a stock, sorted
	int count;
};

Outcome Reserve(Reserving *call);

template <typename T> T *AllocateArray(int count)
{
	return static_cast<T *>(
		MemoryContextAllocHuge(CurrentMemoryContext, static_cast<Size>(count) * sizeof(T)));
}

// Sums the cart's demand per stock, and leaves one line a stock in the cart.
void SumDemand(Reserving *call)
{
	const int lines = call->lines.count;
	call->demands = AllocateArray<core::Demand>(lines);
	for (int i = 0; i < lines; ++i)
		call->demands[i] = {call->lines.line[i].stock, call->lines.line[i].quantity, i + 1};

	size_t count = 0;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			count = core::SumDemand({call->demands, static_cast<size_t>(lines)});
		}))
		MEZZANINE_RAISE(failure);

	call->count = static_cast<int>(count);
}

// The cart with one line a stock, in its own order.
Lines SummedLines(const Reserving *call)
{
	return LinesOf(call->lines, call->demands, call->count);
}

Outcome Accept(const Reserving *call)
{
	pg::Store reservations = OpenReservations();
	pg::Store lines = OpenLines();
	pg::Store journal = OpenJournal();
	const Hold hold = {call->lines, call->demands, call->count, call->ttl, call->reference};
	const Outcome outcome = WriteHold({&reservations, &lines, &journal}, hold);
	pg::CloseStore(&lines);
	pg::CloseStore(&journal);
	pg::CloseStore(&reservations);
	return outcome;
}

Outcome Reject(const Reserving *call, const int64 *shortfall)
{
	Lines missing = {AllocateArray<Line>(call->count), 0};
	for (int i = 0; i < call->count; ++i) {
		if (shortfall[i] == 0)
			continue;
		Line *line = &missing.line[missing.count++];
		*line = call->lines.line[call->demands[i].line - 1];
		line->quantity = shortfall[i];
	}
	Outcome outcome{};
	outcome.status = "rejected";
	outcome.lines = LineArray(SummedLines(call));
	outcome.shortfall = LineArray(missing);
	return outcome;
}

Outcome Reserve(Reserving *call)
{
	Outcome outcome;
	if (Recall(call->key, call->lines.count, call->deadline, &outcome))
		return outcome;
	ResolveStocks(call->lines);
	SumDemand(call);
	auto *shortfall = AllocateArray<int64>(call->count);
	outcome = TakeUnits(call->demands, call->count, call->deadline, shortfall)
				  ? Accept(call)
				  : Reject(call, shortfall);
	Remember(call->key, outcome);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
	return outcome;
}

// What one line of a cart adds to the payload of a key.
void AddLine(StringInfo payload, const Line &line)
{
	AddText(payload, line.sku);
	AddText(payload, line.location);
	AddBytes(payload, &line.quantity, sizeof(line.quantity));
}

} // namespace

// reserve(sku, quantity, location, ttl, key, wait, reference)
MEZZANINE_FUNCTION(mezzanine_reserve)
{
	PreventCommandIfReadOnly("inventory.reserve()");
	Line line{};
	line.sku = RequireText(fcinfo, 0, "sku");
	line.quantity = RequireQuantity(fcinfo, 1);
	line.location = OptionalText(fcinfo, 2, "location");

	Reserving call{};
	call.lines = {&line, 1};
	call.ttl = RequireTtl(fcinfo, 3);
	call.deadline = RequireDeadline(fcinfo, 5);
	call.reference = OptionalValue(fcinfo, 6);

	StringInfoData payload;
	call.key = BeginKey(fcinfo, 4, "reserve", &payload);
	AddLine(&payload, line);
	AddBytes(&payload, call.ttl, sizeof(*call.ttl));
	AddOptional(&payload, call.reference);
	FinishKey(&call.key, &payload);
	return OutcomeDatum(fcinfo, Reserve(&call));
}

// reserve(lines, ttl, key, mode, strategy, channel, near, wait, reference)
MEZZANINE_FUNCTION(mezzanine_reserve_cart)
{
	PreventCommandIfReadOnly("inventory.reserve()");
	Reserving call{};
	call.lines = RequireLines(fcinfo, 0);
	call.ttl = RequireTtl(fcinfo, 1);
	RequireOption(fcinfo, 3, core::kMode);
	RequireOption(fcinfo, 4, core::kStrategy);
	RefuseArgument(fcinfo, 5, "channel");
	RefuseArgument(fcinfo, 6, "near");
	call.deadline = RequireDeadline(fcinfo, 7);
	call.reference = OptionalValue(fcinfo, 8);

	StringInfoData payload;
	call.key = BeginKey(fcinfo, 2, "reserve", &payload);
	for (int i = 0; i < call.lines.count; ++i)
		AddLine(&payload, call.lines.line[i]);
	AddBytes(&payload, call.ttl, sizeof(*call.ttl));
	AddOptional(&payload, call.reference);
	FinishKey(&call.key, &payload);
	return OutcomeDatum(fcinfo, Reserve(&call));
}

} // namespace mezzanine::inventory

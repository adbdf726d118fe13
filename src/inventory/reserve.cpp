// inventory.reserve(): holds units until a time, or answers that there are not enough.
//
// Fences first, then the cells' latest versions, then the decision, then the rows: all of
// the cart or nothing.  "rejected" is answered only under every fence of the cart, so that
// no transaction in flight could have changed the answer.
#include "inventory/hold.h"
#include "inventory/idempotency.h"
#include "inventory/journal.h"
#include "inventory/ladder.h"
#include "inventory/reap.h"
#include "inventory/stock.h"

#include "cell/cell.h"

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
	core::Request *requests; // what is asked and what there is; as the demands
	cell::Cell *cells;
	ExpiredHolds *expired;
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
	call->requests = AllocateArray<core::Request>(call->count);
	call->cells = AllocateArray<cell::Cell>(call->count);
	call->expired = AllocateArray<ExpiredHolds>(call->count);
}

// Looks at what there is of each stock: first in its cell, then among expired holds.
void Survey(Reserving *call, pg::Store *cells, pg::Store *reservations)
{
	for (int i = 0; i < call->count; ++i) {
		CHECK_FOR_INTERRUPTS();
		const core::Demand &demand = call->demands[i];
		core::Request *request = &call->requests[i];
		call->cells[i] = cell::Read(cells, demand.stock, 0);
		call->expired[i] = ExpiredHolds{};
		*request = {demand.quantity, call->cells[i].available, 0};
		if (request->available >= request->quantity)
			continue;
		const ExpiredHolds holds =
			FindExpired(reservations, demand.stock, request->quantity - request->available);
		call->expired[i] = holds;
		request->expired = holds.disputed_units > PG_INT64_MAX - holds.units
							   ? PG_INT64_MAX
							   : holds.units + holds.disputed_units;
	}
}

// A transaction whose end decides whether there is enough, because it works on a hold that
// has expired; Invalid when nobody's does.
TransactionId WhoDecides(const Reserving *call)
{
	for (int i = 0; i < call->count; ++i) {
		const core::Request &request = call->requests[i];
		if (request.quantity - request.available > call->expired[i].units)
			return call->expired[i].holder;
	}
	return InvalidTransactionId;
}

bool LockAllExpired(const Reserving *call, pg::Store *reservations)
{
	for (int i = 0; i < call->count; ++i) {
		if (!LockExpired(reservations, call->expired[i]))
			return false;
	}
	return true;
}

enum class Decision { kAccepted, kRejected, kLookAgain };

// Decides once, under all fences.  `*wait_for` is whom to wait for before looking again.
Decision Decide(const Reserving *call, pg::Store *reservations, TransactionId *wait_for)
{
	*wait_for = InvalidTransactionId;
	switch (core::Admit({call->requests, static_cast<size_t>(call->count)})) {
	case core::Admission::kAccept:
		return Decision::kAccepted;
	case core::Admission::kReject:
		return Decision::kRejected;
	case core::Admission::kReap:
		break;
	}
	*wait_for = WhoDecides(call);
	if (TransactionIdIsValid(*wait_for) || !LockAllExpired(call, reservations))
		return Decision::kLookAgain;
	return Decision::kAccepted;
}

// Takes all that was asked for out of the cells, expired holds included; then writes the
// hold.  Requires: Decide accepted, and the fences are still held.
Outcome Accept(Reserving *call, pg::Store *cells, pg::Store *reservations)
{
	pg::Store journal = OpenJournal();
	for (int i = 0; i < call->count; ++i) {
		CHECK_FOR_INTERRUPTS();
		Reap(reservations, &journal, call->expired[i]);
		cell::Change(cells, &call->cells[i], call->expired[i].units - call->demands[i].quantity);
	}
	const Hold hold = {call->lines, call->demands, call->count, call->ttl, call->reference};
	const Outcome outcome = WriteHold(reservations, &journal, hold);
	pg::CloseStore(&journal);
	return outcome;
}

// The cart with one line a stock, in its own order.
Lines SummedLines(const Reserving *call)
{
	return LinesOf(call->lines, call->demands, call->count);
}

Outcome Reject(const Reserving *call)
{
	Lines missing = {AllocateArray<Line>(call->count), 0};
	for (int i = 0; i < call->count; ++i) {
		const int64 shortfall = core::Shortfall(call->requests[i]);
		if (shortfall == 0)
			continue;
		Line *line = &missing.line[missing.count++];
		*line = call->lines.line[call->demands[i].line - 1];
		line->quantity = shortfall;
	}
	Outcome outcome{};
	outcome.status = "rejected";
	outcome.lines = LineArray(SummedLines(call));
	outcome.shortfall = LineArray(missing);
	return outcome;
}

// Takes the fences and decides, as often as it takes for an answer.
Outcome TakeUnits(Reserving *call)
{
	pg::Store cells = OpenTable("cell", "cell_pkey", RowExclusiveLock);
	pg::Store reservations = OpenReservations();
	Outcome outcome{};
	for (Decision decision = Decision::kLookAgain; decision == Decision::kLookAgain;) {
		CHECK_FOR_INTERRUPTS();
		const Ladder ladder = Climb(call->demands, call->count, call->deadline);
		TransactionId wait_for;
		Survey(call, &cells, &reservations);
		decision = Decide(call, &reservations, &wait_for);
		if (decision == Decision::kAccepted) {
			outcome = Accept(call, &cells, &reservations);
			break;
		}
		if (decision == Decision::kRejected)
			outcome = Reject(call);
		LetGo(ladder);
		if (TransactionIdIsValid(wait_for))
			fence::AwaitBefore(wait_for, call->deadline);
	}
	pg::CloseStore(&reservations);
	pg::CloseStore(&cells);
	return outcome;
}

Outcome Reserve(Reserving *call)
{
	Outcome outcome;
	if (Recall(call->key, call->lines.count, call->deadline, &outcome))
		return outcome;
	ResolveStocks(call->lines);
	SumDemand(call);
	outcome = TakeUnits(call);
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

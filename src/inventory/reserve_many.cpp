// inventory.reserve_many(): many carts in one call, each held or rejected by itself.
//
// As if they were reserved one by one, in their order, in one transaction; but the units
// of all are taken at once, and so are the fences of their keys.  Where there are too few
// for all, what there is is taken first; then, with it in hand, the carts are served in
// their order.  So a cart is rejected at an instant at which the carts before it have
// theirs and nothing else is there.
#include "inventory/hold.h"
#include "inventory/idempotency.h"
#include "inventory/journal.h"
#include "inventory/moves.h"
#include "inventory/stock.h"
#include "inventory/units.h"

#include "core/batch.h"

namespace mezzanine::inventory
{

namespace
{

// Attributes of the type inventory.request.
enum Attribute : AttrNumber { kKey = 1, kLines, kTtl, kReference };

struct Request {
	Lines lines;
	Interval *ttl;
	Optional reference;
	core::Demand *demands; // one a stock
};

struct Batch {
	KeyedCall *calls;
	Request *requests; // as the calls
	int count;
	TimestampTz deadline;

	int *fresh; // the calls to be decided now
	core::Cart *carts;
	int fresh_count;
	core::Supply *supplies; // what is taken, by stock
	int supply_count;
};

Interval default_ttl = {15 * USECS_PER_MINUTE, 0, 0};

template <typename T> T *AllocateArray(int count)
{
	return static_cast<T *>(
		MemoryContextAllocHuge(CurrentMemoryContext, static_cast<Size>(count) * sizeof(T)));
}

// --- reading ---

// Error context: which of the requests it was.
void TellRequest(void *number)
{
	errcontext("request %d of the batch", *static_cast<int *>(number));
}

void ReadRequest(HeapTupleHeader tuple, Request *request, Key *key)
{
	bool isnull;
	Datum value = GetAttributeByNum(tuple, kKey, &isnull);
	*key = {isnull ? nullptr : RequireName(value, false, "requests[].key"), "reserve_many",
			nullptr};
	value = GetAttributeByNum(tuple, kLines, &isnull);
	if (isnull)
		RaiseNull("requests[].lines");
	request->lines = CheckedLines(value);
	value = GetAttributeByNum(tuple, kTtl, &isnull);
	request->ttl = isnull ? &default_ttl : CheckedTtl(value);
	value = GetAttributeByNum(tuple, kReference, &isnull);
	request->reference = {!isnull, value};

	StringInfoData payload;
	initStringInfo(&payload);
	AddLines(&payload, request->lines);
	AddBytes(&payload, request->ttl, sizeof(*request->ttl));
	AddOptional(&payload, request->reference);
	FinishKey(key, &payload);
}

Batch ReadBatch(FunctionCallInfo fcinfo)
{
	Batch batch{};
	ArrayType *array = DatumGetArrayTypeP(RequireValue(fcinfo, 0, "requests"));
	batch.deadline = RequireDeadline(fcinfo, 1);
	Datum *elements;
	bool *nulls;
	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_DOUBLE, &elements, &nulls,
					  &batch.count);
	batch.calls = AllocateArray<KeyedCall>(batch.count);
	batch.requests = AllocateArray<Request>(batch.count);

	int number = 0;
	ErrorContextCallback context = {error_context_stack, TellRequest, &number};
	error_context_stack = &context;
	for (int i = 0; i < batch.count; ++i) {
		CHECK_FOR_INTERRUPTS();
		number = i + 1;
		if (nulls[i])
			RaiseNull("requests[]");
		batch.calls[i] = KeyedCall{};
		ReadRequest(DatumGetHeapTupleHeader(elements[i]), &batch.requests[i], &batch.calls[i].key);
	}
	error_context_stack = context.previous;
	return batch;
}

// --- deciding ---

// What one request asks of each stock.
core::Cart CartOf(Request *request)
{
	ResolveStocks(request->lines);
	const int lines = request->lines.count;
	request->demands = NewDemands(lines);
	for (int i = 0; i < lines; ++i)
		request->demands[i] = {request->lines.line[i].stock, request->lines.line[i].quantity,
							   i + 1};
	const int count = SumDemands(request->demands, lines);
	auto *asked = AllocateArray<core::Asked>(count);
	for (int i = 0; i < count; ++i)
		asked[i] = {request->demands[i].stock, request->demands[i].quantity, 0};
	return {asked, static_cast<size_t>(count), false};
}

// Makes a cart of each call that was not answered before.
void FillCarts(Batch *batch)
{
	batch->fresh = AllocateArray<int>(batch->count);
	batch->carts = AllocateArray<core::Cart>(batch->count);
	int number = 0;
	ErrorContextCallback context = {error_context_stack, TellRequest, &number};
	error_context_stack = &context;
	for (int i = 0; i < batch->count; ++i) {
		CHECK_FOR_INTERRUPTS();
		number = i + 1;
		if (batch->calls[i].answered || batch->calls[i].same_as >= 0)
			continue;
		batch->fresh[batch->fresh_count] = i;
		batch->carts[batch->fresh_count++] = CartOf(&batch->requests[i]);
	}
	error_context_stack = context.previous;
}

// All demands of all carts, one a stock.
core::Demand *TotalOf(const Batch *batch, int *count)
{
	size_t total = 0;
	for (int i = 0; i < batch->fresh_count; ++i)
		total += batch->carts[i].count;
	core::Demand *demands = NewDemands(static_cast<int>(total));
	size_t next = 0;
	for (int i = 0; i < batch->fresh_count; ++i) {
		for (size_t j = 0; j < batch->carts[i].count; ++j)
			demands[next++] = batch->requests[batch->fresh[i]].demands[j];
	}
	pg::Failure failure;
	size_t summed = 0;
	if (!pg::CallCore(&failure, [&] { summed = core::SumAll({demands, total}); }))
		MEZZANINE_RAISE(failure);
	*count = static_cast<int>(summed);
	return demands;
}

void AddSupply(Batch *batch, const core::Demand *taken, int count)
{
	// Both are sorted by stock, and what is taken is of stocks that there are supplies of.
	core::Supply *supply = batch->supplies;
	for (int i = 0; i < count; ++i) {
		while (supply->stock != taken[i].stock)
			++supply;
		supply->units += taken[i].quantity;
	}
	CommandCounterIncrement(); /* the same cells may be changed again */
}

// Of some demands what is there and what is missing, both without zeros.
struct Split {
	core::Demand *there;
	int there_count;
	core::Demand *left;
	int left_count;
};

Split SplitMissing(const core::Demand *demands, int count, const int64 *missing)
{
	Split split = {NewDemands(count), 0, NewDemands(count), 0};
	for (int i = 0; i < count; ++i) {
		core::Demand demand = demands[i];
		demand.quantity = demands[i].quantity - missing[i];
		if (demand.quantity > 0)
			split.there[split.there_count++] = demand;
		demand.quantity = missing[i];
		if (demand.quantity > 0)
			split.left[split.left_count++] = demand;
	}
	return split;
}

// Takes the units of all carts, or as many as there are: then at the end there was an
// instant at which nothing was left of what is missing.
void TakeSupplies(Batch *batch)
{
	int count;
	core::Demand *wanted = TotalOf(batch, &count);
	batch->supply_count = count;
	batch->supplies = AllocateArray<core::Supply>(count);
	for (int i = 0; i < count; ++i)
		batch->supplies[i] = {wanted[i].stock, 0};

	auto *missing = AllocateArray<int64>(count);
	while (count > 0) {
		CHECK_FOR_INTERRUPTS();
		if (TakeUnits(wanted, count, batch->deadline, missing)) {
			AddSupply(batch, wanted, count);
			return;
		}
		const Split split = SplitMissing(wanted, count, missing);
		if (split.there_count == 0)
			return; /* nothing is there of what is missing */
		if (!TakeUnits(split.there, split.there_count, batch->deadline, missing))
			continue; /* somebody else was faster: look again */
		AddSupply(batch, split.there, split.there_count);
		wanted = split.left;
		count = split.left_count;
	}
}

// What no cart has got goes back: the rest of a stock of which a rejected cart wanted more.
void GiveBack(const Batch *batch)
{
	core::Demand *rest = NewDemands(batch->supply_count);
	int count = 0;
	for (int i = 0; i < batch->supply_count; ++i) {
		if (batch->supplies[i].units > 0)
			rest[count++] = {batch->supplies[i].stock, batch->supplies[i].units, 1};
	}
	GiveDemands(rest, count, batch->deadline);
}

// --- answering ---

Outcome Reject(const Request &request, const core::Cart &cart)
{
	const int count = static_cast<int>(cart.count);
	Lines missing = {AllocateArray<Line>(count), 0};
	for (int i = 0; i < count; ++i) {
		if (cart.asked[i].missing == 0)
			continue;
		Line *line = &missing.line[missing.count++];
		*line = request.lines.line[request.demands[i].line - 1];
		line->quantity = cart.asked[i].missing;
	}
	Outcome outcome{};
	outcome.status = "rejected";
	outcome.lines = LineArray(LinesOf(request.lines, request.demands, count));
	outcome.shortfall = LineArray(missing);
	return outcome;
}

void Answer(Batch *batch)
{
	pg::Store reservations = OpenReservations();
	pg::Store lines = OpenLines();
	pg::Store journal = OpenJournal();
	for (int i = 0; i < batch->fresh_count; ++i) {
		CHECK_FOR_INTERRUPTS();
		const Request &request = batch->requests[batch->fresh[i]];
		const core::Cart &cart = batch->carts[i];
		const Hold hold = {request.lines, request.demands, static_cast<int>(cart.count),
						   request.ttl, request.reference};
		batch->calls[batch->fresh[i]].outcome =
			cart.served ? WriteHold({&reservations, &lines, &journal}, hold)
						: Reject(request, cart);
	}
	pg::CloseStore(&journal);
	pg::CloseStore(&lines);
	pg::CloseStore(&reservations);
	RememberMany(batch->calls, batch->count);
	for (int i = 0; i < batch->count; ++i) {
		KeyedCall *call = &batch->calls[i];
		if (call->same_as < 0)
			continue;
		call->outcome = batch->calls[call->same_as].outcome;
		call->outcome.replayed = true;
	}
}

void ReserveMany(Batch *batch)
{
	RecallMany(batch->calls, batch->count, batch->count, batch->deadline);
	FillCarts(batch);
	if (batch->fresh_count == 0)
		return Answer(batch);
	TakeSupplies(batch);
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			core::ServeInOrder({batch->carts, static_cast<size_t>(batch->fresh_count)},
							   {batch->supplies, static_cast<size_t>(batch->supply_count)});
		}))
		MEZZANINE_RAISE(failure);
	GiveBack(batch);
	Answer(batch);
	CommandCounterIncrement(); /* the next call of this statement shall see it */
}

} // namespace

// reserve_many(requests, wait)
MEZZANINE_FUNCTION(mezzanine_reserve_many)
{
	PreventCommandIfReadOnly("inventory.reserve_many()");
	InitMaterializedSRF(fcinfo, 0);
	Batch batch = ReadBatch(fcinfo);
	ReserveMany(&batch);
	auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
	for (int i = 0; i < batch.count; ++i) {
		Datum values[kOutcomeColumns];
		bool nulls[kOutcomeColumns];
		FillOutcome(batch.calls[i].outcome, values, nulls);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return Datum{0};
}

} // namespace mezzanine::inventory

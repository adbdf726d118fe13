// inventory.reserve_many(): many carts in one call, each held or rejected by itself.
//
// As if they were reserved one by one, in their order, in one transaction; but the units of
// all are taken at once, and so are the fences of their keys.  What there is is taken as for
// one cart (core/batch.h); then, with it in hand, the carts are served in their order.  So a
// cart is rejected at an instant at which the carts before it have theirs and nothing else is
// there.
#include "inventory/array.h"
#include "inventory/hold.h"
#include "inventory/idempotency.h"
#include "inventory/journal.h"
#include "inventory/moves.h"
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
	Terms terms;
};

struct Batch {
	KeyedCall *calls;
	Request *requests; // as the calls
	int count;
	TimestampTz deadline;

	int *fresh; // the calls to be decided now
	Cart *carts;
	core::Cart *served; // the same, as the core serves them
	int fresh_count;
	core::Supply *supplies; // what is taken, by stock
	int supply_count;
};

Interval default_ttl = {15 * USECS_PER_MINUTE, 0, 0};

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
	request->terms.ttl = isnull ? &default_ttl : CheckedTtl(value);
	value = GetAttributeByNum(tuple, kReference, &isnull);
	request->terms.reference = {!isnull, value};

	StringInfoData payload;
	initStringInfo(&payload);
	AddLines(&payload, request->lines);
	AddBytes(&payload, request->terms.ttl, sizeof(*request->terms.ttl));
	AddOptional(&payload, request->terms.reference);
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

// Makes a cart of each call that was not answered before.
void FillCarts(Batch *batch)
{
	batch->fresh = AllocateArray<int>(batch->count);
	batch->carts = AllocateArray<Cart>(batch->count);
	batch->served = AllocateArray<core::Cart>(batch->count);
	int number = 0;
	ErrorContextCallback context = {error_context_stack, TellRequest, &number};
	error_context_stack = &context;
	for (int i = 0; i < batch->count; ++i) {
		CHECK_FOR_INTERRUPTS();
		number = i + 1;
		if (batch->calls[i].answered || batch->calls[i].same_as >= 0)
			continue;
		const Cart cart = FindCandidates(batch->requests[i].lines, Preference{});
		batch->fresh[batch->fresh_count] = i;
		batch->carts[batch->fresh_count] = cart;
		batch->served[batch->fresh_count++] = {{cart.pools, static_cast<size_t>(cart.pool_count)},
											   {cart.wants, static_cast<size_t>(cart.want_count)},
											   false};
	}
	error_context_stack = context.previous;
}

// All carts as one, which takes what there is.
Order OrderOf(const Batch &batch)
{
	size_t pools = 0;
	size_t wants = 0;
	size_t candidates = 0;
	for (int i = 0; i < batch.fresh_count; ++i) {
		const core::Cart &cart = batch.served[i];
		pools += cart.pools.size();
		wants += cart.wants.size();
		for (const core::Want &want : cart.wants)
			candidates += want.candidates.size();
	}
	auto *pool = AllocateArray<core::Pool>(static_cast<int>(pools));
	auto *want = AllocateArray<core::Want>(static_cast<int>(wants));
	auto *candidate = AllocateArray<core::Candidate>(static_cast<int>(candidates));
	const std::span<const core::Cart> carts = {batch.served,
											   static_cast<size_t>(batch.fresh_count)};
	size_t stocks = 0;
	pg::Failure failure;
	if (!pg::CallCore(&failure,
					  [&] {
						  stocks = core::JoinPools(carts, {pool, pools});
					  }) ||
		!pg::CallCore(&failure, [&] {
			core::JoinWants(carts, {pool, stocks}, {want, wants}, {candidate, candidates});
		}))
		MEZZANINE_RAISE(failure);
	return {
		pool, static_cast<int>(stocks), want,   static_cast<int>(wants), core::Strategy::kInOrder,
		true, batch.deadline,           nullptr};
}

// Takes the units of all carts, or as many as there are: then there was an instant at which
// no more of what is missing was left.
void TakeSupplies(Batch *batch)
{
	Order order = OrderOf(*batch);
	const bool taken = TakeOrder(&order);
	batch->supplies = AllocateArray<core::Supply>(order.pool_count);
	batch->supply_count = order.pool_count;
	for (int i = 0; i < order.pool_count; ++i)
		batch->supplies[i] = {order.pools[i].stock, taken ? order.pools[i].planned : 0};
	CommandCounterIncrement(); /* the same cells may be changed again */
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

void Answer(Batch *batch)
{
	pg::Store reservations = OpenReservations();
	pg::Store lines = OpenLines();
	pg::Store journal = OpenJournal();
	for (int i = 0; i < batch->fresh_count; ++i) {
		CHECK_FOR_INTERRUPTS();
		const Request &request = batch->requests[batch->fresh[i]];
		batch->calls[batch->fresh[i]].outcome =
			batch->served[i].served
				? WriteHold({&reservations, &lines, &journal}, batch->carts[i], request.terms)
				: RejectCart(batch->carts[i]);
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
			core::ServeInOrder({batch->served, static_cast<size_t>(batch->fresh_count)},
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

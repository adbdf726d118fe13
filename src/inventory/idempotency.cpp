#include "inventory/idempotency.h"

#include "inventory/ladder.h"
#include "inventory/tables.h"

namespace mezzanine::inventory
{

namespace
{

fence::Fence KeyFence(const text *key)
{
	const uint64 hash =
		hash_bytes_extended(reinterpret_cast<const unsigned char *>(VARDATA_ANY(key)),
							static_cast<int>(VARSIZE_ANY_EXHDR(key)), 0);
	return {fence::Realm::kKey, static_cast<uint32>(hash >> 32), static_cast<uint32>(hash)};
}

Datum Column(const TupleTableSlot *slot, AttrNumber column)
{
	return slot->tts_values[column - 1];
}

bool IsNull(const TupleTableSlot *slot, AttrNumber column)
{
	return slot->tts_isnull[column - 1];
}

// A copy of a column of a varlena type, whole and in memory of the caller's context.
Optional CopyColumn(const TupleTableSlot *slot, AttrNumber column)
{
	if (IsNull(slot, column))
		return {false, 0};
	return {true, PointerGetDatum(PG_DETOAST_DATUM_COPY(Column(slot, column)))};
}

[[noreturn]] void RaiseKeyReused(const Key &key, const char *verb, bool other_verb)
{
	ereport(ERROR,
			(errcode(pg::ERRCODE_MEZZANINE_KEY_REUSED),
			 errmsg("key \"%s\" was used before", text_to_cstring(key.key)),
			 other_verb ? errdetail("It was given to %s().", verb)
						: errdetail("It was given to %s() with other arguments.", verb),
			 errhint("Use one key for one request: repeat it only to repeat the same call.")));
	pg_unreachable();
}

void CheckSameRequest(const Key &key, const TupleTableSlot *slot)
{
	const char *verb = TextDatumGetCString(Column(slot, idempotency::kVerb));
	if (strcmp(verb, key.verb) != 0)
		RaiseKeyReused(key, verb, true);
	if (!DatumGetBool(DirectFunctionCall2(byteaeq, Column(slot, idempotency::kPayload),
										  PointerGetDatum(key.payload))))
		RaiseKeyReused(key, verb, false);
}

void ReadOutcome(const TupleTableSlot *slot, Outcome *outcome)
{
	*outcome = Outcome{};
	outcome->replayed = true;
	outcome->status = TextDatumGetCString(Column(slot, idempotency::kStatus));
	if (!IsNull(slot, idempotency::kReservation))
		outcome->reservation =
			DatumGetUUIDP(datumCopy(Column(slot, idempotency::kReservation), false, UUID_LEN));
	outcome->fence = DatumGetInt64(Column(slot, idempotency::kFence));
	outcome->expires_at = DatumGetTimestampTz(Column(slot, idempotency::kExpiresAt));
	outcome->lines = CopyColumn(slot, idempotency::kLines);
	outcome->shortfall = CopyColumn(slot, idempotency::kShortfall);
	outcome->movement = DatumGetInt64(Column(slot, idempotency::kMovement));
}

void FillRow(TupleTableSlot *slot, const Key &key, const Outcome &outcome)
{
	SetColumn(slot, idempotency::kKey, PointerGetDatum(key.key));
	SetColumn(slot, idempotency::kVerb, CStringGetTextDatum(key.verb));
	SetColumn(slot, idempotency::kPayload, PointerGetDatum(key.payload));
	SetColumn(slot, idempotency::kAt, TimestampTzGetDatum(GetCurrentTimestamp()));
	SetColumn(slot, idempotency::kStatus, CStringGetTextDatum(outcome.status));
	if (outcome.reservation != nullptr) {
		SetColumn(slot, idempotency::kReservation, UUIDPGetDatum(outcome.reservation));
		SetColumn(slot, idempotency::kFence, Int64GetDatum(outcome.fence));
		SetColumn(slot, idempotency::kExpiresAt, TimestampTzGetDatum(outcome.expires_at));
	}
	if (outcome.lines.given)
		SetColumn(slot, idempotency::kLines, outcome.lines.value);
	if (outcome.shortfall.given)
		SetColumn(slot, idempotency::kShortfall, outcome.shortfall.value);
	if (outcome.movement != 0)
		SetColumn(slot, idempotency::kMovement, Int64GetDatum(outcome.movement));
}

// Looks an answer up.  Requires: the key's fence is held.
bool FindAnswer(pg::Store *store, const Key &key, Outcome *outcome)
{
	ScanKeyData scan_key;
	ScanKeyInit(&scan_key, 1, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(key.key));
	pg::Search search = pg::BeginSearch(store, &scan_key, 1);
	const bool found = pg::NextMatch(&search, store->slot);
	if (found) {
		slot_getallattrs(store->slot);
		CheckSameRequest(key, store->slot);
		ReadOutcome(store->slot, outcome);
	}
	pg::EndSearch(&search);
	return found;
}

void InsertAnswer(pg::Store *store, const Key &key, const Outcome &outcome)
{
	TupleTableSlot *slot = BlankRow(store);
	FillRow(slot, key, outcome);
	pg::InsertRow(store, ExecStoreVirtualTuple(slot));
}

// Orders calls by their keys' fences, which all backends take in this order, then by key.
int CompareByKey(const void *a, const void *b, void *calls)
{
	const int left = *static_cast<const int *>(a);
	const int right = *static_cast<const int *>(b);
	const text *left_key = static_cast<const KeyedCall *>(calls)[left].key.key;
	const text *right_key = static_cast<const KeyedCall *>(calls)[right].key.key;
	const fence::Fence left_fence = KeyFence(left_key);
	const fence::Fence right_fence = KeyFence(right_key);
	if (left_fence.high != right_fence.high)
		return left_fence.high < right_fence.high ? -1 : 1;
	if (left_fence.low != right_fence.low)
		return left_fence.low < right_fence.low ? -1 : 1;
	const int order =
		varstr_cmp(VARDATA_ANY(left_key), VARSIZE_ANY_EXHDR(left_key), VARDATA_ANY(right_key),
				   VARSIZE_ANY_EXHDR(right_key), C_COLLATION_OID);
	return order != 0 ? order : left - right;
}

bool SameKey(const Key &a, const Key &b)
{
	return DatumGetBool(DirectFunctionCall2Coll(texteq, C_COLLATION_OID, PointerGetDatum(a.key),
												PointerGetDatum(b.key)));
}

bool SamePayload(const Key &a, const Key &b)
{
	return DatumGetBool(
		DirectFunctionCall2(byteaeq, PointerGetDatum(a.payload), PointerGetDatum(b.payload)));
}

} // namespace

bool Recall(const Key &key, int fences_to_come, TimestampTz deadline, Outcome *outcome)
{
	if (key.key == nullptr)
		return false;
	TakeFence(KeyFence(key.key), fences_to_come, deadline);
	pg::Store store = OpenTable("idempotency", "idempotency_pkey", AccessShareLock);
	const bool found = FindAnswer(&store, key, outcome);
	pg::CloseStore(&store);
	return found;
}

void Remember(const Key &key, const Outcome &outcome)
{
	if (key.key == nullptr)
		return;
	pg::Store store = OpenTable("idempotency", "idempotency_pkey", RowExclusiveLock);
	InsertAnswer(&store, key, outcome);
	pg::CloseStore(&store);
}

void RecallMany(KeyedCall *calls, int count, int fences_to_come, TimestampTz deadline)
{
	auto *order = static_cast<int *>(
		MemoryContextAllocHuge(CurrentMemoryContext, static_cast<Size>(count) * sizeof(int)));
	int keyed = 0;
	for (int i = 0; i < count; ++i) {
		calls[i].same_as = -1;
		if (calls[i].key.key != nullptr)
			order[keyed++] = i;
	}
	if (keyed == 0)
		return;
	qsort_arg(order, static_cast<size_t>(keyed), sizeof(int), CompareByKey, calls);

	pg::Store store = OpenTable("idempotency", "idempotency_pkey", AccessShareLock);
	for (int i = 0; i < keyed; ++i) {
		CHECK_FOR_INTERRUPTS();
		KeyedCall *call = &calls[order[i]];
		const KeyedCall *before = i == 0 ? nullptr : &calls[order[i - 1]];
		if (before != nullptr && SameKey(before->key, call->key)) {
			if (!SamePayload(before->key, call->key))
				RaiseKeyReused(call->key, call->key.verb, false);
			call->same_as = before->same_as >= 0 ? before->same_as : order[i - 1];
			continue;
		}
		TakeFence(KeyFence(call->key.key), keyed - i - 1 + fences_to_come, deadline);
		call->answered = FindAnswer(&store, call->key, &call->outcome);
	}
	pg::CloseStore(&store);
}

void RememberMany(const KeyedCall *calls, int count)
{
	pg::Store store = OpenTable("idempotency", "idempotency_pkey", RowExclusiveLock);
	for (int i = 0; i < count; ++i) {
		const KeyedCall &call = calls[i];
		if (call.key.key != nullptr && !call.answered && call.same_as < 0)
			InsertAnswer(&store, call.key, call.outcome);
	}
	pg::CloseStore(&store);
}

} // namespace mezzanine::inventory

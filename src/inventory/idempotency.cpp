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

} // namespace

bool Recall(const Key &key, int fences_to_come, TimestampTz deadline, Outcome *outcome)
{
	if (key.key == nullptr)
		return false;
	TakeFence(KeyFence(key.key), fences_to_come, deadline);

	pg::Store store = OpenTable("idempotency", "idempotency_pkey", AccessShareLock);
	ScanKeyData scan_key;
	ScanKeyInit(&scan_key, 1, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(key.key));
	pg::Search search = pg::BeginSearch(&store, &scan_key, 1);
	const bool found = pg::NextMatch(&search, store.slot);
	if (found) {
		slot_getallattrs(store.slot);
		CheckSameRequest(key, store.slot);
		ReadOutcome(store.slot, outcome);
	}
	pg::EndSearch(&search);
	pg::CloseStore(&store);
	return found;
}

void Remember(const Key &key, const Outcome &outcome)
{
	if (key.key == nullptr)
		return;
	pg::Store store = OpenTable("idempotency", "idempotency_pkey", RowExclusiveLock);
	TupleTableSlot *slot = BlankRow(&store);
	FillRow(slot, key, outcome);
	pg::InsertRow(&store, ExecStoreVirtualTuple(slot));
	pg::CloseStore(&store);
}

} // namespace mezzanine::inventory

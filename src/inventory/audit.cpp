#include "inventory/audit.h"

#include "inventory/tables.h"

namespace mezzanine::inventory
{

namespace
{

Datum Json(const char *object)
{
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(object));
}

} // namespace

void WriteAudit(const AuditEntry &entry)
{
	pg::Store audit = OpenTable("audit_entry", "audit_entry_pkey", RowExclusiveLock);
	TupleTableSlot *slot = BlankRow(&audit);
	SetColumn(slot, audit_entry::kEntry, Int64GetDatum(NextNumber("audit_sequence")));
	SetColumn(slot, audit_entry::kAt, TimestampTzGetDatum(GetCurrentTimestamp()));
	SetColumn(slot, audit_entry::kTransaction,
			  UInt64GetDatum(U64FromFullTransactionId(GetTopFullTransactionId())));
	// Whoever called, not the owner in whose name the function runs.
	SetColumn(slot, audit_entry::kRole,
			  CStringGetTextDatum(GetUserNameFromId(GetOuterUserId(), false)));
	SetColumn(slot, audit_entry::kVerb, CStringGetTextDatum(entry.verb));
	if (entry.stock != 0)
		SetColumn(slot, audit_entry::kStock, Int64GetDatum(entry.stock));
	if (entry.reservation != nullptr)
		SetColumn(slot, audit_entry::kReservation, UUIDPGetDatum(entry.reservation));
	if (entry.reason != nullptr)
		SetColumn(slot, audit_entry::kReason, PointerGetDatum(entry.reason));
	SetColumn(slot, audit_entry::kBefore, Json(entry.before));
	SetColumn(slot, audit_entry::kAfter, Json(entry.after));
	pg::InsertRow(&audit, ExecStoreVirtualTuple(slot));
	pg::CloseStore(&audit);
}

} // namespace mezzanine::inventory

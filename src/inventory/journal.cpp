#include "inventory/journal.h"

namespace mezzanine::inventory
{

pg::Store OpenJournal()
{
	return OpenTable("journal", "journal_pkey", RowExclusiveLock);
}

int64 Record(pg::Store *journal, const Movement &movement)
{
	// The transaction's number first: consume() relies on it.
	const uint64 transaction = U64FromFullTransactionId(GetTopFullTransactionId());
	const int64 sequence = NextNumber("journal_sequence");
	TupleTableSlot *slot = BlankRow(journal);
	SetColumn(slot, journal::kSequence, Int64GetDatum(sequence));
	SetColumn(slot, journal::kAt, TimestampTzGetDatum(GetCurrentTimestamp()));
	SetColumn(slot, journal::kTransaction, UInt64GetDatum(transaction));
	SetColumn(slot, journal::kStock, Int64GetDatum(movement.stock));
	SetColumn(slot, journal::kFromAccount, CStringGetTextDatum(movement.from));
	SetColumn(slot, journal::kToAccount, CStringGetTextDatum(movement.to));
	SetColumn(slot, journal::kQuantity, Int64GetDatum(movement.quantity));
	SetColumn(slot, journal::kReason, CStringGetTextDatum(movement.reason));
	if (movement.reservation != nullptr)
		SetColumn(slot, journal::kReservation, UUIDPGetDatum(movement.reservation));
	if (movement.reference.given)
		SetColumn(slot, journal::kReference, movement.reference.value);
	pg::InsertRow(journal, ExecStoreVirtualTuple(slot));
	return sequence;
}

int64 RecordOne(const Movement &movement)
{
	pg::Store journal = OpenJournal();
	const int64 sequence = Record(&journal, movement);
	pg::CloseStore(&journal);
	return sequence;
}

// Trigger of tables that only grow; its argument says what their rows are.
MEZZANINE_FUNCTION(mezzanine_refuse_change)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("function was not called as a trigger"),
						errhint("It guards the tables of inventory that only grow.")));
	const auto *trigger = reinterpret_cast<TriggerData *>(fcinfo->context);
	const Trigger *definition = trigger->tg_trigger;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table \"%s\" is append-only", RelationGetRelationName(trigger->tg_relation)),
			 errdetail("Its %s are never changed or removed.",
					   definition->tgnargs > 0 ? definition->tgargs[0] : "rows"),
			 errhint("What is wrong is set right by adding to it, through the functions of "
					 "inventory.")));
	pg_unreachable();
}

} // namespace mezzanine::inventory

// For inventory.prune(): deletes movements whose sums were added to the opening balances.
//
// By the access methods, past the trigger that keeps the journal append-only for SQL.
#include "inventory/arguments.h"
#include "inventory/journal.h"
#include "inventory/tables.h"

namespace mezzanine::inventory
{

namespace
{

void DeleteMovement(pg::Store *journal, int64 sequence)
{
	ScanKeyData key;
	ScanKeyInit(&key, journal::kSequence, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(sequence));
	pg::Search search = pg::BeginSearch(journal, &key, 1);
	ItemPointerData place;
	const bool found = pg::NextMatch(&search, journal->slot);
	if (found)
		place = journal->slot->tts_tid;
	pg::EndSearch(&search);
	if (!found || pg::DeleteRow(journal, &place) != pg::Written::kDone)
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVARIANT),
						errmsg("movement " INT64_FORMAT " does not exist", sequence),
						errdetail("Its sum was added to the opening balances."),
						errhint("Prune through inventory.prune() only.")));
}

} // namespace

// retire(sequences)
MEZZANINE_FUNCTION(mezzanine_retire)
{
	PreventCommandIfReadOnly("inventory.prune()");
	ArrayType *array = DatumGetArrayTypeP(RequireValue(fcinfo, 0, "sequences"));
	Datum *sequences;
	int count;
	deconstruct_array(array, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &sequences,
					  nullptr, &count);
	pg::Store journal = OpenJournal();
	for (int i = 0; i < count; ++i) {
		CHECK_FOR_INTERRUPTS();
		DeleteMovement(&journal, DatumGetInt64(sequences[i]));
	}
	pg::CloseStore(&journal);
	PG_RETURN_VOID();
}

} // namespace mezzanine::inventory

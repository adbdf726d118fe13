// Rows by the access methods: the latest committed version, whatever the
// transaction's snapshot, and no predicate locks.
//
// Inventory's cells and the views' home rows are read and written here, not by SQL:
// SQL under REPEATABLE READ raises 40001 when the row is newer than the snapshot, and
// under SERIALIZABLE its scans leave predicate locks that abort unrelated writers.
//
//   Relation table = table_open(table_oid, RowExclusiveLock);
//   pg::Store store = pg::OpenStore(table, index_oid, RowExclusiveLock);
//   pg::Search search = pg::BeginSearch(&store, keys, key_count);
//   while (pg::NextMatch(&search, store.slot))
//       ...
//   pg::EndSearch(&search);
//   pg::CloseStore(&store);
//
// AFTER ROW triggers fire, each row's at once, so that views over such a table follow; home
// tables have none.  Other triggers do not.  On ERROR the transaction's abort releases
// everything.
#pragma once

#include "pg/prepared.h"

namespace mezzanine::pg
{

// A table with one index to find its rows by, open and locked until the transaction ends.
struct Store {
	Relation table;
	Oid index_oid;
	LOCKMODE mode;
	Relation index;       // NULL until it is searched, where the store was opened without it
	TupleTableSlot *slot; // for the row found

	// For writing; opened by the first write, in the context that OpenStore was called in.
	MemoryContext context;
	Indexes indexes;

	// For writing in bulk, and for triggers: made by PrepareTarget.
	EState *estate;
	ResultRelInfo *target;

	uint64 written; // rows inserted, updated and deleted
};

// Takes a table that is open and locked in `mode`; CloseStore closes it.  Requires: the index was
// looked up under that lock.  REINDEX CONCURRENTLY has another index take its place, and drops it
// as soon as nobody has the table locked.
Store OpenStore(Relation table, Oid index, LOCKMODE mode);

// The same, but the index is opened by the first search: perhaps there is none.  Requires: no
// subtransaction begins or ends between that and CloseStore.
Store OpenStoreWithoutIndex(Relation table, Oid index, LOCKMODE mode);
void CloseStore(Store *store);

// A search of the index.  The snapshot is the latest, taken when the search begins: it
// sees what this transaction wrote before its last CommandCounterIncrement.
struct Search {
	Store *store;
	IndexScanDesc scan;
	Snapshot latest;
	bool owns;   // the snapshot is registered for this search
	bool judges; // the scan returns all versions; NextMatch asks `latest` about each
};

// Requires: `keys` are prepared for the index's columns (attribute 1 is its first).
Search BeginSearch(Store *store, ScanKey keys, int key_count);

// The same with a snapshot that the caller has registered: several searches of one instant.
Search BeginSearchAt(Store *store, ScanKey keys, int key_count, Snapshot snapshot);

// Begins again with other keys, as many as before, in the same snapshot.
void Restart(Search *search, ScanKey keys, int key_count);

// Fills `slot` with the next version that the latest snapshot sees.
bool NextMatch(Search *search, TupleTableSlot *slot);
void EndSearch(Search *search);

// Where the match just found is in the index: a search would come to it there, whatever version of
// the row is seen, until it is moved.  Requires: NextMatch returned true.
ItemPointerData PlaceOfMatch(const Search *search);

// Fills `slot` with what the latest snapshot sees at a place that a search has come to before;
// false where there is nothing, or where only a search may look.
bool ReadPlace(Store *store, const ItemPointerData *place, TupleTableSlot *slot);

// Whether a write took place, or the row was changed or deleted by a transaction that
// committed meanwhile: then search again.
enum class Written { kDone, kChanged };

// Replaces the row at `row` by the contents of `slot`, waiting for whoever holds it.
Written UpdateRow(Store *store, ItemPointer row, TupleTableSlot *slot);

// Deletes the row at `row`, waiting for whoever holds it.
Written DeleteRow(Store *store, ItemPointer row);

// Locks the row at `row` against other writers, as SELECT FOR NO KEY UPDATE does; with
// `wait` false kChanged also stands for "somebody holds it".
Written LockRow(Store *store, ItemPointer row, bool wait, TupleTableSlot *slot);

// The transaction that holds the row in `slot` against other writers; Invalid when nobody
// does.  Requires: `slot` was filled by NextMatch.
TransactionId RowHolder(TupleTableSlot *slot);

// Whether the transaction's own snapshot sees the version in `slot`; always, at READ
// COMMITTED.  Requires: `slot` was filled by NextMatch.
bool SeenByTransaction(TupleTableSlot *slot);

// Reads the version of a row that stands at `row`; false where nothing does, or `snapshot` does
// not see it.  It leaves no predicate lock.
bool ReadVersion(Relation table, ItemPointer row, Snapshot snapshot, TupleTableSlot *slot);

// Inserts the contents of `slot`, into the table and all its indexes.
//
// Raises 23505 where a unique index has the key already; 23502 and 23514 where the
// row breaks a constraint.
void InsertRow(Store *store, TupleTableSlot *slot);

// Makes `estate` and `target`.  Triggers need no index: whoever writes by `target` opens them.
void PrepareTarget(Store *store);

// Adds the row in `slot`, inserted just now, to all indexes of the table.
void InsertIndexEntries(Store *store, TupleTableSlot *slot, bool is_update);

// Fires the triggers of the row in `slot`, inserted just now.
void FireInserted(Store *store, TupleTableSlot *slot);

} // namespace mezzanine::pg

// Partitioned tables as the base of views.
//
// Views are on the table at the top.  Row triggers are cloned to its partitions by
// PostgreSQL; the statement trigger that marks views as touched is made on each of them.
// A partition's rows are turned into the base's form, for attribute numbers may differ.
// Rows that come or go with their partition (ATTACH, DETACH, DROP, TRUNCATE) are counted
// one by one, from a scan of it.
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

// The table that a trigger fired on, as seen from the base.
struct RowSource {
	Oid relation; // the hash key
	Oid base;     // itself, or the table at the top; Invalid while it is being detached
	bool valid;
	// A partition that a restore of the whole has not done with: its own trigger is made when its
	// rows are there, that of the table at the top before.  They are in the restored state.
	bool is_restored;
	MemoryContext context;
	List *ancestors;
	AttrMap *map; // NULL: both have one form
	TupleTableSlot *slots[2];
};

// Valid until the next call for the same relation.
const RowSource *SourceOf(Relation relation);

// `slot` in the base's form.  `which`, 0 or 1, says which of two versions of a row it is.
TupleTableSlot *InBaseForm(const RowSource *source, TupleTableSlot *slot, int which);

// Why the base cannot have views because of its partitions; NULL where it can.
const char *UnfitPartition(Oid base);

// Before and after TRUNCATE of the base, and before that of one partition.
void BeginTruncate(Oid base);
void EndTruncate(Oid base);
void TruncatePartition(BaseProgram *program, Relation partition);

// Makes the statement triggers of a base's partitions.
void WatchPartitions(Oid base);

// Locks a table and all its partitions.
void LockWithPartitions(Oid base, LOCKMODE mode);

void InitPartitions();

} // namespace mezzanine::views

// Many new rows for one table: a page of them at a time, and its indexes in their order.
//
//   pg::Bulk *bulk = pg::BeginBulk(&store, memory_kb);
//   for each row: pg::BulkInsert(bulk, slot);
//   pg::EndBulk(bulk);
//
// Rows come in the order of the index that the store finds them by, so that it is written
// from left to right.  Other indexes have another order: their entries are sorted first,
// and written at the end.  Until then nobody finds the rows by them, but for this
// transaction nobody sees the rows anyway.
#pragma once

#include "pg/store.h"

namespace mezzanine::pg
{

struct Bulk;

// `memory_kb` is for the sorting; beyond it PostgreSQL sorts on disk.
Bulk *BeginBulk(Store *store, int memory_kb);

// Keeps a copy of the row, to be inserted soon.  Raises as InsertRow, if only at the end.
void BulkInsert(Bulk *bulk, TupleTableSlot *row);

// Inserts what is left.
void EndBulk(Bulk *bulk);

} // namespace mezzanine::pg

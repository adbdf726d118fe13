// What this transaction has changed: its delta, and the views that it must read by
// their definition.
#pragma once

#include "views/fold.h"

namespace mezzanine::views
{

// From here on the transaction reads these views by their definition: it is about to
// change their base table.  A rollback to a savepoint leaves them touched.
void TouchViews(const BaseProgram *program);

bool AnyTouched();
bool IsTouched(Oid home);

// While the transaction's changes are applied.
bool IsApplying();

// Where the changes of the current subtransaction go.  Raises 55000 where the
// transaction's changes are already applied.
Sink CurrentSink();

// The same for the changed rows of joined tables.
Sink CurrentRowSink();

// Rows have changed while the triggers of foreign keys were off (session_replication_role).
void NotePassedForeignKeys();
bool HasPassedForeignKeys();

// Remembers that this session holds a plan that reads a view by its home table, or by
// its truth; such plans are made anew when the other becomes right.
void RememberPlan(Oid home, bool by_truth);

// The hash that ties plans to the view in the plan cache.
uint32 PlanHash(Oid home);

void InitTransaction();

// Sets mezzanine.lock_timeout's limit to the waits of a commit; ended by AtEOXact_GUC.
int LimitWaits();

// Writes the transaction's delta, and what its changed rows of joined tables amount to, into
// the home tables of the cores computed from these tables, and what follows from it into those
// of the cores that they feed; maintain.cpp.
void ApplyDelta(core::Delta *delta, core::Delta *rows, List *touched_sources);

} // namespace mezzanine::views

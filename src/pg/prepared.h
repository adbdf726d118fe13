// What writing rows of a table takes, for rows that no executor writes: its NOT NULL and CHECK
// constraints, and its indexes.
//
// Both are prepared once a backend, as a plan would be, and anew when the catalogue changes.
// Parsing the constraints for each row took a fifth of the time of a reservation, and
// preparing the indexes a twentieth.
#pragma once

#include "pg/door.h"

namespace mezzanine::pg
{

// Raises 23502 or 23514 where the row in `slot` breaks a constraint of `table`.
void CheckConstraints(Relation table, TupleTableSlot *slot);

// The indexes of a table that rows are written to, open.
struct Indexes {
	Relation *index;
	int count;
};

// Opens the indexes of `table`; `indexes` is zeroed, or open: then it is brought up to date.
void OpenIndexes(Relation table, Indexes *indexes);
void CloseIndexes(Indexes *indexes);

// Adds the row in `slot` to the indexes, as the executor does.
//
// Requires: OpenIndexes since the last time that locks were taken.
void AddIndexEntries(Relation table, const Indexes &indexes, TupleTableSlot *slot, bool is_update);

} // namespace mezzanine::pg

// NOT NULL and CHECK constraints, for rows that no executor writes.
//
// A table's constraints are prepared once a backend, as a plan would be: parsing them for
// each row took a fifth of the time of a reservation.
#pragma once

#include "pg/door.h"

namespace mezzanine::pg
{

// Raises 23502 or 23514 where the row in `slot` breaks a constraint of `table`.
void CheckConstraints(Relation table, TupleTableSlot *slot);

} // namespace mezzanine::pg

// The journal: every movement of units, from one account to another.  Append-only.
#pragma once

#include "inventory/arguments.h"
#include "inventory/tables.h"

namespace mezzanine::inventory
{

struct Movement {
	int64 stock;
	const char *from;
	const char *to;
	int64 quantity;
	const char *reason;
	pg_uuid_t *reservation; // NULL for none
	Optional reference;     // jsonb
};

pg::Store OpenJournal();

// Appends a movement; returns its number.
int64 Record(pg::Store *journal, const Movement &movement);

// The same for a single movement: opens and closes the journal.
int64 RecordOne(const Movement &movement);

} // namespace mezzanine::inventory

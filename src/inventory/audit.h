// The audit: decisions of operators that move no units, and so are not in the journal.
// Append-only, as the journal is.
#pragma once

#include "inventory/arguments.h"

namespace mezzanine::inventory
{

struct AuditEntry {
	const char *verb;
	int64 stock;            // 0 for none
	pg_uuid_t *reservation; // NULL for none
	text *reason;           // NULL for none
	const char *before;     // JSON objects: what the decision changed
	const char *after;
};

// Appends an entry in the name of the role that called.
void WriteAudit(const AuditEntry &entry);

} // namespace mezzanine::inventory

// How often and how long this session has waited for other transactions: for their fences,
// and for rows that they hold.
#pragma once

#include "pg/pg.h"

namespace mezzanine::pg
{

struct Waits {
	uint64 count;
	uint64 microseconds;
};

// Since the session began.
Waits WaitsSoFar();

// Around a wait.  One that an error ends is closed by whoever sees to the abort; EndWait
// does nothing where none is open.
void BeginWait();
void EndWait();

} // namespace mezzanine::pg

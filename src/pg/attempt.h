// Catch and continue: runs a step in an internal subtransaction, so that its failure undoes
// the step and nothing else.
//
//   pg::Trouble trouble;
//   if (!pg::Attempt(Step, &argument, &trouble))
//       ereport(WARNING, (errmsg("..."), errdetail("%s", trouble.message)));
#pragma once

#include "pg/door.h"

namespace mezzanine::pg
{

// What a failed step raised; texts are in the caller's memory context.
struct Trouble {
	int sqlstate;
	const char *message;
	const char *detail; // NULL: none
};

// Runs `step`; false, with *trouble filled, when it raised an error.  What must end the
// transaction is raised again: a cancel or shutdown, and the errors that ask for a retry of
// the whole (SQLSTATE class 40).
using Step = void (*)(void *argument);
bool Attempt(Step step, void *argument, Trouble *trouble);

} // namespace mezzanine::pg

// The index on the base by which a group is found again.
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// What there is to say about the index that serves the core's recomputations.
struct IndexAdvice {
	bool is_needed;      // some column may be computed again
	const char *present; // the index that serves; NULL: none does
	const char *command; // CREATE INDEX … that would; NULL: none can, or one is there
};

IndexAdvice AdviseIndex(const QueryPlan *plan, const PlannedCore *core);

} // namespace mezzanine::views

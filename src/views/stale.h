// Views that this transaction could not bring up to date: they turn stale when it commits.
//
// Until then they are only remembered, nested by savepoint.  The catalogue's rows are
// written last of all, after every home table and in order, so that they lengthen the
// ladder that all appliers climb and add no rung in its middle.
#pragma once

#include "pg/attempt.h"
#include "views/views.h"

namespace mezzanine::views
{

// From here on the transaction does not maintain the view.
void FailView(Oid view, const char *reason);

// What a failed attempt at the maintenance gives as the reason.
const char *DescribeTrouble(const pg::Trouble *trouble);

bool AnyFailed();
bool HasFailed(Oid view);

// Marks them stale, with a WARNING each; at pre-commit, after the delta is applied.
void MarkFailedViews();

void InitStale();

} // namespace mezzanine::views

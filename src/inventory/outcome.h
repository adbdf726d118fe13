// Outcomes: what reserve, confirm and release answer, as values of type inventory.outcome.
#pragma once

#include "inventory/arguments.h"

#include "core/claim.h"

namespace mezzanine::inventory
{

struct Outcome {
	const char *status;
	pg_uuid_t *reservation; // NULL when rejected; then fence and expires_at count for nothing
	int64 fence;
	TimestampTz expires_at;
	Optional lines; // inventory.line[]
	Optional shortfall;
	bool replayed;
	int64 movement; // the answer of receive(), which has no other
};

// An array of type inventory.line[].
Optional LineArray(const Lines &lines);

// The columns of type inventory.outcome.
constexpr int kOutcomeColumns = 7;
void FillOutcome(const Outcome &outcome, Datum *values, bool *nulls);

// The value that the SQL function returns.
Datum OutcomeDatum(FunctionCallInfo fcinfo, const Outcome &outcome);

} // namespace mezzanine::inventory

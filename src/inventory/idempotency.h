// Keys: the same key gives the same answer, for acceptance and for rejection.
//
//   Outcome outcome;
//   if (Recall(key, fences_to_come, deadline, &outcome))
//       return outcome;
//   ...
//   Remember(key, outcome);
//
// The key's fence is held from Recall to the end of the transaction, so that of two calls
// with one key the second waits and repeats the answer of the first, or acts if the first
// rolled back.  The table is read in its latest version: ON CONFLICT DO NOTHING raises
// 40001 under REPEATABLE READ where the other row is newer than the snapshot.
#pragma once

#include "inventory/outcome.h"

namespace mezzanine::inventory
{

// Whether `key` was answered before; then *outcome is that answer.  False without a key.
//
// `fences_to_come` is how many more the call may take; see ladder.h.
// Raises MZ008 where it was given with other arguments or to another function.
bool Recall(const Key &key, int fences_to_come, TimestampTz deadline, Outcome *outcome);

// Keeps the answer to `key`; nothing without a key.
void Remember(const Key &key, const Outcome &outcome);

// One of many calls, each with its key or none.
struct KeyedCall {
	Key key;
	bool answered; // before: then outcome is that answer
	int same_as;   // an earlier one of the calls, with the same key and payload; or -1
	Outcome outcome;
};

// Recall and Remember for many calls at once: the keys' fences are taken in one order.
void RecallMany(KeyedCall *calls, int count, int fences_to_come, TimestampTz deadline);
void RememberMany(const KeyedCall *calls, int count); // those that are new

} // namespace mezzanine::inventory

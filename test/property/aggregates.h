// Conditions on rows, and calls of aggregates whose answer is determined.
#pragma once

#include "random.h"

namespace mezzanine::test
{

// What makes the aggregates that some definitions call: one has an inverse, another one that now
// and then gives up.
const char *OwnAggregates();

// A condition on a row.
std::string RandomCondition(Random *random);

std::string RandomAggregate(Random *random);

// One that adds up, so that a group may have several cells.
std::string RandomAdditiveAggregate(Random *random);

} // namespace mezzanine::test

// Subqueries in random expressions.
#pragma once

#include "items.h"

namespace mezzanine::test
{

// A condition on the rows of a join with a subquery in it, or nothing.
std::string RandomSublink(Random *random, const std::vector<Table> &tables, const Item &outer);

// A scalar subquery of integers, correlated to `outer`, or nothing.
std::string RandomScalar(Random *random, const std::vector<Table> &tables, const Item &outer);

// A condition and an output of a query that groups by `keys`; bare names stand for its columns.
std::string RandomLateCondition(Random *random, const std::vector<Table> &tables,
								const std::vector<std::string> &keys);
std::string RandomLateOutput(Random *random, const std::vector<Table> &tables,
							 const std::vector<std::string> &keys);

} // namespace mezzanine::test

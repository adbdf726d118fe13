// What stands after FROM and WHERE in a random definition: a table, or a join of several with
// what else may be joined, and conditions with subqueries.  The rest of the definition is written
// with bare names of columns, each of which is then told which of the joined tables it means.
#pragma once

#include "random.h"

#include <map>

namespace mezzanine::test
{

struct Table;

struct Source {
	std::string from;
	std::string where;                          // conditions that join, or nothing
	std::map<std::string, std::string> columns; // what a bare name stands for; else itself
};

// How many pairs a join may make of few rows.
enum class Crowd { kAny, kSparse };

// Whether its groups may have several cells: then inner joins of tables alone.
enum class Makeup { kAny, kPlain };

Source RandomSource(Random *random, const std::vector<Table> &tables, Crowd crowd, Makeup makeup);

} // namespace mezzanine::test

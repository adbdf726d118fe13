// Runs a case: tables, views on them, and a script of changes; compares each view with its
// query whenever a transaction has ended, and inside transactions too.  A case that fails
// is made as small as it gets before it is shown.
#pragma once

#include "../integration/harness.h"
#include "script.h"

#include <optional>

namespace mezzanine::test
{

struct Case {
	std::uint64_t seed;
	std::vector<Table> tables;
	std::vector<Definition> definitions;
	std::vector<std::string> statements;
};

// What happened, over all cases.
struct Tally {
	int definitions = 0;
	int refused = 0; // definitions that create_view does not take
	int statements = 0;
	int comparisons = 0;
};

Case RandomCase(std::uint64_t seed, int definitions, int transactions);

// SELECT ... of what differs between the view and its query, in one snapshot.
std::string Comparison(const Definition &definition);

// Makes the tables and their views.  A definition that create_view refuses leaves the list;
// its number is returned.
int Prepare(Connection *connection, const std::vector<Table> &tables,
			std::vector<Definition> *definitions);

// The first thing that went wrong, or nothing.  Runs in a schema of its own.
std::optional<std::string> RunCase(Connection *connection, const Case &which, Tally *tally);

// A smaller case that fails as well.
Case Shrink(Connection *connection, const Case &failing);

// The case as a script for psql.
std::string Show(const Case &which);

} // namespace mezzanine::test

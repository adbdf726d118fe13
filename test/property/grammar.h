// Random tables and view definitions whose answer is determined: total orders inside
// aggregates that depend on one, sums of floats that are exact whatever their order.
#pragma once

#include "aggregates.h"
#include "joins.h"

namespace mezzanine::test
{

// A base table of a case.
struct Table {
	std::string name;
	std::string create;   // CREATE TABLE ..., and its partitions
	std::string conflict; // the columns of its primary key
};

// A view to be.
struct Definition {
	std::string name;
	std::string query;
	std::string options; // further arguments of create_view
	// Whether equal rows have equal images.  Where a group's key is 1.0 for one and 1.00 for
	// another row, either may stand for the group, and rows are compared by equality instead.
	bool by_image;
};

// One to four; all have the columns id, owner, ref and those that the definitions are of.
std::vector<Table> RandomTables(Random *random);
std::vector<std::string> ColumnNames();

// One over any of the tables, or a join of some.
Definition RandomDefinition(Random *random, const std::vector<Table> &tables, Crowd crowd,
							const std::string &name);

// One whose groups may have several cells.
Definition RandomSpreadDefinition(Random *random, const std::vector<Table> &tables, Crowd crowd,
								  const std::string &name);

// Values of one new row, as "(...)", for RowColumns().
std::string RandomRow(Random *random, std::int64_t id, int owner);
const char *RowColumns();

// "column = expression", for an UPDATE.
std::string RandomAssignment(Random *random, int owner);

} // namespace mezzanine::test

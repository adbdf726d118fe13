// What random joins join: tables, subqueries that group or are DISTINCT, set operations, functions
// and VALUES.
#pragma once

#include "features.h"

#include <map>

namespace mezzanine::test
{

struct Table;

// An entry of FROM.
struct Item {
	std::string sql;                            // with its alias
	std::map<std::string, std::string> columns; // those it has, of ColumnNames(), and how to say
	std::string id;                             // a number that no two different rows share
	bool is_table;
	bool is_lateral; // looks at the first item
};

// The first item of a join is a table.
Item TableItem(const Table &table, const std::string &alias);

// `first` is the first item of the join.
Item RandomItem(Random *random, const std::vector<Table> &tables, const std::string &alias,
				const Item &first);

// The words of `text` outside of literals that name columns, as `columns` has them; not where a
// dot stands before.
std::string Qualified(const std::string &text, const std::map<std::string, std::string> &columns);

} // namespace mezzanine::test

// Pairs: of changed rows of a table in a join, one that left and one that came, which the join's
// conditions cannot tell apart.  Both join the same rows of the other tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mezzanine::core
{

struct ChangedRow {
	std::string_view tied; // what the join's conditions read of it
	std::string_view rest; // what else the join reads
	std::int64_t count;    // how often it came; left where it is below zero
	std::size_t number;    // the caller's
};

struct RowPair {
	std::size_t left; // numbers
	std::size_t came;
	std::int64_t count; // above zero
};

// Takes from the rows what cancels, which the join cannot tell apart at all, and what pairs up;
// their counts are what is left over.  Rows change their order.  Returns how many pairs there are.
//
// Requires: as much room for pairs as there are rows.
std::size_t PairUp(std::span<ChangedRow> rows, std::span<RowPair> pairs);

} // namespace mezzanine::core

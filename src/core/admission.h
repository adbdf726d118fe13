// Admission: which cells units are taken from, and how a cell is written afterwards.
#pragma once

#include <cstdint>
#include <span>

namespace mezzanine::core
{

// Units of a cell that the caller has fenced, and how many of them are taken.
struct CellShare {
	std::int64_t available;
	std::int64_t taken;
};

// Takes `units` from as few cells as possible, the fullest first; what is left of several
// ends up together.
//
// Requires: the cells together have at least `units`.
// Throws: kInvariant where they have not.
void TakeFromCells(std::span<CellShare> cells, std::int64_t units);

// How many units of a cell move to a new one, when its taker had to wait for it and leaves
// `rest` behind: half where plenty is left, else none.
//
// Plenty: either half would serve several like this one.  Scarce stock stays together.
std::int64_t UnitsToSplit(std::int64_t rest, std::int64_t quantity) noexcept;

// One row of a cell: the cell itself, or an adjustment beside it.
struct CellRow {
	std::int64_t units;
	bool base; // the cell itself
	bool seen; // the transaction's snapshot sees this version: it may be changed in place

	enum class Action : std::uint8_t { kKeep, kSet, kDelete } action;
	std::int64_t new_units; // for kSet
};

// Plans how `delta` units are added to a cell: which of its rows change in place, folding
// what can be folded, and what an additional adjustment must carry (0: none is needed).
//
// A row that the snapshot does not see stays as it is: changed in place, the caller would
// see two versions of it, its snapshot's and its own.
//
// Throws: kOverflow where the cell would exceed a bigint, kInvariant where it would fall
// below zero.
std::int64_t PlanCell(std::span<CellRow> rows, std::int64_t delta);

// The sum of a cell's rows.
//
// Throws: kInvariant where it is below zero, or exceeds a bigint.
std::int64_t SumCell(std::span<const CellRow> rows);

} // namespace mezzanine::core

// Admission: whether units can be promised, and how a cell is written afterwards.
#pragma once

#include <cstdint>
#include <span>

namespace mezzanine::core
{

// What is asked of one stock, and what there is.
struct Request {
	std::int64_t quantity;
	std::int64_t available; // in the stock's cells
	std::int64_t expired;   // held by reservations that have expired: may be had as well
};

enum class Admission {
	kAccept, // the cells hold enough for every request
	kReap,   // they would, with expired holds
	kReject, // they would not
};

// Decides about a whole cart: all of it or nothing.
//
// Pure.  The caller holds the fence of every cell counted, so that nothing changes before
// the decision is stored.
//
// Requires: quantity > 0, available >= 0, expired >= 0.
Admission Admit(std::span<const Request> requests) noexcept;

// Units that `request` lacks.
std::int64_t Shortfall(const Request &request) noexcept;

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

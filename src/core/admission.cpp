#include "core/admission.h"

#include "core/error.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace mezzanine::core
{

namespace
{

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

// Rows of a cell may be negative and their partial sums wider than 64 bits.
using Wide = __int128;

[[noreturn]] void ThrowBelowZero()
{
	throw Error(Code::kInvariant, "cell would fall below zero",
				"The units in its rows add up to less than nothing.",
				"Run inventory.verify() to see which stock does not balance.");
}

// Distributes `units`, the sum of `delta` and of every row that may change, over the rows
// that may change; returns what no row could carry.
std::int64_t Distribute(std::span<CellRow> rows, Wide units)
{
	for (CellRow &row : rows) {
		if (!row.seen)
			continue;
		// The cell itself is never negative; an adjustment carries the rest.
		const Wide here = std::clamp<Wide>(units, row.base ? 0 : -Wide{kMost}, kMost);
		if (!row.base && here == 0) {
			row.action = CellRow::Action::kDelete;
			continue;
		}
		units -= here;
		row.new_units = static_cast<std::int64_t>(here);
		if (row.new_units != row.units)
			row.action = CellRow::Action::kSet;
	}
	return static_cast<std::int64_t>(units);
}

} // namespace

void TakeFromCells(std::span<CellShare> cells, std::int64_t units)
{
	std::vector<CellShare *> fullest_first;
	fullest_first.reserve(cells.size());
	for (CellShare &cell : cells) {
		cell.taken = 0;
		fullest_first.push_back(&cell);
	}
	std::ranges::stable_sort(fullest_first, std::greater{},
							 [](const CellShare *cell) { return cell->available; });
	for (CellShare *cell : fullest_first) {
		cell->taken = std::min(cell->available, units);
		units -= cell->taken;
	}
	if (units > 0)
		ThrowBelowZero();
}

std::int64_t UnitsToSplit(std::int64_t rest, std::int64_t quantity) noexcept
{
	constexpr std::int64_t kSeveral = 4;
	const std::int64_t half = rest / 2;
	return half / kSeveral >= quantity ? half : 0;
}

std::int64_t SumCell(std::span<const CellRow> rows)
{
	Wide sum = 0;
	for (const CellRow &row : rows)
		sum += row.units;
	if (sum < 0 || sum > kMost)
		ThrowBelowZero();
	return static_cast<std::int64_t>(sum);
}

std::int64_t PlanCell(std::span<CellRow> rows, std::int64_t delta)
{
	const Wide after = Wide{SumCell(rows)} + delta;
	if (after < 0)
		ThrowBelowZero();
	if (after > kMost)
		throw Error(Code::kOverflow, "quantity out of range",
					"The stock would hold more units than a bigint holds.",
					"Add fewer units, or use larger base units.");

	Wide movable = delta;
	for (CellRow &row : rows) {
		row.action = CellRow::Action::kKeep;
		if (row.seen)
			movable += row.units;
	}
	return Distribute(rows, movable);
}

} // namespace mezzanine::core

#include "core/admission.h"
#include "core/error.h"

#include "random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

namespace mezzanine::core
{
namespace
{

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
using Action = CellRow::Action;

CellRow Base(std::int64_t units, bool seen = true)
{
	return {units, true, seen, Action::kKeep, units};
}

CellRow Adjustment(std::int64_t units, bool seen = true)
{
	return {units, false, seen, Action::kKeep, units};
}

// What the rows amount to once the plan is carried out.
std::int64_t Carried(const std::vector<CellRow> &rows, std::int64_t rest)
{
	std::int64_t sum = rest;
	for (const CellRow &row : rows) {
		if (row.action == Action::kKeep)
			sum += row.units;
		if (row.action == Action::kSet)
			sum += row.new_units;
	}
	return sum;
}

Code CodeOfPlan(std::vector<CellRow> rows, std::int64_t delta)
{
	try {
		PlanCell(rows, delta);
	} catch (const Error &error) {
		return error.code();
	}
	ADD_FAILURE() << "nothing was thrown";
	return Code::kInternal;
}

Code CodeOfTake(std::vector<CellShare> cells, std::int64_t units)
{
	try {
		TakeFromCells(cells, units);
	} catch (const Error &error) {
		return error.code();
	}
	ADD_FAILURE() << "nothing was thrown";
	return Code::kInternal;
}

TEST(TakeFromCells, TakesFromOneWhereOneHasEnough)
{
	std::vector<CellShare> cells = {{4, 9}, {6, 9}, {5, 9}};
	TakeFromCells(cells, 6);
	EXPECT_EQ(cells[0].taken, 0);
	EXPECT_EQ(cells[1].taken, 6);
	EXPECT_EQ(cells[2].taken, 0);
}

TEST(TakeFromCells, EmptiesTheFullestBeforeItTakesFromTheNext)
{
	std::vector<CellShare> cells = {{4, 0}, {6, 0}, {5, 0}};
	TakeFromCells(cells, 12);
	EXPECT_EQ(cells[0].taken, 1);
	EXPECT_EQ(cells[1].taken, 6);
	EXPECT_EQ(cells[2].taken, 5);
}

TEST(TakeFromCells, RefusesWhatIsNotThere)
{
	EXPECT_EQ(CodeOfTake({{4, 0}, {6, 0}}, 11), Code::kInvariant);
	EXPECT_EQ(CodeOfTake({}, 1), Code::kInvariant);
}

TEST(TakeFromCells, TakesExactlyWhatIsAskedForFromAsFewAsPossible)
{
	test::Random random(3);
	for (int round = 0; round < 20000; ++round) {
		std::vector<CellShare> cells(static_cast<std::size_t>(random.Between(1, 8)));
		std::int64_t sum = 0;
		for (CellShare &cell : cells)
			sum += cell.available = random.Between(0, 9);
		const std::int64_t units = random.Between(0, sum);
		TakeFromCells(cells, units);

		std::int64_t taken = 0;
		std::ptrdiff_t used = 0;
		for (const CellShare &cell : cells) {
			EXPECT_GE(cell.taken, 0);
			EXPECT_LE(cell.taken, cell.available);
			taken += cell.taken;
			used += cell.taken > 0 ? 1 : 0;
		}
		EXPECT_EQ(taken, units);
		std::vector<std::int64_t> fullest;
		for (const CellShare &cell : cells)
			fullest.push_back(cell.available);
		std::sort(fullest.rbegin(), fullest.rend());
		std::ptrdiff_t least = 0;
		for (std::int64_t covered = 0; covered < units; ++least)
			covered += fullest[static_cast<std::size_t>(least)];
		EXPECT_EQ(used, least);
	}
}

TEST(UnitsToSplit, MovesHalfWherePlentyIsLeftAndNothingElse)
{
	EXPECT_EQ(UnitsToSplit(100, 1), 50);
	EXPECT_EQ(UnitsToSplit(101, 1), 50);
	EXPECT_EQ(UnitsToSplit(8, 1), 4);
	EXPECT_EQ(UnitsToSplit(7, 1), 0);
	EXPECT_EQ(UnitsToSplit(0, 1), 0);
	EXPECT_EQ(UnitsToSplit(100, 13), 0);
	EXPECT_EQ(UnitsToSplit(kMost, 1), kMost / 2);
	EXPECT_EQ(UnitsToSplit(kMost, kMost), 0);
}

TEST(PlanCell, ChangesTheCellInPlace)
{
	std::vector<CellRow> rows = {Base(5)};
	EXPECT_EQ(PlanCell(rows, -3), 0);
	EXPECT_EQ(rows[0].action, Action::kSet);
	EXPECT_EQ(rows[0].new_units, 2);
}

TEST(PlanCell, LeavesARowAloneThatTheSnapshotDoesNotSee)
{
	std::vector<CellRow> rows = {Base(5, false)};
	EXPECT_EQ(PlanCell(rows, -3), -3);
	EXPECT_EQ(rows[0].action, Action::kKeep);
}

TEST(PlanCell, FoldsAdjustmentsThatItSees)
{
	std::vector<CellRow> rows = {Base(5), Adjustment(-3), Adjustment(4, false)};
	EXPECT_EQ(PlanCell(rows, -1), 0);
	EXPECT_EQ(rows[0].new_units, 1);
	EXPECT_EQ(rows[1].action, Action::kDelete);
	EXPECT_EQ(rows[2].action, Action::kKeep);
}

TEST(PlanCell, ReusesItsOwnAdjustmentBesideAnUnseenCell)
{
	std::vector<CellRow> rows = {Base(9, false), Adjustment(-3), Adjustment(-1)};
	EXPECT_EQ(PlanCell(rows, -2), 0);
	EXPECT_EQ(rows[1].action, Action::kSet);
	EXPECT_EQ(rows[1].new_units, -6);
	EXPECT_EQ(rows[2].action, Action::kDelete);
}

TEST(PlanCell, NeverLeavesTheCellItselfNegative)
{
	// 2 in the cell, 10 given back by somebody the snapshot does not see: 7 may be taken.
	std::vector<CellRow> rows = {Base(2), Adjustment(10, false)};
	EXPECT_EQ(PlanCell(rows, -7), -5);
	EXPECT_EQ(rows[0].new_units, 0);
}

TEST(PlanCell, RefusesToFallBelowZeroOrExceedABigint)
{
	EXPECT_EQ(CodeOfPlan({Base(5)}, -6), Code::kInvariant);
	EXPECT_EQ(CodeOfPlan({Base(kMost)}, 1), Code::kOverflow);
	EXPECT_EQ(CodeOfPlan({Base(5), Adjustment(-6)}, 1), Code::kInvariant);
}

// Whatever rows there are: the sum changes by delta, unseen rows stay, the cell itself is
// never negative, and a plan with the cell in sight leaves no seen adjustment behind but
// what the cell cannot carry.
TEST(PlanCell, MovesExactlyWhatItIsAskedTo)
{
	test::Random random(2);
	for (int round = 0; round < 20000; ++round) {
		std::vector<CellRow> rows = {Base(random.Between(0, 19), random.OneIn(2))};
		std::int64_t before = rows[0].units;
		for (auto more = random.Between(0, 4); more > 0; --more) {
			const auto units = random.Between(-10, 10);
			rows.push_back(Adjustment(units, random.OneIn(2)));
			before += units;
		}
		if (before < 0)
			continue;
		const std::int64_t delta = random.Between(0, 39) - before;
		if (before + delta < 0)
			continue;

		const std::int64_t rest = PlanCell(rows, delta);
		ASSERT_EQ(Carried(rows, rest), before + delta);
		for (const CellRow &row : rows) {
			if (!row.seen) {
				ASSERT_EQ(row.action, Action::kKeep);
			}
			if (row.base && row.action == Action::kSet) {
				ASSERT_GE(row.new_units, 0);
			}
		}
		ASSERT_NE(rows[0].action, Action::kDelete);
	}
}

} // namespace
} // namespace mezzanine::core

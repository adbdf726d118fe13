#include "core/correction.h"

#include "core/error.h"
#include "random.h"

#include <gtest/gtest.h>
#include <limits>
#include <vector>

namespace mezzanine::core
{
namespace
{

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

template <typename Body> Code CodeOf(Body body)
{
	try {
		body();
	} catch (const Error &error) {
		EXPECT_FALSE(error.detail().empty());
		EXPECT_FALSE(error.hint().empty());
		return error.code();
	}
	ADD_FAILURE() << "nothing was thrown";
	return Code::kInternal;
}

TEST(CountDifference, IsWhatTheBooksAreOffBy)
{
	EXPECT_EQ(CountDifference(7, {1, 10, 0}, {}), -3);
	EXPECT_EQ(CountDifference(10, {1, 10, 0}, {}), 0);
	EXPECT_EQ(CountDifference(0, {1, 0, 0}, {}), 0);
	EXPECT_EQ(CountDifference(4, {1, -2, 0}, {}), 6) << "two units are owed to back-orders";
}

TEST(CountDifference, LeavesOutWhatAnEarlierCountHasCorrectedSince)
{
	// 10 by the books, 8 in the shelf: counted twice at once, corrected once.
	EXPECT_EQ(CountDifference(8, {1, 10, 0}, {}), -2);
	EXPECT_EQ(CountDifference(8, {2, 10, 0}, {3, 1, -2}), 0);
	// Begun after the correction: it is in the books.
	EXPECT_EQ(CountDifference(8, {4, 8, -2}, {3, 1, -2}), 0);
}

TEST(CountDifference, RefusesACountThatIsOlderThanOneEntered)
{
	EXPECT_EQ(CodeOf([] { CountDifference(8, {1, 10, 0}, {3, 2, 0}); }), Code::kCorrectedSince);
	EXPECT_EQ(CodeOf([] { CountDifference(8, {2, 10, 0}, {3, 2, 0}); }), Code::kCorrectedSince);
	EXPECT_EQ(CountDifference(8, {2, 10, 0}, {3, 1, 0}), -2);
}

TEST(CountDifference, ChecksItsRange)
{
	EXPECT_EQ(CodeOf([] { CountDifference(-1, {1, 10, 0}, {}); }), Code::kInvalidArgument);
	EXPECT_EQ(CodeOf([] { CountDifference(kMost, {1, -1, 0}, {}); }), Code::kOverflow);
	EXPECT_EQ(CountDifference(kMost, {1, kMost, 0}, {}), 0);
	EXPECT_EQ(CountDifference(0, {1, kMost, 0}, {}), -kMost);
	EXPECT_EQ(CountDifference(0, {1, kMost, kMost}, {2, 0, kLeast + 1}), kMost)
		<< "sums between are wider than a bigint";
}

// A shelf and its books: units come and go in both, vanish from the shelf alone, and are
// counted by several people at once, who enter what they found in any order.
TEST(CountDifference, MakesTheBooksRightWhateverHappensMeanwhile)
{
	test::Random random(4);
	for (int round = 0; round < 2000; ++round) {
		std::int64_t shelf = 50;
		std::int64_t books = 50;
		std::int64_t sequence = 0;
		Corrections corrections{};
		struct Count {
			CountPoint point;
			std::int64_t found;
		};
		std::vector<Count> open;
		for (int step = 0; step < 30; ++step) {
			switch (random.Between(0, 3)) {
			case 0: { // sold or received, in both
				const std::int64_t units = random.Between(-2, 2);
				shelf += units;
				books += units;
				break;
			}
			case 1: // lost or found
				shelf += random.Between(-1, 1);
				break;
			case 2:
				open.push_back({{++sequence, books, corrections.by_counts}, shelf});
				break;
			default:
				if (open.empty() || shelf < 0)
					break;
				const auto last = static_cast<std::int64_t>(open.size()) - 1;
				const auto chosen = open.begin() + random.Between(0, last);
				const Count count = *chosen;
				open.erase(chosen);
				if (count.found < 0 || count.point.sequence <= corrections.last_point)
					break;
				const std::int64_t difference =
					CountDifference(count.found, count.point, corrections);
				books += difference;
				corrections = {++sequence, count.point.sequence,
							   corrections.by_counts + difference};
			}
		}
		// A last count, with nothing lost meanwhile, sets all right.
		shelf = shelf < 0 ? 0 : shelf;
		const CountPoint last = {++sequence, books, corrections.by_counts};
		for (const Count &count : open) {
			if (count.found < 0 || count.point.sequence <= corrections.last_point)
				continue;
			const std::int64_t difference = CountDifference(count.found, count.point, corrections);
			books += difference;
			corrections = {++sequence, count.point.sequence, corrections.by_counts + difference};
		}
		books -= 3;
		const std::int64_t sold = 3;
		books += CountDifference(shelf, last, corrections);
		EXPECT_EQ(books, shelf - sold) << "round " << round;
	}
}

TEST(CheckExpected, AsksForTheLastCorrection)
{
	CheckExpected(0, {});
	CheckExpected(5, {5, 0, 0});
	EXPECT_EQ(CodeOf([] { CheckExpected(4, {5, 0, 0}); }), Code::kCorrectedSince);
	EXPECT_EQ(CodeOf([] { CheckExpected(0, {5, 0, 0}); }), Code::kCorrectedSince);
	EXPECT_EQ(CodeOf([] { CheckExpected(6, {5, 0, 0}); }), Code::kCorrectedSince);
}

TEST(AdjustedUnits, AreMoreThanNone)
{
	EXPECT_EQ(AdjustedUnits(5), 5);
	EXPECT_EQ(AdjustedUnits(-5), 5);
	EXPECT_EQ(AdjustedUnits(kLeast + 1), kMost);
	EXPECT_EQ(CodeOf([] { AdjustedUnits(0); }), Code::kInvalidArgument);
	EXPECT_EQ(CodeOf([] { AdjustedUnits(kLeast); }), Code::kOverflow);
}

} // namespace
} // namespace mezzanine::core

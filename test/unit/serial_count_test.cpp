#include "core/serial_count.h"

#include <gtest/gtest.h>

namespace mezzanine::core
{
namespace
{

constexpr std::int64_t kPoint = 100;
constexpr std::int64_t kBefore = 90;
constexpr std::int64_t kSince = 110;

const SerialAtPoint kAtPoint[] = {{"A", 10}, {"B", 20}, {"C", 30}};
const std::string_view kFound[] = {"A", "D", "E"};

Finding Of(std::string_view serial, std::int64_t sequence, bool here, bool by_count = false)
{
	return FindingOf({kPoint, kAtPoint, kFound}, {serial, sequence, here, by_count});
}

TEST(FindingOf, IsRightWhereBooksAndShelfAgree)
{
	EXPECT_EQ(Of("A", 10, true), Finding::kRight);
	EXPECT_EQ(Of("A", kSince, true), Finding::kRight) << "it left and came back";
	EXPECT_EQ(Of("D", kSince, true), Finding::kRight) << "it came since";
	EXPECT_EQ(Of("X", kBefore, false), Finding::kRight) << "neither here nor found";
}

TEST(FindingOf, MissesWhatWasThereAndHasNotMoved)
{
	EXPECT_EQ(Of("B", 20, true), Finding::kMissing);
	EXPECT_EQ(Of("B", kSince, true), Finding::kRight) << "it left and came back since";
	EXPECT_EQ(Of("F", kSince, true), Finding::kRight) << "it came since, after somebody looked";
	// Its transaction was in flight at the point: it came since, though its number is lower.
	EXPECT_EQ(Of("F", kBefore, true), Finding::kRight);
}

TEST(FindingOf, HasASurplusOfWhatTheBooksHaveElsewhere)
{
	EXPECT_EQ(Of("D", 0, false), Finding::kSurplus) << "unknown";
	EXPECT_EQ(Of("D", kBefore, false), Finding::kSurplus) << "sold, lost, or elsewhere";
	EXPECT_EQ(Of("D", kSince, false), Finding::kRight) << "it came and left since";
	EXPECT_EQ(Of("A", kSince, false), Finding::kRight) << "it was found before it was sold";
	EXPECT_EQ(Of("A", kBefore, false), Finding::kRight) << "sold by one in flight at the point";
}

// Whoever counts later is believed: what another count has found since the point was so then.
TEST(FindingOf, CorrectsOtherCounts)
{
	EXPECT_EQ(Of("A", kSince, false, true), Finding::kSurplus) << "another missed it";
	EXPECT_EQ(Of("D", kSince, false, true), Finding::kSurplus);
	EXPECT_EQ(Of("F", kSince, true, true), Finding::kMissing) << "another found it";
	EXPECT_EQ(Of("B", kSince, true, true), Finding::kMissing);
	EXPECT_EQ(Of("A", kSince, true, true), Finding::kRight);
	EXPECT_EQ(Of("B", kSince, false, true), Finding::kRight);
}

TEST(FindingOf, KnowsNothingAndFindsNothing)
{
	EXPECT_EQ(FindingOf({kPoint, {}, {}}, {"A", kSince, true, false}), Finding::kRight);
	EXPECT_EQ(FindingOf({kPoint, {}, kFound}, {"A", 0, false, false}), Finding::kSurplus);
	EXPECT_EQ(FindingOf({kPoint, kAtPoint, {}}, {"A", 10, true, false}), Finding::kMissing);
}

} // namespace
} // namespace mezzanine::core

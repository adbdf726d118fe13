#include "core/error.h"
#include "core/policy.h"

#include <gtest/gtest.h>

#include <limits>

namespace mezzanine::core
{
namespace
{

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

Code CodeOf(auto &&body)
{
	try {
		body();
	} catch (const Error &error) {
		EXPECT_NE(error.detail(), "");
		EXPECT_NE(error.hint(), "");
		return error.code();
	}
	ADD_FAILURE() << "nothing was thrown";
	return Code::kInternal;
}

TEST(CheckPolicy, TakesTheLeastAndTheMostOfEach)
{
	CheckPolicy({0, 0, kNoLowWater, 1});
	CheckPolicy({kMost, kMost, kMost, kCellsMost});
}

TEST(CheckPolicy, RefusesOneLessAndOneMore)
{
	for (const Policy &policy :
		 {Policy{-1, 0, 0, 1}, Policy{0, -1, 0, 1}, Policy{0, 0, -2, 1}, Policy{0, 0, 0, 0},
		  Policy{0, 0, 0, kCellsMost + 1}, Policy{-kMost - 1, 0, 0, 1}})
		EXPECT_EQ(CodeOf([&] { CheckPolicy(policy); }), Code::kInvalidArgument);
}

TEST(FloorRise, IsWhatIsPromisedLess)
{
	EXPECT_EQ(FloorRise({0, 0, -1, 1}, {3, 0, -1, 1}), 3);
	EXPECT_EQ(FloorRise({3, 0, -1, 1}, {1, 0, -1, 1}), -2);
	EXPECT_EQ(FloorRise({0, 0, -1, 1}, {0, 5, -1, 1}), -5);
	EXPECT_EQ(FloorRise({0, 5, -1, 1}, {2, 5, -1, 1}), 2);
	EXPECT_EQ(FloorRise({2, 5, -1, 1}, {5, 2, -1, 1}), 6);
	EXPECT_EQ(FloorRise({2, 5, -1, 1}, {2, 5, 7, 9}), 0);
}

TEST(FloorRise, OverflowsBeyondABigint)
{
	EXPECT_EQ(FloorRise({0, 0, -1, 1}, {kMost, 0, -1, 1}), kMost);
	EXPECT_EQ(FloorRise({kMost, 0, -1, 1}, {0, 0, -1, 1}), -kMost);
	EXPECT_EQ(CodeOf([] { FloorRise({0, 1, -1, 1}, {kMost, 0, -1, 1}); }), Code::kOverflow);
	EXPECT_EQ(CodeOf([] { FloorRise({kMost, 0, -1, 1}, {0, kMost, -1, 1}); }), Code::kOverflow);
}

} // namespace
} // namespace mezzanine::core

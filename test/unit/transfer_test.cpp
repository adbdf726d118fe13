#include "core/transfer.h"

#include "core/error.h"

#include <gtest/gtest.h>
#include <limits>

namespace mezzanine::core
{
namespace
{

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

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

TEST(CheckShipped, AddsUpAllLines)
{
	const Demand fits[] = {{1, kMost - 1, 1}, {2, 1, 2}};
	CheckShipped(fits);
	const Demand too_many[] = {{1, kMost, 1}, {2, kMost, 2}, {3, 1, 3}};
	EXPECT_EQ(CodeOf([&] { CheckShipped(too_many); }), Code::kOverflow);
}

TEST(InTransit, IsWhatHasNeitherArrivedNorIsLost)
{
	EXPECT_EQ(InTransit({5, 0, 0}), 5);
	EXPECT_EQ(InTransit({5, 2, 1}), 2);
	EXPECT_EQ(InTransit({5, 0, 5}), 0);
	EXPECT_EQ(InTransit({kMost, kMost, 0}), 0);
}

TEST(InTransit, NeverFallsBelowZero)
{
	EXPECT_EQ(CodeOf([] { InTransit({5, 6, 0}); }), Code::kInvariant);
	EXPECT_EQ(CodeOf([] { InTransit({5, 3, 3}); }), Code::kInvariant);
	EXPECT_EQ(CodeOf([] { InTransit({5, -1, 0}); }), Code::kInvariant);
	EXPECT_EQ(CodeOf([] { InTransit({5, 0, -1}); }), Code::kInvariant);
	EXPECT_EQ(CodeOf([] { InTransit({kMost, kMost, kMost}); }), Code::kInvariant);
}

TEST(Arrive, TakesTheLastUnitAndNotOneMore)
{
	Carried line = {5, 1, 1};
	Arrive(3, &line);
	EXPECT_EQ(line.received, 4);
	EXPECT_EQ(InTransit(line), 0);
	EXPECT_EQ(CodeOf([&] { Arrive(1, &line); }), Code::kMoreThanHeld);
	EXPECT_EQ(line.received, 4);
	EXPECT_EQ(CodeOf([&] { Arrive(kMost, &line); }), Code::kMoreThanHeld);
}

} // namespace
} // namespace mezzanine::core

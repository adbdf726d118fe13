// What Delta keeps of the arguments that are no numbers of rows and no exact sums of them.
#include "core/delta.h"
#include "core/error.h"
#include "naive_group.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace mezzanine::core
{
namespace
{

using test::NumericBytes;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLargest = std::numeric_limits<double>::max();

// One group of one view with one argument.
class OneArgument
{
public:
	explicit OneArgument(ArgumentKind kind) : kind_(kind), delta_(std::pmr::new_delete_resource())
	{
	}

	OneArgument &Add(const Value &value, int sign = +1, int depth = 1)
	{
		Group &group = delta_.Add(depth, 1, {{&kind_, 1}, 7, "key", sign, {&value, 1}});
		if (kind_ == ArgumentKind::kExtreme && !value.null)
			group.arguments[0].PutCandidate(sign, value.wire);
		return *this;
	}
	Delta &delta() { return delta_; }
	const Argument &argument()
	{
		delta_.Seal();
		return delta_.group(0, 0).arguments[0];
	}
	// What is stored when it is combined with `stored`, of `rows` rows.
	StoredArgument Combine(std::int64_t rows, const StoredArgument &stored)
	{
		delta_.Seal();
		const std::span<const StoredArgument> before{&stored, rows > 0 ? 1u : 0u};
		return delta_.Combine(delta_.group(0, 0), {&kind_, 1}, {rows, before}).arguments[0];
	}

private:
	ArgumentKind kind_;
	Delta delta_;
};

Value IntervalValue(std::int64_t time, std::int32_t days, std::int32_t months)
{
	Value value;
	value.integer = time;
	value.days = days;
	value.months = months;
	return value;
}

Value Real(double real)
{
	Value value;
	value.real = real;
	return value;
}

Value Integer(std::int64_t integer)
{
	Value value;
	value.integer = integer;
	return value;
}

Value Image(std::string_view image)
{
	Value value;
	value.wire = image;
	return value;
}

StoredArgument StoredReal(double real)
{
	StoredArgument stored;
	stored.sum_null = false;
	stored.real = real;
	return stored;
}

std::vector<std::int64_t> Copy(std::span<const std::int64_t> counts)
{
	return {counts.begin(), counts.end()};
}

TEST(Interval, AddsUpFieldByField)
{
	OneArgument change(ArgumentKind::kInterval);
	change.Add(IntervalValue(5, -1, 3)).Add(IntervalValue(7, 2, 0)).Add(IntervalValue(1, 0, 1), -1);
	StoredArgument stored = change.Combine(0, {});
	EXPECT_EQ(stored.count, 1);
	EXPECT_FALSE(stored.sum_null);
	EXPECT_EQ(stored.integer, 11);
	EXPECT_EQ(stored.days, 1);
	EXPECT_EQ(stored.months, 2);
}

TEST(Interval, PassesTheRangeOnTheWayAndComesBack)
{
	constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
	OneArgument change(ArgumentKind::kInterval);
	change.Add(IntervalValue(0, 0, kMost)).Add(IntervalValue(0, 0, 1)).Add(IntervalValue(0, 0, -1));
	EXPECT_EQ(change.Combine(0, {}).months, kMost);

	OneArgument beyond(ArgumentKind::kInterval);
	beyond.Add(IntervalValue(0, kMost, 0)).Add(IntervalValue(0, 1, 0));
	try {
		beyond.Combine(0, {});
		FAIL() << "an interval out of range was stored";
	} catch (const Error &error) {
		EXPECT_EQ(error.code(), Code::kOverflow);
	}
}

TEST(Interval, IsNullWhenNoValueIsLeft)
{
	StoredArgument before;
	before.count = 1;
	before.sum_null = false;
	before.days = 3;
	OneArgument change(ArgumentKind::kInterval);
	change.Add(IntervalValue(0, 3, 0), -1);
	EXPECT_TRUE(change.Combine(1, before).sum_null);

	OneArgument wrong(ArgumentKind::kInterval);
	wrong.Add(IntervalValue(0, 2, 0), -1);
	EXPECT_THROW(wrong.Combine(1, before), Error);
}

TEST(Float, AddsWhatComes)
{
	OneArgument change(ArgumentKind::kFloat);
	change.Add(Real(1.5)).Add(Real(2));
	EXPECT_FALSE(change.argument().tainted());
	EXPECT_EQ(change.Combine(0, {}).real, 3.5);
	EXPECT_EQ(change.Combine(1, StoredReal(10)).real, 13.5);
	EXPECT_FALSE(change.Combine(1, StoredReal(10)).recompute);
}

TEST(Float, MustBeComputedAgainWhenAValueLeavesOrIsNotFinite)
{
	EXPECT_TRUE(OneArgument(ArgumentKind::kFloat).Add(Real(1), -1).argument().tainted());
	EXPECT_TRUE(OneArgument(ArgumentKind::kFloat).Add(Real(kInfinity)).argument().tainted());
	EXPECT_TRUE(OneArgument(ArgumentKind::kFloat).Add(Real(std::nan(""))).argument().tainted());
	EXPECT_TRUE(
		OneArgument(ArgumentKind::kFloat).Add(Real(1)).Add(Real(1), -1).argument().tainted());
}

TEST(Float, MustBeComputedAgainWhenTheSumLeavesItsRange)
{
	OneArgument change(ArgumentKind::kFloat);
	change.Add(Real(kLargest));
	EXPECT_TRUE(change.Combine(1, StoredReal(kLargest)).recompute);
	EXPECT_FALSE(change.Combine(1, StoredReal(kInfinity)).recompute);
	EXPECT_EQ(change.Combine(1, StoredReal(kInfinity)).real, kInfinity);

	OneArgument parts(ArgumentKind::kFloat);
	parts.Add(Real(kLargest)).Add(Real(kLargest), +1, 2);
	parts.delta().CommitLevel(2);
	EXPECT_TRUE(parts.argument().tainted());
}

TEST(ExactSum, ForgetsTheScalesOfWhatLeft)
{
	const std::string half = NumericBytes("0.50");
	const std::string tiny = NumericBytes("0.00000000000000000000000000000000000000000000001");
	const std::string large = NumericBytes("123456789012345678901234567890");
	OneArgument change(ArgumentKind::kExact);
	change.Add(Image(tiny)).Add(Image(half)).Add(Image(large)).Add(Image(tiny), -1);
	EXPECT_EQ(change.Combine(0, {}).wire, NumericBytes("123456789012345678901234567890.5"));
	EXPECT_EQ(change.Combine(0, {}).count, 0);

	OneArgument last(ArgumentKind::kExact);
	last.Add(Image(half), -1);
	StoredArgument before;
	before.sum_null = false;
	before.wire = half;
	EXPECT_EQ(last.Combine(1, before).wire, NumericBytes("0"));
	EXPECT_FALSE(last.Combine(1, before).sum_null);
}

TEST(ExactSum, AddsUpOverSubtransactions)
{
	const std::string one = NumericBytes("1");
	const std::string third = NumericBytes("0.333");
	OneArgument change(ArgumentKind::kExact);
	change.Add(Image(one)).Add(Image(third), +1, 2);
	change.delta().CommitLevel(2);
	change.Add(Image(one), +1, 2);
	change.delta().AbortLevel(2);
	EXPECT_EQ(change.Combine(0, {}).wire, NumericBytes("1.333"));
}

TEST(ExactSum, IsNoChangeWhenAllHasLeft)
{
	const std::string value = NumericBytes("0.125");
	OneArgument change(ArgumentKind::kExact);
	change.Add(Image(value)).Add(Image(value), -1);
	change.delta().Seal();
	EXPECT_TRUE(change.delta().empty());
}

TEST(ExactSum, TakesFiniteNumbersOnly)
{
	const std::string nan = NumericBytes("NaN");
	EXPECT_THROW(OneArgument(ArgumentKind::kExact).Add(Image(nan)), Error);
}

TEST(Bits, CountsEachBit)
{
	OneArgument change(ArgumentKind::kBits);
	change.Add(Integer(5)).Add(Integer(4)).Add(Integer(1), -1).Add(Integer(1)).Add(Integer(0));
	EXPECT_EQ(Copy(change.Combine(0, {}).irregular), (std::vector<std::int64_t>{1, 0, 2}));
}

TEST(Bits, GrowsToTheSignAndShrinksAgain)
{
	const std::vector<std::int64_t> all(64, 1);
	OneArgument change(ArgumentKind::kBits);
	change.Add(Integer(-1));
	EXPECT_EQ(Copy(change.Combine(0, {}).irregular), all);

	StoredArgument before;
	before.sum_null = false;
	before.irregular = all;
	OneArgument leaves(ArgumentKind::kBits);
	leaves.Add(Integer(-1), -1).Add(Integer(1));
	EXPECT_EQ(Copy(leaves.Combine(1, before).irregular), std::vector<std::int64_t>{1});
	OneArgument last(ArgumentKind::kBits);
	last.Add(Integer(-1), -1).Add(Integer(0));
	EXPECT_TRUE(last.Combine(1, before).sum_null);
}

TEST(Bits, RefusesABitThatWasNotThere)
{
	const std::vector<std::int64_t> one{1};
	StoredArgument before;
	before.sum_null = false;
	before.irregular = one;
	OneArgument change(ArgumentKind::kBits);
	change.Add(Integer(2), -1).Add(Integer(0));
	EXPECT_THROW(change.Combine(1, before), Error);
}

TEST(Extreme, KeepsOneCandidateForWhatCameAndOneForWhatLeft)
{
	OneArgument change(ArgumentKind::kExtreme);
	change.Add(Image("b")).Add(Image("a")).Add(Image("c"), -1);
	ASSERT_EQ(change.argument().Candidates(+1).size(), 1u);
	EXPECT_EQ(change.argument().Candidates(+1)[0], "a");
	ASSERT_EQ(change.argument().Candidates(-1).size(), 1u);
	EXPECT_EQ(change.argument().Candidates(-1)[0], "c");
}

TEST(Extreme, GathersTheCandidatesOfSubtransactions)
{
	OneArgument change(ArgumentKind::kExtreme);
	change.Add(Image("a")).Add(Image("a"), +1, 2);
	change.delta().CommitLevel(2);
	change.Add(Image("b"), +1, 2).Add(Image("c"), -1, 2);
	change.delta().CommitLevel(2);
	change.Add(Image("d"), +1, 2);
	change.delta().AbortLevel(2);
	ASSERT_EQ(change.argument().Candidates(+1).size(), 2u); // the same twice is one
	EXPECT_EQ(change.argument().Candidates(+1)[1], "b");
	EXPECT_EQ(change.argument().Candidates(-1)[0], "c");
}

TEST(Extreme, IsAChangeThoughNoRowIsLeftOver)
{
	OneArgument change(ArgumentKind::kExtreme);
	change.Add(Image("a")).Add(Image("a"), -1);
	change.delta().Seal();
	EXPECT_EQ(change.delta().group_count(0), 1u);
}

TEST(Moving, KeepsEveryValueOfEitherSide)
{
	OneArgument change(ArgumentKind::kMoving);
	change.Add(Image("a")).Add(Image("b"), +1, 2).Add(Image("a"), -1, 2);
	change.delta().CommitLevel(2);
	change.Add(Image("c"), +1, 2);
	change.delta().AbortLevel(2);
	ASSERT_EQ(change.argument().Candidates(+1).size(), 2u);
	EXPECT_EQ(change.argument().Candidates(+1)[1], "b");
	ASSERT_EQ(change.argument().Candidates(-1).size(), 1u);
	EXPECT_EQ(change.argument().Candidates(-1)[0], "a");
	EXPECT_FALSE(change.argument().tainted());
}

TEST(Moving, CountsAValueThatComesTwice)
{
	OneArgument change(ArgumentKind::kMoving);
	change.Add(Image("a")).Add(Image("a")).Add(Image("a"), +1, 2).Add(Image("a"), -1, 2);
	change.delta().CommitLevel(2);
	EXPECT_EQ(change.argument().Candidates(+1).size(), 3u);
	EXPECT_EQ(change.argument().Candidates(-1).size(), 1u);
}

TEST(Moving, IsComputedAgainWhereThereAreTooManyValues)
{
	OneArgument change(ArgumentKind::kMoving);
	for (std::size_t i = 0; i < kMovingValuesMax; i++)
		change.Add(Image("a"));
	change.Add(Image("b"), -1);
	EXPECT_FALSE(change.delta().empty());
	OneArgument beyond(ArgumentKind::kMoving);
	for (std::size_t i = 0; i < kMovingValuesMax + 1; i++)
		beyond.Add(Image("a"));
	EXPECT_FALSE(change.argument().tainted());
	EXPECT_TRUE(beyond.argument().tainted());
	EXPECT_EQ(beyond.argument().Candidates(+1).size(), kMovingValuesMax);
}

TEST(Any, KeepsTheFirst)
{
	OneArgument change(ArgumentKind::kAny);
	Value null;
	null.null = true;
	change.Add(null).Add(Image("x"), +1, 2);
	change.delta().CommitLevel(2);
	ASSERT_NE(change.argument().any(), nullptr);
	EXPECT_EQ(*change.argument().any(), "x");
}

TEST(Any, AloneIsNoChange)
{
	OneArgument change(ArgumentKind::kAny);
	change.Add(Image("x")).Add(Image("x"), -1);
	change.delta().Seal();
	EXPECT_TRUE(change.delta().empty());
}

TEST(Recompute, IsAskedForByAnyValue)
{
	Value null;
	null.null = true;
	EXPECT_FALSE(OneArgument(ArgumentKind::kRecompute).Add(null).argument().tainted());
	EXPECT_TRUE(OneArgument(ArgumentKind::kRecompute).Add({}).argument().tainted());
	OneArgument both(ArgumentKind::kRecompute);
	both.Add({}).Add({}, -1);
	both.delta().Seal();
	EXPECT_EQ(both.delta().group_count(0), 1u);
	EXPECT_TRUE(both.delta().group(0, 0).IsTainted());
}

} // namespace
} // namespace mezzanine::core

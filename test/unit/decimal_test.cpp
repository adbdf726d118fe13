#include "core/decimal.h"

#include "core/error.h"
#include "memory.h"
#include "naive_decimal.h"
#include "random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace mezzanine::core
{
namespace
{

using test::NaiveDecimal;
using test::Random;
using test::WatchedResource;

std::string Wire(const std::string &text)
{
	return NaiveDecimal(text).Wire();
}

std::string Written(Decimal *sum, int scale)
{
	std::pmr::string out(std::pmr::new_delete_resource());
	sum->WriteWire(scale, &out);
	return std::string(out);
}

Decimal Zero()
{
	return Decimal(std::pmr::new_delete_resource());
}

template <typename Body> Code CodeThrownBy(Body body)
{
	try {
		body();
	} catch (const Error &error) {
		return error.code();
	}
	ADD_FAILURE() << "nothing was thrown";
	return Code::kInternal;
}

std::string RandomDigits(Random *random, std::int64_t count)
{
	// Runs of 0 and of 9 make carries and borrows that travel.
	std::string digits;
	while (static_cast<std::int64_t>(digits.size()) < count) {
		const auto run = static_cast<std::size_t>(random->Between(1, 9));
		switch (random->Between(0, 2)) {
		case 0:
			digits.append(run, '0');
			break;
		case 1:
			digits.append(run, '9');
			break;
		default:
			digits += static_cast<char>('0' + random->Between(0, 9));
		}
	}
	digits.resize(static_cast<std::size_t>(count));
	return digits;
}

std::string RandomNumber(Random *random, std::int64_t whole_max, std::int64_t scale_max)
{
	const std::string whole = RandomDigits(random, random->Between(1, whole_max));
	const std::int64_t scale = random->Between(0, scale_max);
	return (random->OneIn(2) ? "-" : "") + whole +
		   (scale == 0 ? "" : "." + RandomDigits(random, scale));
}

// Bytes that a PostgreSQL 15 server gave for numeric_send.
TEST(NaiveDecimal, WritesWhatTheServerSends)
{
	using namespace std::string_literals;
	EXPECT_EQ(Wire("0"), "\0\0\0\0\0\0\0\0"s);
	EXPECT_EQ(Wire("0.00"), "\0\0\0\0\0\0\0\2"s);
	EXPECT_EQ(Wire("12.34"), "\0\2\0\0\0\0\0\2\0\x0c\x0d\x48"s);
	EXPECT_EQ(Wire("-0.00001"), "\0\1\xff\xfe\x40\0\0\5\x03\xe8"s);
	EXPECT_EQ(Wire("100000000"), "\0\1\0\2\0\0\0\0\0\1"s);
	EXPECT_EQ(Wire("-12345678.9"), "\0\3\0\1\x40\0\0\1\x04\xd2\x16\x2e\x23\x28"s);
}

TEST(Decimal, OfNothingIsZeroAtEveryScale)
{
	Decimal sum = Zero();
	EXPECT_TRUE(sum.IsZero());
	EXPECT_EQ(Written(&sum, 0), Wire("0"));
	EXPECT_EQ(Written(&sum, 3), Wire("0.000"));
	EXPECT_EQ(Written(&sum, 16383), Wire("0." + std::string(16383, '0')));
}

TEST(Decimal, IsCanonicalWhateverZerosComeIn)
{
	using namespace std::string_literals;
	Decimal sum = Zero();
	sum.AddWire("\0\5\0\2\0\0\0\2\0\0\0\0\0\x0c\x0d\x48\0\0"s, +1); // 0000 0000 0012 . 3400 0000
	EXPECT_EQ(Written(&sum, 2), Wire("12.34"));
	sum.AddWire("\0\1\x7f\xff\0\0\0\0\0\0"s, +1); // 0 at the greatest weight
	EXPECT_EQ(Written(&sum, 2), Wire("12.34"));
}

TEST(Decimal, IsTrimmedToThePlacesItHas)
{
	for (const char *text : {"0", "7", "100", "20000", "0.5", "0.05", "0.1234", "0.12345", "-1.25",
							 "-0.00000001", "12345678.0001", "99990000.00000009"}) {
		Decimal sum(std::pmr::new_delete_resource());
		std::pmr::string out;
		sum.AddWire(NaiveDecimal(text).Wire(), +1);
		sum.AddWire(NaiveDecimal("0.0000000000000001").Wire(), +1);
		sum.AddWire(NaiveDecimal("0.0000000000000001").Wire(), -1);
		sum.WriteTrimmed(&out);
		EXPECT_EQ(std::string(out), NaiveDecimal(text).Wire()) << text;
	}
}

TEST(Decimal, CarriesAndBorrowsThroughEveryDigit)
{
	Decimal sum = Zero();
	sum.AddWire(Wire("99999999999999.9999"), +1);
	sum.AddWire(Wire("0.0001"), +1);
	EXPECT_EQ(Written(&sum, 4), Wire("100000000000000.0000"));
	sum.AddWire(Wire("0.0001"), -1);
	EXPECT_EQ(Written(&sum, 4), Wire("99999999999999.9999"));
	sum.AddWire(Wire("100000000000000"), -1);
	EXPECT_EQ(Written(&sum, 4), Wire("-0.0001"));
	sum.AddWire(Wire("-0.0001"), -1);
	EXPECT_TRUE(sum.IsZero());
	EXPECT_EQ(Written(&sum, 4), Wire("0.0000"));
}

TEST(Decimal, SeesZeroThroughDigitsNotYetCarried)
{
	Decimal sum = Zero();
	for (int i = 0; i < 5; ++i)
		sum.AddWire(Wire("0.2000"), +1);
	EXPECT_FALSE(sum.IsZero());
	sum.AddWire(Wire("1"), -1); // limbs are now {10000, -1}
	EXPECT_TRUE(sum.IsZero());
	sum.AddWire(Wire("10000"), -1);
	EXPECT_FALSE(sum.IsZero());
}

// Every kind of number: (whole digits, scale) up to numeric's limits.
class DecimalOfRange : public testing::TestWithParam<std::pair<std::int64_t, std::int64_t>>
{
};

TEST_P(DecimalOfRange, EqualsTheSumOnPaper)
{
	const auto [whole_max, scale_max] = GetParam();
	Random random(static_cast<std::uint64_t>(whole_max * 31 + scale_max));
	const int rounds = static_cast<int>(20000 / (whole_max + scale_max)) + 2;
	for (int round = 0; round < rounds; ++round) {
		Decimal sum = Zero();
		NaiveDecimal expected;
		for (int i = 0; i < 12; ++i) {
			const std::string text = RandomNumber(&random, whole_max, scale_max);
			NaiveDecimal value(text);
			const int sign = random.OneIn(2) ? +1 : -1;
			sum.AddWire(value.Wire(), sign);
			if (sign < 0)
				value.Negate();
			expected.Add(value);
			if (random.OneIn(3)) { /* reading carries; it must change nothing */
				ASSERT_EQ(Written(&sum, expected.scale()), expected.Wire()) << text;
			}
			ASSERT_EQ(sum.IsZero(), expected.zero());
		}
		ASSERT_EQ(Written(&sum, expected.scale()), expected.Wire()) << "round " << round;
	}
}

TEST_P(DecimalOfRange, IsZeroWhenAllHaveLeftInAnyOrder)
{
	const auto [whole_max, scale_max] = GetParam();
	Random random(static_cast<std::uint64_t>(whole_max * 37 + scale_max));
	Decimal sum = Zero();
	std::vector<std::string> wires;
	for (int i = 0; i < 40; ++i) {
		wires.push_back(Wire(RandomNumber(&random, whole_max, scale_max)));
		sum.AddWire(wires.back(), +1);
	}
	for (std::size_t i = wires.size(); i > 0; --i) {
		std::swap(
			wires[i - 1],
			wires[static_cast<std::size_t>(random.Between(0, static_cast<std::int64_t>(i) - 1))]);
		sum.AddWire(wires[i - 1], -1);
		if (random.OneIn(5))
			Written(&sum, static_cast<int>(scale_max));
	}
	EXPECT_TRUE(sum.IsZero());
	EXPECT_EQ(Written(&sum, 0), Wire("0"));
}

// What is merged is added, whether room was made before or not.
TEST_P(DecimalOfRange, MergesAsItAdds)
{
	const auto [whole_max, scale_max] = GetParam();
	Random random(static_cast<std::uint64_t>(whole_max * 41 + scale_max));
	for (int round = 0; round < 10; ++round) {
		Decimal parts[3] = {Zero(), Zero(), Zero()};
		Decimal whole = Zero();
		for (int i = 0; i < 9; ++i) {
			const std::string wire = Wire(RandomNumber(&random, whole_max, scale_max));
			parts[random.Between(0, 2)].AddWire(wire, +1);
			whole.AddWire(wire, +1);
		}
		parts[0].Add(parts[1]);
		parts[0].PrepareMerge(parts[2]);
		parts[0].Merge(parts[2]);
		const int scale = static_cast<int>(scale_max);
		ASSERT_EQ(Written(&parts[0], scale), Written(&whole, scale));
	}
}

using Range = std::pair<std::int64_t, std::int64_t>;
INSTANTIATE_TEST_SUITE_P(Ranges, DecimalOfRange,
						 testing::Values(Range{1, 0}, Range{1, 4}, Range{4, 2}, Range{5, 5},
										 Range{12, 2}, Range{20, 30}, Range{40, 0}, Range{300, 300},
										 Range{1, 16383}, Range{4000, 16383}, Range{131071, 2}));

TEST(Decimal, AddsEveryInteger)
{
	constexpr __int128 kLeast = static_cast<__int128>(1) << 127;
	Decimal sum = Zero();
	sum.AddInteger(kLeast);
	EXPECT_EQ(Written(&sum, 0), Wire("-170141183460469231731687303715884105728"));
	sum.AddInteger(~kLeast);
	EXPECT_EQ(Written(&sum, 0), Wire("-1"));
	sum.AddInteger(0);
	sum.AddInteger(1);
	EXPECT_TRUE(sum.IsZero());
	sum.AddInteger(~kLeast);
	EXPECT_EQ(Written(&sum, 2), Wire("170141183460469231731687303715884105727.00"));
}

TEST(Decimal, AddsIntegersBesideFractions)
{
	Random random(2);
	for (int round = 0; round < 2000; ++round) {
		Decimal sum = Zero();
		NaiveDecimal expected;
		for (int i = 0; i < 6; ++i) {
			const auto integer = static_cast<std::int64_t>(random.Bits() >> random.Between(0, 63));
			const std::string text = RandomNumber(&random, 9, 9);
			sum.AddInteger(integer);
			sum.AddWire(Wire(text), +1);
			expected.Add(NaiveDecimal(std::to_string(integer)));
			expected.Add(NaiveDecimal(text));
		}
		ASSERT_EQ(Written(&sum, expected.scale()), expected.Wire());
	}
}

// Adding a sum to itself doubles it; 2^300 rows are more than any limb could take
// without a carry on the way.
TEST(Decimal, NeverOverflowsALimb)
{
	for (const std::string text : {"9999.9999", "-9999.9999", "0.0001", "99990001"}) {
		Decimal sum = Zero();
		NaiveDecimal expected(text);
		sum.AddWire(Wire(text), +1);
		for (int i = 0; i < 300; ++i) {
			sum.Add(sum);
			expected.Add(expected);
		}
		EXPECT_EQ(Written(&sum, expected.scale()), expected.Wire()) << text;
	}
}

TEST(Decimal, SurvivesTheMeetingOfTwoFullSums)
{
	Decimal sums[2] = {Zero(), Zero()};
	NaiveDecimal expected("9999");
	for (Decimal &sum : sums) {
		sum.AddWire(Wire("9999"), +1);
		for (int i = 0; i < 48; ++i)
			sum.Add(sum);
	}
	for (int i = 0; i < 49; ++i)
		expected.Add(expected);
	sums[0].Add(sums[1]);
	EXPECT_EQ(Written(&sums[0], 0), expected.Wire());
	sums[0].AddInteger(-1);
	expected.Add(NaiveDecimal("-1"));
	EXPECT_EQ(Written(&sums[0], 0), expected.Wire());
}

TEST(Decimal, OverflowsWhereNumericDoesAndNotBefore)
{
	const std::string greatest(131072, '9');
	Decimal sum = Zero();
	sum.AddWire(Wire(greatest), +1);
	EXPECT_EQ(Written(&sum, 0), Wire(greatest));
	sum.AddInteger(1);
	EXPECT_EQ(CodeThrownBy([&] { Written(&sum, 0); }), Code::kOverflow);
	sum.AddInteger(-1); /* what left brings it back */
	EXPECT_EQ(Written(&sum, 0), Wire(greatest));
}

TEST(Decimal, RefusesAScaleThatWouldCutDigits)
{
	for (int places = 1; places <= 12; ++places) {
		const std::string text = "-7." + std::string(places - 1, '0') + "1";
		Decimal sum = Zero();
		sum.AddWire(Wire(text), +1);
		for (int scale = 0; scale < places; ++scale)
			EXPECT_EQ(CodeThrownBy([&] { Written(&sum, scale); }), Code::kInvariant)
				<< text << " at " << scale;
		for (int scale = places; scale < places + 6; ++scale)
			EXPECT_EQ(Written(&sum, scale), Wire(text + std::string(scale - places, '0')));
	}
	Decimal sum = Zero();
	EXPECT_EQ(CodeThrownBy([&] { Written(&sum, -1); }), Code::kInvariant);
	EXPECT_EQ(CodeThrownBy([&] { Written(&sum, 16384); }), Code::kInvariant);
}

TEST(Decimal, RefusesWhatIsNoFiniteNumeric)
{
	using namespace std::string_literals;
	const std::string bad[] = {
		""s,
		"\0\0\0\0\0\0\0"s,           // no whole header
		"\0\1\0\0\0\0\0\0"s,         // a digit is missing
		"\0\0\0\0\0\0\0\0\0\1"s,     // one too many
		"\0\1\0\0\0\0\0\0\0\1\0"s,   // half of one too many
		"\0\1\0\0\0\0\0\0\x27\x10"s, // 10000
		"\0\1\0\0\x12\x34\0\0\0\1"s, // no sign
		"\0\1\0\0\0\0\x40\0\0\1"s,   // scale 16384
		"\0\0\0\0\xc0\0\0\0"s,
		"\0\0\0\0\xd0\0\0\0"s, // NaN, infinity
		"\0\0\0\0\xf0\0\0\0"s, // -infinity
	};
	for (const std::string &wire : bad) {
		Decimal sum = Zero();
		EXPECT_EQ(CodeThrownBy([&] { sum.AddWire(wire, +1); }), Code::kInternal);
		EXPECT_TRUE(sum.IsZero());
	}
}

// Whatever the bytes, there is a sum or an error of ours.
TEST(Decimal, TakesAnyBytes)
{
	Random random(3);
	int taken = 0;
	for (int round = 0; round < 50000; ++round) {
		std::string bytes = Wire(RandomNumber(&random, 20, 20));
		for (std::int64_t i = random.Between(0, 3); i > 0; --i)
			bytes[static_cast<std::size_t>(
				random.Between(0, static_cast<std::int64_t>(bytes.size()) - 1))] =
				static_cast<char>(random.Bits());
		if (random.OneIn(10))
			bytes.resize(static_cast<std::size_t>(
				random.Between(0, static_cast<std::int64_t>(bytes.size()))));
		Decimal sum = Zero();
		try {
			sum.AddWire(bytes, +1);
			Written(&sum, 16383);
			sum.AddWire(bytes, -1);
			ASSERT_TRUE(sum.IsZero());
			++taken;
		} catch (const Error &) {
		}
	}
	EXPECT_GT(taken, 1000);
	EXPECT_LT(taken, 50000);
}

// The sum is what it was when memory runs out, at whichever allocation.
TEST(Decimal, IsUnchangedWhenMemoryRunsOut)
{
	int failures = 0;
	for (int allowed = 0; allowed < 12; ++allowed) {
		WatchedResource memory;
		{
			Decimal sum(&memory);
			NaiveDecimal expected;
			memory.FailAfter(allowed);
			for (const std::string text : {"1.5", "123456789.5", "0.000000005", "-1e0", "-70000"}) {
				const std::string number = text == "-1e0" ? "-1" + std::string(200, '0') : text;
				try {
					sum.AddWire(Wire(number), +1);
					expected.Add(NaiveDecimal(number));
				} catch (const std::bad_alloc &) {
					++failures;
				}
				expected.Rescale(9);
				std::string seen;
				try {
					seen = Written(&sum, 9);
				} catch (const std::bad_alloc &) {
					++failures;
					seen = Written(&sum, 9);
				}
				ASSERT_EQ(seen, expected.Wire()) << allowed << " allocations, " << number;
			}
		}
		EXPECT_EQ(memory.held(), 0u);
	}
	EXPECT_GE(failures, 4);
}

TEST(Decimal, TakesNoMemoryForADigitWhereItHasOne)
{
	WatchedResource memory;
	Decimal sum(&memory);
	sum.AddWire(Wire("99999999.99"), +1);
	const int before = memory.allocations();
	for (int i = 0; i < 1000; ++i)
		sum.AddWire(Wire("12345678.91"), i % 3 ? +1 : -1);
	EXPECT_EQ(memory.allocations(), before);
}

} // namespace
} // namespace mezzanine::core

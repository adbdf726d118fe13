// Doubles in decimal digits, to the last of them.
#include "core/exact.h"

#include "random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

namespace mezzanine::core
{
namespace
{

std::string Exact(double value)
{
	char digits[kExactDigitsMax];
	WriteExact(value, digits);
	return digits;
}

TEST(Exact, HasAsManyPlacesAsTheValue)
{
	EXPECT_EQ(Exact(0), "0");
	EXPECT_EQ(Exact(3), "3");
	EXPECT_EQ(Exact(-2.75), "-2.75");
	EXPECT_EQ(Exact(0.1), "0.1000000000000000055511151231257827021181583404541015625");
	EXPECT_EQ(Exact(std::ldexp(1, 60)), "1152921504606846976");
}

TEST(Exact, FitsTheLargestAndTheSmallest)
{
	const std::string largest = Exact(-std::numeric_limits<double>::max());
	EXPECT_EQ(largest.size(), 310u);
	EXPECT_EQ(largest.substr(0, 8), "-1797693");
	const std::string smallest = Exact(-std::numeric_limits<double>::denorm_min());
	EXPECT_EQ(smallest.size(), 3u + 1074u);
	EXPECT_EQ(smallest.substr(smallest.size() - 4), "5625");
}

// Halves of halves on paper: the value is what its digits say, and its last digit counts.
TEST(Exact, ReadsBackAndEndsInAFive)
{
	test::Random random(0);
	for (int i = 0; i < 10000; i++) {
		const double value = std::ldexp(static_cast<double>(random.Between(-1'000'000, 1'000'000)),
										static_cast<int>(random.Between(-300, 300)));
		const std::string digits = Exact(value);
		EXPECT_EQ(std::strtod(digits.c_str(), nullptr), value);
		EXPECT_TRUE(digits.find('.') == std::string::npos || digits.back() == '5') << digits;
	}
}

} // namespace
} // namespace mezzanine::core

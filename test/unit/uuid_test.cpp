#include "core/uuid.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <string>

namespace mezzanine::core
{
namespace
{

std::string Text(const std::array<std::uint8_t, 16> &uuid)
{
	std::string text;
	for (std::size_t i = 0; i < uuid.size(); ++i) {
		char two[3];
		std::snprintf(two, sizeof two, "%02x", uuid[i]);
		text += (i == 4 || i == 6 || i == 8 || i == 10) ? "-" : "";
		text += two;
	}
	return text;
}

// RFC 9562, appendix A.6: 2022-02-22 14:22:22 -05:00, rand_a 0xCC3, rand_b
// 0x18C4DC0C0C07398F.
TEST(TimeOrderedUuid, IsThatOfTheStandardsExample)
{
	const std::uint8_t random[10] = {0x0C, 0xC3, 0x18, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F};
	EXPECT_EQ(Text(TimeOrderedUuid(0x017F22E279B0, random)),
			  "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST(TimeOrderedUuid, KeepsVersionAndVariantWhateverTheRandomBits)
{
	std::uint8_t random[10] = {};
	EXPECT_EQ(Text(TimeOrderedUuid(0, random)), "00000000-0000-7000-8000-000000000000");
	for (std::uint8_t &byte : random)
		byte = 0xFF;
	EXPECT_EQ(Text(TimeOrderedUuid(0xFFFFFFFFFFFF, random)),
			  "ffffffff-ffff-7fff-bfff-ffffffffffff");
}

TEST(TimeOrderedUuid, SortsByTimeWhateverTheRandomBits)
{
	std::uint8_t high[10];
	for (std::uint8_t &byte : high)
		byte = 0xFF;
	const std::uint8_t low[10] = {};
	for (const std::int64_t now : {0LL, 255LL, 65535LL, 1700000000000LL, 0xFFFFFFFFFFFELL})
		EXPECT_LT(TimeOrderedUuid(now, high), TimeOrderedUuid(now + 1, low)) << now;
}

TEST(TimeOrderedUuid, UsesEveryRandomBitButThoseOfVersionAndVariant)
{
	int used = 0;
	const std::uint8_t none[10] = {};
	for (int bit = 0; bit < 80; ++bit) {
		std::uint8_t one[10] = {};
		one[bit / 8] = static_cast<std::uint8_t>(1 << bit % 8);
		used += TimeOrderedUuid(0, one) != TimeOrderedUuid(0, none);
	}
	EXPECT_EQ(used, 74);
}

} // namespace
} // namespace mezzanine::core

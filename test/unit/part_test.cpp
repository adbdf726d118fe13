#include "core/error.h"
#include "core/part.h"

#include "random.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace mezzanine::core
{
namespace
{

Wanted At(std::string_view sku, std::string_view location, std::int64_t quantity)
{
	return {sku, location, false, quantity};
}

Wanted Anywhere(std::string_view sku, std::int64_t quantity)
{
	return {sku, {}, true, quantity};
}

std::vector<Part> Cart()
{
	return {{"lamp", "north", 2, -1}, {"vase", "north", 5, -1}, {"lamp", "south", 3, -1}};
}

std::vector<std::int64_t> Asked(const std::vector<Part> &parts)
{
	std::vector<std::int64_t> asked;
	for (const Part &part : parts)
		asked.push_back(part.asked);
	return asked;
}

TEST(PickParts, TakesFromTheLocationThatIsNamed)
{
	std::vector<Part> parts = Cart();
	const Wanted wanted[] = {At("lamp", "south", 3)};
	PickParts(wanted, parts);
	EXPECT_EQ(Asked(parts), (std::vector<std::int64_t>{0, 0, 3}));
}

TEST(PickParts, TakesFromAnyLocationInTheOrderOfTheCart)
{
	std::vector<Part> parts = Cart();
	const Wanted wanted[] = {Anywhere("lamp", 3)};
	PickParts(wanted, parts);
	EXPECT_EQ(Asked(parts), (std::vector<std::int64_t>{2, 0, 1}));
}

TEST(PickParts, ServesNamedLocationsFirstWhateverTheOrder)
{
	std::vector<Part> parts = Cart();
	const Wanted wanted[] = {Anywhere("lamp", 3), At("lamp", "north", 2)};
	PickParts(wanted, parts);
	EXPECT_EQ(Asked(parts), (std::vector<std::int64_t>{2, 0, 3}));
}

TEST(PickParts, AddsUpLinesForOneItem)
{
	std::vector<Part> parts = Cart();
	const Wanted wanted[] = {Anywhere("vase", 2), Anywhere("vase", 3)};
	PickParts(wanted, parts);
	EXPECT_EQ(Asked(parts), (std::vector<std::int64_t>{0, 5, 0}));
}

TEST(PickParts, RefusesOneMoreThanIsHeld)
{
	std::vector<Part> parts = Cart();
	for (const Wanted &line : {Anywhere("lamp", 6), At("lamp", "north", 3), Anywhere("cup", 1),
							   At("vase", "south", 1), Anywhere("vase", INT64_MAX)}) {
		try {
			PickParts({&line, 1}, parts);
			FAIL() << line.sku;
		} catch (const Error &error) {
			EXPECT_EQ(error.code(), Code::kMoreThanHeld);
			EXPECT_NE(error.detail().find(line.sku), std::string::npos);
		}
	}
}

TEST(WantsAll, IsAskedForEverythingAndNothingElse)
{
	std::vector<Part> parts = Cart();
	const Wanted all[] = {Anywhere("vase", 5), Anywhere("lamp", 5)};
	EXPECT_TRUE(WantsAll(all, parts));
	EXPECT_FALSE(WantsAll({all, 1}, parts));
	const Wanted more[] = {Anywhere("vase", 5), Anywhere("lamp", 6)};
	EXPECT_FALSE(WantsAll(more, parts));
}

// Whatever is wanted can be had exactly if each location and each item has enough.
TEST(PickParts, AgreesWithCountingPerItemAndLocation)
{
	test::Random random(41);
	for (int round = 0; round < 2000; ++round) {
		const char *const skus[] = {"a", "b"};
		const char *const places[] = {"x", "y", "z"};
		std::vector<Part> parts;
		std::map<std::string, std::int64_t> had;
		for (const char *sku : skus)
			for (const char *place : places) {
				parts.push_back({sku, place, random.Between(0, 4), 0});
				had[std::string(sku) + place] += parts.back().units;
				had[sku] += parts.back().units;
			}
		std::vector<Wanted> wanted;
		std::map<std::string, std::int64_t> asked;
		for (std::int64_t i = random.Between(1, 4); i > 0; --i) {
			const char *sku = skus[random.Between(0, 1)];
			const char *place = places[random.Between(0, 2)];
			const std::int64_t quantity = random.Between(1, 5);
			const bool anywhere = random.Between(0, 1) == 0;
			wanted.push_back({sku, place, anywhere, quantity});
			asked[sku] += quantity;
			if (!anywhere)
				asked[std::string(sku) + place] += quantity;
		}
		bool enough = true;
		for (const auto &[name, quantity] : asked)
			enough = enough && quantity <= had[name];
		bool picked = true;
		try {
			PickParts(wanted, parts);
		} catch (const Error &) {
			picked = false;
		}
		ASSERT_EQ(picked, enough);
		for (const Part &part : parts)
			ASSERT_TRUE(part.asked >= 0 && part.asked <= part.units);
	}
}

} // namespace
} // namespace mezzanine::core

#include "core/pairs.h"

#include "random.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mezzanine::core
{
namespace
{

struct Paired {
	std::vector<RowPair> pairs;
	std::map<std::size_t, std::int64_t> rest; // by number; but for those of which nothing is left
};

Paired Pair(std::vector<ChangedRow> rows)
{
	Paired paired;
	paired.pairs.resize(rows.size());
	paired.pairs.resize(PairUp(rows, paired.pairs));
	for (const ChangedRow &row : rows)
		if (row.count != 0)
			paired.rest[row.number] = row.count;
	return paired;
}

TEST(PairUp, PairsWhatLeftWithWhatCameInItsPlace)
{
	const Paired paired = Pair({{"a", "old", -1, 0}, {"a", "new", 1, 1}});
	ASSERT_EQ(paired.pairs.size(), 1U);
	EXPECT_EQ(paired.pairs[0].left, 0U);
	EXPECT_EQ(paired.pairs[0].came, 1U);
	EXPECT_EQ(paired.pairs[0].count, 1);
	EXPECT_TRUE(paired.rest.empty());
}

TEST(PairUp, LeavesRowsAloneThatConditionsTellApart)
{
	const Paired paired = Pair({{"a", "x", -1, 0}, {"b", "x", 1, 1}});
	EXPECT_TRUE(paired.pairs.empty());
	EXPECT_EQ(paired.rest, (std::map<std::size_t, std::int64_t>{{0, -1}, {1, 1}}));
}

TEST(PairUp, DropsRowsThatTheJoinCannotTellApart)
{
	const Paired paired = Pair({{"a", "x", -1, 0}, {"a", "x", 1, 1}, {"b", "", 2, 2}});
	EXPECT_TRUE(paired.pairs.empty());
	EXPECT_EQ(paired.rest, (std::map<std::size_t, std::int64_t>{{2, 2}}));
}

TEST(PairUp, LeavesWhatIsOver)
{
	const Paired paired = Pair({{"a", "x", -3, 0}, {"a", "y", 1, 1}, {"a", "z", 1, 2}});
	EXPECT_EQ(paired.pairs.size(), 2U);
	EXPECT_EQ(paired.rest, (std::map<std::size_t, std::int64_t>{{0, -1}}));
}

// Whatever the rows: pairs and what is over add up to the rows, pairs are tied alike, and of
// rows tied alike nothing is over on both sides.
TEST(PairUp, AddsUpToTheRows)
{
	using Row = std::pair<std::string, std::string>;
	test::Random random(7);
	for (int round = 0; round < 2000; round++) {
		std::vector<Row> images(static_cast<std::size_t>(random.Between(0, 12)));
		std::vector<ChangedRow> rows;
		std::map<Row, std::int64_t> sum;
		for (Row &image : images) {
			image = {std::string(1, static_cast<char>('a' + random.Between(0, 2))),
					 std::string(1, static_cast<char>('x' + random.Between(0, 2)))};
			const std::int64_t count = random.Between(0, 1) == 0 ? -1 : random.Between(1, 3);
			rows.push_back({image.first, image.second, count, rows.size()});
			sum[image] += count;
		}
		const Paired paired = Pair(rows);
		std::map<std::string, int> sides; // what is over of rows tied alike: 1 left, 2 came
		for (const RowPair &pair : paired.pairs) {
			EXPECT_GT(pair.count, 0);
			EXPECT_EQ(images[pair.left].first, images[pair.came].first);
			EXPECT_NE(images[pair.left].second, images[pair.came].second);
			sum[images[pair.left]] += pair.count;
			sum[images[pair.came]] -= pair.count;
		}
		for (const auto &[number, count] : paired.rest) {
			sum[images[number]] -= count;
			sides[images[number].first] |= count < 0 ? 1 : 2;
		}
		for (const auto &[image, count] : sum)
			EXPECT_EQ(count, 0);
		for (const auto &[tied, side] : sides)
			EXPECT_NE(side, 3);
	}
}

} // namespace
} // namespace mezzanine::core

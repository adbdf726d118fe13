// A group's state in several parts, some of them negative, adds up to its whole.
#include "core/delta.h"
#include "naive_group.h"
#include "random.h"

#include <gtest/gtest.h>

namespace mezzanine::core
{
namespace
{

using test::AsValue;
using test::NaiveStored;
using test::Text;

// A delta of one group, and what it makes of something stored.
struct Change {
	Change() : delta(std::pmr::new_delete_resource()) {}

	void Add(ArgumentKind kind, const Text &text, int sign)
	{
		const Value value = AsValue(kind, text);
		delta.Add(1, 1, {{&kind, 1}, 7, "key", sign, {&value, 1}});
	}
	// Adds what was added to `stored`; `rows` is changed along.
	NaiveStored On(ArgumentKind kind, const NaiveStored &stored, std::int64_t *rows, Extent extent)
	{
		delta.Seal();
		if (delta.view_count() == 0)
			return stored;
		const StoredArgument before = stored.View();
		const Delta::Stored &after =
			delta.Combine(delta.group(0, 0), {&kind, 1}, {*rows, {&before, 1}}, extent, extent);
		*rows = after.rows;
		return NaiveStored::Copy(after.arguments[0]);
	}

	Delta delta;
};

std::string RandomDecimal(test::Random &random)
{
	static const char *const kSpecials[] = {"NaN", "Infinity", "-Infinity"};
	if (random.OneIn(20))
		return kSpecials[random.Between(0, 2)];
	static const char *const kFractions[] = {"", ".0", ".5", ".25", ".0001", ".123456"};
	return std::to_string(random.Between(-1000, 999)) + kFractions[random.Between(0, 5)];
}

// Every value comes into one part and leaves from another.
TEST(Parts, AddUpToTheWhole)
{
	constexpr int kParts = 3;
	for (const ArgumentKind kind : {ArgumentKind::kDecimal, ArgumentKind::kInteger,
									ArgumentKind::kBigInteger, ArgumentKind::kCount}) {
		test::Random random(static_cast<std::uint64_t>(kind) + 1);
		for (int round = 0; round < 300; ++round) {
			NaiveStored parts[kParts];
			std::int64_t part_rows[kParts] = {};
			Change whole;
			std::vector<std::string> present;
			for (int step = 0; step < 12; ++step) {
				const bool leaves = !present.empty() && random.OneIn(2);
				const std::string text = leaves ? present.back()
										 : kind == ArgumentKind::kDecimal
											 ? RandomDecimal(random)
											 : std::to_string(random.Between(0, 999));
				leaves ? present.pop_back() : present.push_back(text);
				Change change;
				change.Add(kind, text, leaves ? -1 : +1);
				whole.Add(kind, text, leaves ? -1 : +1);
				const std::int64_t at = random.Between(0, kParts - 1);
				parts[at] = change.On(kind, parts[at], &part_rows[at], Extent::kPart);
			}

			// The parts are folded into one another, as whoever finds them idle does.
			Argument sum(std::pmr::new_delete_resource());
			std::int64_t rows = 0;
			for (int i = 0; i < kParts; ++i) {
				sum.AddStored(kind, 1, parts[i].View(), Extent::kPart);
				rows += part_rows[i];
			}
			EncodedArgument space(std::pmr::new_delete_resource());
			const NaiveStored folded = NaiveStored::Copy(sum.Encode(kind, 1, &space));

			std::int64_t whole_rows = 0;
			const NaiveStored expected = whole.On(kind, NaiveStored{}, &whole_rows, Extent::kWhole);
			EXPECT_EQ(rows, whole_rows);
			EXPECT_EQ(folded.count, expected.count);
			EXPECT_EQ(folded.sum_null, expected.sum_null);
			EXPECT_EQ(folded.integer, expected.integer);
			EXPECT_EQ(folded.wire, expected.wire);
			EXPECT_EQ(folded.irregular, expected.irregular);
		}
	}
}

TEST(Parts, MayBeNegativeWhereAWholeMayNot)
{
	const ArgumentKind kind = ArgumentKind::kInteger;
	std::int64_t rows = 0;
	Change change;
	change.Add(kind, "5", -1);
	const NaiveStored part = change.On(kind, {}, &rows, Extent::kPart);
	EXPECT_EQ(rows, -1);
	EXPECT_EQ(part.count, -1);
	EXPECT_EQ(part.integer, -5);
	EXPECT_FALSE(part.sum_null);

	Change again;
	again.Add(kind, "5", -1);
	rows = 0;
	EXPECT_ANY_THROW((void)again.On(kind, {}, &rows, Extent::kWhole));
}

// 1.25 less 1.30 leaves no value and a sum: the digits stay.
TEST(Parts, KeepTheDigitsOfValuesThatCancelInNumber)
{
	const ArgumentKind kind = ArgumentKind::kDecimal;
	std::int64_t rows = 0;
	Change change;
	change.Add(kind, "1.25", +1);
	change.Add(kind, "1.30", -1);
	const NaiveStored part = change.On(kind, {}, &rows, Extent::kPart);
	EXPECT_EQ(part.wire, test::NumericBytes("-0.05"));

	Change back;
	back.Add(kind, "7", +1);
	EXPECT_EQ(back.On(kind, part, &rows, Extent::kPart).wire, test::NumericBytes("6.95"));
}

} // namespace
} // namespace mezzanine::core

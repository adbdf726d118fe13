// Delta::Combine and what it stores of each kind of argument.
#include "core/delta.h"

#include "core/error.h"
#include "memory.h"
#include "naive_group.h"
#include "random.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace mezzanine::core
{
namespace
{

using test::AsValue;
using test::NaiveGroup;
using test::NaiveStored;
using test::NumericBytes;
using test::Random;
using test::Text;

constexpr std::int64_t kBigintMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kBigintMin = std::numeric_limits<std::int64_t>::min();

struct Outcome {
	std::int64_t rows;
	std::vector<NaiveStored> arguments;

	bool operator==(const Outcome &) const = default;
};

// One group of one view, sealed, ready to be combined.
class OneGroup
{
public:
	explicit OneGroup(std::vector<ArgumentKind> kinds)
		: kinds_(std::move(kinds)), delta_(std::pmr::new_delete_resource())
	{
	}

	OneGroup &Add(const std::vector<Text> &row, int sign = +1)
	{
		std::vector<Value> values;
		for (std::size_t i = 0; i < row.size(); ++i)
			values.push_back(AsValue(kinds_[i], row[i]));
		delta_.Add(1, 1, {kinds_, 7, "key", sign, values});
		return *this;
	}

	Outcome CombineWith(const Outcome &stored)
	{
		std::vector<StoredArgument> arguments;
		for (const NaiveStored &argument : stored.arguments)
			arguments.push_back(argument.View());
		delta_.Seal();
		const Delta::Stored &sum =
			delta_.Combine(delta_.group(0, 0), kinds_, {stored.rows, arguments});
		Outcome outcome{sum.rows, {}};
		for (const StoredArgument &argument : sum.arguments)
			outcome.arguments.push_back(NaiveStored::Copy(argument));
		return outcome;
	}

	// What Combine throws, as "<code> <detail>".
	std::string Refusal(const Outcome &stored)
	{
		try {
			CombineWith(stored);
		} catch (const Error &error) {
			return std::string(SqlState(error.code())) + " " + error.what() + ": " + error.detail();
		}
		return "none";
	}

	Delta &delta() { return delta_; }

private:
	std::vector<ArgumentKind> kinds_;
	Delta delta_;
};

const Outcome kAbsent{0, {}};

NaiveStored Sum(std::int64_t count, const std::string &text,
				std::vector<std::int64_t> irregular = {})
{
	return {count, false, 0, NumericBytes(text), std::move(irregular)};
}

TEST(Combine, OfAGroupWithoutArgumentsCountsRows)
{
	OneGroup group({});
	group.Add({}).Add({}).Add({}, -1);
	EXPECT_EQ(group.CombineWith(kAbsent), (Outcome{1, {}}));
	EXPECT_EQ(group.CombineWith({41, {}}), (Outcome{42, {}}));
}

TEST(Combine, StoresACountAloneForCount)
{
	OneGroup group({ArgumentKind::kCount});
	group.Add({"x"}).Add({{}}).Add({"y"});
	EXPECT_EQ(group.CombineWith({5, {{4, true, 0, {}, {}}}}), (Outcome{8, {{6, true, 0, {}, {}}}}));
}

TEST(Combine, StoresABigintForIntegers)
{
	OneGroup group({ArgumentKind::kInteger});
	group.Add({"7"}).Add({{}}).Add({"-9"});
	EXPECT_EQ(group.CombineWith(kAbsent), (Outcome{3, {{2, false, -2, {}, {}}}}));
	EXPECT_EQ(group.CombineWith({1, {{0, true, 0, {}, {}}}}),
			  (Outcome{4, {{2, false, -2, {}, {}}}}));
}

TEST(Combine, SumsBigintsBeyondTheirRange)
{
	OneGroup group({ArgumentKind::kBigInteger});
	group.Add({"9223372036854775807"}).Add({"9223372036854775807"});
	EXPECT_EQ(group.CombineWith(kAbsent), (Outcome{2, {Sum(2, "18446744073709551614")}}));
	EXPECT_EQ(group.CombineWith({1, {Sum(1, "-9223372036854775808")}}),
			  (Outcome{3, {Sum(3, "9223372036854775806")}}));
}

TEST(Combine, OfNullsHasNoSum)
{
	OneGroup group({ArgumentKind::kCount, ArgumentKind::kInteger, ArgumentKind::kBigInteger,
					ArgumentKind::kDecimal});
	group.Add({{}, {}, {}, {}});
	const NaiveStored none{0, true, 0, {}, {}};
	EXPECT_EQ(group.CombineWith(kAbsent), (Outcome{1, {none, none, none, none}}));
}

TEST(Combine, KeepsTheDisplayScaleOfTheValuesThatAreThere)
{
	OneGroup one({ArgumentKind::kDecimal});
	one.Add({"1.50"}).Add({"2.50"});
	EXPECT_EQ(one.CombineWith(kAbsent), (Outcome{2, {Sum(2, "4.00")}}));

	OneGroup two({ArgumentKind::kDecimal});
	two.Add({"1.5"}).Add({"2.500"});
	EXPECT_EQ(two.CombineWith(kAbsent), (Outcome{2, {Sum(2, "4.000", {0, 0, 0, 0, 1, 0, 1})}}));

	OneGroup leaves({ArgumentKind::kDecimal});
	leaves.Add({"2.500"}, -1);
	EXPECT_EQ(leaves.CombineWith({2, {Sum(2, "4.000", {0, 0, 0, 0, 1, 0, 1})}}),
			  (Outcome{1, {Sum(1, "1.5")}}));
}

// The image changed, the number did not: the group must be written all the same.
TEST(Combine, SeesAnUpdateOfTheScaleAlone)
{
	OneGroup group({ArgumentKind::kDecimal});
	group.Add({"1.0"}, -1).Add({"1.000"});
	EXPECT_EQ(group.CombineWith({1, {Sum(1, "1.0")}}), (Outcome{1, {Sum(1, "1.000")}}));
}

TEST(Combine, LetsNanAndInfinitiesComeAndGo)
{
	OneGroup come({ArgumentKind::kDecimal});
	come.Add({"NaN"}).Add({"Infinity"}).Add({"-Infinity"}).Add({"-Infinity"}).Add({"2.5"});
	const Outcome all{5, {Sum(5, "2.5", {1, 1, 2, 0, 1})}};
	EXPECT_EQ(come.CombineWith(kAbsent), all);

	OneGroup go({ArgumentKind::kDecimal});
	go.Add({"NaN"}, -1).Add({"Infinity"}, -1).Add({"-Infinity"}, -1).Add({"-Infinity"}, -1);
	EXPECT_EQ(go.CombineWith(all), (Outcome{1, {Sum(1, "2.5")}}));

	OneGroup finite_goes({ArgumentKind::kDecimal});
	finite_goes.Add({"2.5"}, -1).Add({"Infinity"}, -1);
	EXPECT_EQ(finite_goes.CombineWith(all), (Outcome{3, {{3, true, 0, {}, {1, 0, 2}}}}));

	OneGroup only({ArgumentKind::kDecimal});
	only.Add({"NaN"});
	EXPECT_EQ(only.CombineWith(kAbsent), (Outcome{1, {{1, true, 0, {}, {1}}}}));
}

TEST(Combine, TellsZeroFromNothing)
{
	OneGroup group({ArgumentKind::kDecimal, ArgumentKind::kInteger, ArgumentKind::kBigInteger});
	group.Add({"0.00", "0", "0"});
	EXPECT_EQ(group.CombineWith(kAbsent),
			  (Outcome{1, {Sum(1, "0.00"), {1, false, 0, {}, {}}, Sum(1, "0")}}));
}

TEST(Combine, EndsAtNothingWhenTheLastRowLeaves)
{
	OneGroup group({ArgumentKind::kDecimal, ArgumentKind::kInteger});
	group.Add({"1.50", "3"}, -1);
	const NaiveStored none{0, true, 0, {}, {}};
	EXPECT_EQ(group.CombineWith({1, {Sum(1, "1.50"), {1, false, 3, {}, {}}}}),
			  (Outcome{0, {none, none}}));
}

TEST(Combine, RefusesCountsBelowZero)
{
	OneGroup rows({});
	rows.Add({}, -1).Add({}, -1);
	EXPECT_EQ(rows.Refusal({1, {}}), "MZ014 state of a view's group contradicts its changes: "
									 "The number of rows would be -1.");
	OneGroup values({ArgumentKind::kCount});
	values.Add({"x"}, -1);
	EXPECT_EQ(values.Refusal({2, {{0, true, 0, {}, {}}}}),
			  "MZ014 state of a view's group contradicts its changes: "
			  "Argument 1: the number of non-null values would be -1.");
	OneGroup nan({ArgumentKind::kCount, ArgumentKind::kDecimal});
	nan.Add({{}, "NaN"}, -1).Add({{}, "1"});
	EXPECT_EQ(nan.Refusal({2, {{0, true, 0, {}, {}}, Sum(2, "2")}}),
			  "MZ014 state of a view's group contradicts its changes: "
			  "Argument 2: the number of NaNs would be -1.");
	OneGroup scale({ArgumentKind::kDecimal});
	scale.Add({"1.00"}, -1).Add({"1.0"});
	EXPECT_EQ(scale.Refusal({2, {Sum(2, "2.0")}}),
			  "MZ014 state of a view's group contradicts its changes: "
			  "Argument 1: the number of values of scale 2 would be -1.");
}

TEST(Combine, RefusesASumOfNothing)
{
	const std::string refusal = "MZ014 state of a view's group contradicts its changes: "
								"Argument 1: the sum of no values would not be 0.";
	OneGroup integer({ArgumentKind::kInteger});
	integer.Add({"4"}, -1);
	EXPECT_EQ(integer.Refusal({1, {{1, false, 5, {}, {}}}}), refusal);
	OneGroup big({ArgumentKind::kBigInteger});
	big.Add({"4"}, -1);
	EXPECT_EQ(big.Refusal({2, {Sum(1, "5")}}), refusal);
	OneGroup decimal({ArgumentKind::kDecimal});
	decimal.Add({"4"}, -1);
	EXPECT_EQ(decimal.Refusal({1, {Sum(1, "5")}}), refusal);
}

TEST(Combine, RefusesMoreValuesThanRows)
{
	OneGroup group({ArgumentKind::kCount});
	group.Add({{}}, -1);
	EXPECT_EQ(group.Refusal({2, {{2, true, 0, {}, {}}}}),
			  "MZ014 state of a view's group contradicts its changes: "
			  "Argument 1: there would be 2 non-null values in 1 rows.");
	EXPECT_EQ(group.Refusal({1, {{1, true, 0, {}, {}}}}),
			  "MZ014 state of a view's group contradicts its changes: "
			  "Argument 1: there would be 1 non-null values in 0 rows.");
}

TEST(Combine, RefusesStoredStateThatContradictsItself)
{
	const auto refused = [](ArgumentKind kind, const NaiveStored &stored) {
		OneGroup group({kind});
		group.Add({"1"});
		return group.Refusal({10, {stored}}).substr(0, 5);
	};
	EXPECT_EQ(refused(ArgumentKind::kCount, {-1, true, 0, {}, {}}), "MZ014");
	EXPECT_EQ(refused(ArgumentKind::kInteger, {2, true, 0, {}, {}}), "MZ014");
	EXPECT_EQ(refused(ArgumentKind::kInteger, {0, false, 0, {}, {}}), "MZ014");
	EXPECT_EQ(refused(ArgumentKind::kDecimal, {2, true, 0, {}, {}}), "MZ014");
	EXPECT_EQ(refused(ArgumentKind::kDecimal, {2, true, 0, {}, {1}}), "MZ014");
	EXPECT_EQ(refused(ArgumentKind::kDecimal, {1, false, 0, NumericBytes("1"), {1}}), "MZ014");
	EXPECT_EQ(refused(ArgumentKind::kDecimal, Sum(3, "1", {-1, 0, 0, 4})), "MZ014");
	EXPECT_EQ(refused(ArgumentKind::kDecimal, Sum(3, "1", {1, 0, 0, 1})), "MZ014"); // 2 of 3
	EXPECT_EQ(refused(ArgumentKind::kDecimal, Sum(2, "1.55", {0, 0, 0, 1, 1})), "MZ014");
	EXPECT_EQ(refused(ArgumentKind::kDecimal, {1, false, 0, "short", {}}), "XX000");
	EXPECT_EQ(refused(ArgumentKind::kDecimal, Sum(1, "NaN")), "XX000");

	OneGroup group({ArgumentKind::kCount});
	group.Add({"1"});
	EXPECT_EQ(group.Refusal({-1, {{0, true, 0, {}, {}}}}).substr(0, 5), "MZ014");
	EXPECT_EQ(group.Refusal({1, {}}).substr(0, 5), "MZ014"); // an argument is missing
}

TEST(Combine, OverflowsAtTheEndsOfBigint)
{
	const std::string refusal = "22003 bigint out of range: ";
	OneGroup up({ArgumentKind::kInteger});
	up.Add({"1"});
	EXPECT_EQ(up.CombineWith({1, {{1, false, kBigintMax - 1, {}, {}}}}).arguments[0].integer,
			  kBigintMax);
	EXPECT_EQ(up.Refusal({1, {{1, false, kBigintMax, {}, {}}}}), refusal);
	EXPECT_EQ(up.Refusal({kBigintMax, {{1, false, 1, {}, {}}}}), refusal);
	EXPECT_EQ(up.Refusal({kBigintMax - 1, {{kBigintMax, false, 1, {}, {}}}}), refusal);
	OneGroup down({ArgumentKind::kInteger});
	down.Add({"-1"});
	EXPECT_EQ(down.CombineWith({1, {{1, false, kBigintMin + 1, {}, {}}}}).arguments[0].integer,
			  kBigintMin);
	EXPECT_EQ(down.Refusal({1, {{1, false, kBigintMin, {}, {}}}}), refusal);
	OneGroup parts({ArgumentKind::kDecimal});
	parts.Add({"NaN"});
	EXPECT_EQ(parts.Refusal({3, {Sum(3, "1", {kBigintMax, 0, 0, 1})}}).substr(0, 5), "22003");
}

TEST(Combine, OverflowsWhereNumericDoes)
{
	OneGroup group({ArgumentKind::kDecimal});
	group.Add({"1"});
	EXPECT_EQ(group.Refusal({1, {Sum(1, std::string(131072, '9'))}}),
			  "22003 value overflows numeric format: ");
}

TEST(Combine, TakesItsOwnLastResult)
{
	const ArgumentKind kinds[] = {ArgumentKind::kDecimal, ArgumentKind::kBigInteger};
	OneGroup group({kinds, kinds + 2});
	group.Add({"1.5", "3"}).Add({"0.25", "4"});
	group.delta().Seal();
	Delta::Stored current{0, {}};
	for (int i = 0; i < 10; ++i)
		current = group.delta().Combine(group.delta().group(0, 0), kinds, current);
	EXPECT_EQ(current.rows, 20);
	EXPECT_EQ(NaiveStored::Copy(current.arguments[0]), Sum(20, "17.50", {0, 0, 0, 0, 10, 10}));
	EXPECT_EQ(NaiveStored::Copy(current.arguments[1]), Sum(20, "70"));
}

// A refused Combine leaves nothing behind that the next could trip over.
TEST(Combine, WorksAfterARefusal)
{
	OneGroup group({ArgumentKind::kDecimal});
	group.Add({"2.5"}, -1).Add({"1.25"});
	EXPECT_EQ(group.Refusal({1, {Sum(1, "9.75")}}).substr(0, 5), "MZ014");
	EXPECT_EQ(group.CombineWith({1, {Sum(1, "2.5")}}), (Outcome{1, {Sum(1, "1.25")}}));
}

Text RandomValue(Random *random, ArgumentKind kind)
{
	static const char *const kNumerics[] = {
		"0",         "0.00",        "1",    "1.0", "1.000",      "-2.5",  "NaN",       "Infinity",
		"-Infinity", "99999999.99", "-0.1", "1e",  "0.00000001", "12345", "-9999.9999"};
	static const char *const kBigints[] = {"9223372036854775807", "-9223372036854775808", "0", "1"};
	if (random->OneIn(6))
		return {};
	if (kind == ArgumentKind::kDecimal) {
		const std::string text = kNumerics[random->Between(0, 14)];
		return text == "1e" ? "1" + std::string(300, '0') + "." + std::string(100, '1') : text;
	}
	if (kind == ArgumentKind::kBigInteger)
		return kBigints[random->Between(0, 3)];
	return std::to_string(random->Between(-3, 3));
}

// Rows come and go over many transactions; after each the stored state is that of the
// rows which are there.
TEST(Combine, FollowsATableThroughRandomTransactions)
{
	const std::vector<ArgumentKind> kinds = {ArgumentKind::kCount, ArgumentKind::kInteger,
											 ArgumentKind::kBigInteger, ArgumentKind::kDecimal};
	Random random(11);
	for (int round = 0; round < 60; ++round) {
		std::vector<NaiveGroup::Row> table;
		Outcome stored = kAbsent;
		for (int transaction = 0; transaction < 30; ++transaction) {
			OneGroup group(kinds);
			for (std::int64_t i = random.Between(1, 6); i > 0; --i) {
				if (!table.empty() && random.OneIn(2)) {
					const std::int64_t last = static_cast<std::int64_t>(table.size()) - 1;
					std::swap(table[static_cast<std::size_t>(random.Between(0, last))],
							  table.back());
					group.Add(table.back(), -1);
					table.pop_back();
					continue;
				}
				NaiveGroup::Row row;
				for (const ArgumentKind kind : kinds)
					row.push_back(RandomValue(&random, kind));
				group.Add(row);
				table.push_back(row);
			}
			NaiveGroup expected(kinds);
			for (const NaiveGroup::Row &row : table)
				expected.Add(row, +1);

			group.delta().Seal();
			if (group.delta().empty())
				continue; /* as many came as went */
			stored = group.CombineWith(stored);
			ASSERT_EQ(stored.rows, expected.Count());
			ASSERT_EQ(stored.arguments, expected.Stored());
		}
	}
}

} // namespace
} // namespace mezzanine::core

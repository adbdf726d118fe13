// core::Delta against the naive model: every short script, and many long ones.
#include "core/delta.h"

#include "core/error.h"
#include "memory.h"
#include "naive_delta.h"
#include "random.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mezzanine::core
{
namespace
{

using test::NaiveChange;
using test::NaiveDelta;
using test::NaiveGroup;
using test::NaiveStored;
using test::Random;
using test::WatchedResource;

NaiveChange Row(ViewId view, std::uint64_t hash, const std::string &key, int sign,
				NaiveGroup::Row row)
{
	return {false, view, hash, key, sign, std::move(row)};
}

NaiveChange Truncation(ViewId view)
{
	return {true, view, 0, {}, 0, {}};
}

// Combines the group with the rows that it needs, and `more`, stored before.
void ExpectGroup(Delta *delta, const Group &group, const NaiveGroup &change, const NaiveGroup &more)
{
	NaiveGroup before = change.Needed();
	before.Append(more);
	NaiveGroup after = before;
	after.Append(change);

	const std::vector<NaiveStored> stored = before.Stored();
	std::vector<StoredArgument> arguments;
	for (const NaiveStored &argument : stored)
		arguments.push_back(argument.View());
	const Delta::Stored &sum = delta->Combine(group, change.kinds(), {before.Count(), arguments});

	EXPECT_EQ(sum.rows, after.Count());
	std::vector<NaiveStored> seen;
	for (const StoredArgument &argument : sum.arguments)
		seen.push_back(NaiveStored::Copy(argument));
	EXPECT_EQ(seen, after.Stored());
}

// Seals the delta and compares all that it says with the model.
void ExpectSame(Delta *delta, const NaiveDelta &model)
{
	const auto expected = model.Net();
	delta->Seal();
	ASSERT_EQ(delta->view_count(), expected.size());
	ASSERT_EQ(delta->empty(), expected.empty());
	std::size_t v = 0;
	for (const auto &[id, view] : expected) {
		ASSERT_EQ(delta->view(v), id);
		ASSERT_EQ(delta->truncated(v), view.truncated);
		ASSERT_EQ(delta->group_count(v), view.groups.size());
		std::size_t g = 0;
		for (const auto &[name, change] : view.groups) {
			const Group &group = delta->group(v, g++);
			ASSERT_EQ(static_cast<std::int64_t>(group.hash), name.first);
			ASSERT_EQ(std::string_view(group.key), name.second);
			ASSERT_EQ(group.rows, change.Count());
			ExpectGroup(delta, group, change, NaiveGroup(change.kinds()));
		}
		++v;
	}
}

// A script on both at once.  Depth 1 is the transaction; savepoints are told to neither:
// a subtransaction is known by what it writes.
class Script
{
public:
	explicit Script(std::pmr::memory_resource *resource) : delta_(resource) {}

	int depth() const { return depth_; }
	Delta &delta() { return delta_; }
	NaiveDelta &model() { return model_; }

	void Do(const NaiveChange &change)
	{
		test::Apply(&delta_, depth_, change);
		model_.Apply(depth_, change);
	}
	void Savepoint() { ++depth_; }
	void Release()
	{
		delta_.CommitLevel(depth_);
		model_.CommitLevel(depth_--);
	}
	// To the savepoint that began `depth`, over all those within it.
	void RollBack(int depth)
	{
		delta_.AbortLevel(depth);
		model_.AbortLevel(depth);
		depth_ = depth - 1;
	}
	void Finish()
	{
		while (depth_ > 1)
			Release();
		ExpectSame(&delta_, model_);
	}

private:
	Delta delta_;
	NaiveDelta model_;
	int depth_ = 1;
};

// One letter each: a row comes to or leaves a group, one comes to another group of the
// same hash, TRUNCATE, SAVEPOINT, RELEASE, ROLLBACK TO and RELEASE.  False: no such step.
bool Step(Script *script, char letter)
{
	switch (letter) {
	case '+':
		script->Do(Row(2, 5, "a", +1, {"3"}));
		return true;
	case '-':
		script->Do(Row(2, 5, "a", -1, {"3"}));
		return true;
	case 'o':
		script->Do(Row(2, 5, "b", +1, {{}}));
		return true;
	case 't':
		script->Do(Truncation(2));
		return true;
	case 's':
		script->Savepoint();
		return true;
	case 'c':
		if (script->depth() > 1)
			script->Release();
		return script->depth() >= 1;
	case 'r':
		if (script->depth() > 1)
			script->RollBack(script->depth());
		return script->depth() >= 1;
	default:
		return false;
	}
}

TEST(Delta, IsThatOfTheModelAfterEveryShortScript)
{
	const std::string letters = "+-otscr";
	constexpr int kLength = 6;
	int scripts = 0;
	for (int length = 0; length <= kLength; ++length) {
		std::vector<std::size_t> digits(static_cast<std::size_t>(length), 0);
		for (bool more = true; more;) {
			std::string text;
			int depth = 1;
			bool sensible = true;
			for (const std::size_t digit : digits) {
				text += letters[digit];
				depth += letters[digit] == 's' ? 1 : 0;
				sensible &= depth > 1 || (letters[digit] != 'c' && letters[digit] != 'r');
				depth -= letters[digit] == 'c' || letters[digit] == 'r' ? 1 : 0;
			}
			if (sensible) {
				Script script(std::pmr::new_delete_resource());
				for (const char letter : text)
					ASSERT_TRUE(Step(&script, letter));
				script.Finish();
				ASSERT_FALSE(HasFailure()) << "script " << text;
				++scripts;
			}
			more = false;
			for (std::size_t &digit : digits) {
				digit = (digit + 1) % letters.size();
				if (digit != 0) {
					more = true;
					break;
				}
			}
		}
	}
	EXPECT_EQ(scripts, 38977); /* paths of 4 writes, one step down, two up */
}

NaiveChange RandomChange(Random *random)
{
	using namespace std::string_literals;
	static const std::string kKeys[] = {"", "a", "b", "a\0"s, "a key that no small string holds"};
	static const char *const kDecimals[] = {
		"1", "1.0", "1.00", "-1", "0", "0.000", "NaN", "2.5", "Infinity", "-Infinity", "-99999.9"};
	static const char *const kIntegers[] = {"1", "2", "-3", "0"};

	const auto view = static_cast<ViewId>(random->Between(1, 4));
	if (random->OneIn(12))
		return Truncation(view);
	NaiveChange change = Row(view, static_cast<std::uint64_t>(random->Between(0, 1)),
							 kKeys[random->Between(0, 4)], random->OneIn(2) ? +1 : -1, {});
	for (const ArgumentKind kind : test::KindsOf(view)) {
		if (random->OneIn(5))
			change.row.emplace_back();
		else if (kind == ArgumentKind::kDecimal)
			change.row.emplace_back(kDecimals[random->Between(0, 10)]);
		else
			change.row.emplace_back(kIntegers[random->Between(0, 3)]);
	}
	return change;
}

// What a step of a random script does; the caller makes sure that it is possible.
enum class Kind { kChange, kSavepoint, kRelease, kRollBack };

Kind RandomKind(Random *random, int depth)
{
	constexpr int kDepthMax = 9; // 8 savepoints within one another
	switch (random->Between(0, 9)) {
	case 0:
	case 1:
		return depth < kDepthMax ? Kind::kSavepoint : Kind::kRelease;
	case 2:
		return depth > 1 ? Kind::kRelease : Kind::kChange;
	case 3:
		return depth > 1 ? Kind::kRollBack : Kind::kChange;
	default:
		return Kind::kChange;
	}
}

TEST(Delta, IsThatOfTheModelAfterLongRandomScripts)
{
	Random random(21);
	for (int round = 0; round < 4000; ++round) {
		Script script(std::pmr::new_delete_resource());
		for (std::int64_t steps = random.Between(1, 60); steps > 0; --steps) {
			switch (RandomKind(&random, script.depth())) {
			case Kind::kChange:
				script.Do(RandomChange(&random));
				break;
			case Kind::kSavepoint:
				script.Savepoint();
				break;
			case Kind::kRelease:
				script.Release();
				break;
			case Kind::kRollBack:
				script.RollBack(static_cast<int>(random.Between(2, script.depth())));
				break;
			}
		}
		script.Finish();
		ASSERT_FALSE(HasFailure()) << "round " << round;
	}
}

// One step under a memory that may run out.  As PostgreSQL has it, what fails aborts the
// subtransaction it is in; true when that is the transaction itself.
bool StepOrAbort(Script *script, Random *random, int *failures)
{
	const int depth = script->depth();
	try {
		switch (RandomKind(random, depth)) {
		case Kind::kChange:
			script->Do(RandomChange(random));
			break;
		case Kind::kSavepoint:
			script->Savepoint();
			break;
		case Kind::kRelease:
			script->Release();
			break;
		case Kind::kRollBack:
			script->RollBack(depth);
			break;
		}
	} catch (const std::bad_alloc &) {
		++*failures;
		if (depth == 1)
			return true;
		script->RollBack(depth);
	}
	return false;
}

TEST(Delta, LosesOnlyTheSubtransactionThatRanOutOfMemory)
{
	Random random(22);
	int failures = 0;
	int finished = 0;
	for (int round = 0; round < 4000; ++round) {
		WatchedResource memory;
		{
			Script script(&memory);
			bool aborted = false;
			for (std::int64_t steps = random.Between(1, 60); steps > 0 && !aborted; --steps) {
				if (random.OneIn(4))
					memory.FailAfter(static_cast<int>(random.Between(0, 6)));
				aborted = StepOrAbort(&script, &random, &failures);
			}
			memory.NeverFail();
			if (!aborted) {
				script.Finish();
				++finished;
			}
			ASSERT_FALSE(HasFailure()) << "round " << round;
		}
		ASSERT_EQ(memory.held(), 0u);
	}
	EXPECT_GT(failures, 1000);
	EXPECT_GT(finished, 500);
}

// A release that ran out of memory may be tried again, and so may the sealing.
TEST(Delta, CanBeReleasedAndSealedAgainAfterMemoryRanOut)
{
	Random random(23);
	int failures = 0;
	for (int round = 0; round < 500; ++round) {
		WatchedResource memory;
		Script script(&memory);
		for (int depth = 1; depth <= 4; ++depth) {
			for (int i = 0; i < 12; ++i)
				script.Do(RandomChange(&random));
			script.Savepoint();
		}
		for (int allowed = 0; script.depth() > 1;) {
			memory.FailAfter(allowed);
			try {
				script.Release();
				allowed = 0;
			} catch (const std::bad_alloc &) {
				++allowed;
				++failures;
			}
		}
		for (int allowed = 0, sealed = 0; !sealed; ++allowed) {
			memory.FailAfter(allowed);
			try {
				script.delta().Seal();
				sealed = 1;
			} catch (const std::bad_alloc &) {
				++failures;
			}
		}
		memory.NeverFail();
		ExpectSame(&script.delta(), script.model());
		ASSERT_FALSE(HasFailure()) << "round " << round;
	}
	EXPECT_GT(failures, 2000);
}

// More groups than the parent has buckets for: their room, too, is made beforehand.
TEST(Delta, ReleasesManyGroupsOrNone)
{
	for (int mine = 1; mine <= 64; ++mine) {
		WatchedResource memory;
		Script script(&memory);
		for (int i = 0; i < mine; ++i)
			script.Do(Row(2, static_cast<std::uint64_t>(i), "a", +1, {"1"}));
		script.Savepoint();
		for (int i = 0; i < 64; ++i)
			script.Do(Row(2, static_cast<std::uint64_t>(2 * i), "a", +1, {"2"}));
		memory.FailAfter(0);
		try {
			script.Release();
		} catch (const std::bad_alloc &) {
			script.RollBack(script.depth());
		}
		memory.NeverFail();
		script.Finish();
		ASSERT_FALSE(HasFailure()) << mine << " groups of the parent";
	}
}

TEST(Delta, IgnoresTheEndOfASubtransactionThatWroteNothing)
{
	Script script(std::pmr::new_delete_resource());
	script.Do(Row(2, 5, "a", +1, {"3"}));
	script.delta().CommitLevel(4);
	script.delta().CommitLevel(2);
	script.delta().AbortLevel(2);
	script.delta().CommitLevel(1); /* the transaction's own end */
	script.Finish();
}

TEST(Delta, MovesALevelDownWhenItsParentWroteNothing)
{
	Script script(std::pmr::new_delete_resource());
	for (int i = 0; i < 7; ++i)
		script.Savepoint();
	script.Do(Row(2, 5, "a", +1, {"3"}));
	for (int i = 0; i < 6; ++i)
		script.Release();
	ASSERT_EQ(script.depth(), 2);
	script.Do(Row(2, 5, "a", +1, {"4"}));
	script.RollBack(2); /* what moved down to 2 goes with it */
	EXPECT_TRUE(script.model().Net().empty());
	script.Finish();
}

TEST(Delta, SealsLevelsThatAreStillOpen)
{
	Delta delta(std::pmr::new_delete_resource());
	NaiveDelta model;
	for (const int depth : {1, 3, 6}) {
		test::Apply(&delta, depth, Row(2, 5, "a", +1, {"3"}));
		model.Apply(1, Row(2, 5, "a", +1, {"3"}));
	}
	ExpectSame(&delta, model);
}

TEST(Delta, TruncationReachesThroughSavepointsAndBackOnlyWhenTheyHold)
{
	for (const bool keep : {true, false}) {
		Script script(std::pmr::new_delete_resource());
		script.Do(Row(2, 5, "a", +1, {"3"}));
		script.Savepoint();
		script.Do(Truncation(2));
		script.Do(Row(2, 5, "b", +1, {"4"}));
		if (keep)
			script.Release();
		else
			script.RollBack(2);
		script.Finish();
		ASSERT_EQ(script.delta().view_count(), 1u);
		EXPECT_EQ(script.delta().truncated(0), keep);
		ASSERT_EQ(script.delta().group_count(0), 1u);
		EXPECT_EQ(script.delta().group(0, 0).key, keep ? "b" : "a");
	}
}

TEST(Delta, KeepsATruncationWithoutRows)
{
	Script script(std::pmr::new_delete_resource());
	EXPECT_TRUE(script.delta().empty());
	script.Do(Truncation(3));
	EXPECT_FALSE(script.delta().empty());
	script.Finish();
	EXPECT_EQ(script.delta().view_count(), 1u);
	EXPECT_FALSE(script.delta().empty());
}

// The rows differ, but no aggregate can tell.
TEST(Delta, LeavesOutAGroupWhoseSumsCannotTellWhatChanged)
{
	Script script(std::pmr::new_delete_resource());
	for (const auto &[sign, value] : {std::pair{+1, "1.0"}, {+1, "3.0"}, {-1, "2.0"}, {-1, "2.0"}})
		script.Do(Row(3, 5, "a", sign, {"x", value}));
	EXPECT_FALSE(script.delta().empty());
	script.Finish();
	EXPECT_TRUE(script.delta().empty());
}

TEST(Delta, JoinsGroupsWhoseKeysTheShellFoundEqual)
{
	Script script(std::pmr::new_delete_resource());
	script.Do(Row(4, 5, "1.0", +1, {"1.5", "7"}));
	script.Do(Row(4, 5, "1.00", +1, {"NaN", "8"}));
	script.Do(Row(4, 5, "1.000", -1, {"1.5", "7"}));
	Delta &delta = script.delta();
	delta.Seal();
	ASSERT_EQ(delta.group_count(0), 3u);

	NaiveGroup joined(test::KindsOf(4));
	joined.Add({"1.5", "7"}, +1);
	joined.Add({"NaN", "8"}, +1);
	delta.MergeGroups(0, 0, 1);
	EXPECT_TRUE(delta.group(0, 1).IsZero());
	EXPECT_EQ(delta.group(0, 0).rows, 2);
	ExpectGroup(&delta, delta.group(0, 0), joined, NaiveGroup(test::KindsOf(4)));

	delta.MergeGroups(0, 0, 2);
	joined.Add({"1.5", "7"}, -1);
	ExpectGroup(&delta, delta.group(0, 0), joined, NaiveGroup(test::KindsOf(4)));
	EXPECT_THROW(delta.MergeGroups(0, 0, 0), Error);

	Delta opposite(std::pmr::new_delete_resource());
	test::Apply(&opposite, 1, Row(4, 5, "1.0", +1, {"1.5", "7"}));
	test::Apply(&opposite, 1, Row(4, 5, "1.00", -1, {"1.5", "7"}));
	opposite.Seal();
	opposite.MergeGroups(0, 1, 0);
	EXPECT_TRUE(opposite.group(0, 0).IsZero());
	EXPECT_TRUE(opposite.group(0, 1).IsZero());
}

TEST(Delta, RefusesMisuse)
{
	Delta delta(std::pmr::new_delete_resource());
	const auto refused = [](auto body) {
		try {
			body();
		} catch (const Error &error) {
			return error.code() == Code::kInvariant;
		}
		return false;
	};
	const NaiveChange change = Row(2, 5, "a", +1, {"3"});
	EXPECT_TRUE(refused([&] { test::Apply(&delta, 0, change); }));
	test::Apply(&delta, 3, change);
	EXPECT_TRUE(refused([&] { test::Apply(&delta, 2, change); }));
	EXPECT_TRUE(refused([&] { delta.Truncate(1, 2); }));
	EXPECT_TRUE(refused([&] { delta.CommitLevel(2); }));
	EXPECT_TRUE(refused([&] { delta.Add(3, 2, {{}, 5, "a", +1, {}}); })) << "fewer arguments";
	EXPECT_TRUE(refused([&] {
		delta.Add(3, 2, {test::KindsOf(2), 5, "a", +1, {}});
	})) << "kinds without values";
	delta.Seal();
	EXPECT_TRUE(refused([&] { test::Apply(&delta, 1, change); }));
	EXPECT_TRUE(refused([&] { delta.Truncate(1, 2); }));
	EXPECT_TRUE(refused([&] { delta.Combine(delta.group(0, 0), {}, {0, {}}); }));
}

TEST(Delta, ForgetsAllWhenTheTransactionAborts)
{
	Script script(std::pmr::new_delete_resource());
	script.Do(Row(2, 5, "a", +1, {"3"}));
	script.delta().Seal();
	EXPECT_EQ(script.delta().view_count(), 1u);
	script.delta().AbortLevel(1);
	EXPECT_EQ(script.delta().view_count(), 0u);
	EXPECT_TRUE(script.delta().empty());
}

// The path that every captured row takes.
TEST(Delta, TakesNoMemoryForARowOfAGroupThatIsThere)
{
	WatchedResource memory;
	Delta delta(&memory);
	const NaiveChange change =
		Row(4, 5, "a key that no small string holds", +1, {"123.45", "9223372036854775807"});
	test::Apply(&delta, 2, change);
	const int before = memory.allocations();
	for (int i = 0; i < 1000; ++i)
		test::Apply(&delta, 2, change);
	delta.CommitLevel(2); /* nothing is below: the level only changes its number */
	EXPECT_EQ(memory.allocations(), before);
}

TEST(Delta, KeepsAllOfItsMemoryInItsResource)
{
	std::pmr::memory_resource *usual =
		std::pmr::set_default_resource(std::pmr::null_memory_resource());
	WatchedResource memory;
	{
		Random random(24);
		Script script(&memory);
		for (int i = 0; i < 200; ++i) {
			script.Do(RandomChange(&random));
			if (i % 50 == 49)
				script.Savepoint();
		}
		script.Finish();
	}
	std::pmr::set_default_resource(usual);
	EXPECT_EQ(memory.held(), 0u);
	EXPECT_GT(memory.allocations(), 0);
}

TEST(Delta, OrdersManyGroupsByHashAndThenKey)
{
	Random random(25);
	Script script(std::pmr::new_delete_resource());
	for (int i = 0; i < 5000; ++i) {
		if (i == 2500)
			script.Savepoint();
		const std::uint64_t hash = random.OneIn(2) ? random.Bits() : std::uint64_t{3} << 62;
		script.Do(Row(1, hash, std::to_string(random.Between(0, 3000)), +1, {}));
	}
	script.Finish();
}

} // namespace
} // namespace mezzanine::core

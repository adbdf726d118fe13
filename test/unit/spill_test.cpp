// Spilled deltas against the naive model: the file is a string.
#include "core/delta.h"

#include "core/error.h"
#include "memory.h"
#include "naive_delta.h"
#include "random.h"

#include <gtest/gtest.h>

#include <cstring>
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

class SpillingDelta
{
public:
	explicit SpillingDelta(std::pmr::memory_resource *resource) : delta_(resource) {}

	Delta &delta() { return delta_; }
	const std::string &file() const { return file_; }

	void Spill()
	{
		delta_.BeginSpill(file_.size());
		for (std::string_view bytes = delta_.NextSpilled(); !bytes.empty();
			 bytes = delta_.NextSpilled())
			file_ += bytes;
	}
	// Stops before the end, as an error does; what was written stays in the file.
	void SpillInVain()
	{
		delta_.BeginSpill(file_.size());
		file_ += delta_.NextSpilled();
	}
	void Seal()
	{
		if (delta_.has_spilled())
			Spill();
		delta_.Seal();
	}
	// The next batch; false: none.
	bool Load(std::size_t view)
	{
		for (;;) {
			const Reading reading = delta_.Load(view);
			if (reading.size == 0)
				return delta_.group_count(view) > 0;
			std::memcpy(reading.space, file_.data() + reading.offset, reading.size);
		}
	}

private:
	Delta delta_;
	std::string file_;
};

// Combines the group with the rows that it needs, stored before.
void ExpectGroup(Delta *delta, const Group &group, const NaiveGroup &change)
{
	const NaiveGroup before = change.Needed();
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

// A view with runs may come out without groups: that is known only when they are merged.
void ExpectSame(SpillingDelta *spilling, const NaiveDelta &model)
{
	auto expected = model.Net();
	Delta &delta = spilling->delta();
	spilling->Seal();
	for (std::size_t v = 0; v < delta.view_count(); ++v) {
		const auto view = expected.extract(delta.view(v));
		ASSERT_EQ(delta.truncated(v), !view.empty() && view.mapped().truncated);
		std::map<NaiveDelta::GroupName, NaiveGroup> groups;
		if (!view.empty())
			groups = view.mapped().groups;
		auto next = groups.begin();
		while (spilling->Load(v)) {
			for (std::size_t g = 0; g < delta.group_count(v); ++g, ++next) {
				ASSERT_NE(next, groups.end());
				const Group &group = delta.group(v, g);
				ASSERT_EQ(static_cast<std::int64_t>(group.hash), next->first.first);
				ASSERT_EQ(group.key, next->first.second);
				ASSERT_EQ(group.rows, next->second.Count());
				ExpectGroup(&delta, group, next->second);
			}
		}
		ASSERT_EQ(next, groups.end());
	}
	EXPECT_TRUE(expected.empty());
}

NaiveChange RandomChange(Random *random)
{
	static const std::string kKeys[] = {"", "a", "b", "a key that no small string holds"};
	static const char *const kDecimals[] = {"1", "1.0", "-1", "NaN", "2.5", "Infinity", "-99999.9"};
	static const char *const kIntegers[] = {"1", "2", "-3", "0"};
	const auto view = static_cast<ViewId>(random->Between(1, 4));
	NaiveChange change = {random->OneIn(15),
						  view,
						  static_cast<std::uint64_t>(random->Between(0, 1)),
						  kKeys[random->Between(0, 3)],
						  random->OneIn(2) ? +1 : -1,
						  {}};
	for (const ArgumentKind kind : test::KindsOf(view)) {
		if (random->OneIn(5))
			change.row.emplace_back();
		else if (kind == ArgumentKind::kDecimal)
			change.row.emplace_back(kDecimals[random->Between(0, 6)]);
		else
			change.row.emplace_back(kIntegers[random->Between(0, 3)]);
	}
	return change;
}

// Savepoints end before or after what they wrote was spilled.
TEST(Spill, ChangesNothingInLongRandomScripts)
{
	Random random(31);
	int runs = 0;
	for (int round = 0; round < 3000; ++round) {
		SpillingDelta spilling(std::pmr::new_delete_resource());
		NaiveDelta model;
		int depth = 1;
		for (std::int64_t steps = random.Between(1, 60); steps > 0; --steps) {
			const std::int64_t step = random.Between(0, 11);
			if (step <= 1 && depth < 6) {
				++depth;
			} else if (step == 2 && depth > 1) {
				spilling.delta().CommitLevel(depth);
				model.CommitLevel(depth--);
			} else if (step == 3 && depth > 1) {
				spilling.delta().AbortLevel(depth);
				model.AbortLevel(depth--);
			} else if (step == 4) {
				spilling.Spill();
				++runs;
			} else if (step == 5) {
				spilling.SpillInVain();
			} else {
				const NaiveChange change = RandomChange(&random);
				test::Apply(&spilling.delta(), depth, change);
				model.Apply(depth, change);
			}
		}
		for (; depth > 1; --depth) {
			spilling.delta().CommitLevel(depth);
			model.CommitLevel(depth);
		}
		ExpectSame(&spilling, model);
		ASSERT_FALSE(HasFailure()) << "round " << round;
	}
	EXPECT_GT(runs, 1000);
}

// Batches are bounded, in order, and never part what shares a hash.
TEST(Spill, StreamsManyGroupsThroughLittleMemory)
{
	constexpr int kGroups = 60000;
	constexpr std::size_t kLimit = 1024 * 1024;
	WatchedResource memory;
	SpillingDelta spilling(&memory);
	const ArgumentKind kind = ArgumentKind::kBigInteger;
	std::size_t highest = 0;
	int spills = 0;
	for (int pass = 0; pass < 3; ++pass) {
		for (int i = 0; i < kGroups; ++i) {
			// Two keys a hash.
			const auto number = static_cast<std::uint64_t>(i) * 7919 % kGroups;
			const std::uint64_t hash = number / 2 * 0x9E3779B97F4A7C15;
			Value value;
			value.integer = pass + 1;
			(void)spilling.delta().Add(1, 1,
									   {{&kind, 1}, hash, std::to_string(number), +1, {&value, 1}});
			highest = std::max(highest, memory.held());
			if (spilling.delta().held() > kLimit) {
				spilling.Spill();
				++spills;
			}
		}
	}
	EXPECT_GT(spills, 10);
	spilling.Seal();
	ASSERT_EQ(spilling.delta().view_count(), 1u);
	ASSERT_TRUE(spilling.delta().has_over(0, 1));

	int seen = 0;
	int batches = 0;
	std::uint64_t last_hash = 0;
	while (spilling.Load(0)) {
		Delta &delta = spilling.delta();
		highest = std::max(highest, memory.held());
		EXPECT_TRUE(batches++ == 0 || HashComesBefore(last_hash, delta.hash(0, 0)));
		for (std::size_t g = 0; g < delta.group_count(0); ++g) {
			EXPECT_EQ(delta.group(0, g).rows, 3);
			const Delta::Stored &sum = delta.Combine(delta.group(0, g), {&kind, 1}, {0, {}});
			Decimal six(std::pmr::new_delete_resource());
			std::pmr::string wire;
			six.AddInteger(6);
			six.WriteWire(0, &wire);
			EXPECT_EQ(sum.arguments[0].wire, std::string_view(wire));
			last_hash = delta.hash(0, g);
			++seen;
		}
	}
	EXPECT_EQ(seen, kGroups);
	EXPECT_GT(batches, 3);
	EXPECT_LT(highest, 6 * kLimit);
}

// A record longer than what is read at a time.
TEST(Spill, TakesKeysOfAnyLength)
{
	SpillingDelta spilling(std::pmr::new_delete_resource());
	for (std::size_t i = 0; i < 8; ++i) {
		(void)spilling.delta().Add(1, 1, {{}, 8 - i, std::string(40000 * i, 'x'), +1, {}});
		if (i % 3 == 2)
			spilling.Spill();
	}
	spilling.Seal();
	std::size_t expected = 8;
	while (spilling.Load(0)) {
		for (std::size_t g = 0; g < spilling.delta().group_count(0); ++g)
			EXPECT_EQ(spilling.delta().group(0, g).key.size(), 40000 * --expected);
	}
	EXPECT_EQ(expected, 0u);
}

TEST(Spill, RefusesAFileThatEndsTooEarly)
{
	RunMerge merge(std::pmr::new_delete_resource(), std::vector<core::Run>{{0, 6}});
	const Reading reading = merge.Load();
	ASSERT_EQ(reading.size, 6u);
	std::memset(reading.space, 1, reading.size);
	EXPECT_THROW((void)merge.Load(), Error);
}

// What the scripts above have not: one argument of each kind, in full.
TEST(Spill, WritesArgumentsOfEveryKindAsTheyAre)
{
	std::pmr::memory_resource *resource = std::pmr::new_delete_resource();
	for (const ArgumentKind kind :
		 {ArgumentKind::kCount, ArgumentKind::kInteger, ArgumentKind::kInterval,
		  ArgumentKind::kFloat, ArgumentKind::kBits, ArgumentKind::kExtreme, ArgumentKind::kAny,
		  ArgumentKind::kRecompute}) {
		Argument argument(resource);
		Value value;
		value.integer = -41;
		value.wire = "an image";
		value.real = 2.25;
		value.days = 3;
		value.months = -2;
		argument.Add(kind, value, +1);
		argument.Add(kind, value, +1);
		argument.Add(kind, value, -1);
		if (kind == ArgumentKind::kExtreme) {
			argument.PutCandidate(+1, "came");
			argument.PutCandidate(-1, "left, and is a long image");
		}
		std::pmr::string bytes(resource);
		argument.Write(&bytes);
		Argument copy(resource);
		std::string_view rest = bytes;
		copy.Read(&rest);
		EXPECT_TRUE(rest.empty());
		std::pmr::string again(resource);
		copy.Write(&again);
		EXPECT_EQ(bytes, again);
		EXPECT_EQ(copy.IsZero(), argument.IsZero());
		EXPECT_EQ(copy.tainted(), argument.tainted());
		EXPECT_EQ(copy.any() == nullptr, argument.any() == nullptr);
		ASSERT_EQ(copy.Candidates(+1).size(), argument.Candidates(+1).size());
		ASSERT_EQ(copy.Candidates(-1).size(), argument.Candidates(-1).size());
		if (kind == ArgumentKind::kExtreme) {
			EXPECT_EQ(copy.Candidates(-1)[0], "left, and is a long image");
		}
	}
}

} // namespace
} // namespace mezzanine::core

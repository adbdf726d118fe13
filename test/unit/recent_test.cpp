// Groups found again by number: a delta that is added to that way is the one that Add makes.
#include "core/recent.h"

#include "core/delta.h"
#include "memory.h"
#include "random.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace mezzanine::core
{
namespace
{

using test::Random;

constexpr ViewId kView = 7;
constexpr ArgumentKind kKinds[] = {ArgumentKind::kInteger};

std::string KeyOf(std::uint64_t number)
{
	std::string key(sizeof(number), '\0');
	std::memcpy(key.data(), &number, sizeof(number));
	return key;
}

// A delta to which rows are added by Add, or where the group is known, by AddTo.
class Side
{
public:
	explicit Side(bool remembers) : recent_(remembers ? new RecentGroups() : nullptr) { Renew(); }

	Delta &delta() { return *delta_; }
	int found() const { return found_; }
	void Renew() { delta_ = std::make_unique<Delta>(std::pmr::new_delete_resource()); }

	void Add(int depth, std::uint64_t number, std::int64_t amount, int sign)
	{
		const Value value{false, amount};
		Group *group = recent_ ? recent_->Find(delta_->generation(), depth, number) : nullptr;
		if (group != nullptr) {
			++found_;
			Delta::AddTo(group, kKinds, {&value, 1}, sign);
			return;
		}
		const std::string key = KeyOf(number);
		group = &delta_->Add(depth, kView, {kKinds, number % 100, key, sign, {&value, 1}});
		if (recent_)
			recent_->Keep(number, group);
	}

	// What is left at the end, as text.
	std::string Sealed()
	{
		std::string text;
		delta_->Seal();
		for (std::size_t view = 0; view < delta_->view_count(); ++view) {
			text += delta_->truncated(view) ? "truncated;" : "";
			EXPECT_EQ(delta_->Load(view).size, 0U);
			for (std::size_t i = 0; i < delta_->group_count(view); ++i) {
				Group &group = delta_->group(view, i);
				EncodedArgument space(std::pmr::new_delete_resource());
				const StoredArgument sum =
					group.arguments[0].Encode(ArgumentKind::kInteger, 1, &space, Extent::kPart);
				text += std::string(group.key) + std::to_string(group.rows) + ":" +
						std::to_string(sum.count) + ":" + std::to_string(sum.integer) + ";";
			}
		}
		return text;
	}

private:
	std::unique_ptr<Delta> delta_;
	std::unique_ptr<RecentGroups> recent_;
	int found_ = 0;
};

TEST(RecentGroups, FindsWhatItKeptInTheSameMomentAlone)
{
	const auto recent = std::make_unique<RecentGroups>();
	Delta delta(std::pmr::new_delete_resource());
	const Value value{false, 1};
	Group *group = &delta.Add(1, kView, {kKinds, 1, "a", 1, {&value, 1}});
	EXPECT_EQ(recent->Find(delta.generation(), 1, 42), nullptr);
	recent->Keep(42, group);
	EXPECT_EQ(recent->Find(delta.generation(), 1, 42), group);
	EXPECT_EQ(recent->Find(delta.generation(), 1, 43), nullptr);
	EXPECT_EQ(recent->Find(delta.generation(), 2, 42), nullptr);
	EXPECT_EQ(recent->Find(delta.generation(), 1, 42), nullptr);
}

TEST(RecentGroups, ForgetsTheOneThatAnotherTakesThePlaceOf)
{
	const auto recent = std::make_unique<RecentGroups>();
	Delta delta(std::pmr::new_delete_resource());
	const Value value{false, 1};
	Group *a = &delta.Add(1, kView, {kKinds, 1, "a", 1, {&value, 1}});
	Group *b = &delta.Add(1, kView, {kKinds, 1, "b", 1, {&value, 1}});
	const std::uint64_t same_place = 1 | std::uint64_t{1} << 12;
	(void)recent->Find(delta.generation(), 1, 0);
	recent->Keep(0, a);
	recent->Keep(same_place, b);
	EXPECT_EQ(recent->Find(delta.generation(), 1, same_place), b);
	EXPECT_EQ(recent->Find(delta.generation(), 1, 0), nullptr);
}

TEST(RecentGroups, AnotherDeltaAtTheSamePlaceIsAnotherMoment)
{
	alignas(Delta) std::byte space[sizeof(Delta)];
	auto *delta = new (space) Delta(std::pmr::new_delete_resource());
	const std::uint64_t first = delta->generation();
	delta->~Delta();
	delta = new (space) Delta(std::pmr::new_delete_resource());
	EXPECT_NE(delta->generation(), first);
	delta->~Delta();
}

TEST(RecentGroups, AddsUpAsAddDoesWhateverSubtransactionsDo)
{
	Random random(31);
	Side with(true);
	Side without(false);
	int depth = 1;
	for (int step = 0; step < 60000; ++step) {
		const auto kind = random.Between(1, 200);
		if (kind == 1 && depth < 5) {
			++depth;
		} else if (kind <= 3 && depth > 1) {
			with.delta().CommitLevel(depth);
			without.delta().CommitLevel(depth--);
		} else if (kind == 4 && depth > 1) {
			with.delta().AbortLevel(depth);
			without.delta().AbortLevel(depth--);
		} else if (kind == 5 && random.OneIn(5)) {
			with.delta().Truncate(depth, kView);
			without.delta().Truncate(depth, kView);
		} else if (kind == 6 && random.OneIn(3)) {
			ASSERT_EQ(with.Sealed(), without.Sealed());
			with.Renew();
			without.Renew();
			depth = 1;
		} else {
			const std::uint64_t number = random.Bits() % 20 << 12 * random.Between(0, 1);
			const std::int64_t amount = random.Between(-5, 5);
			const int sign = random.OneIn(3) ? -1 : 1;
			with.Add(depth, number, amount, sign);
			without.Add(depth, number, amount, sign);
		}
	}
	EXPECT_EQ(with.Sealed(), without.Sealed());
	EXPECT_GT(with.found(), 10000);
}

TEST(RecentGroups, ASpillLetsTheGroupsGo)
{
	Side with(true);
	with.Add(1, 3, 5, 1);
	const std::uint64_t before = with.delta().generation();
	with.delta().BeginSpill(0);
	while (!with.delta().NextSpilled().empty()) {
	}
	EXPECT_NE(with.delta().generation(), before);
	with.Add(1, 3, 5, 1);
	EXPECT_EQ(with.found(), 0);
}

} // namespace
} // namespace mezzanine::core

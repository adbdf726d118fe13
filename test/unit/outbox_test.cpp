#include "core/outbox.h"

#include "random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

namespace mezzanine::core
{
namespace
{

TEST(IsDue, LeavesWhatIsInFlightForLater)
{
	const std::uint64_t running[] = {10};
	const Flight flight = {running, 12, 14};
	const Position start = NewPosition(0);
	EXPECT_TRUE(IsDue(start, flight, 1, 11));
	EXPECT_FALSE(IsDue(start, flight, 2, 10));
	EXPECT_FALSE(IsDue(start, flight, 3, 12));
}

TEST(IsDue, BringsWhatWasInFlightOnceItIsOver)
{
	const std::uint64_t running[] = {10};
	Pending room[1];
	const Position later = Advance(NewPosition(0), {running, 12, 14}, 5, room);
	const Flight idle = {{}, 20, 20};
	EXPECT_TRUE(IsDue(later, idle, 2, 10));
	EXPECT_TRUE(IsDue(later, idle, 3, 13)); // had begun, and nothing with a greater number was over
	EXPECT_FALSE(IsDue(later, idle, 1, 11));
	EXPECT_TRUE(IsDue(later, idle, 6, 11));
	EXPECT_EQ(FirstDue(later, idle), 1);
	// As long as it is in flight there is no need to look back for it.
	const Position again = Advance(later, {running, 20, 20}, 5, room);
	EXPECT_EQ(FirstDue(again, {running, 30, 30}), 6);
	EXPECT_EQ(FirstDue(again, idle), 1);
}

TEST(IsDue, KnowsRestoredMovementsByTheirGeneration)
{
	constexpr std::uint64_t kRestored = std::uint64_t{1} << kGenerationShift;
	const std::uint64_t running[] = {1000};
	Pending room[1];
	Position old = Advance(NewPosition(0), {running, 1010, 1012}, 50, room);
	const Flight young = {{}, 5, 5};
	old.generation = 1;
	EXPECT_TRUE(IsDue(old, young, 7, kRestored | 1000));
	EXPECT_TRUE(IsDue(old, young, 8, kRestored | 1011));
	EXPECT_FALSE(IsDue(old, young, 9, kRestored | 900));
	EXPECT_TRUE(IsDue(old, young, 51, kRestored | 900));
	EXPECT_TRUE(IsDue(old, young, 60, 3)); // written since
	EXPECT_EQ(FirstDue(old, young), 1);
	// The next position is of this cluster, whatever its numbers.
	const Position present = Advance(old, young, 60, {});
	for (const std::int64_t number : {7, 8, 9, 51})
		EXPECT_FALSE(IsDue(present, young, number, kRestored | 1000)) << number;
	EXPECT_FALSE(IsDue(present, {{}, 2000, 2000}, 60, 3));
	EXPECT_TRUE(IsDue(present, {{}, 2000, 2000}, 61, 1000));
}

// A database in small: transactions begin, move, commit or roll back, and depend on those
// that were over when they began; a consumer looks at random instants and may itself roll
// back; now and then all is dumped and restored.
class World
{
public:
	explicit World(std::uint64_t seed) : random_(seed) {}

	void Run()
	{
		for (int step = 0; step < 400; ++step) {
			switch (random_.Between(0, 9)) {
			case 0:
			case 1:
			case 2:
				Begin();
				break;
			case 3:
			case 4:
			case 5:
				Move();
				break;
			case 6:
			case 7:
				End();
				break;
			case 8:
				Consume(static_cast<std::size_t>(random_.Between(1, 6)));
				break;
			default:
				if (random_.OneIn(15))
					Restore();
			}
		}
		while (!open_.empty())
			End();
		while (Consume(1000) > 0)
			continue;
		std::set<std::int64_t> expected;
		for (const auto &[number, movement] : committed_)
			expected.insert(number);
		EXPECT_EQ(std::set<std::int64_t>(had_.begin(), had_.end()), expected);
		EXPECT_EQ(had_.size(), expected.size()) << "something came twice";
	}

private:
	struct Movement {
		std::uint64_t transaction;
		std::set<std::int64_t> causes; // what its transaction saw when it began
	};
	struct Open {
		std::vector<std::int64_t> numbers;
		std::set<std::int64_t> seen;
	};

	void Begin()
	{
		Open open;
		for (const auto &[number, movement] : committed_)
			open.seen.insert(number);
		open_[next_++] = open;
	}
	void Move()
	{
		if (!open_.empty())
			Any()->second.numbers.push_back(++last_number_);
	}
	void End()
	{
		if (open_.empty())
			return;
		const auto ending = Any();
		latest_over_ = std::max(latest_over_, ending->first);
		if (!random_.OneIn(4)) {
			for (const std::int64_t number : ending->second.numbers)
				committed_[number] = {ending->first, ending->second.seen};
		}
		open_.erase(ending);
	}
	std::map<std::uint64_t, Open>::iterator Any()
	{
		return std::next(open_.begin(),
						 random_.Between(0, static_cast<std::int64_t>(open_.size()) - 1));
	}

	// One look, as the shell does it; what was due.
	std::size_t Consume(std::size_t most)
	{
		const std::int64_t last = last_number_;
		std::vector<std::uint64_t> running;
		const std::uint64_t open = latest_over_ + 1;
		for (const auto &[transaction, unused] : open_)
			if (transaction < open)
				running.push_back(transaction);
		const Flight flight = {running, open, next_};
		const Position position = {upto_,      open_number_, open_from_,
								   next_seen_, generation_,  pending_};

		std::vector<std::int64_t> due;
		std::int64_t reached = last;
		for (const auto &[number, movement] : committed_) {
			if (number < FirstDue(position, flight) || number > last)
				continue;
			if (number > position.upto && due.size() >= most) {
				reached = number - 1;
				break;
			}
			if (IsDue(position, flight, number, movement.transaction))
				due.push_back(number);
		}
		if (random_.OneIn(5) && most < 1000)
			return due.size(); // rolled back

		for (const std::int64_t number : due) {
			for (const std::int64_t cause : committed_[number].causes)
				EXPECT_NE(std::find(had_.begin(), had_.end(), cause), had_.end())
					<< number << " came before its cause " << cause;
			had_.push_back(number);
		}
		std::vector<Pending> room(running.size());
		const Position after = Advance(position, flight, reached, room);
		upto_ = after.upto;
		open_number_ = after.open;
		open_from_ = after.open_from;
		next_seen_ = after.next;
		generation_ = after.generation;
		pending_ = room;
		return due.size();
	}

	// Another cluster, with numbers of its own; what was in flight never was.
	void Restore()
	{
		open_.clear();
		for (auto &[number, movement] : committed_)
			movement.transaction += std::uint64_t{1} << kGenerationShift;
		++generation_;
		next_ = static_cast<std::uint64_t>(random_.Between(3, 300));
		latest_over_ = next_ - 1;
	}

	test::Random random_;
	std::map<std::uint64_t, Open> open_;
	std::map<std::int64_t, Movement> committed_;
	std::vector<std::int64_t> had_;
	std::uint64_t next_ = 3;
	std::uint64_t latest_over_ = 2;
	std::int64_t last_number_ = 0;

	std::int64_t upto_ = 0;
	std::uint64_t open_number_ = 0;
	std::int64_t open_from_ = 1;
	std::uint64_t next_seen_ = 0;
	int generation_ = 0;
	std::vector<Pending> pending_;
};

TEST(Outbox, BringsEveryCommittedMovementOnceAndAfterItsCauses)
{
	for (std::uint64_t seed = 1; seed <= 300 && !::testing::Test::HasFailure(); ++seed) {
		SCOPED_TRACE(seed);
		World(seed).Run();
	}
}

} // namespace
} // namespace mezzanine::core

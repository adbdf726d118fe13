// The life of a hold, under a clock that steps back and forth and claimants who sleep past
// their time: what the judges of core/claim.h grant, against a naive reading of the log.
#include "core/claim.h"

#include "random.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace mezzanine::core
{
namespace
{

struct Event {
	enum class Kind : std::uint8_t { kReserved, kExtended, kConfirmed, kReleased, kReaped } kind;
	std::int64_t fence;      // of reserved and extended
	std::int64_t expires_at; // of the same
};

// What the log of a hold says, looked through from its beginning each time.
class Naive
{
public:
	explicit Naive(Event first) : log_{first} {}

	void Add(Event event) { log_.push_back(event); }

	std::optional<Event::Kind> Ending() const
	{
		for (const Event &event : log_)
			if (event.kind != Event::Kind::kReserved && event.kind != Event::Kind::kExtended)
				return event.kind;
		return std::nullopt;
	}

	bool IsNewest(std::int64_t fence) const
	{
		bool newest = false;
		for (const Event &event : log_)
			if (event.fence != 0)
				newest = event.fence == fence;
		return newest;
	}

	std::int64_t ExpiresAt() const
	{
		std::int64_t expires_at = 0;
		for (const Event &event : log_)
			expires_at = event.expires_at != 0 ? event.expires_at : expires_at;
		return expires_at;
	}

	int endings() const
	{
		int count = 0;
		for (const Event &event : log_)
			count += event.fence == 0 ? 1 : 0;
		return count;
	}

private:
	std::vector<Event> log_;
};

// A hold as the tables have it, and as the log does, and who believes to own it.
struct Life {
	Ownership stored{Status::kHeld, 1, 0};
	Naive naive;
	std::vector<std::int64_t> fences{1}; // that somebody was once given

	explicit Life(std::int64_t expires_at)
		: stored{Status::kHeld, 1, expires_at}, naive({Event::Kind::kReserved, 1, expires_at})
	{
	}

	void End(Status status, Event::Kind kind)
	{
		stored.status = status;
		naive.Add({kind, 0, 0});
	}

	void Prolong(std::int64_t expires_at)
	{
		stored = {Status::kHeld, stored.fence + 1, expires_at};
		fences.push_back(stored.fence);
		naive.Add({Event::Kind::kExtended, stored.fence, expires_at});
	}
};

// A claimant comes with some fence he was once given.
void Claimed(Life *life, std::int64_t fence, std::int64_t now, test::Random *random)
{
	const bool open = !life->naive.Ending();
	const bool owns = life->naive.IsNewest(fence);
	const bool in_time = now < life->naive.ExpiresAt();
	switch (random->Between(0, 3)) {
	case 0: {
		const Claim claim = JudgeConfirm(life->stored, fence, now);
		ASSERT_EQ(claim == Claim::kGranted, owns && open && in_time);
		ASSERT_EQ(claim == Claim::kRepeated,
				  owns && life->naive.Ending() == Event::Kind::kConfirmed);
		if (claim == Claim::kGranted)
			life->End(Status::kConfirmed, Event::Kind::kConfirmed);
		return;
	}
	case 1: {
		const Claim claim = JudgeRelease(life->stored, fence);
		ASSERT_EQ(claim == Claim::kGranted, owns && open);
		ASSERT_EQ(claim == Claim::kRepeated,
				  owns && life->naive.Ending() == Event::Kind::kReleased);
		if (claim == Claim::kGranted)
			life->End(Status::kReleased, Event::Kind::kReleased);
		return;
	}
	case 2: {
		const Claim claim = JudgeExtend(life->stored, fence, now);
		ASSERT_EQ(claim == Claim::kGranted, owns && open && in_time);
		if (claim == Claim::kGranted)
			life->Prolong(now + random->Between(1, 60));
		return;
	}
	default: {
		const Claim claim = JudgeTakeOver(life->stored, now);
		ASSERT_EQ(claim == Claim::kGranted, open && in_time);
		if (claim == Claim::kGranted && random->OneIn(2))
			life->Prolong(now + random->Between(1, 60));
	}
	}
}

TEST(Life, IsWhatItsLogSaysWhateverTheClockDoes)
{
	test::Random random(33);
	int ended[4] = {};
	for (int round = 0; round < 20000; ++round) {
		std::int64_t now = 1000;
		Life life(now + random.Between(1, 40));
		std::int64_t newest = 1;
		for (auto steps = random.Between(1, 12); steps > 0; --steps) {
			now += random.OneIn(6) ? -random.Between(1, 50) : random.Between(0, 20);
			const bool over = life.naive.Ending().has_value();
			if (random.OneIn(4) && !over && now >= life.naive.ExpiresAt()) {
				life.End(Status::kExpired, Event::Kind::kReaped);
				continue;
			}
			const auto last = static_cast<std::int64_t>(life.fences.size()) - 1;
			const std::int64_t which = random.OneIn(3) ? random.Between(0, last) : last;
			Claimed(&life, life.fences.at(static_cast<std::size_t>(which)), now, &random);
			ASSERT_FALSE(HasFatalFailure());
			ASSERT_GE(life.stored.fence, newest) << "fences only grow";
			newest = life.stored.fence;
		}
		ASSERT_LE(life.naive.endings(), 1) << "a hold ends once";
		++ended[static_cast<int>(life.stored.status)];
	}
	for (const int count : ended)
		EXPECT_GT(count, 100) << "each ending was tried";
}

} // namespace
} // namespace mezzanine::core

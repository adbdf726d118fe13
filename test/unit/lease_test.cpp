#include "core/lease.h"

#include "random.h"

#include <gtest/gtest.h>

namespace mezzanine::core
{
namespace
{

constexpr Lease kLease = {3, 1000};

TEST(JudgeLease, RenewsForItsHolderAndRefusesOthersUntilItEnds)
{
	EXPECT_EQ(JudgeLease(kLease, true, 999), Grant::kRenewed);
	EXPECT_EQ(JudgeLease(kLease, false, 999), Grant::kRefused);
}

TEST(JudgeLease, IsAnybodysFromTheInstantItEnds)
{
	EXPECT_EQ(JudgeLease(kLease, true, 1000), Grant::kNew);
	EXPECT_EQ(JudgeLease(kLease, false, 1000), Grant::kNew);
}

TEST(JudgeFence, IsValidUntilTheInstantTheLeaseEnds)
{
	EXPECT_EQ(JudgeFence(kLease, 3, 999), FenceState::kValid);
	EXPECT_EQ(JudgeFence(kLease, 3, 1000), FenceState::kExpired);
}

TEST(JudgeFence, IsStaleWhateverTheClock)
{
	for (const std::int64_t fence : {2, 4, 0, -1}) {
		EXPECT_EQ(JudgeFence(kLease, fence, 0), FenceState::kStale);
		EXPECT_EQ(JudgeFence(kLease, fence, 5000), FenceState::kStale);
	}
}

// However the clock steps: a fence that was superseded is never valid again, fences never
// fall, and at no instant are there two valid ones.
TEST(JudgeLease, SurvivesAClockThatStepsBackAndForth)
{
	for (std::uint64_t seed = 1; seed <= 200; ++seed) {
		test::Random random(seed);
		Lease lease = {0, INT64_MIN};
		int holder = -1;
		std::int64_t now = 0;
		for (int step = 0; step < 200; ++step) {
			now += random.Between(-40, 59);
			const int asker = static_cast<int>(random.Between(0, 2));
			const Lease before = lease;
			switch (JudgeLease(lease, asker == holder, now)) {
			case Grant::kNew:
				++lease.fence;
				holder = asker;
				lease.expires_at = now + random.Between(1, 50);
				break;
			case Grant::kRenewed:
				lease.expires_at = now + random.Between(1, 50);
				break;
			case Grant::kRefused:
				EXPECT_NE(asker, holder);
				EXPECT_EQ(JudgeFence(lease, lease.fence, now), FenceState::kValid);
				break;
			}
			if (lease.fence != before.fence) {
				EXPECT_NE(JudgeFence(before, before.fence, now), FenceState::kValid);
			}
			for (std::int64_t fence = 0; fence < lease.fence; ++fence)
				EXPECT_EQ(JudgeFence(lease, fence, now), FenceState::kStale) << "seed " << seed;
		}
	}
}

} // namespace
} // namespace mezzanine::core

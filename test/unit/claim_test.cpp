#include "core/claim.h"
#include "core/error.h"

#include <gtest/gtest.h>

namespace mezzanine::core
{
namespace
{

constexpr Ownership Of(Status status)
{
	return {status, 2, 1000};
}

TEST(JudgeConfirm, GrantsUntilTheHoldExpiresAndNotAtThatInstant)
{
	EXPECT_EQ(JudgeConfirm(Of(Status::kHeld), 2, 999), Claim::kGranted);
	EXPECT_EQ(JudgeConfirm(Of(Status::kHeld), 2, 1000), Claim::kExpired);
}

TEST(JudgeConfirm, RepeatsWhatWasConfirmedHoweverLate)
{
	EXPECT_EQ(JudgeConfirm(Of(Status::kConfirmed), 2, 5000), Claim::kRepeated);
}

TEST(JudgeConfirm, RefusesWhatIsOverEvenIfTheClockGoesBack)
{
	EXPECT_EQ(JudgeConfirm(Of(Status::kReleased), 2, 0), Claim::kReleased);
	EXPECT_EQ(JudgeConfirm(Of(Status::kExpired), 2, 0), Claim::kExpired);
}

TEST(JudgeRelease, GrantsAHoldThatNobodyHasReaped)
{
	EXPECT_EQ(JudgeRelease(Of(Status::kHeld), 2), Claim::kGranted);
}

TEST(JudgeRelease, RepeatsAndRefuses)
{
	EXPECT_EQ(JudgeRelease(Of(Status::kReleased), 2), Claim::kRepeated);
	EXPECT_EQ(JudgeRelease(Of(Status::kExpired), 2), Claim::kExpired);
	EXPECT_EQ(JudgeRelease(Of(Status::kConfirmed), 2), Claim::kConfirmed);
}

TEST(JudgeExtend, GrantsUntilTheHoldExpiresAndNotAtThatInstant)
{
	EXPECT_EQ(JudgeExtend(Of(Status::kHeld), 2, 999), Claim::kGranted);
	EXPECT_EQ(JudgeExtend(Of(Status::kHeld), 2, 1000), Claim::kExpired);
}

TEST(JudgeExtend, RefusesWhatIsOverEvenIfTheClockGoesBack)
{
	EXPECT_EQ(JudgeExtend(Of(Status::kConfirmed), 2, 0), Claim::kConfirmed);
	EXPECT_EQ(JudgeExtend(Of(Status::kReleased), 2, 0), Claim::kReleased);
	EXPECT_EQ(JudgeExtend(Of(Status::kExpired), 2, 0), Claim::kExpired);
}

TEST(JudgeTakeOver, JudgesAsExtendDoesWithoutAFence)
{
	for (const Status status :
		 {Status::kHeld, Status::kConfirmed, Status::kReleased, Status::kExpired})
		for (const std::int64_t now : {0, 999, 1000, 5000})
			EXPECT_EQ(JudgeTakeOver(Of(status), now), JudgeExtend(Of(status), 2, now));
}

TEST(Judge, LooksAtTheFenceFirst)
{
	for (const Status status :
		 {Status::kHeld, Status::kConfirmed, Status::kReleased, Status::kExpired}) {
		for (const std::int64_t fence : {-1, 0, 1, 3}) {
			EXPECT_EQ(JudgeConfirm(Of(status), fence, 0), Claim::kStaleFence);
			EXPECT_EQ(JudgeRelease(Of(status), fence), Claim::kStaleFence);
			EXPECT_EQ(JudgeExtend(Of(status), fence, 0), Claim::kStaleFence);
		}
	}
}

TEST(StatusWord, IsReadBackAsTheSameStatus)
{
	for (const Status status :
		 {Status::kHeld, Status::kConfirmed, Status::kReleased, Status::kExpired})
		EXPECT_EQ(ParseStatus(StatusWord(status)), status);
	EXPECT_THROW(ParseStatus("Held"), Error);
	EXPECT_THROW(ParseStatus(""), Error);
}

} // namespace
} // namespace mezzanine::core

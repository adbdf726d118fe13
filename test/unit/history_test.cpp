// The checker of histories: it explains what an exact inventory may answer, and catches
// what it may not.
#include "history/checker.h"
#include "history/simulator.h"

#include "random.h"

#include <gtest/gtest.h>

#include <sstream>

namespace mezzanine::history
{
namespace
{

using Kind = Violation::Kind;

Call Reserve(Time asked, Time answered, int hold, std::int64_t units, Time expires = kNever)
{
	Call call;
	call.asked = asked;
	call.answered = answered;
	call.hold = hold;
	call.expires = expires;
	call.units = {{0, units}};
	return call;
}

Call Rejected(Time asked, Time answered, std::int64_t there)
{
	Call call;
	call.answer = Answer::kRejected;
	call.asked = asked;
	call.answered = answered;
	call.shortages = {{{0}, there}};
	return call;
}

Call Settle(Verb verb, Time asked, Time answered, int hold, std::int64_t units)
{
	Call call = Reserve(asked, answered, hold, units);
	call.verb = verb;
	return call;
}

Call Receive(Time asked, Time answered, std::int64_t units)
{
	Call call = Reserve(asked, answered, -1, units);
	call.verb = Verb::kReceive;
	return call;
}

Call Mark(Verb verb, Time when)
{
	Call call;
	call.verb = verb;
	call.asked = call.answered = when;
	return call;
}

// One item with `units` at the start.
History Of(std::int64_t units, std::vector<Transaction> transactions)
{
	return {{{"lamp", units}}, std::move(transactions)};
}

Transaction Ended(End end, Time when, std::vector<Call> calls)
{
	return {0, false, end, when, std::move(calls)};
}

Transaction Single(Call call)
{
	return {0, true, End::kCommitted, 0, {std::move(call)}};
}

std::vector<Kind> Kinds(const History &history)
{
	std::vector<Kind> kinds;
	for (const Violation &violation : Check(history))
		kinds.push_back(violation.kind);
	return kinds;
}

const std::vector<Kind> kNone;

// --- rejections ---

// The planted bug of the issue: the other may still roll back, and then there is enough.
TEST(Check, CatchesARejectionWhileAnothersHoldIsInFlight)
{
	for (const End end : {End::kCommitted, End::kRolledBack})
		EXPECT_EQ(
			Kinds(Of(5, {Ended(end, 40, {Reserve(10, 12, 0, 3)}), Single(Rejected(20, 30, 2))})),
			std::vector<Kind>{Kind::kRefused});
}

TEST(Check, ExplainsARejectionByACommitThatMayHaveBeenBefore)
{
	EXPECT_EQ(Kinds(Of(5, {Ended(End::kCommitted, 29, {Reserve(10, 12, 0, 3)}),
						   Single(Rejected(20, 30, 2))})),
			  kNone);
}

TEST(Check, CatchesARejectionThatOverlooksWhatWasRolledBack)
{
	EXPECT_EQ(Kinds(Of(5, {Ended(End::kRolledBack, 19, {Reserve(10, 12, 0, 3)}),
						   Single(Rejected(20, 30, 2))})),
			  std::vector<Kind>{Kind::kRefused});
}

TEST(Check, CatchesARejectionWhileAReceiptIsInFlight)
{
	EXPECT_EQ(Kinds(Of(0, {Ended(End::kCommitted, 40, {Receive(10, 12, 3)}),
						   Single(Rejected(20, 30, 0))})),
			  std::vector<Kind>{Kind::kRefused});
	EXPECT_EQ(Kinds(Of(0, {Ended(End::kCommitted, 40, {Receive(10, 21, 3)}),
						   Single(Rejected(20, 30, 0))})),
			  kNone);
}

TEST(Check, CatchesAShortageThatIsOverstated)
{
	const auto claims = [](std::int64_t there) {
		return Kinds(Of(5, {Single(Reserve(10, 12, 0, 3)), Single(Rejected(20, 30, there))}));
	};
	EXPECT_EQ(claims(2), kNone);
	EXPECT_EQ(claims(1), std::vector<Kind>{Kind::kRefused});
}

TEST(Check, CountsATransactionsOwnTakesAsTaken)
{
	EXPECT_EQ(
		Kinds(Of(5, {Ended(End::kCommitted, 40, {Reserve(10, 12, 0, 3), Rejected(20, 30, 2)})})),
		kNone);
}

TEST(Check, GivesBackWhatASavepointTook)
{
	const auto rejects = [](std::int64_t there) {
		return Kinds(Of(5, {Ended(End::kCommitted, 60,
								  {Mark(Verb::kSavepoint, 5), Reserve(10, 12, 0, 3),
								   Mark(Verb::kRollbackTo, 15), Rejected(20, 30, there)})}));
	};
	EXPECT_EQ(rejects(5), kNone);
	EXPECT_EQ(rejects(2), std::vector<Kind>{Kind::kRefused});
}

// Sold for certain only when the savepoint can no longer be rolled back to.
TEST(Check, CatchesARejectionThatASavepointMayStillUndo)
{
	const auto at = [](Time ended) {
		return Kinds(
			Of(5, {Ended(End::kCommitted, ended,
						 {Receive(1, 2, 1), Mark(Verb::kSavepoint, 5), Reserve(10, 12, 0, 6)}),
				   Single(Rejected(20, 30, 0))}));
	};
	EXPECT_EQ(at(25), kNone);
	EXPECT_EQ(at(35), std::vector<Kind>{Kind::kRefused});
}

// --- expiry ---

TEST(Check, CatchesARejectionThatOverlooksAnExpiredHold)
{
	const auto rejects = [](Time expires) {
		return Kinds(Of(3, {Single(Reserve(10, 12, 0, 3, expires)), Single(Rejected(20, 30, 0))}));
	};
	EXPECT_EQ(rejects(21), kNone);
	EXPECT_EQ(rejects(20), std::vector<Kind>{Kind::kRefused});
}

TEST(Check, LetsExpiredUnitsBeSoldAgainAndNotBefore)
{
	const auto sells = [](Time expires) {
		return Kinds(
			Of(3, {Single(Reserve(10, 12, 0, 3, expires)), Single(Reserve(20, 30, 1, 3))}));
	};
	EXPECT_EQ(sells(30), kNone);
	EXPECT_EQ(sells(31), std::vector<Kind>{Kind::kOversold});
}

// Confirmed in time, committed after the end: sold if it commits, and open until then.
TEST(Check, KnowsThatAConfirmationInFlightDecides)
{
	const auto with = [](End end, Call call) {
		return Kinds(Of(3, {Single(Reserve(10, 12, 0, 3, 20)),
							Ended(end, 60, {Settle(Verb::kConfirm, 15, 17, 0, 3)}),
							Single(std::move(call))}));
	};
	EXPECT_EQ(with(End::kCommitted, Rejected(40, 50, 0)), std::vector<Kind>{Kind::kRefused});
	EXPECT_EQ(with(End::kCommitted, Rejected(70, 80, 0)), kNone);
	EXPECT_EQ(with(End::kCommitted, Reserve(40, 50, 1, 3)), std::vector<Kind>{Kind::kOversold});
	EXPECT_EQ(with(End::kRolledBack, Reserve(70, 80, 1, 3)), kNone);
	EXPECT_EQ(with(End::kRolledBack, Rejected(70, 80, 0)), std::vector<Kind>{Kind::kRefused});
}

TEST(Check, FollowsAnExtension)
{
	Call extend = Settle(Verb::kExtend, 15, 17, 0, 0);
	extend.units.clear();
	extend.expires = 40;
	const auto with = [&](Call call) {
		return Kinds(
			Of(3, {Single(Reserve(10, 12, 0, 3, 20)), Single(extend), Single(std::move(call))}));
	};
	EXPECT_EQ(with(Rejected(25, 35, 0)), kNone);
	EXPECT_EQ(with(Reserve(25, 35, 1, 3)), std::vector<Kind>{Kind::kOversold});
	EXPECT_EQ(with(Reserve(25, 45, 1, 3)), kNone);
	EXPECT_EQ(with(Rejected(45, 50, 0)), std::vector<Kind>{Kind::kRefused});
}

TEST(Check, JudgesWhatIsSaidOfAHoldByItsTime)
{
	const auto with = [](Answer answer, Time asked, Time answered) {
		Call confirm = Settle(Verb::kConfirm, asked, answered, 0, 3);
		confirm.answer = answer;
		return Kinds(Of(3, {Single(Reserve(10, 12, 0, 3, 20)), Single(confirm)}));
	};
	EXPECT_EQ(with(Answer::kDone, 19, 30), kNone);
	EXPECT_EQ(with(Answer::kDone, 20, 30), std::vector<Kind>{Kind::kLate});
	EXPECT_EQ(with(Answer::kExpired, 19, 20), kNone);
	EXPECT_EQ(with(Answer::kExpired, 15, 19), std::vector<Kind>{Kind::kEarly});
	EXPECT_EQ(with(Answer::kSettled, 15, 19), std::vector<Kind>{Kind::kNeverSettled});
}

// --- acceptances ---

Call TakeOver(Time asked, Time answered, std::int64_t fence, Time expires)
{
	Call call = Settle(Verb::kTakeOver, asked, answered, 0, 0);
	call.units.clear();
	call.granted = fence;
	call.expires = expires;
	return call;
}

TEST(Check, KnowsWhoseFenceIsGood)
{
	const auto confirms = [](std::int64_t fence, Answer answer) {
		Call reserve = Reserve(10, 12, 0, 3, 50);
		reserve.granted = 1;
		Call confirm = Settle(Verb::kConfirm, 30, 31, 0, 3);
		confirm.fence = fence;
		confirm.answer = answer;
		return Kinds(Of(3, {Single(reserve), Single(TakeOver(20, 22, 2, 60)), Single(confirm)}));
	};
	EXPECT_EQ(confirms(2, Answer::kDone), kNone);
	EXPECT_EQ(confirms(1, Answer::kDone), std::vector<Kind>{Kind::kForgotten});
	EXPECT_EQ(confirms(1, Answer::kStale), kNone);
}

TEST(Check, CatchesAFenceThatIsSaidToBeStaleAndIsNot)
{
	Call confirm = Settle(Verb::kConfirm, 15, 17, 0, 3);
	confirm.answer = Answer::kStale;
	for (const Time asked : {18, 16})
		EXPECT_EQ(Kinds(Of(3, {Single(Reserve(10, 12, 0, 3, 50)), Single(confirm),
							   Single(TakeOver(asked, 22, 2, 60))})),
				  asked == 18 ? std::vector<Kind>{Kind::kNeverStale} : kNone);
}

// Answered late: done before somebody else took the hold over, all the same.
TEST(Check, OrdersWhatWasDoneToAHoldByItsFences)
{
	Call release = Settle(Verb::kRelease, 20, 40, 0, 1);
	release.fence = 2;
	Call rest = Settle(Verb::kRelease, 35, 36, 0, 2);
	rest.fence = 3;
	Call reserve = Reserve(10, 12, 0, 3, 50);
	reserve.granted = 1;
	EXPECT_EQ(Kinds(Of(3, {Single(reserve), Single(TakeOver(14, 16, 2, 60)), Single(release),
						   Single(TakeOver(30, 32, 3, 70)), Single(rest)})),
			  kNone);
}

// A fence that was rolled back orders nothing: who waited for that goes by the fence before.
TEST(Check, LetsACallWaitForAFenceThatIsRolledBack)
{
	Call reserve = Reserve(10, 12, 0, 3, 50);
	reserve.granted = 1;
	Call confirm = Settle(Verb::kConfirm, 17, 18, 0, 1);
	confirm.fence = 2;
	Call release = Settle(Verb::kRelease, 15, 40, 0, 3);
	release.fence = 1;
	const Call take_over = TakeOver(14, 16, 2, 60);
	EXPECT_EQ(Kinds(Of(3, {Single(reserve), Ended(End::kRolledBack, 30, {take_over, confirm}),
						   Single(release)})),
			  kNone);
	EXPECT_EQ(Kinds(Of(3, {Single(reserve),
						   Ended(End::kCommitted, 30,
								 {Mark(Verb::kSavepoint, 13), take_over, confirm,
								  Mark(Verb::kRollbackTo, 20)}),
						   Single(release)})),
			  kNone);
}

TEST(Check, CatchesTheLastUnitSoldTwice)
{
	// one after the other, and at the same time
	for (const Time asked : {13, 11})
		EXPECT_EQ(Kinds(Of(1, {Single(Reserve(10, 12, 0, 1)), Single(Reserve(asked, 20, 1, 1))})),
				  std::vector<Kind>{Kind::kOversold});
}

TEST(Check, CatchesUnitsTakenThatMayYetBeRolledBack)
{
	const auto with = [](End end, Time ended) {
		return Kinds(
			Of(0, {Ended(end, ended, {Receive(10, 12, 1)}), Single(Reserve(20, 30, 0, 1))}));
	};
	EXPECT_EQ(with(End::kCommitted, 29), kNone);
	EXPECT_EQ(with(End::kCommitted, 35), std::vector<Kind>{Kind::kOversold});
	EXPECT_EQ(with(End::kRolledBack, 29), std::vector<Kind>{Kind::kOversold});
}

TEST(Check, LetsATransactionTakeWhatItGave)
{
	EXPECT_EQ(
		Kinds(Of(0, {Ended(End::kCommitted, 40, {Receive(10, 12, 1), Reserve(20, 30, 0, 1)})})),
		kNone);
}

TEST(Check, CatchesAHoldSettledTwice)
{
	EXPECT_EQ(
		Kinds(Of(3, {Single(Reserve(10, 12, 0, 3)), Single(Settle(Verb::kRelease, 15, 17, 0, 3)),
					 Single(Settle(Verb::kConfirm, 20, 22, 0, 3))})),
		(std::vector<Kind>{Kind::kSettledTwice}));
}

TEST(Check, KnowsConfirmationsOfAPart)
{
	Call part = Settle(Verb::kConfirm, 15, 16, 0, 1);
	part.keeps = true;
	const auto with = [&](bool keeps, Call call) {
		part.keeps = keeps;
		return Kinds(
			Of(3, {Single(Reserve(10, 12, 0, 3, 40)), Single(part), Single(std::move(call))}));
	};
	EXPECT_EQ(with(true, Rejected(20, 30, 0)), kNone);
	EXPECT_EQ(with(false, Rejected(20, 30, 0)), std::vector<Kind>{Kind::kRefused});
	EXPECT_EQ(with(false, Reserve(20, 30, 1, 2)), kNone);
	EXPECT_EQ(with(true, Reserve(20, 30, 1, 2)), std::vector<Kind>{Kind::kOversold});
	EXPECT_EQ(with(true, Reserve(20, 40, 1, 2)), kNone);
}

// A commit whose answer was lost may have happened or not: both explain.
TEST(Check, AllowsBothEndsWhereNobodyKnows)
{
	const Transaction lost = Ended(End::kUnknown, 15, {Reserve(10, 12, 0, 3)});
	EXPECT_EQ(Kinds(Of(3, {lost, Single(Rejected(20, 30, 0))})), kNone);
	EXPECT_EQ(Kinds(Of(3, {lost, Single(Reserve(20, 30, 1, 3))})), kNone);
	EXPECT_EQ(Kinds(Of(3, {lost, Single(Reserve(20, 30, 1, 4))})),
			  std::vector<Kind>{Kind::kOversold});
}

// Several stocks may serve one line: they must have been short together.
TEST(Check, AddsUpTheStocksThatAShortageNames)
{
	Call rejected = Rejected(20, 30, 3);
	rejected.shortages = {{{0, 1}, 3}};
	History history{{{"lamp north", 1}, {"lamp south", 2}}, {Single(rejected)}};
	EXPECT_EQ(Kinds(history), kNone);
	history.stocks[1].units = 3;
	EXPECT_EQ(Kinds(history), std::vector<Kind>{Kind::kRefused});
}

TEST(UnitsLeft, CountsWhatWasCommittedAndWhatHasExpired)
{
	const History history =
		Of(10, {Single(Reserve(10, 12, 0, 3, 50)), Single(Reserve(10, 12, 1, 2)),
				Ended(End::kRolledBack, 20, {Reserve(14, 15, 2, 4)}), Single(Receive(30, 31, 1))});
	EXPECT_EQ(UnitsLeft(history, 40), std::vector<std::int64_t>{6});
	EXPECT_EQ(UnitsLeft(history, 50), std::vector<std::int64_t>{9});
}

// --- simulated histories ---

std::string ShowAll(const std::vector<Violation> &violations, const History &history)
{
	std::ostringstream text;
	for (const Violation &violation : violations)
		text << violation.text << "\n";
	Write(text, history);
	return text.str();
}

Simulation Drawn(test::Random *random, Plant plant)
{
	return {random->Bits(), static_cast<int>(random->Between(2, 6)),
			static_cast<int>(random->Between(1, 3)), 12, plant};
}

TEST(Simulate, MakesHistoriesThatTheCheckerExplains)
{
	test::Random random(30);
	std::size_t rejected = 0;
	for (int round = 0; round < 1500; ++round) {
		const Simulation simulation = Drawn(&random, Plant::kNone);
		const History history = Simulate(simulation);
		const std::vector<Violation> violations = Check(history);
		ASSERT_TRUE(violations.empty()) << "seed " << simulation.seed << "\n"
										<< ShowAll(violations, history);
		for (const Transaction &transaction : history.transactions)
			for (const Call &call : transaction.calls)
				rejected += call.answer == Answer::kRejected ? 1 : 0;
	}
	EXPECT_GT(rejected, 1000U) << "histories without rejections show little";
}

TEST(Simulate, IsTheSameForTheSameSeed)
{
	EXPECT_EQ(Simulate({7}), Simulate({7}));
	EXPECT_NE(Simulate({7}), Simulate({8}));
}

class PlantTest : public ::testing::TestWithParam<Plant>
{
};

INSTANTIATE_TEST_SUITE_P(
	EveryPlant, PlantTest,
	::testing::Values(Plant::kRejectsWhileAnotherIsInFlight, Plant::kCountsWithoutTheGate,
					  Plant::kAcceptsTwice, Plant::kSeesUncommittedUnits, Plant::kExpiresEarly,
					  Plant::kConfirmsExpired, Plant::kLosesSavepoints, Plant::kForgetsExpired,
					  Plant::kForgetsFences, Plant::kReleasesAll, Plant::kCountsFromNow,
					  Plant::kSellsReturns, Plant::kShipsNothing, Plant::kArrivesTwice));

// Each bug shows within a few hundred short histories, most of them within a few.
TEST_P(PlantTest, IsCaught)
{
	test::Random random(31);
	int histories = 1;
	while (histories < 3000 && Check(Simulate(Drawn(&random, GetParam()))).empty())
		++histories;
	RecordProperty("histories", histories);
	EXPECT_LT(histories, 3000);
}

TEST(History, IsReadAsItWasWritten)
{
	test::Random random(32);
	for (int round = 0; round < 20; ++round) {
		const History history = Simulate(Drawn(&random, Plant::kNone));
		std::stringstream text;
		Write(text, history);
		EXPECT_EQ(Read(text), history);
	}
	std::istringstream nonsense("stock lamp five");
	EXPECT_THROW(Read(nonsense), std::runtime_error);
}

} // namespace
} // namespace mezzanine::history

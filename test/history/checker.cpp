#include "history/checker.h"

#include "history/effects.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <sstream>

namespace mezzanine::history
{

namespace
{

using Kind = Violation::Kind;

// What there is of one stock, as it changes.
class Timeline
{
public:
	explicit Timeline(std::int64_t units) : start_{0, units, units} {}

	void Add(Time when, Range change)
	{
		if (change.worst != 0 || change.best != 0)
			points_.push_back({when, change.worst, change.best});
	}

	// Sums up the changes; the timeline can be read from now on.
	void Seal()
	{
		std::stable_sort(points_.begin(), points_.end(),
						 [](const Point &a, const Point &b) { return a.when < b.when; });
		std::vector<Point> sums = {start_};
		for (const Point &point : points_) {
			Point next = {point.when, sums.back().worst + point.worst,
						  sums.back().best + point.best};
			if (sums.back().when == point.when && sums.size() > 1)
				sums.back() = next;
			else
				sums.push_back(next);
		}
		points_ = std::move(sums);
	}

	std::int64_t BestAt(Time when) const { return At(when)->best; }

	// The times in (from, to] at which something changes.
	void AddChanges(Time from, Time to, std::vector<Time> *times) const
	{
		for (auto point = At(from) + 1; point != points_.end() && point->when <= to; ++point)
			times->push_back(point->when);
	}

	// When the worst falls below zero, each time anew.
	std::vector<std::pair<Time, std::int64_t>> Deficits() const
	{
		std::vector<std::pair<Time, std::int64_t>> deficits;
		for (std::size_t i = 0; i < points_.size(); ++i)
			if (points_[i].worst < 0 && (i == 0 || points_[i].worst < points_[i - 1].worst))
				deficits.emplace_back(points_[i].when, -points_[i].worst);
		return deficits;
	}

private:
	struct Point {
		Time when;
		std::int64_t worst;
		std::int64_t best;
	};

	std::vector<Point>::const_iterator At(Time when) const
	{
		const auto after =
			std::upper_bound(points_.begin(), points_.end(), when,
							 [](Time time, const Point &point) { return time < point.when; });
		return after == points_.begin() ? after : after - 1;
	}

	Point start_;
	std::vector<Point> points_;
};

class Checker
{
public:
	explicit Checker(const History &history) : history_(history)
	{
		for (const Stock &stock : history.stocks)
			timelines_.emplace_back(stock.units);
	}

	std::vector<Violation> Run()
	{
		FollowHolds();
		DrawTimelines();
		CheckWorst();
		for (const Effects &effects : effects_)
			CheckShortages(effects);
		return std::move(violations_);
	}

	std::vector<std::int64_t> Left(Time when)
	{
		FollowHolds();
		std::vector<std::int64_t> left;
		for (std::size_t stock = 0; stock < history_.stocks.size(); ++stock) {
			left.push_back(history_.stocks[stock].units);
			for (const Effects &effects : effects_)
				if (effects.transaction().end == End::kCommitted)
					left.back() += effects.Net(effects.Final(), static_cast<int>(stock), when);
		}
		return left;
	}

private:
	void FollowHolds();
	void NoteCalls(const Transaction &transaction);
	void FollowFences();
	Time OrderOf(const Transaction &transaction) const;
	void FollowTransaction(const Transaction &transaction);
	Holds HoldsBefore(const Transaction &transaction) const;
	void CheckClaim(const Effects &effects, std::size_t number);
	template <typename IsKind>
	bool WasDone(const Transaction &transaction, std::size_t number, IsKind &&is_kind) const;
	bool WasSettled(const Transaction &transaction, std::size_t number) const;
	bool WasPassedOn(const Transaction &transaction, std::size_t number) const;
	void DrawTimelines();
	void CheckWorst();
	void CheckShortages(const Effects &effects);
	bool HasInstant(const Effects &effects, std::size_t number, const Shortage &shortage) const;
	void Report(Kind kind, const std::string &what, const Transaction *transaction,
				const Call *call);

	const History &history_;
	// By hold: what committed transactions have made of it, and when.
	std::map<int, std::vector<std::pair<Time, HoldState>>> versions_;
	// By hold: what was done to it, or rolled back.
	struct Done {
		const Transaction *transaction;
		const Call *call;

		bool counts; // not rolled back: what it granted is what others found

		// Where the call stands among those on its hold: what grants a fence, then what goes by
		// it.  What was rolled back only tells which fence it found.
		std::int64_t place() const
		{
			if (call->granted == 0)
				return 2 * call->fence + 1;
			return counts ? 2 * call->granted : 2 * (call->granted - 1) + 1;
		}
	};
	std::map<int, std::vector<Done>> done_;
	std::map<const Transaction *, Time> ends_; // of those that ended before they were answered
	std::vector<Effects> effects_;
	std::vector<Timeline> timelines_;
	std::vector<Violation> violations_;
};

// When a transaction let go of the rows it had locked, at the latest.
Time LastEnd(const Transaction &transaction)
{
	if (transaction.single && !transaction.calls.empty())
		return transaction.calls.back().answered;
	return transaction.ended;
}

// When it let go of them, as far as the order of those that changed the same hold tells.
Time Checker::OrderOf(const Transaction &transaction) const
{
	const auto end = ends_.find(&transaction);
	return end != ends_.end() ? end->second : LastEnd(transaction);
}

// A call that is its own transaction may be answered long after it was done, and somebody
// may have given the hold another fence in between: then it was done before that.
void Checker::FollowFences()
{
	for (auto &[hold, calls] : done_) {
		std::vector<Done> order = calls;
		std::stable_sort(order.begin(), order.end(),
						 [](const Done &a, const Done &b) { return a.place() > b.place(); });
		Time with_greater = kNever; // when the first with a greater fence was done, at the latest
		Time with_this = kNever;
		for (std::size_t i = 0; i < order.size(); ++i) {
			if (i > 0 && order[i].place() < order[i - 1].place())
				with_greater = with_this;
			const Transaction &transaction = *order[i].transaction;
			if (transaction.single && with_greater <= LastEnd(transaction) &&
				with_greater > order[i].call->asked)
				ends_[&transaction] = with_greater - 1;
			with_this = std::min({with_this, order[i].call->answered, OrderOf(transaction)});
		}
	}
}

// Which calls a savepoint has undone: others could have the hold after that.
std::vector<bool> UndoneCalls(const Transaction &transaction)
{
	std::vector<bool> undone(transaction.calls.size(), false);
	std::vector<std::size_t> savepoints;
	for (std::size_t i = 0; i < transaction.calls.size(); ++i) {
		if (transaction.calls[i].verb == Verb::kSavepoint)
			savepoints.push_back(i);
		if (transaction.calls[i].verb == Verb::kRollbackTo && !savepoints.empty())
			std::fill(undone.begin() + static_cast<std::ptrdiff_t>(savepoints.back()),
					  undone.begin() + static_cast<std::ptrdiff_t>(i), true);
	}
	return undone;
}

// Of what was rolled back, the first call on a hold alone saw it as others had left it.
void Checker::NoteCalls(const Transaction &transaction)
{
	const std::vector<bool> undone = UndoneCalls(transaction);
	std::set<int> seen;
	for (std::size_t i = 0; i < transaction.calls.size(); ++i) {
		const Call &call = transaction.calls[i];
		if (call.answer != Answer::kDone)
			continue;
		const bool counts = transaction.end != End::kRolledBack && !undone[i];
		if (seen.insert(call.hold).second || counts)
			done_[call.hold].push_back({&transaction, &call, counts});
	}
}

void Checker::FollowHolds()
{
	std::vector<const Transaction *> order;
	for (const Transaction &transaction : history_.transactions) {
		order.push_back(&transaction);
		NoteCalls(transaction);
	}
	FollowFences();
	std::stable_sort(
		order.begin(), order.end(),
		[this](const Transaction *a, const Transaction *b) { return OrderOf(*a) < OrderOf(*b); });
	effects_.reserve(order.size());
	for (const Transaction *transaction : order)
		FollowTransaction(*transaction);
}

void Checker::FollowTransaction(const Transaction &transaction)
{
	effects_.emplace_back(transaction, HoldsBefore(transaction));
	const Effects &effects = effects_.back();
	for (std::size_t number = 0; number < transaction.calls.size(); ++number)
		CheckClaim(effects, number);
	if (transaction.end != End::kCommitted)
		return;
	for (const auto &[hold, state] : effects.Final().holds)
		versions_[hold].emplace_back(OrderOf(transaction), state);
}

// The holds of a transaction as it found them: from its first call that did something to a
// hold on, nobody else could.
Holds Checker::HoldsBefore(const Transaction &transaction) const
{
	std::map<int, Time> found;
	for (const Call &call : transaction.calls)
		found.try_emplace(call.hold, call.answered);
	const std::vector<bool> undone = UndoneCalls(transaction);
	for (std::size_t i = transaction.calls.size(); i-- > 0;) {
		const Call &call = transaction.calls[i];
		if (call.answer == Answer::kDone && !undone[i])
			found[call.hold] = std::min(call.answered, OrderOf(transaction));
	}
	Holds before;
	for (const auto &[hold, when] : found) {
		const auto versions = versions_.find(hold);
		if (versions == versions_.end())
			continue;
		for (const auto &[since, state] : versions->second)
			if (since <= when)
				before[hold] = state;
	}
	return before;
}

// Whether a savepoint undid a call and a later one found its hold anew, as others had left it.
bool WasFoundAgain(const Transaction &transaction, std::size_t number)
{
	const std::vector<bool> undone = UndoneCalls(transaction);
	bool again = false;
	for (std::size_t i = number + 1; undone[number] && i < transaction.calls.size(); ++i)
		again =
			again || (!undone[i] && transaction.calls[i].hold == transaction.calls[number].hold);
	return again;
}

// What a call says about its hold, against what is known of it.
void Checker::CheckClaim(const Effects &effects, std::size_t number)
{
	const Transaction &transaction = effects.transaction();
	const Call &call = transaction.calls[number];
	if (call.hold < 0 || call.verb == Verb::kReserve)
		return;
	if (transaction.single && transaction.end != End::kCommitted)
		return; /* its answer was lost */
	if (WasFoundAgain(transaction, number))
		return;
	HoldState state = effects.HoldBefore(number, call.hold);
	if (!state.known)
		return; /* by a transaction of unknown end */
	if (call.answer == Answer::kExpired && call.answered < state.expires)
		Report(Kind::kEarly, "said to have expired before its time", &transaction, &call);
	if (call.answer == Answer::kSettled && !WasSettled(transaction, number))
		Report(Kind::kNeverSettled, "nobody has confirmed or released it", &transaction, &call);
	if (call.answer == Answer::kStale && !WasPassedOn(transaction, number))
		Report(Kind::kNeverStale, "nobody else has got a fence", &transaction, &call);
	if (call.answer != Answer::kDone)
		return;
	if (call.verb != Verb::kRelease && !call.reacquires && call.asked >= state.expires)
		Report(Kind::kLate, "its time was over", &transaction, &call);
	if (call.verb != Verb::kTakeOver && call.fence != state.fence)
		Report(Kind::kForgotten, "its fence was " + std::to_string(state.fence) + " by then",
			   &transaction, &call);
	if (!state.Apply(call))
		Report(Kind::kSettledTwice, "more than it held", &transaction, &call);
}

// Whether a call of that kind may have been done to the hold of call `number` before: by a
// transaction that may have committed by then, or by an earlier call of its own.
template <typename IsKind>
bool Checker::WasDone(const Transaction &transaction, std::size_t number, IsKind &&is_kind) const
{
	const Call &call = transaction.calls[number];
	const auto earlier = transaction.calls.begin() + static_cast<std::ptrdiff_t>(number);
	if (std::any_of(transaction.calls.begin(), earlier, [&](const Call &other) {
			return other.hold == call.hold && other.answer == Answer::kDone && is_kind(other);
		}))
		return true;
	const auto calls = done_.find(call.hold);
	return calls != done_.end() &&
		   std::any_of(calls->second.begin(), calls->second.end(), [&](const Done &other) {
			   return other.transaction->end != End::kRolledBack &&
					  other.call->asked <= call.answered && is_kind(*other.call);
		   });
}

bool Checker::WasSettled(const Transaction &transaction, std::size_t number) const
{
	return WasDone(transaction, number, [](const Call &call) {
		return call.verb == Verb::kConfirm || call.verb == Verb::kRelease;
	});
}

bool Checker::WasPassedOn(const Transaction &transaction, std::size_t number) const
{
	return WasDone(transaction, number, [](const Call &call) {
		return call.verb == Verb::kExtend || call.verb == Verb::kTakeOver;
	});
}

void Checker::DrawTimelines()
{
	for (const Effects &effects : effects_) {
		const std::vector<Time> times = effects.Breakpoints();
		for (const int stock : effects.Stocks()) {
			Range before;
			for (const Time when : times) {
				const Range now = effects.At(stock, when);
				timelines_.at(static_cast<std::size_t>(stock))
					.Add(when, {now.worst - before.worst, now.best - before.best});
				before = now;
			}
		}
	}
	for (Timeline &timeline : timelines_)
		timeline.Seal();
}

void Checker::CheckWorst()
{
	for (std::size_t stock = 0; stock < timelines_.size(); ++stock) {
		for (const auto &[when, units] : timelines_[stock].Deficits()) {
			std::ostringstream what;
			what << history_.stocks[stock].name << ": " << units
				 << " units promised that were not there, at " << when;
			Report(Kind::kOversold, what.str(), nullptr, nullptr);
		}
	}
}

void Checker::CheckShortages(const Effects &effects)
{
	const std::vector<Call> &calls = effects.transaction().calls;
	for (std::size_t number = 0; number < calls.size(); ++number)
		for (const Shortage &shortage : calls[number].shortages)
			if (!HasInstant(effects, number, shortage))
				Report(Kind::kRefused, "there were more at every instant", &effects.transaction(),
					   &calls[number]);
}

bool Checker::HasInstant(const Effects &effects, std::size_t number, const Shortage &shortage) const
{
	const Call &call = effects.transaction().calls[number];
	std::vector<Time> times = {call.asked, call.answered};
	for (const int stock : shortage.stocks)
		timelines_.at(static_cast<std::size_t>(stock))
			.AddChanges(call.asked, call.answered, &times);
	return std::any_of(times.begin(), times.end(), [&](Time when) {
		std::int64_t best = 0;
		for (const int stock : shortage.stocks)
			best += timelines_.at(static_cast<std::size_t>(stock)).BestAt(when) -
					effects.At(stock, when).best + effects.OwnBefore(number, stock, when);
		return best <= shortage.there;
	});
}

void Checker::Report(Kind kind, const std::string &what, const Transaction *transaction,
					 const Call *call)
{
	std::ostringstream text;
	text << what;
	if (transaction != nullptr)
		text << "\n  session " << transaction->session << ": " << Describe(history_, *call);
	violations_.push_back({kind, text.str()});
}

} // namespace

std::vector<Violation> Check(const History &history)
{
	return Checker(history).Run();
}

std::vector<std::int64_t> UnitsLeft(const History &history, Time when)
{
	return Checker(history).Left(when);
}

} // namespace mezzanine::history

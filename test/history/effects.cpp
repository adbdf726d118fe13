#include "history/effects.h"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace mezzanine::history
{

namespace
{

bool TakesEffect(const Call &call)
{
	return call.answer == Answer::kDone && call.verb != Verb::kSavepoint &&
		   call.verb != Verb::kRollbackTo;
}

bool MovesUnits(const Call &call)
{
	switch (call.verb) {
	case Verb::kReceive:
	case Verb::kAdjust:
	case Verb::kCount:
	case Verb::kReturn:
	case Verb::kShip:
	case Verb::kArrive:
		return true;
	default:
		return false;
	}
}

} // namespace

bool HoldState::Apply(const Call &call)
{
	bool enough = true;
	if (call.verb == Verb::kReserve) {
		for (const Units &units : call.units)
			parts[units.stock].kept += units.units;
		known = true;
		expires = call.expires;
		fence = call.granted;
		return enough;
	}
	if (call.verb == Verb::kExtend || call.verb == Verb::kTakeOver) {
		// Both only grow: so it is for two whose answers came in another order.
		expires = std::max(expires, call.expires);
		fence = std::max(fence, call.granted);
		return enough;
	}
	for (const Units &units : call.units) {
		Part &part = parts[units.stock];
		part.kept -= units.units;
		part.sold += call.verb == Verb::kConfirm ? units.units : 0;
		enough = enough && part.kept >= 0;
	}
	if (call.verb == Verb::kConfirm && !call.keeps)
		for (auto &[stock, part] : parts)
			part.kept = 0;
	return enough;
}

std::int64_t HoldState::At(int stock, Time when) const
{
	const auto part = parts.find(stock);
	if (part == parts.end())
		return 0;
	return -part->second.sold - (when < expires ? part->second.kept : 0);
}

bool Outcome::Apply(const Call &call, const Holds &before)
{
	if (MovesUnits(call)) {
		for (const Units &units : call.units)
			given[units.stock] += units.units;
		return true;
	}
	if (!holds.contains(call.hold) && before.contains(call.hold))
		holds[call.hold] = before.at(call.hold);
	return holds[call.hold].Apply(call);
}

Effects::Effects(const Transaction &transaction, const Holds &before) : transaction_(&transaction)
{
	for (const Call &call : transaction.calls) {
		const auto hold = before.find(call.hold);
		if (hold != before.end())
			before_.insert(*hold);
	}

	std::vector<Outcome> outcomes = {Outcome{}, Outcome{}};
	phases_.push_back(outcomes);
	for (const Call &call : transaction.calls) {
		Time latest = call.answered;
		if (call.verb == Verb::kSavepoint) {
			outcomes.push_back(outcomes.back());
		} else if (call.verb == Verb::kRollbackTo) {
			if (outcomes.size() < 3)
				throw std::runtime_error("not a history: there is no savepoint");
			outcomes.back() = outcomes[outcomes.size() - 2];
		} else if (TakesEffect(call)) {
			// Done by a clock that had not come to the hold's end.
			const Time expires = HoldBefore(latest_.size(), call.hold).expires;
			if (call.verb != Verb::kReserve && !call.reacquires && expires != kNever)
				latest = std::max(call.asked, std::min(latest, expires));
			outcomes.back().Apply(call, before_);
		}
		latest_.push_back(latest);
		phases_.push_back(outcomes);
	}
}

std::int64_t Effects::Net(const Outcome &outcome, int stock, Time when) const
{
	const auto given = outcome.given.find(stock);
	std::int64_t net = given == outcome.given.end() ? 0 : given->second;
	for (const auto &[hold, state] : outcome.holds) {
		const auto before = before_.find(hold);
		net += state.At(stock, when);
		net -= before == before_.end() ? 0 : before->second.At(stock, when);
	}
	return net;
}

bool Effects::IsOver(Time when) const
{
	if (transaction_->single)
		return transaction_->calls.empty() || when >= transaction_->calls.back().answered;
	return when >= transaction_->ended;
}

bool Effects::MayBeIn(std::size_t phase, Time when) const
{
	if (phase > 0 && when < transaction_->calls[phase - 1].asked)
		return false;
	return phase == latest_.size() || when < latest_[phase];
}

Range Effects::InFlight(std::size_t phase, int stock, Time when) const
{
	Range range;
	for (const Outcome &outcome : phases_[phase]) {
		const std::int64_t net = Net(outcome, stock, when);
		range.worst = std::min(range.worst, net);
		range.best = std::max(range.best, net);
	}
	return range;
}

Range Effects::Ended(int stock, Time when) const
{
	if (transaction_->end == End::kRolledBack)
		return {};
	const std::int64_t net = Net(Final(), stock, when);
	if (transaction_->end == End::kCommitted)
		return {net, net};
	return {std::max<std::int64_t>(0, net), std::min<std::int64_t>(0, net)};
}

Range Effects::At(int stock, Time when) const
{
	if (IsOver(when))
		return Ended(stock, when);
	bool any = false;
	Range easiest;
	const auto consider = [&](const Range &range) {
		easiest.worst = any ? std::max(easiest.worst, range.worst) : range.worst;
		easiest.best = any ? std::min(easiest.best, range.best) : range.best;
		any = true;
	};
	for (std::size_t phase = 0; phase < phases_.size(); ++phase)
		if (MayBeIn(phase, when))
			consider(InFlight(phase, stock, when));
	if (transaction_->single && when >= transaction_->calls.front().asked)
		consider(Ended(stock, when));
	return easiest;
}

std::int64_t Effects::OwnBefore(std::size_t call, int stock, Time when) const
{
	return Net(phases_[call].back(), stock, when);
}

HoldState Effects::HoldBefore(std::size_t call, int hold) const
{
	const Holds &own = phases_[call].back().holds;
	if (own.contains(hold))
		return own.at(hold);
	return before_.contains(hold) ? before_.at(hold) : HoldState{};
}

std::vector<int> Effects::Stocks() const
{
	std::set<int> stocks;
	for (const Call &call : transaction_->calls)
		for (const Units &units : call.units)
			stocks.insert(units.stock);
	// An extension, and a confirmation that gives the rest back, name no stock.
	for (const auto &[hold, state] : before_)
		for (const auto &[stock, part] : state.parts)
			stocks.insert(stock);
	return {stocks.begin(), stocks.end()};
}

std::vector<Time> Effects::Breakpoints() const
{
	std::set<Time> times;
	if (!transaction_->single)
		times.insert(transaction_->ended);
	for (std::size_t i = 0; i < transaction_->calls.size(); ++i) {
		times.insert(transaction_->calls[i].asked);
		times.insert(transaction_->calls[i].answered);
		times.insert(latest_[i]);
	}
	const auto add = [&](const Holds &holds) {
		for (const auto &[hold, state] : holds)
			if (state.expires != kNever)
				times.insert(state.expires);
	};
	add(before_);
	for (const std::vector<Outcome> &outcomes : phases_)
		add(outcomes.back().holds);
	return {times.begin(), times.end()};
}

} // namespace mezzanine::history

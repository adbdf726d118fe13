#include "history/session.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

namespace mezzanine::history
{

namespace
{

using client::Parameters;
using client::Result;

// When a transaction whose connection was lost may have ended at the earliest: some time in
// its last call that was answered, for the answer may have been read long after.
Time EndOfLost(const Transaction &transaction, Time otherwise)
{
	return transaction.calls.empty() ? otherwise : transaction.calls.back().asked;
}

} // namespace

std::string Shop::Location(int stock) const
{
	return locations == 1 ? "main" : stock % locations == 0 ? "north" : "south";
}

std::vector<int> Shop::StocksOf(const std::string &item, const std::string &location) const
{
	std::vector<int> named;
	const int first = std::stoi(item.substr(prefix.size())) * locations;
	for (int stock = first; stock < first + locations; ++stock)
		if (location == "-" || Location(stock) == location)
			named.push_back(stock);
	return named;
}

Session::Session(Shop *shop, int number, std::uint64_t seed)
	: shop_(shop), number_(number), random_(seed)
{
}

void Session::Run(client::Connection *connection)
{
	connection_ = connection;
	while (shop_->calls_left > 0 && connection_->alive()) {
		transaction_ = Transaction{};
		transaction_.session = number_;
		xid_.clear();
		fresh_.clear();
		marks_ = {{holds_, {}, transfers_}};
		if (Percent(10))
			RunBatch();
		else if (OneIn(2))
			RunSingle();
		else
			RunTransaction();
	}
}

// --- transactions ---

void Session::RunSingle()
{
	transaction_.single = true;
	(void)Step();
	transactions_.push_back(transaction_);
	Publish();
}

void Session::RunTransaction()
{
	constexpr std::array<const char *, 3> kLevels = {"READ COMMITTED", "REPEATABLE READ",
													 "SERIALIZABLE"};
	const std::string level = kLevels.at(static_cast<std::size_t>(Draw(0, 2)));
	if (!Try("BEGIN ISOLATION LEVEL " + level).ok())
		return; /* killed */
	in_block_ = true;
	for (std::int64_t calls = Draw(1, 5); calls > 0 && in_block_; --calls) {
		if (OneIn(4)) {
			if (!SetSavepoint())
				return;
		} else if (marks_.size() > 1 && OneIn(3)) {
			if (!RollBackTo(Now()))
				return;
		} else if (!Step()) {
			return;
		}
		Think();
	}
	EndTransaction(!in_block_ || OneIn(4));
}

// The client thinks, now and then, and holds what it holds.
void Session::Think()
{
	if (OneIn(4))
		std::this_thread::sleep_for(std::chrono::microseconds(Draw(0, 2000)));
}

// One call.  Returns whether the transaction, or the connection, is still there; what an
// error leaves of it is rolled back here.
bool Session::Step()
{
	--shop_->calls_left;
	Call call = DrawCall();
	const Reply reply = Ask(&call);
	if (reply.lost)
		return Lose(call);
	transaction_.calls.push_back(call);
	const bool failed = connection_->alive() && !reply.result.ok();
	if (!failed || transaction_.single)
		return true;
	// The server has undone it when it raised the error.
	if (marks_.size() > 1 && OneIn(2))
		return RollBackTo(call.asked);
	in_block_ = false;
	transaction_.ended = call.asked;
	return true;
}

bool Session::SetSavepoint()
{
	Call call;
	call.verb = Verb::kSavepoint;
	call.asked = Now();
	const bool done = Try("SAVEPOINT s").ok();
	call.answered = Now();
	if (!done)
		return Lose(call);
	transaction_.calls.push_back(call);
	marks_.push_back({holds_, fresh_, transfers_});
	return true;
}

// Rolls back to the latest savepoint; its effects may have been gone since `from`.
bool Session::RollBackTo(Time from)
{
	Call call;
	call.verb = Verb::kRollbackTo;
	call.asked = from;
	const bool done = Try("ROLLBACK TO s").ok();
	call.answered = Now();
	if (!done)
		return Lose(call);
	transaction_.calls.push_back(call);
	GoBackTo(marks_.back());
	return true;
}

void Session::GoBackTo(const Mark &mark)
{
	holds_ = mark.holds;
	fresh_ = mark.fresh;
	transfers_ = mark.transfers;
}

void Session::EndTransaction(bool rolled_back)
{
	const bool aborted = !in_block_;
	if (!aborted)
		transaction_.ended = Now();
	transaction_.end = rolled_back ? End::kRolledBack : End::kCommitted;
	in_block_ = false;
	const Result result = Try(rolled_back ? "ROLLBACK" : "COMMIT");
	if (!result.ok() && connection_->alive() && !IsEndOfSession(result.sqlstate()))
		throw client::SqlError(result.sqlstate(), result.message());
	if (!result.ok() && rolled_back && !aborted)
		transaction_.ended = EndOfLost(transaction_, transaction_.ended);
	if (!result.ok() && !rolled_back && !xid_.empty()) { /* Resolve finds out */
		transaction_.end = End::kUnknown;
		lost_.push_back({transactions_.size(), xid_, ""});
		transfers_.clear(); /* nobody knows which are still on their way */
	}
	transactions_.push_back(transaction_);
	if (transaction_.end == End::kCommitted)
		Publish();
	else if (transaction_.end == End::kRolledBack)
		GoBackTo(marks_.front());
}

// The connection is gone, in the middle of `call` or before it.  A transaction that had not
// come to its COMMIT is rolled back.
bool Session::Lose(const Call &call)
{
	if (transaction_.single) {
		transaction_.end = End::kUnknown;
		transaction_.calls.push_back(call);
		lost_.push_back({transactions_.size(), "", reference_});
		transfers_.clear();
		return false; /* RunSingle keeps it */
	}
	in_block_ = false;
	transaction_.end = End::kRolledBack;
	transaction_.ended = EndOfLost(transaction_, call.asked);
	transactions_.push_back(transaction_);
	GoBackTo(marks_.front());
	return false;
}

// What was reserved may be settled from now on, some of it by everybody.
void Session::Publish()
{
	if (transaction_.end != End::kCommitted)
		return;
	for (Hold &hold : fresh_) {
		if (OneIn(4)) {
			hold.shared = true;
			const std::lock_guard<std::mutex> lock(shop_->mutex);
			shop_->open_to_all.push_back(hold);
		} else {
			holds_.push_back(hold);
		}
	}
	fresh_.clear();
}

// --- what to ask ---

Call Session::DrawCall()
{
	const std::int64_t kind = Draw(1, 100);
	if (kind <= 12) {
		Call call;
		call.verb = Verb::kReceive;
		call.units = {
			{static_cast<int>(Draw(0, shop_->stocks - 1)), Draw(1, 3 + shop_->units / 8)}};
		return call;
	}
	if (kind <= 18) {
		Call call;
		call.verb = Verb::kAdjust;
		const std::int64_t delta = Draw(1, 3);
		call.units = {{static_cast<int>(Draw(0, shop_->stocks - 1)), OneIn(2) ? delta : -delta}};
		return call;
	}
	if (kind <= 30)
		return DrawSettle(Verb::kConfirm);
	if (kind <= 43)
		return DrawSettle(Verb::kRelease);
	if (kind <= 47)
		return DrawSettle(Verb::kExtend);
	if (kind <= 50)
		return DrawSettle(Verb::kTakeOver);
	if (kind <= 52)
		return DrawMove(Verb::kReturn);
	if (kind <= 54 && shop_->locations > 1)
		return DrawMove(Verb::kShip);
	if (kind <= 56 && !transfers_.empty())
		return DrawMove(Verb::kArrive);
	return DrawReserve(true);
}

Call Session::DrawMove(Verb verb)
{
	Call call;
	call.verb = verb;
	call.units = {{static_cast<int>(Draw(0, shop_->stocks - 1)), Draw(1, 3)}};
	if (verb == Verb::kShip)
		call.units[0].units *= -1;
	if (verb == Verb::kArrive)
		call.units = {{transfers_.back().to, OneIn(2) ? transfers_.back().units : 1}};
	return call;
}

Call Session::DrawReserve(bool anywhere)
{
	Call call;
	call.verb = Verb::kReserve;
	// Each item in one line only: who serves the lines of one is not said.
	std::map<int, Asked> lines;
	for (std::int64_t line = OneIn(3) ? Draw(1, 4) : 1; line > 0; --line) {
		const Asked drawn = DrawLine(anywhere);
		lines.try_emplace(drawn.stocks[0] / shop_->locations, drawn);
	}
	asked_.clear();
	for (const auto &[item, line] : lines) {
		asked_.push_back(line);
		call.units.push_back({line.stocks[0], line.units});
	}
	return call;
}

Session::Asked Session::DrawLine(bool anywhere)
{
	const int stock = static_cast<int>(Draw(0, shop_->stocks - 1));
	const std::string location = anywhere && OneIn(2) ? "-" : shop_->Location(stock);
	return {shop_->StocksOf(shop_->Item(stock), location), Draw(1, Percent(20) ? shop_->units : 3)};
}

// A hold of its own, made in this transaction or before, or one that others want as well.
Call Session::DrawSettle(Verb verb)
{
	target_ = Hold{};
	std::vector<Hold> *from = !fresh_.empty() && OneIn(3) ? &fresh_ : &holds_;
	if (verb != Verb::kExtend && OneIn(3)) {
		const std::lock_guard<std::mutex> lock(shop_->mutex);
		const auto count = static_cast<std::int64_t>(shop_->open_to_all.size());
		if (count > 0) /* a late one, so that others are at it */
			target_ = shop_->open_to_all.at(
				static_cast<std::size_t>(Draw(std::max<std::int64_t>(0, count - 4), count - 1)));
	} else if (!from->empty()) {
		const std::int64_t chosen = Draw(0, static_cast<std::int64_t>(from->size()) - 1);
		target_ = from->at(static_cast<std::size_t>(chosen));
		from->erase(from->begin() + chosen);
	}
	if (target_.number < 0)
		return DrawReserve(true);
	Call call;
	call.verb = verb;
	call.hold = target_.number;
	call.fence = verb == Verb::kTakeOver ? 0 : std::stoll(target_.fence);
	call.units = target_.units;
	return call;
}

} // namespace mezzanine::history

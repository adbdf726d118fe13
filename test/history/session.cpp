#include "history/session.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <sstream>
#include <thread>

namespace mezzanine::history
{

namespace
{

using client::Parameters;
using client::Result;

Time Now()
{
	return std::chrono::duration_cast<std::chrono::nanoseconds>(
			   std::chrono::system_clock::now().time_since_epoch())
		.count();
}

constexpr Time kPerMicrosecond = 1000;

// When a transaction whose connection was lost may have ended at the earliest: some time in
// its last call that was answered, for the answer may have been read long after.
Time EndOfLost(const Transaction &transaction, Time otherwise)
{
	return transaction.calls.empty() ? otherwise : transaction.calls.back().asked;
}

// Lines as "item units item units", and the time in microseconds.
constexpr const char *kColumns =
	"SELECT status, replayed, reservation, fence, "
	"(extract(epoch FROM expires_at) * 1000000)::bigint AS expires, "
	"(SELECT string_agg(l.sku || ' ' || l.quantity, ' ') FROM unnest(lines) l) AS lines, "
	"(SELECT string_agg(l.sku || ' ' || l.quantity, ' ') FROM unnest(shortfall) l) AS missing, "
	"pg_current_xact_id_if_assigned() AS xid FROM ";

} // namespace

int Shop::StockOf(const std::string &item) const
{
	return std::stoi(item.substr(prefix.size()));
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
		marks_ = {{holds_, {}}};
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

// Several carts in one call: as if they came one by one, all of them within it.
void Session::RunBatch()
{
	transaction_.single = true;
	std::ostringstream requests;
	for (std::int64_t number = Draw(2, 5); number > 0; --number) {
		Call call = DrawReserve();
		requests << (transaction_.calls.empty() ? "" : ", ") << "ROW(NULL, '" << Lines(call.units)
				 << "'::inventory.line[], '" << (OneIn(3) ? Draw(2, 80) : 600000)
				 << " milliseconds', NULL)::inventory.request";
		transaction_.calls.push_back(call);
	}
	shop_->calls_left -= static_cast<int>(transaction_.calls.size());
	const Time asked = Now();
	const Result result = Try(std::string(kColumns) + "inventory.reserve_many(ARRAY[" +
								  requests.str() + "], wait => '300 milliseconds')",
							  {});
	const Time answered = Now();
	for (std::size_t i = 0; i < transaction_.calls.size(); ++i) {
		Call *call = &transaction_.calls[i];
		call->asked = asked;
		call->answered = answered;
		if (result.ok())
			UnderstandHeld(call, result, static_cast<int>(i));
		else if (!connection_->alive() || result.sqlstate().empty() || result.sqlstate() == "57P01")
			transaction_.end = End::kUnknown;
		else
			UnderstandError(call, result.sqlstate(), result.message());
	}
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
	marks_.push_back({holds_, fresh_});
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
	holds_ = marks_.back().holds;
	fresh_ = marks_.back().fresh;
	return true;
}

void Session::EndTransaction(bool rolled_back)
{
	const bool aborted = !in_block_;
	if (!aborted)
		transaction_.ended = Now();
	transaction_.end = rolled_back ? End::kRolledBack : End::kCommitted;
	in_block_ = false;
	const Result result = Try(rolled_back ? "ROLLBACK" : "COMMIT");
	if (!result.ok() && connection_->alive() && !result.sqlstate().empty() &&
		result.sqlstate() != "57P01")
		throw client::SqlError(result.sqlstate(), result.message());
	if (!result.ok() && !aborted)
		transaction_.ended = EndOfLost(transaction_, transaction_.ended);
	if (!result.ok() && !rolled_back && !xid_.empty()) {
		transaction_.end = End::kUnknown;
		lost_.push_back({transactions_.size(), xid_, ""});
	}
	transactions_.push_back(transaction_);
	if (transaction_.end == End::kCommitted)
		Publish();
	else if (transaction_.end == End::kRolledBack)
		holds_ = marks_.front().holds;
}

// The connection is gone, in the middle of `call` or before it.  A transaction that had not
// come to its COMMIT is rolled back.
bool Session::Lose(const Call &call)
{
	if (transaction_.single) {
		transaction_.end = End::kUnknown;
		transaction_.calls.push_back(call);
		lost_.push_back({transactions_.size(), "", reference_});
		return false; /* RunSingle keeps it */
	}
	in_block_ = false;
	transaction_.end = End::kRolledBack;
	transaction_.ended = EndOfLost(transaction_, call.asked);
	transactions_.push_back(transaction_);
	holds_ = marks_.front().holds;
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
	if (kind <= 32)
		return DrawSettle(Verb::kConfirm);
	if (kind <= 46)
		return DrawSettle(Verb::kRelease);
	if (kind <= 51)
		return DrawSettle(Verb::kExtend);
	return DrawReserve();
}

Call Session::DrawReserve()
{
	Call call;
	call.verb = Verb::kReserve;
	std::map<int, std::int64_t> wanted;
	for (std::int64_t lines = OneIn(3) ? Draw(1, 4) : 1; lines > 0; --lines)
		wanted[static_cast<int>(Draw(0, shop_->stocks - 1))] +=
			Draw(1, Percent(20) ? shop_->units : 3);
	for (const auto &[stock, units] : wanted)
		call.units.push_back({stock, units});
	return call;
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
		return DrawReserve();
	Call call;
	call.verb = verb;
	call.hold = target_.number;
	call.units = target_.units;
	return call;
}

// --- asking ---

// A statement; a result that is not ok where the connection has gone.
Result Session::Try(const std::string &sql, const Parameters &parameters)
{
	try {
		return connection_->Try(sql, parameters);
	} catch (const client::SqlError &error) {
		if (!error.sqlstate().empty())
			throw;
		return {};
	}
}

Session::Reply Session::Send(Call *call, const std::string &sql, const Parameters &parameters)
{
	Reply reply;
	call->asked = Now();
	reply.result = Try(sql, parameters);
	call->answered = Now();
	const std::string state = reply.result.ok() ? "" : reply.result.sqlstate();
	reply.lost =
		!connection_->alive() || (!reply.result.ok() && (state.empty() || state == "57P01"));
	if (reply.lost)
		return reply;
	if (reply.result.ok())
		Understand(call, reply.result);
	else
		UnderstandError(call, state, reply.result.message());
	return reply;
}

Session::Reply Session::Ask(Call *call)
{
	reference_ = "{\"call\": \"" + shop_->prefix + std::to_string(number_) + "-" +
				 std::to_string(transactions_.size()) + "\"}";
	switch (call->verb) {
	case Verb::kReserve:
		return AskReserve(call);
	case Verb::kReceive:
	case Verb::kAdjust:
		return AskGive(call);
	default:
		return AskSettle(call);
	}
}

std::string Session::Lines(const std::vector<Units> &units) const
{
	std::ostringstream lines;
	for (const Units &one : units)
		lines << (lines.tellp() == 0 ? "{" : ",") << "\"(" << shop_->Item(one.stock) << ","
			  << one.units << ",main)\"";
	return lines.str() + "}";
}

std::string Session::DrawWait()
{
	return Percent(10) ? "0" : Percent(25) ? "20 milliseconds" : "300 milliseconds";
}

Session::Reply Session::AskReserve(Call *call)
{
	const std::string ttl =
		Percent(35) ? std::to_string(Draw(2, 80)) + " milliseconds" : std::string("10 minutes");
	const std::string mode = shop_->has_partial && OneIn(4) ? "partial" : "all";
	return Send(call,
				std::string(kColumns) +
					"inventory.reserve($1::inventory.line[], ttl => $2::interval, mode => $3, "
					"wait => $4::interval, reference => $5::jsonb)",
				{Lines(call->units), ttl, mode, DrawWait(), reference_});
}

Session::Reply Session::AskSettle(Call *call)
{
	if (call->verb == Verb::kConfirm)
		return AskConfirm(call);
	if (call->verb == Verb::kExtend) { /* never shortens */
		const std::int64_t left = std::max<Time>(0, target_.expires - Now()) / 1000000;
		return Send(call, std::string(kColumns) + "inventory.extend($1, $2, $3::interval)",
					{target_.reservation, target_.fence,
					 std::to_string(left + Draw(2, 100)) + " milliseconds"});
	}
	return Send(call, std::string(kColumns) + "inventory.release($1, $2)",
				{target_.reservation, target_.fence});
}

// All of it, or one unit of one line; the rest of a hold of one's own may be kept.
Session::Reply Session::AskConfirm(Call *call)
{
	call->reacquires = OneIn(target_.expires < Now() ? 2 : 8);
	client::Parameters parameters = {target_.reservation,
									 target_.fence,
									 std::nullopt,
									 "release",
									 call->reacquires ? "reacquire" : "reject",
									 DrawWait()};
	if (!target_.shared && !call->reacquires && OneIn(3)) {
		call->units = {{target_.units[0].stock, 1}};
		call->keeps = OneIn(2);
		parameters[2] = Lines(call->units);
		parameters[3] = call->keeps ? "keep" : "release";
	}
	return Send(call,
				std::string(kColumns) +
					"inventory.confirm($1, $2, $3::inventory.line[], $4, $5, wait => $6::interval)",
				parameters);
}

Session::Reply Session::AskGive(Call *call)
{
	const std::string item = shop_->Item(call->units[0].stock);
	const std::string units = std::to_string(call->units[0].units);
	if (call->verb == Verb::kAdjust && number_ == 0 && transaction_.single)
		return AskPolicy(call);
	if (call->verb == Verb::kAdjust)
		return Send(call,
					"SELECT inventory.adjust($1, 'main', $2, 'count'), "
					"pg_current_xact_id_if_assigned() AS xid",
					{item, units});
	return Send(call,
				"SELECT inventory.receive($1, 'main', $2, reference => $3::jsonb), "
				"pg_current_xact_id_if_assigned() AS xid",
				{item, units, reference_});
}

// What is kept back of a stock rises or falls: fewer or more may be had.
Session::Reply Session::AskPolicy(Call *call)
{
	std::int64_t *kept = &safety_stock_[call->units[0].stock];
	const std::int64_t delta = std::min(call->units[0].units, *kept);
	if (delta == 0)
		call->units[0].units = -1;
	else
		call->units[0].units = delta;
	const std::int64_t next = *kept - call->units[0].units;
	Reply reply = Send(call,
					   "SELECT safety_stock, pg_current_xact_id_if_assigned() AS xid FROM "
					   "inventory.set_policy($1, 'main', safety_stock => $2, "
					   "wait => '300 milliseconds')",
					   {shop_->Item(call->units[0].stock), std::to_string(next)});
	if (reply.lost)
		shop_->calls_left = 0; /* nobody knows what it is now: the history ends here */
	else if (reply.result.ok())
		*kept = next;
	return reply;
}

// --- understanding the answer ---

std::vector<Units> Session::ReadUnits(const std::string &text) const
{
	std::vector<Units> units;
	std::istringstream in(text);
	std::string item;
	std::int64_t count = 0;
	while (in >> item >> count)
		units.push_back({shop_->StockOf(item), count});
	return units;
}

void Session::Understand(Call *call, const Result &result)
{
	if (!result.Text(0, "xid").empty())
		xid_ = result.Text(0, "xid");
	if (call->verb == Verb::kReceive || call->verb == Verb::kAdjust)
		return;
	if (call->verb == Verb::kReserve)
		UnderstandHeld(call, result, 0);
	else
		UnderstandSettled(call, result);
}

void Session::UnderstandHeld(Call *call, const Result &result, int row)
{
	UnderstandMissing(call, result, row);
	if (result.Text(row, "status") == "held") {
		call->hold = shop_->next_hold++;
		call->expires = result.Integer(row, "expires") * kPerMicrosecond;
		call->units = ReadUnits(result.Text(row, "lines"));
		fresh_.push_back({call->hold, result.Text(row, "reservation"), result.Text(row, "fence"),
						  call->units, call->expires, false});
		return;
	}
	call->answer = Answer::kRejected;
	call->units.clear();
	if (call->shortages.empty())
		throw std::runtime_error("a rejection that names nothing missing");
}

// Of what the call asked for, what was not there.
void Session::UnderstandMissing(Call *call, const Result &result, int row)
{
	for (const Units &missing : ReadUnits(result.Text(row, "missing")))
		for (const Units &wanted : call->units)
			if (wanted.stock == missing.stock)
				call->shortages.push_back({{wanted.stock}, wanted.units - missing.units});
}

void Session::UnderstandSettled(Call *call, const Result &result)
{
	const std::string status = result.Text(0, "status");
	if (status == "rejected") {
		UnderstandMissing(call, result, 0);
		call->answer = Answer::kRejected;
		call->units.clear();
	} else if (status == "expired" || result.Text(0, "replayed") == "t") {
		call->answer = status == "expired" ? Answer::kExpired : Answer::kSettled;
		call->units.clear();
	} else if (call->verb == Verb::kExtend) {
		call->expires = result.Integer(0, "expires") * kPerMicrosecond;
		target_.expires = call->expires;
		target_.fence = result.Text(0, "fence");
		call->units.clear();
		fresh_.push_back(target_);
	} else if (call->keeps && target_.units[0].units > 1) {
		--target_.units[0].units;
		fresh_.push_back(target_);
	}
}

// Errors that a session must reckon with; others end the test.
void Session::UnderstandError(Call *call, const std::string &sqlstate, const std::string &message)
{
	const std::vector<Units> wanted = call->units;
	call->units.clear();
	if (sqlstate == "MZ002" || sqlstate == "40P01") {
		call->answer = Answer::kContended;
	} else if (sqlstate == "MZ003") {
		call->answer = Answer::kExpired;
	} else if (sqlstate == "MZ005" || sqlstate == "MZ006") {
		call->answer = Answer::kSettled;
	} else if (call->verb == Verb::kAdjust && (sqlstate == "MZ001" || sqlstate == "MZ011")) {
		call->answer = Answer::kRejected;
		call->shortages = {{{wanted[0].stock}, -wanted[0].units - 1}};
	} else {
		throw client::SqlError(sqlstate, message);
	}
}

} // namespace mezzanine::history

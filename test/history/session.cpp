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
	"(SELECT string_agg(concat_ws(' ', l.sku, l.location, l.quantity), ' ') "
	" FROM unnest(lines) l) AS lines, "
	"(SELECT string_agg(concat_ws(' ', l.sku, coalesce(l.location, '-'), l.quantity), ' ') "
	" FROM unnest(shortfall) l) AS missing, "
	"pg_current_xact_id_if_assigned() AS xid FROM ";

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
	std::vector<std::vector<Asked>> carts;
	for (std::int64_t number = Draw(2, 5); number > 0; --number) {
		Call call = DrawReserve(false);
		carts.push_back(asked_);
		requests << (transaction_.calls.empty() ? "" : ", ") << "ROW(NULL, '" << Lines(asked_)
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
			UnderstandHeld(call, carts[i], result, static_cast<int>(i));
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
	// Killed before it could be asked to roll back: some time after its last call was asked.
	if (!result.ok() && rolled_back && !aborted && !transaction_.calls.empty())
		transaction_.ended = transaction_.calls.back().asked;
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
	return DrawReserve(true);
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
			  << one.units << "," << shop_->Location(one.stock) << ")\"";
	return lines.str() + "}";
}

std::string Session::Lines(const std::vector<Asked> &asked) const
{
	std::ostringstream lines;
	for (const Asked &line : asked)
		lines << (lines.tellp() == 0 ? "{" : ",") << "\"(" << shop_->Item(line.stocks[0]) << ","
			  << line.units << ","
			  << (line.stocks.size() > 1 ? "" : shop_->Location(line.stocks[0])) << ")\"";
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
				{Lines(asked_), ttl, mode, DrawWait(), reference_});
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
	const std::string location = shop_->Location(call->units[0].stock);
	const std::string units = std::to_string(call->units[0].units);
	if (call->verb == Verb::kAdjust && number_ == 0 && transaction_.single)
		return AskPolicy(call);
	if (call->verb == Verb::kAdjust)
		return Send(call,
					"SELECT inventory.adjust($1, $2, $3, 'count'), "
					"pg_current_xact_id_if_assigned() AS xid",
					{item, location, units});
	return Send(call,
				"SELECT inventory.receive($1, $2, $3, reference => $4::jsonb), "
				"pg_current_xact_id_if_assigned() AS xid",
				{item, location, units, reference_});
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
					   "inventory.set_policy($1, $2, safety_stock => $3, "
					   "wait => '300 milliseconds')",
					   {shop_->Item(call->units[0].stock), shop_->Location(call->units[0].stock),
						std::to_string(next)});
	if (reply.lost)
		shop_->calls_left = 0; /* nobody knows what it is now: the history ends here */
	else if (reply.result.ok())
		*kept = next;
	return reply;
}

} // namespace mezzanine::history

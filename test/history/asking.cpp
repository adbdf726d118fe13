// What a session asks the server, call by call.
#include "history/session.h"

#include <algorithm>
#include <chrono>
#include <sstream>

namespace mezzanine::history
{

namespace
{

using client::Parameters;
using client::Result;

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

Time Session::Now()
{
	return std::chrono::duration_cast<std::chrono::nanoseconds>(
			   std::chrono::system_clock::now().time_since_epoch())
		.count();
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
		else if (!connection_->alive() || IsEndOfSession(result.sqlstate()))
			transaction_.end = End::kUnknown;
		else
			UnderstandError(call, result.sqlstate(), result.message());
	}
	transactions_.push_back(transaction_);
	Publish();
}

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
	reply.lost = !connection_->alive() || (!reply.result.ok() && IsEndOfSession(state));
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
	case Verb::kConfirm:
		return AskConfirm(call);
	case Verb::kRelease:
		return AskRelease(call);
	case Verb::kExtend:
		return AskExtend(call);
	case Verb::kTakeOver:
		return AskTakeOver(call);
	case Verb::kReturn:
		return AskReturn(call);
	case Verb::kShip:
		return AskShip(call);
	case Verb::kArrive:
		return AskArrive(call);
	default:
		return AskGive(call);
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

Session::Reply Session::AskExtend(Call *call) /* never shortens */
{
	const std::int64_t left = std::max<Time>(0, target_.expires - Now()) / 1000000;
	return Send(call, std::string(kColumns) + "inventory.extend($1, $2, $3::interval)",
				{target_.reservation, target_.fence,
				 std::to_string(left + Draw(2, 100)) + " milliseconds"});
}

// Whoever has the hold, it is this session's from now on.
Session::Reply Session::AskTakeOver(Call *call)
{
	return Send(call,
				std::string(kColumns) +
					"inventory.take_over($1, $2::interval, $3, wait => $4::interval)",
				{target_.reservation, std::to_string(Draw(2, 100)) + " milliseconds", reference_,
				 DrawWait()});
}

// Whether the call is about one unit of a hold of one's own.
bool Session::SellPart(Call *call, int one_in)
{
	if (target_.shared || !OneIn(one_in))
		return false;
	call->units = {{target_.units[0].stock, 1}};
	return true;
}

Session::Reply Session::AskRelease(Call *call)
{
	client::Parameters parameters = {target_.reservation, target_.fence, std::nullopt};
	call->keeps = SellPart(call, 3);
	if (call->keeps)
		parameters[2] = Lines(call->units);
	return Send(call, std::string(kColumns) + "inventory.release($1, $2, $3::inventory.line[])",
				parameters);
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
	if (!call->reacquires && SellPart(call, 3)) {
		call->keeps = OneIn(2);
		parameters[2] = Lines(call->units);
		parameters[3] = call->keeps ? "keep" : "release";
	}
	return Send(call,
				std::string(kColumns) +
					"inventory.confirm($1, $2, $3::inventory.line[], $4, $5, wait => $6::interval)",
				parameters);
}

// Sold goods come back: some can be sold again.
Session::Reply Session::AskReturn(Call *call)
{
	const char *state = OneIn(2) ? "sellable" : OneIn(2) ? "quarantine" : "scrap";
	const Units returned = call->units[0];
	if (std::string(state) != "sellable")
		call->units.clear();
	return Send(call,
				"SELECT inventory.return_stock($1, $2, $3, $4, reference => $5::jsonb), "
				"pg_current_xact_id_if_assigned() AS xid",
				{shop_->Item(returned.stock), shop_->Location(returned.stock),
				 std::to_string(returned.units), state, reference_});
}

Session::Reply Session::AskShip(Call *call)
{
	const int from = call->units[0].stock;
	const int to = from % shop_->locations == 0 ? from + 1 : from - 1;
	const std::int64_t units = -call->units[0].units;
	Reply reply = Send(
		call,
		"SELECT inventory.ship_transfer($1::inventory.line[], $2, $3) AS number, "
		"pg_current_xact_id_if_assigned() AS xid",
		{Lines(std::vector<Units>{{from, units}}), shop_->Location(from), shop_->Location(to)});
	if (!reply.lost && reply.result.ok())
		transfers_.push_back({reply.result.Text(0, "number"), to, units});
	return reply;
}

// Some, or all, of what is on its way arrives.
Session::Reply Session::AskArrive(Call *call)
{
	Transfer transfer = transfers_.back();
	transfers_.pop_back();
	transfer.units -= call->units[0].units;
	Reply reply = Send(call,
					   "SELECT inventory.receive_transfer($1, $2::inventory.line[]) AS left, "
					   "pg_current_xact_id_if_assigned() AS xid",
					   {transfer.number, Lines(call->units)});
	if (reply.lost || !reply.result.ok())
		return reply;
	if (reply.result.Integer(0, "left") != transfer.units)
		throw std::runtime_error(reply.result.Text(0, "left") + " units are on their way, not " +
								 std::to_string(transfer.units));
	if (transfer.units > 0)
		transfers_.push_back(transfer);
	return reply;
}

// Somebody counts, and finds more or fewer units than there were by the books when he began;
// meanwhile they are sold and received.
Session::Reply Session::AskCount(Call *call)
{
	const std::string item = shop_->Item(call->units[0].stock);
	const std::string location = shop_->Location(call->units[0].stock);
	call->asked = call->answered = Now();
	call->answer = Answer::kContended; /* unless it comes to the count */
	const std::int64_t found = call->units[0].units;
	const Result begun = Try("SELECT inventory.count_start($1, $2)", {item, location});
	if (!begun.ok())
		return {};
	Think();
	const Result books =
		Try("SELECT on_hand FROM inventory.count_point WHERE sequence = $1", {begun.Text(0, 0)});
	if (!books.ok())
		return {};
	const std::int64_t counted = std::max<std::int64_t>(0, books.Integer(0, 0) + found);
	call->units[0].units = counted - books.Integer(0, 0);
	call->answer = Answer::kDone;
	Reply reply = Send(call,
					   "SELECT inventory.count($1, $2, $3, $4, 'counted') AS difference, "
					   "pg_current_xact_id_if_assigned() AS xid",
					   {item, location, std::to_string(counted), begun.Text(0, 0)});
	if (reply.lost)
		shop_->calls_left = 0; /* nobody knows what is there now: the history ends here */
	else if (reply.result.ok() && reply.result.Integer(0, "difference") != call->units[0].units)
		throw std::runtime_error("a count corrected by " + reply.result.Text(0, "difference") +
								 ", not by " + std::to_string(call->units[0].units));
	return reply;
}

Session::Reply Session::AskGive(Call *call)
{
	const std::string item = shop_->Item(call->units[0].stock);
	const std::string location = shop_->Location(call->units[0].stock);
	const std::string units = std::to_string(call->units[0].units);
	if (call->verb == Verb::kAdjust && number_ == 0 && transaction_.single) {
		if (OneIn(3))
			return AskPolicy(call);
		call->verb = Verb::kCount;
		return AskCount(call);
	}
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

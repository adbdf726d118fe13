#include "history/clerk.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace mezzanine::history
{

namespace
{

using client::Parameters;
using client::Result;

// Where a unit is, in the words of this file; the names of shops are their own.
constexpr const char *kPlace =
	"CASE state WHEN 'stock' THEN location WHEN 'transit' THEN 'transit ' || transfer "
	"ELSE 'out' END";

bool IsShop(const std::string &place)
{
	return place == "north" || place == "south";
}

const char *Other(const std::string &shop)
{
	return shop == "north" ? "south" : "north";
}

} // namespace

Time ReadClock()
{
	return std::chrono::duration_cast<std::chrono::nanoseconds>(
			   std::chrono::system_clock::now().time_since_epoch())
		.count();
}

void Ledger::Enter(const std::string &serial, const std::string &place)
{
	const std::lock_guard<std::mutex> lock(mutex_);
	places_[serial] = place;
}

std::string Ledger::PlaceOf(const std::string &serial)
{
	const std::lock_guard<std::mutex> lock(mutex_);
	return places_.at(serial);
}

std::vector<std::string> Ledger::Serials()
{
	const std::lock_guard<std::mutex> lock(mutex_);
	std::vector<std::string> serials;
	for (const auto &[serial, place] : places_)
		serials.push_back(serial);
	return serials;
}

bool Clerk::RunTransaction(client::Connection *connection)
{
	constexpr std::array<const char *, 3> kLevels = {"READ COMMITTED", "REPEATABLE READ",
													 "SERIALIZABLE"};
	connection_ = connection;
	pending_.clear();
	xid_.clear();
	gone_ = false;
	if (!Try(std::string("BEGIN ISOLATION LEVEL ") +
				 kLevels.at(static_cast<std::size_t>(Draw(0, 2))),
			 {}))
		return !gone_;
	bool failed = false;
	for (std::int64_t steps = Draw(1, 3); steps > 0 && !failed; --steps) {
		const std::vector<UnitMove> before = pending_;
		const bool guarded = OneIn(2);
		failed = guarded && !Try("SAVEPOINT s", {});
		failed = failed || !Step();
		if (guarded && !gone_ && (failed || OneIn(3))) {
			pending_ = before;
			failed = !Try("ROLLBACK TO s", {});
		}
	}
	if (!gone_)
		End(failed || OneIn(5));
	return !gone_;
}

// One call, or two that belong together.  False: it has failed.
bool Clerk::Step()
{
	return OneIn(3) ? Sell() : MoveNamed();
}

// Whichever units: the server says afterwards which they were.
bool Clerk::Sell()
{
	const std::string shop = OneIn(2) ? "north" : "south";
	if (!Try("SELECT reservation, status FROM inventory.reserve($1::text, $2::bigint, $3, "
			 "wait => '100 ms')",
			 {sku_, std::to_string(Draw(1, 2)), shop}))
		return false;
	if (result_.Text(0, "status") != "held")
		return true;
	const std::string reservation = result_.Text(0, "reservation");
	if (!Try("SELECT * FROM inventory.confirm($1, 1)", {reservation}))
		return false;
	const Time asked = asked_;
	const Time answered = answered_;
	if (!Try("SELECT serial FROM inventory.serials WHERE reservation = $1", {reservation}))
		return false;
	asked_ = asked;
	answered_ = answered;
	const Result sold = std::move(result_);
	for (int row = 0; row < sold.rows(); ++row)
		Note(sold.Text(row, 0), shop, "out");
	return true;
}

// A unit by its name, as one that is where the ledger says.
bool Clerk::MoveNamed()
{
	const std::vector<std::string> serials = ledger_->Serials();
	const std::string serial =
		serials.at(static_cast<std::size_t>(Draw(0, static_cast<int>(serials.size()) - 1)));
	const std::string place = ledger_->PlaceOf(serial);
	if (IsShop(place) && OneIn(2)) {
		if (!Try("SELECT inventory.adjust($1, $2, -1, 'broken', serials => ARRAY[$3])",
				 {sku_, place, serial})) {
			NoteAbsent(serial, place);
			return false;
		}
		Note(serial, place, "out");
		return true;
	}
	if (IsShop(place))
		return Ship(serial, place);
	if (place != "out")
		return Arrive(serial, place);
	const std::string shop = OneIn(2) ? "north" : "south";
	if (!Try("SELECT inventory.return_stock($1, $2, 1, serials => ARRAY[$3])",
			 {sku_, shop, serial})) {
		NoteAbsent(serial, "out");
		return false;
	}
	Note(serial, "out", shop);
	return true;
}

bool Clerk::Ship(const std::string &serial, const std::string &from)
{
	if (!Try("SELECT inventory.ship_transfer(ARRAY[ROW($1, 1, NULL)]::inventory.line[], $2, $3, "
			 "serials => ARRAY[ROW($1, $4)]::inventory.unit[])",
			 {sku_, from, std::string(Other(from)), serial})) {
		NoteAbsent(serial, from);
		return false;
	}
	Note(serial, from, "transit " + result_.Text(0, 0));
	return true;
}

// At the shop that it was sent to, which the transfer knows.
bool Clerk::Arrive(const std::string &serial, const std::string &transit)
{
	const std::string transfer = transit.substr(transit.find(' ') + 1);
	if (!Try("SELECT inventory.receive_transfer($1, serials => ARRAY[ROW($2, $3)]::"
			 "inventory.unit[])",
			 {transfer, sku_, serial}))
		return false; /* it may have arrived, with which the transfer is over: no claim */
	const Time asked = asked_;
	const Time answered = answered_;
	if (!Try(std::string("SELECT ") + kPlace +
				 " FROM inventory.serials WHERE sku = $1 AND serial = $2",
			 {sku_, serial}))
		return false;
	asked_ = asked;
	answered_ = answered;
	Note(serial, transit, result_.Text(0, 0));
	return true;
}

// A statement; false where it has failed, or the connection is gone.
bool Clerk::Try(const std::string &sql, const Parameters &parameters)
{
	asked_ = ReadClock();
	try {
		result_ = connection_->Try(sql, parameters);
	} catch (const client::SqlError &error) {
		if (!error.sqlstate().empty())
			throw;
		result_ = Result();
	}
	answered_ = ReadClock();
	const std::string state = result_.sqlstate();
	gone_ = !connection_->alive() || (!result_.ok() && (state.empty() || state == "57P01"));
	if (gone_ || result_.ok())
		return !gone_;
	for (const char *expected : {"MZ001", "MZ002", "MZ009", "MZ012", "40P01", "40001"})
		if (state == expected)
			return false;
	throw client::SqlError(state, sql + ": " + result_.message());
}

// The transaction has moved a unit: on, where it had moved it before.
void Clerk::Note(const std::string &serial, const std::string &from, const std::string &to)
{
	const auto before = std::find_if(pending_.begin(), pending_.end(),
									 [&](const UnitMove &move) { return move.serial == serial; });
	if (before == pending_.end())
		pending_.push_back({serial, from, to, false, asked_, answered_, 0});
	else if (before->to == from)
		before->to = to;
	else
		throw std::runtime_error("serial " + serial + " was taken from " + from +
								 ", where its own transaction had left it " + before->to);
}

// A call was told that a unit is elsewhere; what its own transaction has moved does not count.
void Clerk::NoteAbsent(const std::string &serial, const std::string &from)
{
	const bool own = std::any_of(pending_.begin(), pending_.end(),
								 [&](const UnitMove &move) { return move.serial == serial; });
	if (gone_ || own || result_.sqlstate() != "MZ012")
		return;
	moves_.push_back({serial, from, "", true, asked_, answered_, asked_});
	++refused_;
}

void Clerk::End(bool rolled_back)
{
	if (!rolled_back && !pending_.empty()) {
		if (!Try("SELECT pg_current_xact_id()", {}))
			return;
		xid_ = result_.Text(0, 0);
	}
	const Time ended = ReadClock();
	for (UnitMove &move : pending_)
		move.ended = ended;
	const bool done = Try(rolled_back ? "ROLLBACK" : "COMMIT", {});
	if (rolled_back || (!done && !gone_))
		return;
	if (done)
		Publish(pending_);
	else if (!xid_.empty())
		lost_.push_back({xid_, pending_});
}

void Clerk::Publish(const std::vector<UnitMove> &moves)
{
	committed_ += moves.empty() ? 0 : 1;
	for (const UnitMove &move : moves) {
		moves_.push_back(move);
		ledger_->Enter(move.serial, move.to);
	}
}

void Clerk::Resolve(client::Connection *owner)
{
	for (const Lost &lost : lost_) {
		const Result status = owner->Execute("SELECT pg_xact_status($1::xid8)", {lost.xid});
		if (status.Text(0, 0) == "committed")
			Publish(lost.moves);
	}
	lost_.clear();
}

} // namespace mezzanine::history

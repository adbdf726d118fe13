// What a session makes of the server's answers.
#include "history/session.h"

#include <sstream>

namespace mezzanine::history
{

namespace
{

using client::Result;

constexpr Time kPerMicrosecond = 1000;

} // namespace

std::vector<Session::Asked> Session::ReadLines(const std::string &text) const
{
	std::vector<Asked> lines;
	std::istringstream in(text);
	std::string item;
	std::string location;
	std::int64_t units = 0;
	while (in >> item >> location >> units)
		lines.push_back({shop_->StocksOf(item, location), units});
	return lines;
}

// Of lines that say which stock they mean.
std::vector<Units> Session::ReadUnits(const std::string &text) const
{
	std::vector<Units> units;
	for (const Asked &line : ReadLines(text))
		units.push_back({line.stocks.at(0), line.units});
	return units;
}

void Session::Understand(Call *call, const Result &result)
{
	if (!result.Text(0, "xid").empty())
		xid_ = result.Text(0, "xid");
	if (call->verb == Verb::kReserve)
		UnderstandHeld(call, asked_, result, 0);
	else if (call->hold >= 0)
		UnderstandSettled(call, result);
}

void Session::UnderstandHeld(Call *call, const std::vector<Asked> &asked, const Result &result,
							 int row)
{
	UnderstandMissing(call, asked, result, row);
	if (result.Text(row, "status") == "held") {
		call->hold = shop_->next_hold++;
		call->granted = result.Integer(row, "fence");
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
void Session::UnderstandMissing(Call *call, const std::vector<Asked> &asked, const Result &result,
								int row)
{
	for (const Asked &missing : ReadLines(result.Text(row, "missing")))
		for (const Asked &line : asked)
			if (line.stocks == missing.stocks)
				call->shortages.push_back({line.stocks, line.units - missing.units});
}

void Session::UnderstandSettled(Call *call, const Result &result)
{
	const std::string status = result.Text(0, "status");
	if (status == "rejected") {
		std::vector<Asked> wanted;
		for (const Units &units : call->units)
			wanted.push_back({{units.stock}, units.units});
		UnderstandMissing(call, wanted, result, 0);
		call->answer = Answer::kRejected;
		call->units.clear();
	} else if (status == "expired" || result.Text(0, "replayed") == "t") {
		call->answer = status == "expired" ? Answer::kExpired : Answer::kSettled;
		call->units.clear();
	} else if (call->verb == Verb::kExtend || call->verb == Verb::kTakeOver) {
		call->granted = result.Integer(0, "fence");
		call->expires = result.Integer(0, "expires") * kPerMicrosecond;
		target_.expires = call->expires;
		target_.fence = result.Text(0, "fence");
		target_.shared = false;
		// Who had it before may have sold a part of it.
		target_.units = ReadUnits(result.Text(0, "lines"));
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
	} else if (sqlstate == "MZ004") {
		call->answer = Answer::kStale;
	} else if (wanted.size() == 1 && wanted[0].units < 0 &&
			   (sqlstate == "MZ001" || sqlstate == "MZ011")) {
		call->answer = Answer::kRejected;
		call->shortages = {{{wanted[0].stock}, -wanted[0].units - 1}};
	} else {
		throw client::SqlError(sqlstate, message);
	}
}

} // namespace mezzanine::history

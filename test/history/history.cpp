#include "history/history.h"

#include <array>
#include <istream>
#include <ostream>
#include <sstream>
#include <stdexcept>

namespace mezzanine::history
{

namespace
{

constexpr std::array<const char *, 13> kVerbs = {
	"reserve", "confirm", "release", "extend", "take-over", "receive",    "adjust",
	"count",   "return",  "ship",    "arrive", "savepoint", "rollback-to"};
constexpr std::array<const char *, 6> kAnswers = {"done",    "rejected", "expired",
												  "settled", "stale",    "contended"};
constexpr std::array<const char *, 3> kEnds = {"committed", "rolled-back", "unknown"};

template <std::size_t N, typename Word>
const char *WordFor(const std::array<const char *, N> &words, Word word)
{
	return words.at(static_cast<std::size_t>(word));
}

template <typename Word, std::size_t N>
Word ReadWord(std::istream &in, const std::array<const char *, N> &words)
{
	std::string word;
	in >> word;
	for (std::size_t i = 0; i < N; ++i)
		if (word == words.at(i))
			return static_cast<Word>(i);
	throw std::runtime_error("not a history: unknown word \"" + word + "\"");
}

template <typename Number> Number ReadNumber(std::istream &in)
{
	Number number{};
	if (!(in >> number))
		throw std::runtime_error("not a history: a number is missing");
	return number;
}

// Lists are written with their length in front.
template <typename Item, typename WriteItem>
void WriteList(std::ostream &out, const std::vector<Item> &items, const WriteItem &write)
{
	out << " " << items.size();
	for (const Item &item : items)
		write(item);
}

template <typename Item, typename ReadItem>
std::vector<Item> ReadList(std::istream &in, const ReadItem &read)
{
	std::vector<Item> items(ReadNumber<std::size_t>(in));
	for (Item &item : items)
		item = read();
	return items;
}

void WriteCall(std::ostream &out, const Call &call)
{
	out << "call " << WordFor(kVerbs, call.verb) << " " << WordFor(kAnswers, call.answer) << " "
		<< call.asked << " " << call.answered << " " << call.hold << " " << call.fence << " "
		<< call.granted << " " << call.keeps << " " << call.reacquires << " " << call.expires;
	WriteList(out, call.units,
			  [&](const Units &units) { out << " " << units.stock << " " << units.units; });
	WriteList(out, call.shortages, [&](const Shortage &shortage) {
		WriteList(out, shortage.stocks, [&](int stock) { out << " " << stock; });
		out << " " << shortage.there;
	});
	out << "\n";
}

Units ReadUnits(std::istream &in)
{
	const int stock = ReadNumber<int>(in);
	return {stock, ReadNumber<std::int64_t>(in)};
}

Shortage ReadShortage(std::istream &in)
{
	std::vector<int> stocks = ReadList<int>(in, [&] { return ReadNumber<int>(in); });
	return {std::move(stocks), ReadNumber<std::int64_t>(in)};
}

Call ReadCall(std::istream &in)
{
	Call call;
	call.verb = ReadWord<Verb>(in, kVerbs);
	call.answer = ReadWord<Answer>(in, kAnswers);
	call.asked = ReadNumber<Time>(in);
	call.answered = ReadNumber<Time>(in);
	call.hold = ReadNumber<int>(in);
	call.fence = ReadNumber<std::int64_t>(in);
	call.granted = ReadNumber<std::int64_t>(in);
	call.keeps = ReadNumber<int>(in) != 0;
	call.reacquires = ReadNumber<int>(in) != 0;
	call.expires = ReadNumber<Time>(in);
	call.units = ReadList<Units>(in, [&] { return ReadUnits(in); });
	call.shortages = ReadList<Shortage>(in, [&] { return ReadShortage(in); });
	return call;
}

} // namespace

void Write(std::ostream &out, const History &history)
{
	for (const Stock &stock : history.stocks)
		out << "stock " << stock.name << " " << stock.units << "\n";
	for (const Transaction &transaction : history.transactions) {
		out << "transaction " << transaction.session << " " << transaction.single << " "
			<< WordFor(kEnds, transaction.end) << " " << transaction.ended << "\n";
		for (const Call &call : transaction.calls)
			WriteCall(out, call);
	}
}

History Read(std::istream &in)
{
	History history;
	std::string word;
	while (in >> word) {
		if (word == "stock") {
			Stock stock;
			in >> stock.name;
			stock.units = ReadNumber<std::int64_t>(in);
			history.stocks.push_back(stock);
		} else if (word == "transaction") {
			Transaction transaction;
			transaction.session = ReadNumber<int>(in);
			transaction.single = ReadNumber<int>(in) != 0;
			transaction.end = ReadWord<End>(in, kEnds);
			transaction.ended = ReadNumber<Time>(in);
			history.transactions.push_back(transaction);
		} else if (word == "call" && !history.transactions.empty()) {
			history.transactions.back().calls.push_back(ReadCall(in));
		} else {
			throw std::runtime_error("not a history: unknown line \"" + word + "\"");
		}
	}
	return history;
}

std::string Describe(const History &history, const Call &call)
{
	std::ostringstream text;
	text << WordFor(kVerbs, call.verb);
	if (call.hold >= 0)
		text << " hold " << call.hold;
	if (call.fence > 0)
		text << " by fence " << call.fence;
	if (call.granted > 0)
		text << ", fence " << call.granted;
	for (const Units &units : call.units)
		text << " " << history.stocks.at(static_cast<std::size_t>(units.stock)).name << ":"
			 << units.units;
	text << ": " << WordFor(kAnswers, call.answer);
	for (const Shortage &shortage : call.shortages) {
		text << ", no more than " << shortage.there << " of";
		for (const int stock : shortage.stocks)
			text << " " << history.stocks.at(static_cast<std::size_t>(stock)).name;
	}
	if (call.expires != kNever)
		text << ", until " << call.expires;
	text << " [" << call.asked << ", " << call.answered << "]";
	return text.str();
}

} // namespace mezzanine::history

// One session of a recorded history: draws what it asks from a seed, asks the server, and
// writes down when and what was answered.
#pragma once

#include "history/history.h"

#include "client.h"

#include <atomic>
#include <map>
#include <mutex>
#include <random>

namespace mezzanine::history
{

// What sessions of one history share.
struct Shop {
	std::string database;
	std::string prefix; // of the names of its items
	int stocks = 1;
	std::int64_t units = 12;  // that a stock has at the start, at most
	bool has_partial = false; // carts that take what there is

	std::atomic<int> next_hold{0};
	std::atomic<int> calls_left{0};
	std::mutex mutex; // guards what follows

	struct Hold {
		int number = -1;
		std::string reservation;
		std::string fence;
		std::vector<Units> units;
		Time expires = kNever;
		bool shared = false;
	};
	std::vector<Hold> open_to_all; // holds that several sessions fight over

	// Stocks are numbered item by item, and at each item location by location.
	int locations = 1;
	std::string Item(int stock) const { return prefix + std::to_string(stock / locations); }
	std::string Location(int stock) const;

	// The stocks that "item location" means: all of the item where the location is "-".
	std::vector<int> StocksOf(const std::string &item, const std::string &location) const;
};

// Of a session whose connection was lost: what became of its last transaction is found out
// afterwards.
struct Lost {
	std::size_t transaction; // in the session's list
	std::string xid;         // where the loss was in a COMMIT
	std::string reference;   // where it was in a call that is its own transaction
};

// Whether an error of that state is the end of its connection: somebody has ended the
// session, or the whole server has crashed.
inline bool IsEndOfSession(const std::string &sqlstate)
{
	return sqlstate.empty() || sqlstate == "57P01" || sqlstate == "57P02";
}

class Session
{
public:
	Session(Shop *shop, int number, std::uint64_t seed);

	// Asks until the shop has had enough calls.
	void Run(client::Connection *connection);

	// The session's part of the history.
	const std::vector<Transaction> &transactions() const { return transactions_; }
	const std::vector<Lost> &lost() const { return lost_; }

private:
	using Hold = Shop::Hold;

	// A line of a cart: units of one stock, or of any stock of an item.
	struct Asked {
		std::vector<int> stocks;
		std::int64_t units;
	};

	// Units on their way.
	struct Transfer {
		std::string number;
		int to; // stock
		std::int64_t units;
	};

	// What a savepoint, or the beginning, goes back to.
	struct Mark {
		std::vector<Hold> holds;
		std::vector<Hold> fresh;
		std::vector<Transfer> transfers;
	};

	// Sent, and what came back.
	struct Reply {
		client::Result result;
		bool lost = false;
	};

	std::int64_t Draw(std::int64_t low, std::int64_t high)
	{
		return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
	}
	bool OneIn(int n) { return Draw(1, n) == 1; }
	bool Percent(int n) { return Draw(1, 100) <= n; }

	static Time Now();

	void RunSingle();
	void RunBatch();
	void RunTransaction();
	bool Step();
	bool SetSavepoint();
	bool RollBackTo(Time from);
	void EndTransaction(bool rolled_back);
	void Think();

	Call DrawCall();
	Call DrawReserve(bool anywhere);
	Asked DrawLine(bool anywhere);
	Call DrawSettle(Verb verb);
	client::Result Try(const std::string &sql, const client::Parameters &parameters = {});
	Reply Ask(Call *call);
	Reply AskReserve(Call *call);
	Reply AskConfirm(Call *call);
	std::string DrawWait();
	Reply AskPolicy(Call *call);
	std::string Lines(const std::vector<Units> &units) const;
	std::string Lines(const std::vector<Asked> &lines) const;
	Reply AskGive(Call *call);
	Reply AskExtend(Call *call);
	Reply AskTakeOver(Call *call);
	Reply AskRelease(Call *call);
	Reply AskReturn(Call *call);
	Reply AskShip(Call *call);
	Reply AskArrive(Call *call);
	Reply AskCount(Call *call);
	Call DrawMove(Verb verb);
	void GoBackTo(const Mark &mark);
	bool SellPart(Call *call, int one_in);
	Reply Send(Call *call, const std::string &sql, const client::Parameters &parameters);
	void Understand(Call *call, const client::Result &result);
	void UnderstandHeld(Call *call, const std::vector<Asked> &asked, const client::Result &result,
						int row);
	void UnderstandMissing(Call *call, const std::vector<Asked> &asked,
						   const client::Result &result, int row);
	void UnderstandSettled(Call *call, const client::Result &result);
	void UnderstandError(Call *call, const std::string &sqlstate, const std::string &message);
	std::vector<Asked> ReadLines(const std::string &text) const;
	std::vector<Units> ReadUnits(const std::string &text) const;
	bool Lose(const Call &call);
	void Publish();

	Shop *shop_;
	int number_;
	std::mt19937_64 random_;
	client::Connection *connection_ = nullptr;

	std::vector<Transaction> transactions_;
	std::vector<Lost> lost_;

	// Units that each stock keeps back: the policies are one session's business.
	std::map<int, std::int64_t> safety_stock_;

	// The transaction in flight.
	Transaction transaction_;
	bool in_block_ = false;
	std::string xid_;
	std::string reference_;
	Hold target_;              // of the call in flight
	std::vector<Asked> asked_; // by it, where it is a reserve()
	std::vector<Hold> holds_;  // that the session may settle, as the transaction has left them
	std::vector<Hold> fresh_;  // reserved in this transaction
	std::vector<Transfer> transfers_; // of its own, under way
	std::vector<Mark> marks_;         // the beginning, and the open savepoints
};

} // namespace mezzanine::history

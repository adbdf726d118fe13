// One buyer's connection: reserves carts and orders them, for as long as the sale
// lasts; some are abandoned, released, retried, cut off, or confirmed too late.
#pragma once

#include "client.h"
#include "facts.h"

#include <atomic>
#include <deque>
#include <random>

namespace flash_sale
{

// Shared by all buyers, for the display.
struct Progress {
	std::atomic<std::int64_t> orders{0};
	std::atomic<std::int64_t> refused{0};
	std::atomic<bool> over{false};
};

class Buyer
{
public:
	Buyer(int number, const Plan &plan, const std::vector<Item> &items, Progress &progress);

	// Buys until `end`, then settles what is still open.
	void Run(Clock::time_point end);

	// Buys single units of the hot items until they are sold out: what others abandoned
	// must be there again.
	void BuyOut();

	const Tally &tally() const { return tally_; }

private:
	struct Line {
		std::size_t item;
		std::int64_t quantity;
	};
	using Cart = std::vector<Line>;

	// The server's answer to a reservation.
	struct Hold {
		bool held = false;
		bool replayed = false;
		std::string reservation;
		std::string fence;
		std::string missing; // skus, as a text array
	};
	struct LateOrder {
		Hold hold;
		Clock::time_point due;
	};

	std::uint64_t Roll(std::uint64_t sides) { return random_() % sides; }
	void Connect();
	std::string NewKey();
	Cart FillCart();
	static bool Drop(Cart &cart, const std::vector<Item> &items, const std::string &missing);

	void Visit();
	void VisitWith(const Cart &cart);
	Hold Reserve(const Cart &cart, const char *ttl, const std::string &key);
	Hold ReserveAgain(const Cart &cart, const std::string &key);
	void Order(const Cart &cart, const Hold &hold, bool lose_connection);
	bool PlaceOrder(const Cart &cart, const Hold &hold, bool lose_connection);
	void InsertOrder(const Cart &cart, const Hold &hold);
	void Release(const Hold &hold);
	void ConfirmTooLate(const Hold &hold);
	void SettleLateOrders(bool all);
	void Fault(const std::string &what) { tally_.faults.push_back(what); }

	int number_;
	const std::vector<Item> &items_;
	std::size_t hot_items_;
	Progress &progress_;
	std::mt19937_64 random_;
	std::unique_ptr<client::Connection> connection_;
	std::deque<LateOrder> late_orders_;
	std::int64_t carts_ = 0;
	Tally tally_;
};

} // namespace flash_sale

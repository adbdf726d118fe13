#include "buyer.h"

#include <thread>

namespace flash_sale
{

using client::Connection;
using client::Parameters;
using client::Result;
using client::SqlError;
using std::chrono::milliseconds;

namespace
{

constexpr const char *kReserve =
	"SELECT o.status, o.reservation, o.fence, o.replayed, "
	"ARRAY(SELECT s.sku FROM unnest(o.shortfall) s) AS missing "
	"FROM inventory.reserve($1::inventory.line[], ttl => $2, key => $3, wait => '10 s') o";
constexpr const char *kConfirm =
	"SELECT status, replayed FROM inventory.confirm($1::uuid, $2::bigint)";
constexpr const char *kInsertLines =
	"INSERT INTO order_lines SELECT $1, line, item, category, quantity, price "
	"FROM unnest($2::text[], $3::text[], $4::bigint[], $5::numeric[]) WITH ORDINALITY "
	"AS l(item, category, quantity, price, line)";

double MillisecondsSince(Clock::time_point start)
{
	return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

} // namespace

void Tally::Add(const Tally &other)
{
	units_sold.resize(other.units_sold.size());
	for (std::size_t i = 0; i < units_sold.size(); ++i)
		units_sold[i] += other.units_sold[i];
	orders += other.orders;
	lines += other.lines;
	refused += other.refused;
	contended += other.contended;
	abandoned += other.abandoned;
	released += other.released;
	replayed += other.replayed;
	lost += other.lost;
	late += other.late;
	reserve_ms.insert(reserve_ms.end(), other.reserve_ms.begin(), other.reserve_ms.end());
	order_ms.insert(order_ms.end(), other.order_ms.begin(), other.order_ms.end());
	faults.insert(faults.end(), other.faults.begin(), other.faults.end());
}

Buyer::Buyer(int number, const Plan &plan, const std::vector<Item> &items, Progress &progress)
	: number_(number), items_(items), hot_items_(static_cast<std::size_t>(plan.hot_items)),
	  progress_(progress), random_(plan.seed * 1000 + static_cast<std::uint64_t>(number))
{
	tally_.units_sold.resize(items.size());
	Connect();
}

void Buyer::Run(Clock::time_point end)
{
	while (Clock::now() < end) {
		try {
			SettleLateOrders(false);
			Visit();
		} catch (const SqlError &error) {
			if (error.sqlstate() == "MZ002") {
				++tally_.contended;
				continue;
			}
			Fault(error.what());
			Connect();
		}
	}
	SettleLateOrders(true);
}

void Buyer::BuyOut()
{
	for (std::size_t item = 0; item < hot_items_; ++item) {
		for (;;) {
			const Cart cart = {{item, 1}};
			const Hold hold = Reserve(cart, "1 min", NewKey());
			if (!hold.held)
				break;
			Order(cart, hold, false);
		}
	}
}

// Half of the buyers work at REPEATABLE READ: neither reservations nor views add
// serialization failures to it.
void Buyer::Connect()
{
	connection_ = std::make_unique<Connection>("user=shop");
	if (number_ % 2 == 1)
		connection_->Execute("SET default_transaction_isolation = 'repeatable read'");
}

std::string Buyer::NewKey()
{
	return "buyer-" + std::to_string(number_) + "-cart-" + std::to_string(++carts_);
}

// One to five lines; every third is for a hot item, and an item may come twice.
Buyer::Cart Buyer::FillCart()
{
	Cart cart;
	const std::uint64_t lines = 1 + Roll(5);
	for (std::uint64_t i = 0; i < lines; ++i) {
		const std::size_t item = Roll(3) == 0 ? Roll(hot_items_) : Roll(items_.size());
		cart.push_back({item, 1 + static_cast<std::int64_t>(Roll(3))});
	}
	return cart;
}

// Takes the missing items out of the cart.  True when something is left to buy.
bool Buyer::Drop(Cart &cart, const std::vector<Item> &items, const std::string &missing)
{
	const std::string list = "," + missing.substr(1, missing.size() - 2) + ",";
	std::erase_if(cart, [&](const Line &line) {
		return list.find("," + items[line.item].sku + ",") != std::string::npos;
	});
	return !cart.empty();
}

void Buyer::Visit()
{
	Cart cart = FillCart();
	const std::string key = NewKey();
	const Hold hold = Reserve(cart, "30 s", key);
	if (hold.held) {
		if (Roll(10) == 0)
			ReserveAgain(cart, key);
		return Order(cart, hold, Roll(40) == 0);
	}
	++tally_.refused;
	++progress_.refused;
	if (Roll(10) == 0 && ReserveAgain(cart, key).held)
		Fault("a rejection turned into a hold: " + key);
	if (Drop(cart, items_, hold.missing))
		VisitWith(cart);
}

// The cart without what was sold out: now people dither.
void Buyer::VisitWith(const Cart &cart)
{
	const std::string key = NewKey();
	const std::uint64_t fate = Roll(100);
	const char *ttl = fate < 15 ? "1 s" : fate < 30 ? "100 ms" : "30 s";
	const Hold hold = fate >= 30 && fate < 36 ? ReserveAgain(cart, key) : Reserve(cart, ttl, key);
	if (!hold.held) {
		++tally_.refused;
		++progress_.refused;
	} else if (fate < 15) {
		++tally_.abandoned;
	} else if (fate < 30) {
		late_orders_.push_back({hold, Clock::now() + milliseconds(150)});
	} else if (fate < 40) {
		Release(hold);
	} else {
		Order(cart, hold, false);
	}
}

Buyer::Hold Buyer::Reserve(const Cart &cart, const char *ttl, const std::string &key)
{
	std::string lines = "{";
	for (const Line &line : cart)
		lines += std::string(lines.size() > 1 ? "," : "") + "\"(" + items_[line.item].sku + "," +
				 std::to_string(line.quantity) + ",main)\"";
	const Clock::time_point start = Clock::now();
	const Result answer = connection_->Execute(kReserve, {lines + "}", ttl, key});
	tally_.reserve_ms.push_back(MillisecondsSince(start));
	const std::string status = answer.Text(0, "status");
	if (status != "held" && status != "rejected")
		Fault("reserve() answered " + status);
	return {status == "held", answer.Text(0, "replayed") == "t", answer.Text(0, "reservation"),
			answer.Text(0, "fence"), answer.Text(0, "missing")};
}

// Asks, asks again with the same key as one does after a time-out, and wants the same
// answer.
Buyer::Hold Buyer::ReserveAgain(const Cart &cart, const std::string &key)
{
	const Hold first = Reserve(cart, "30 s", key);
	const Hold second = Reserve(cart, "30 s", key);
	if (!second.replayed || second.held != first.held || second.reservation != first.reservation)
		Fault("key " + key + " was answered in two ways");
	++tally_.replayed;
	return second;
}

// Orders what is held.  Where the connection is lost with COMMIT on its way, nobody
// knows what became of it: asking again tells, and never sells twice.
void Buyer::Order(const Cart &cart, const Hold &hold, bool lose_connection)
{
	const Clock::time_point start = Clock::now();
	if (!PlaceOrder(cart, hold, lose_connection)) {
		++tally_.lost;
		Connect();
		PlaceOrder(cart, hold, false);
	}
	tally_.order_ms.push_back(MillisecondsSince(start));
	for (const Line &line : cart)
		tally_.units_sold[line.item] += line.quantity;
	tally_.lines += static_cast<std::int64_t>(cart.size());
	++tally_.orders;
	++progress_.orders;
}

// One transaction: the sale, the order and its lines.  False when the connection was
// dropped before the answer to COMMIT.
bool Buyer::PlaceOrder(const Cart &cart, const Hold &hold, bool lose_connection)
{
	connection_->Execute("BEGIN");
	const Result sold = connection_->Execute(kConfirm, {hold.reservation, hold.fence});
	if (sold.Text(0, "status") != "confirmed")
		Fault("confirm() answered " + sold.Text(0, "status"));
	if (sold.Text(0, "replayed") != "t") {
		InsertOrder(cart, hold);
	} else if (connection_->Execute("SELECT FROM orders WHERE reservation = $1", {hold.reservation})
				   .rows() != 1) {
		/* at REPEATABLE READ the snapshot may be older than the order that confirm()
		   waited for: it is there for the next transaction */
		connection_->Execute("COMMIT");
		if (connection_->Execute("SELECT FROM orders WHERE reservation = $1", {hold.reservation})
				.rows() != 1)
			Fault("reservation " + hold.reservation + " is confirmed and has no order");
		return true;
	}
	if (lose_connection) {
		connection_->Send("COMMIT");
		return false;
	}
	connection_->Execute("COMMIT");
	return true;
}

void Buyer::InsertOrder(const Cart &cart, const Hold &hold)
{
	const Result order = connection_->Execute(
		"INSERT INTO orders (reservation, buyer) VALUES ($1, $2) RETURNING order_id",
		{hold.reservation, std::to_string(number_)});
	std::string skus = "{";
	std::string categories = "{";
	std::string quantities = "{";
	std::string prices = "{";
	for (const Line &line : cart) {
		const char *comma = skus.size() > 1 ? "," : "";
		const Item &item = items_[line.item];
		skus += comma + item.sku;
		categories += comma + item.category;
		quantities += comma + std::to_string(line.quantity);
		prices += comma + item.price;
	}
	connection_->Execute(kInsertLines, {order.Text(0, 0), skus + "}", categories + "}",
										quantities + "}", prices + "}"});
}

void Buyer::Release(const Hold &hold)
{
	connection_->Execute("SELECT inventory.release($1::uuid, $2::bigint)",
						 {hold.reservation, hold.fence});
	++tally_.released;
}

// The hold has expired, and its units may be somebody else's by now.
void Buyer::ConfirmTooLate(const Hold &hold)
{
	const Result answer = connection_->Try(kConfirm, {hold.reservation, hold.fence});
	if (answer.ok() || answer.sqlstate() != "MZ003")
		Fault("a late confirmation was answered with " +
			  (answer.ok() ? answer.Text(0, "status") : answer.message()));
	++tally_.late;
}

void Buyer::SettleLateOrders(bool all)
{
	while (!late_orders_.empty() && (all || late_orders_.front().due <= Clock::now())) {
		std::this_thread::sleep_until(late_orders_.front().due);
		const Hold hold = late_orders_.front().hold;
		late_orders_.pop_front();
		ConfirmTooLate(hold);
	}
}

} // namespace flash_sale

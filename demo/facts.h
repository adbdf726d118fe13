// What the sale is about, and what its buyers saw with their own eyes.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace flash_sale
{

using Clock = std::chrono::steady_clock;

struct Plan {
	int connections = 24;
	int items = 300;
	int hot_items = 12;
	std::int64_t hot_units = 450; // received of each hot item
	std::int64_t units = 180;     // and of each other one
	std::chrono::seconds duration{18};
	std::uint64_t seed = 0;
};

struct Item {
	std::string sku;
	std::string category;
	std::string price;
	std::int64_t received = 0;
	bool hot = false;
};

// One buyer's tally: what the server acknowledged, written down by the client.  It is
// compared with the server's own books at the end.
struct Tally {
	std::vector<std::int64_t> units_sold; // by item
	std::int64_t orders = 0;
	std::int64_t lines = 0;
	std::int64_t refused = 0;   // sold out, said the server
	std::int64_t contended = 0; // MZ002: no answer in time, try again
	std::int64_t abandoned = 0; // held and forgotten
	std::int64_t released = 0;  // held and given back
	std::int64_t replayed = 0;  // the same answer to the same key
	std::int64_t lost = 0;      // connections dropped with the answer on its way
	std::int64_t late = 0;      // confirmed after the hold had expired: refused
	std::vector<double> reserve_ms;
	std::vector<double> order_ms;
	std::vector<std::string> faults; // anything that must not happen

	void Add(const Tally &other);
};

} // namespace flash_sale

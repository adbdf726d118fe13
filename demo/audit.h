// The books, compared: what the clients wrote down, the journal, the order lines, the
// view and the stock are five accounts of one sale.
#pragma once

#include "facts.h"

namespace flash_sale
{

// Five accounts of one item.
struct ItemAccount {
	Item item;
	std::int64_t acknowledged = 0; // units in confirmations that clients saw committed
	std::int64_t journal_received = 0;
	std::int64_t journal_sold = 0;
	std::int64_t ordered = 0; // in the application's order lines
	std::int64_t viewed = 0;  // in mezzanine.sales_by_item
	std::int64_t on_hand = 0;
	std::int64_t held = 0;
};

// One question, and by how much the answer is off.
struct Check {
	std::string question;
	std::int64_t off = 0;
	std::string example;
};

struct Books {
	std::vector<ItemAccount> accounts;
	std::vector<std::vector<std::string>> categories; // the view, as the analyst reads it
	std::vector<Check> checks;

	bool balanced() const;
};

Books OpenTheBooks(const std::vector<Item> &items, const Tally &tally);

} // namespace flash_sale

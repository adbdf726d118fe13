// Totals: no stock comes to more than a bigint can say, however many receipts it has.
//
// Units that enter a stock are counted against what is there already.  For that, those who
// enter units would have to take turns.  They need not where units are few: see IsLarge.
#pragma once

#include <cstdint>

namespace mezzanine::core
{

// What a stock has, and what its policy adds to it.
struct StockTotal {
	std::int64_t available; // in its cells
	std::int64_t held;
	std::int64_t safety_stock;
	std::int64_t oversell_limit;
};

// The sum of two numbers of units of a stock.
//
// Throws: kOverflow where it exceeds a bigint.
std::int64_t AddUnits(std::int64_t a, std::int64_t b);

// Whether an entry of `units`, made when `movements` are numbered, its own among them, is to
// be counted against what is there.
//
// The entries that are not large come to 2^62 units at most, all together: the n-th movement
// is large beyond 2^56 / n units, and the sum of 1 / n up to 2^63 is less than 45.  So a stock
// without large entries needs no counting.
//
// Requires: units > 0.
bool IsLarge(std::int64_t units, std::int64_t movements) noexcept;

// Checks that `units` more fit into a stock: what may be available when all holds have ended
// is a bigint, and so is what is in the house.  `goods`: the units come into the house, rather
// than out of the floor.
//
// Throws: kOverflow where they do not.
void CheckEntry(std::int64_t units, const StockTotal &total, bool goods);

// What is in the house.
//
// Throws: kOverflow where it exceeds a bigint.
std::int64_t OnHand(const StockTotal &total);

} // namespace mezzanine::core

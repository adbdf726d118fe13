// Carts: what they ask of each stock, in the order in which fences are taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace mezzanine::core
{

// Units asked of one stock.
struct Demand {
	std::int64_t stock;
	std::int64_t quantity;
	std::int32_t line; // place in the cart, counted from 1; of several, the first
};

// Checks a quantity that a caller gave.
//
// Throws: kInvalidArgument unless it is greater than zero.
void CheckQuantity(std::int64_t quantity);

// The sum of two quantities that one cart asks of one item.
//
// Throws: kOverflow where it exceeds a bigint.
std::int64_t AddQuantities(std::int64_t a, std::int64_t b);

// Adds up the lines that ask for the same stock, and sorts by stock, so that every
// backend climbs the same ladder of fences.  In place; returns how many remain.
//
// Throws: kOverflow where the sum for a stock exceeds a bigint.
std::size_t SumDemand(std::span<Demand> lines);

} // namespace mezzanine::core

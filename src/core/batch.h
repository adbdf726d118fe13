// Batches: many carts at once, each served or rejected by itself, in their order.
//
//   Asked lines[] = {{7, 2}, {7, 3}, {9, 1}};      // stock 7 twice, then stock 9
//   Cart carts[] = {{lines, 1}, {lines + 1, 2}};
//   Supply supplies[] = {{7, 4}, {9, 1}};
//   ServeInOrder(carts, supplies);                 // the second lacks one of stock 7
#pragma once

#include "core/cart.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace mezzanine::core
{

// One cart's demand for one stock.
struct Asked {
	std::int64_t stock;
	std::int64_t quantity;
	std::int64_t missing; // filled in: what was not there when the cart's turn came
};

struct Cart {
	Asked *asked; // each stock once
	std::size_t count;
	bool served; // filled in
};

// What there is of one stock.
struct Supply {
	std::int64_t stock;
	std::int64_t units; // what is left of it afterwards
};

// Adds up demands for the same stock, and sorts by stock; in place, returns how many remain.
// A sum beyond a bigint is the most that a bigint holds: more than any stock has.
std::size_t SumAll(std::span<Demand> demands) noexcept;

// Serves each cart whole or not at all, in their order, as if they had come one by one.
//
// Requires: `supplies` sorted by stock, each once, and one for each stock asked of.
void ServeInOrder(std::span<Cart> carts, std::span<Supply> supplies) noexcept;

} // namespace mezzanine::core

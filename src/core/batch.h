// Batches: many carts at once, each served or rejected by itself, in their order.
//
//   Cart carts[] = {{pools_of_one, wants_of_one, false}, ...};
//   const std::size_t stocks = JoinPools(carts, pools);  // the stocks of all, each once
//   JoinWants(carts, {pools, stocks}, wants, candidates); // what all want, as one cart would
//   ...                                                   // what was taken of each stock:
//   ServeInOrder(carts, supplies);                        // who gets it
//
// What all want together is planned as one cart, which takes of each stock all that any
// order of serving could need: the preferred candidate of each want gives first, and only
// where it has nothing left the next.  So the carts may be served from what was taken as if
// they had come one by one.
#pragma once

#include "core/allocation.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace mezzanine::core
{

// What one request asks for, and the stocks that may serve it, each once.
struct Cart {
	std::span<Pool> pools;
	std::span<Want> wants;
	bool served; // filled in; then Pool::planned and Candidate::units say from where
};

// What there is of one stock.
struct Supply {
	std::int64_t stock;
	std::int64_t units; // what is left of it afterwards
};

// Fills `pools` with the pools of all carts, sorted by stock and each once; returns how many.
//
// Requires: room for the pools of all carts; none of them is in a group with another, and
// nothing is kept of them.
std::size_t JoinPools(std::span<const Cart> carts, std::span<Pool> pools) noexcept;

// Fills `wants` and `candidates` with those of all carts; their pools are places in `pools`.
//
// Requires: `pools` came from JoinPools; room for the wants and candidates of all carts.
void JoinWants(std::span<const Cart> carts, std::span<const Pool> pools, std::span<Want> wants,
			   std::span<Candidate> candidates) noexcept;

// Serves each cart whole or not at all, in their order, as if they had come one by one.  Of
// one that is not served, Want::missing says what was not there when its turn came.
//
// Requires: `supplies` sorted by stock, each once, and one for each pool of the carts.
void ServeInOrder(std::span<Cart> carts, std::span<Supply> supplies);

} // namespace mezzanine::core

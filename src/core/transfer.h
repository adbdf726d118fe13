// Transfers: how much of what was sent is still on its way.
#pragma once

#include "core/cart.h"

#include <cstdint>
#include <span>

namespace mezzanine::core
{

// A line of a transfer.
struct Carried {
	std::int64_t shipped;
	std::int64_t received;
	std::int64_t lost;
};

// Checks that all units of a transfer come to a number that its functions can return.
//
// Throws: kOverflow where they exceed a bigint.
void CheckShipped(std::span<const Demand> lines);

// Units on their way.
//
// Throws: kInvariant where more has arrived or is lost than was sent.
std::int64_t InTransit(const Carried &line);

// Lets `units` arrive.
//
// Throws: kMoreThanHeld where fewer are on their way.
void Arrive(std::int64_t units, Carried *line);

} // namespace mezzanine::core

// Transfers: how much of what was sent is still on its way.
#pragma once

#include <cstdint>

namespace mezzanine::core
{

// A line of a transfer.
struct Carried {
	std::int64_t shipped;
	std::int64_t received;
	std::int64_t lost;
};

// Units on their way.
//
// Throws: kInvariant where more has arrived or is lost than was sent.
std::int64_t InTransit(const Carried &line);

// Lets `units` arrive.
//
// Throws: kMoreThanHeld where fewer are on their way.
void Arrive(std::int64_t units, Carried *line);

} // namespace mezzanine::core

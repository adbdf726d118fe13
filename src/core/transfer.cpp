#include "core/transfer.h"

#include "core/error.h"

#include <limits>
#include <string>

namespace mezzanine::core
{

void CheckShipped(std::span<const Demand> lines)
{
	__int128 units = 0;
	for (const Demand &line : lines)
		units += line.quantity;
	if (units > std::numeric_limits<std::int64_t>::max())
		throw Error(Code::kOverflow, "quantity out of range",
					"The lines of the transfer add up to more than a bigint holds.",
					"Send the goods in several transfers.");
}

std::int64_t InTransit(const Carried &line)
{
	if (line.received < 0 || line.lost < 0 || line.lost > line.shipped ||
		line.received > line.shipped - line.lost)
		throw Error(Code::kInvariant, "more has arrived of a transfer than was sent",
					"Of " + std::to_string(line.shipped) + " units " +
						std::to_string(line.received) + " are received and " +
						std::to_string(line.lost) + " lost.",
					"Run inventory.verify() to see which transfer does not balance.");
	return line.shipped - line.received - line.lost;
}

void Arrive(std::int64_t units, Carried *line)
{
	const std::int64_t in_transit = InTransit(*line);
	if (units > in_transit)
		throw Error(Code::kMoreThanHeld, "more arrives than is on its way",
					"The call receives " + std::to_string(units) + " units of a line that has " +
						std::to_string(in_transit) + " on their way.",
					"Receive what was sent, and adjust() what came beyond that.");
	line->received += units;
}

} // namespace mezzanine::core

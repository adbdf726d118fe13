#include "core/outbox.h"

#include <algorithm>

namespace mezzanine::core
{

namespace
{

const Pending *FindPending(const Position &position, std::uint64_t transaction) noexcept
{
	for (const Pending &pending : position.pending)
		if (pending.transaction == transaction)
			return &pending;
	return nullptr;
}

// The least number that a movement of a transaction in flight may have.  (Where the position
// was restored, its transactions are others with the same numbers: less than need be.)
std::int64_t FromOf(const Position &position, std::uint64_t transaction) noexcept
{
	if (const Pending *pending = FindPending(position, transaction))
		return pending->from;
	return transaction < position.next ? position.open_from : position.upto + 1;
}

} // namespace

bool InFlight(const Flight &flight, std::uint64_t transaction) noexcept
{
	if (transaction >> kGenerationShift != 0)
		return false;
	return transaction >= flight.open || std::find(flight.running.begin(), flight.running.end(),
												   transaction) != flight.running.end();
}

Position NewPosition(std::int64_t upto) noexcept
{
	return {upto, 0, upto + 1, 0, 0, {}};
}

std::int64_t FirstDue(const Position &position, const Flight &flight) noexcept
{
	std::int64_t first = std::min(position.upto + 1, position.open_from);
	for (const Pending &pending : position.pending)
		if (position.generation > 0 || !InFlight(flight, pending.transaction))
			first = std::min(first, pending.from);
	return first;
}

bool IsDue(const Position &position, const Flight &flight, std::int64_t number,
		   std::uint64_t transaction) noexcept
{
	if (InFlight(flight, transaction))
		return false;
	if (number > position.upto)
		return true;
	// Restored already when the position was made: then it was seen.
	if (static_cast<int>(transaction >> kGenerationShift) != position.generation)
		return false;
	const std::uint64_t original = transaction & ((std::uint64_t{1} << kGenerationShift) - 1);
	return original >= position.open || FindPending(position, original) != nullptr;
}

Position Advance(const Position &position, const Flight &flight, std::int64_t reached,
				 std::span<Pending> room) noexcept
{
	for (std::size_t i = 0; i < flight.running.size(); ++i)
		room[i] = {flight.running[i], FromOf(position, flight.running[i])};
	return {reached,     flight.open, FromOf(position, flight.open),
			flight.next, 0,           room.first(flight.running.size())};
}

} // namespace mezzanine::core

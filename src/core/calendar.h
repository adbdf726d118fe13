// Calendars: whether units of a capacity can be booked for a time.
#pragma once

#include <cstdint>
#include <span>

namespace mezzanine::core
{

// A time, from its first instant to just before its last.  Microseconds; the extremes of
// 64 bits stand for "always before" and "always after".
struct Span {
	std::int64_t from;
	std::int64_t until;
};

inline bool Overlap(const Span &a, const Span &b) noexcept
{
	return a.from < b.until && b.from < a.until;
}

// Units during a time: a booking, or a capacity.
struct Load {
	Span during;
	std::int64_t units;
};

struct Fit {
	std::int64_t missing; // the most units that lack at one instant; 0: it fits
	std::int64_t at;      // the first instant at which any lack; for missing > 0
};

// Whether `wanted` fits under `capacities` beside `bookings`; where no capacity is given it
// is 0.  What does not overlap `wanted` counts for nothing.
//
// Pure.  The caller holds the fences of the whole time, so that nothing changes before the
// decision is stored.
//
// Requires: no two capacities overlap; units >= 0; wanted.during is not empty.
Fit FitBooking(std::span<const Load> capacities, std::span<const Load> bookings,
			   const Load &wanted);

// The class of a time by its length: a booking of class `reach` is no longer than
// LongestOf(reach), so that those that overlap a time are found among the ones that begin
// not much earlier.
inline constexpr int kReaches = 10;
int ReachOf(const Span &during) noexcept;

// The longest time of a class; 0 for the last, whose members may be of any length.
std::int64_t LongestOf(int reach) noexcept;

// Days and hours are those of UTC, counted from the epoch of the microseconds.
inline constexpr std::int64_t kHour = 3'600'000'000;
inline constexpr std::int64_t kDay = 24 * kHour;

// The number of the piece of time, `length` long, that has `instant`.
std::int64_t PieceOf(std::int64_t instant, std::int64_t length) noexcept;

// The part of `during` that lies in the day; it touches the day.
Span PartInDay(const Span &during, std::int64_t day) noexcept;

} // namespace mezzanine::core

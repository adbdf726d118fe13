// Counts of units that are told apart: which are missing, and which nobody expected.
//
//   FindingOf({point, at_point, found}, {"P1", 17, true, false});
//
// As of the point at which the count began.  A unit that has moved since is where it moved
// to, found or not; but what counts have found since was so at the point already, as with
// numbers (correction.h).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace mezzanine::core
{

// A unit that was in the stock at the point, and the number of its latest change then.
struct SerialAtPoint {
	std::string_view serial;
	std::int64_t sequence;
};

// A unit as it is now.
struct SerialNow {
	std::string_view serial;
	std::int64_t sequence; // of its latest change; 0: it is unknown
	bool here;             // in the stock that is counted
	bool by_count;         // its latest change was a finding of a count of this stock
};

struct SerialCount {
	std::int64_t point;
	std::span<const SerialAtPoint> at_point; // sorted by serial
	std::span<const std::string_view> found; // sorted
};

enum class Finding : std::uint8_t {
	kRight,   // the books are right
	kMissing, // in the stock by the books, and not found
	kSurplus, // found, and not in the stock by the books
};

Finding FindingOf(const SerialCount &count, const SerialNow &unit) noexcept;

} // namespace mezzanine::core

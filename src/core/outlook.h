// Outlooks: what may be available of a stock when the transactions in flight have ended.
#pragma once

#include <cstdint>
#include <span>

namespace mezzanine::core
{

// A version of a row of a cell, committed or not.
struct CellVersion {
	std::int32_t cell;
	std::int64_t adjustment; // the row is (cell, adjustment)
	std::int64_t units;
	bool lasting; // committed, and nobody is about to remove the row
};

struct Outlook {
	std::int64_t least;
	std::int64_t most;
};

// Bounds of what the rows may add up to, whichever of the transactions in flight commit.
//
// A row is one of its versions; or nothing, if none of them is lasting.
//
// Requires: `versions` sorted by row.
Outlook Foresee(std::span<const CellVersion> versions) noexcept;

// Whether a stock is low, and whether that changes.
constexpr std::int64_t kNeverLow = -1; // a low-water mark that is not set

// Whether the stock may cross its mark, so that it has to be looked at closely.
bool MayCross(bool low, const Outlook &outlook, std::int64_t low_water) noexcept;

enum class Crossing { kNone, kFalls, kRecovers };
Crossing CrossingOf(bool low, std::int64_t available, std::int64_t low_water) noexcept;

} // namespace mezzanine::core

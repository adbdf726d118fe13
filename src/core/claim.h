// Claims on a reservation: what somebody who gives a fence may do with it now.
#pragma once

#include <cstdint>
#include <string_view>

namespace mezzanine::core
{

enum class Status : std::uint8_t { kHeld, kConfirmed, kReleased, kExpired };

// The word that tables and answers use for `status`.
const char *StatusWord(Status status) noexcept;

// Throws: kInvariant for any other word.
Status ParseStatus(std::string_view word);

// What is stored of a reservation.  Times in microseconds, of one clock.
struct Ownership {
	Status status;
	std::int64_t fence;
	std::int64_t expires_at;
};

enum class Claim {
	kGranted,    // go on
	kRepeated,   // it was done before: give the same answer
	kStaleFence, // somebody else owns it now
	kExpired,    // the hold has passed
	kConfirmed,  // already sold
	kReleased,   // already given back
};

// Whether the caller who gives `fence` may confirm, at the instant `now`.
Claim JudgeConfirm(const Ownership &reservation, std::int64_t fence, std::int64_t now) noexcept;

// Whether the caller who gives `fence` may have more time, at the instant `now`.  Done once,
// the fence is another: there is no kRepeated.
Claim JudgeExtend(const Ownership &reservation, std::int64_t fence, std::int64_t now) noexcept;

// Whether a hold may change hands at the instant `now`, whatever fence its owner has.
Claim JudgeTakeOver(const Ownership &reservation, std::int64_t now) noexcept;

// Whether the caller who gives `fence` may release.  A hold whose time has passed may still
// be given back as long as nobody has needed its units: the clock takes no part.
Claim JudgeRelease(const Ownership &reservation, std::int64_t fence) noexcept;

} // namespace mezzanine::core

// Leases: who owns a name, and until when.
#pragma once

#include <cstdint>

namespace mezzanine::core
{

// What is stored of a lease.  Times in microseconds, of one clock.
struct Lease {
	std::int64_t fence; // grows with every grant; 0 before the first
	std::int64_t expires_at;
};

enum class Grant {
	kNew,     // to the asker, under a greater fence
	kRenewed, // the asker has it already: the same fence, a new expiry
	kRefused, // somebody else has it
};

// What an asker gets at the instant `now`; `is_holder` says whether the lease names them.
//
// Who comes back after the lease has ended gets a greater fence like anybody else: work
// begun under the old one may be lost, and must not be taken for the new.
Grant JudgeLease(const Lease &lease, bool is_holder, std::int64_t now) noexcept;

enum class FenceState {
	kValid,
	kStale,   // not the fence of the last grant
	kExpired, // the last grant's, and its time is over
};

// Whether `fence` still proves ownership at the instant `now`.
FenceState JudgeFence(const Lease &lease, std::int64_t fence, std::int64_t now) noexcept;

} // namespace mezzanine::core

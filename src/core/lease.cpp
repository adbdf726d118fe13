#include "core/lease.h"

namespace mezzanine::core
{

Grant JudgeLease(const Lease &lease, bool is_holder, std::int64_t now) noexcept
{
	if (now >= lease.expires_at)
		return Grant::kNew;
	return is_holder ? Grant::kRenewed : Grant::kRefused;
}

FenceState JudgeFence(const Lease &lease, std::int64_t fence, std::int64_t now) noexcept
{
	if (fence != lease.fence)
		return FenceState::kStale;
	return now < lease.expires_at ? FenceState::kValid : FenceState::kExpired;
}

} // namespace mezzanine::core

#include "core/claim.h"

#include "core/error.h"

#include <array>
#include <string>

namespace mezzanine::core
{

namespace
{

constexpr std::array<const char *, 4> kWords = {"held", "confirmed", "released", "expired"};

} // namespace

const char *StatusWord(Status status) noexcept
{
	return kWords[static_cast<std::size_t>(status)];
}

Status ParseStatus(std::string_view word)
{
	for (std::size_t i = 0; i < kWords.size(); ++i) {
		if (word == kWords[i])
			return static_cast<Status>(i);
	}
	throw Error(Code::kInvariant, "unknown status of a reservation",
				"The status stored is \"" + std::string(word) + "\".",
				"The table inventory.reservation was changed by hand.");
}

Claim JudgeConfirm(const Ownership &reservation, std::int64_t fence, std::int64_t now) noexcept
{
	if (fence != reservation.fence)
		return Claim::kStaleFence;
	switch (reservation.status) {
	case Status::kHeld:
		return now < reservation.expires_at ? Claim::kGranted : Claim::kExpired;
	case Status::kConfirmed:
		return Claim::kRepeated;
	case Status::kReleased:
		return Claim::kReleased;
	case Status::kExpired:
		break;
	}
	return Claim::kExpired;
}

Claim JudgeExtend(const Ownership &reservation, std::int64_t fence, std::int64_t now) noexcept
{
	return fence != reservation.fence ? Claim::kStaleFence : JudgeTakeOver(reservation, now);
}

Claim JudgeTakeOver(const Ownership &reservation, std::int64_t now) noexcept
{
	switch (reservation.status) {
	case Status::kHeld:
		return now < reservation.expires_at ? Claim::kGranted : Claim::kExpired;
	case Status::kConfirmed:
		return Claim::kConfirmed;
	case Status::kReleased:
		return Claim::kReleased;
	case Status::kExpired:
		break;
	}
	return Claim::kExpired;
}

Claim JudgeRelease(const Ownership &reservation, std::int64_t fence) noexcept
{
	if (fence != reservation.fence)
		return Claim::kStaleFence;
	switch (reservation.status) {
	case Status::kHeld:
		return Claim::kGranted;
	case Status::kConfirmed:
		return Claim::kConfirmed;
	case Status::kReleased:
		return Claim::kRepeated;
	case Status::kExpired:
		break;
	}
	return Claim::kExpired;
}

} // namespace mezzanine::core

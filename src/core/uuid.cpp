#include "core/uuid.h"

namespace mezzanine::core
{

std::array<std::uint8_t, 16> TimeOrderedUuid(std::int64_t unix_ms,
											 std::span<const std::uint8_t, 10> random) noexcept
{
	constexpr unsigned kVersion = 0x70;
	constexpr unsigned kVariant = 0x80;

	std::array<std::uint8_t, 16> uuid{};
	for (int i = 0; i < 6; ++i)
		uuid[i] = static_cast<std::uint8_t>(unix_ms >> (40 - 8 * i));
	for (int i = 0; i < 10; ++i)
		uuid[6 + i] = random[i];
	uuid[6] = static_cast<std::uint8_t>(kVersion | (uuid[6] & 0x0F));
	uuid[8] = static_cast<std::uint8_t>(kVariant | (uuid[8] & 0x3F));
	return uuid;
}

} // namespace mezzanine::core

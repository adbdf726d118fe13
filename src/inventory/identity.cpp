#include "inventory/identity.h"

#include "core/uuid.h"

namespace mezzanine::inventory
{

namespace
{

constexpr int64 kUnixEpoch = int64{POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE} * USECS_PER_DAY;

constexpr int kRandomBytes = 10; // that an id takes
constexpr int kIdsAtOnce = 32;

// Random bytes of this process for the next ids: to ask for few costs as much as for many.
uint8_t pool[kIdsAtOnce][kRandomBytes];
int ids_left = 0;

// The next of them, each given out once.
std::span<const uint8_t, kRandomBytes> RandomBytes()
{
	if (ids_left == 0) {
		if (!pg_strong_random(pool, sizeof(pool)))
			ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
							errmsg("could not generate random bytes"), errhint("Try again.")));
		ids_left = kIdsAtOnce;
	}
	return std::span<const uint8_t, kRandomBytes>(pool[--ids_left]);
}

} // namespace

pg_uuid_t NewId(TimestampTz now)
{
	const auto bytes = core::TimeOrderedUuid((now + kUnixEpoch) / 1000, RandomBytes());
	pg_uuid_t id;
	memcpy(id.data, bytes.data(), UUID_LEN);
	return id;
}

} // namespace mezzanine::inventory

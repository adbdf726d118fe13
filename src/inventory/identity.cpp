#include "inventory/identity.h"

#include "core/uuid.h"

namespace mezzanine::inventory
{

namespace
{

constexpr int64 kUnixEpoch = int64{POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE} * USECS_PER_DAY;

} // namespace

pg_uuid_t NewId(TimestampTz now)
{
	uint8_t random[10];
	if (!pg_strong_random(random, sizeof(random)))
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not generate random bytes"),
						errhint("Try again.")));
	const auto bytes = core::TimeOrderedUuid((now + kUnixEpoch) / 1000, random);
	pg_uuid_t id;
	memcpy(id.data, bytes.data(), UUID_LEN);
	return id;
}

} // namespace mezzanine::inventory

// What has a name, a fence of its own, and a time that ends: leases, resources, consumers.
#pragma once

#include "fence/fence.h"

namespace mezzanine::inventory
{

// The fence of what is called `name`.
inline fence::Fence FenceOfName(fence::Realm realm, const text *name)
{
	const uint64 hash =
		hash_bytes_extended(reinterpret_cast<const unsigned char *>(VARDATA_ANY(name)),
							static_cast<int>(VARSIZE_ANY_EXHDR(name)), 0);
	return {realm, static_cast<uint32>(hash >> 32), static_cast<uint32>(hash)};
}

inline bool SameText(const text *a, const text *b)
{
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		   memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

// The end of a `ttl` that begins `now`.
inline TimestampTz EndOf(Interval *ttl, TimestampTz now)
{
	return DatumGetTimestampTz(DirectFunctionCall2(
		timestamptz_pl_interval, TimestampTzGetDatum(now), IntervalPGetDatum(ttl)));
}

} // namespace mezzanine::inventory

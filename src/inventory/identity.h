// Identifiers of reservations and bookings.
#pragma once

#include "pg/door.h"

namespace mezzanine::inventory
{

// A new identifier, ordered by time.
pg_uuid_t NewId(TimestampTz now);

} // namespace mezzanine::inventory

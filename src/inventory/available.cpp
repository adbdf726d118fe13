// inventory.available(): its refusal of what is not supported; the rest is SQL.
#include "inventory/arguments.h"

namespace mezzanine::inventory
{

// refuse_channel(channel) -> true, for a NULL channel
MEZZANINE_FUNCTION(mezzanine_refuse_channel)
{
	RefuseArgument(fcinfo, 0, "channel");
	PG_RETURN_BOOL(true);
}

} // namespace mezzanine::inventory

// The module's entry: magic block, settings, hooks and callbacks.
#include "pg/door.h"

#include "inventory/inventory.h"
#include "views/views.h"

extern "C" {
PG_MODULE_MAGIC;
}

extern "C" PGDLLEXPORT void _PG_init(void);

void _PG_init(void)
{
	// At commit the last one registered goes first: views, which may wait for the rows of
	// groups, before the low-water marks, which wait for commits in progress.
	mezzanine::inventory::InitModule();
	mezzanine::views::InitModule();
}

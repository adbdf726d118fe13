// The module's entry: magic block, settings, hooks and callbacks.
#include "pg/door.h"
#include "views/views.h"

extern "C" {
PG_MODULE_MAGIC;
}

extern "C" PGDLLEXPORT void _PG_init(void);

void _PG_init(void)
{
	mezzanine::views::InitModule();
}

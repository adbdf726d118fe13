#include "inventory/inventory.h"
#include "inventory/low_stock.h"

namespace mezzanine::inventory
{

void InitModule()
{
	InitLowStock();
}

} // namespace mezzanine::inventory

// What the module needs to know of the inventory.
#pragma once

namespace mezzanine::inventory
{

// Settings and callbacks; once, when the library is loaded.
void InitModule();

} // namespace mezzanine::inventory

// The triggers that tell of a table's changes.
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

// Makes those that the table lacks: one set serves all views on it.  Requires: SPI is connected.
void WatchBase(Oid base);

} // namespace mezzanine::views

// The report at the end, in plain text.
#pragma once

#include "audit.h"
#include "watcher.h"

namespace flash_sale
{

// Prints everything; true when nothing at all is off.
bool PrintReport(const Plan &plan, const Tally &tally, const Watched &watched, const Books &books);

} // namespace flash_sale

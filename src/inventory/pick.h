// Picking: which units of a reservation's lines a call is about, when it may name some.
#pragma once

#include "inventory/arguments.h"

namespace mezzanine::inventory
{

// Units of each line that `asked` asks for; all of `units` where it names no lines.
//
// `named` are the reservation's lines, `units` what may be asked of each.
// Raises MZ009 where more is asked for.
int64 *PickUnits(const Lines &asked, const Lines &named, const int64 *units);

// Whether `asked` names exactly these units, or no lines: a call that is repeated.
bool AsksForAll(const Lines &asked, const Lines &named, const int64 *units);

// The lines with these quantities.
Lines WithQuantities(const Lines &named, const int64 *units);

} // namespace mezzanine::inventory

// Candidates: which stocks may serve the lines of a cart, and which of them are preferred.
#pragma once

#include "inventory/arguments.h"

#include "core/allocation.h"

namespace mezzanine::inventory
{

// How a caller wants stocks to be chosen.
struct Preference {
	bool nearest;  // to `near`; else by the priority of locations
	Point *near;   // NULL unless nearest
	text *channel; // NULL for none
	core::Strategy strategy;
};

// A cart, and the stocks that may serve it.
struct Cart {
	core::Want *wants; // one for the lines of one item and location, in their order
	Line *lines;       // of the wants: the item, and the location where there is only one
	int want_count;
	core::Pool *pools; // sorted by stock
	Line *stocks;      // of the pools: item, location and number of the stock
	int pool_count;
};

// Finds the stocks of all lines: those of the location that a line names, or of all; never
// a lot that has expired, by today's date in UTC.
//
// Raises MZ010 for an unknown item or location, 22003 where lines of one item and location
// add up to more than a bigint holds.
Cart FindCandidates(const Lines &lines, const Preference &preference);

} // namespace mezzanine::inventory

// Extremes: minima and maxima, whose order only their type knows.
//
// Of the values that came and of those that left, the delta keeps the best.  Where what
// left is not excluded by what is there, another row must be found: the group is computed
// again.
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

// Makes the row's values the group's candidates where they are better than those it has.
void KeepExtremes(ViewProgram *view, const core::Delta::Row *row, core::Group *group);

// The extreme of what is stored (or NULL) and what came; false where what left may have
// been it.
bool FindExtreme(ArgumentColumns *columns, const core::Argument *change, NullableDatum stored,
				 NullableDatum *extreme);

} // namespace mezzanine::views

// References: what foreign keys say of a join's change.
//
// A row that a foreign key points to cannot have had rows that point to it before it came, nor
// have any when it has gone.  So new rows of such a table join only new rows of the table that
// refers to it, and the terms in which the former stand for themselves add up to nothing.
#pragma once

#include "core/edges.h"

namespace mezzanine::core
{

// The join has rows of `child` only with the row of `parent` that a foreign key of theirs names.
struct Reference {
	int child;
	int parent;
};

// Those of the tables, of which rows came and none left, whose changes no term needs: for the
// join's rows it makes no difference whether such a table is taken as it was or as it is, for no
// old row of a child meets a new one of it.
//
// It leaves out a table of each circle of references: rows of a circle can come together.
Tables NeedlessOf(std::span<const Reference> references, Tables grown);

// Whether a term is empty: it has the rows that left a table, of which none came, and the rows
// that are there of one that refers to it.
bool IsEmptyTerm(std::span<const Reference> references, Tables term, Tables shrunk);

} // namespace mezzanine::core

// Functions and VALUES in FROM: what they give is computed from columns of tables beside them, or
// from nothing, and changes with these alone.
#pragma once

#include "pg/pg.h"

namespace mezzanine::views
{

bool IsComputed(const RangeTblEntry *entry);

// What the entry is computed from, in one List.
Node *ComputedFrom(const RangeTblEntry *entry);

// A copy of the entry with what it is computed from mutated.
RangeTblEntry *MutateComputed(const RangeTblEntry *entry, pg::TreeMutator mutator, void *context);

// The VALUES that a subquery is, and nothing more; NULL: it is something else.
RangeTblEntry *ValuesIn(const Query *query);

// Puts VALUES themselves in the place of the entries that PostgreSQL has for VALUES in FROM, which
// are subqueries.
void UnwrapValues(Query *query);

// Whether a function that makes records of JSON is marked STABLE for the sake of types that are not
// asked for here.
bool IsSettledRecord(const RangeTblFunction *function);

} // namespace mezzanine::views

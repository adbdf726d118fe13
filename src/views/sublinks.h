// Subqueries in expressions that are computed when a reader asks.
//
// Such a subquery is a query of its own, with cores of its own, and stays where it stands in the
// finish, over its home tables.  While the query around it is planned there is a husk in its
// place, which shows what the subquery takes from outside and nothing else.  Within the subquery
// that is a parameter: a value that no row has, so a condition on it is judged late, as one on
// now() is.
#pragma once

#include "views/level.h"

namespace mezzanine::views
{

// Takes a subquery out of an expression of a level, and adds it to the plan's sublinks, not planned
// yet, unless it is there.  *husk is what stands in its place, over the level.
PlannedSublink *TakeSublink(Level *level, const SubLink *given, SubLink **husk);

// Makes of a husk, without its subquery, what is to stand in its place.
using FillSublink = Node *(*)(const PlannedSublink *sublink, SubLink *husk, void *context);

// Replaces the level's subqueries, all of them planned, by their husks, but for those of rows.
Node *WithHusks(Level *level, Node *expression);

// The definition of a subquery in an expression of a level, in its place there.
Node *DefinitionOf(Level *level, const SubLink *given);

// Replaces husks by what `fill` makes, with what is taken from outside put in.
Node *FillSublinks(const QueryPlan *plan, Node *expression, FillSublink fill, void *context);

// What a condition says that something of the row is equal to, where a reader knows that and
// groups by it differ in it; NULL: it says no such thing.
Node *KeyOfCorrelation(Node *condition);

// What the aggregates of a subquery give of no rows: a query from nothing.
Query *QueryOfNoRows(const QueryPlan *plan);

} // namespace mezzanine::views

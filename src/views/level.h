// A query on the way down through FROM, and what its FROM is so far: a sum of inner joins.
//
// All tables of all levels are numbered in one list.  An entry of FROM is one alternative; an
// inner join is the product of both sides' sums, an outer join more than that (outer.cpp).
#pragma once

#include "views/plan.h"

namespace mezzanine::views
{

// What the columns of a number that stands for no table are in one alternative.
struct Choice {
	int number;
	List *outputs; // of Node, over the numbers
};

// One of the inner joins whose rows add up, with their signs, to those of a FROM.
struct Alternative {
	int sign;
	Bitmapset *tables; // that it joins, by number
	Bitmapset *nulls;  // numbers whose columns are NULL in its rows
	List *choices;     // of Choice
	List *conditions;  // over the numbers
	List *settled;     // conditions over tables alone, whatever has become NULL since
};

// What an entry of a query's FROM became.
struct Place {
	int number;          // its table's, from 1; 0: it is a query
	List *outputs;       // of the query, over the numbers
	QueryPlan *inner;    // of the query, where it groups
	struct Level *level; // of the query, where it does not
};

// A condition with the reader's time.
struct LateCondition {
	Node *given;      // NULL: it stands in a subquery
	Node *expression; // over the numbers
};

// The tables of all levels of a query.
struct Gathering {
	List *tables;     // of PlannedTable, by number
	List *late;       // of LateCondition
	Refusal unjoined; // why a subquery in a late condition is not joined
};

struct Level {
	QueryPlan *plan;
	Gathering *gathering;
	const Query *given;
	Level *outer;     // what LATERAL and WITH look out to; NULL: this is the outermost
	Place *places;    // of the entries of `given`, by their number
	bool is_top;      // whether `given` is the plan's own query
	bool is_view;     // whether what its entries name is in a view's query
	bool is_optional; // whether some rows of the whole are without it: it is below an outer join
	List *sum;        // of Alternative: of the plan's own query
	List *scalars;    // subqueries in its expressions, with what stands for them (scalar.cpp)
};

// The level of a query in FROM of another.
Level *LevelBelow(const Level *like, const Query *given, Level *outer);

// An expression of a level over the numbers.
Node *InNumbers(Level *level, const void *node);

// Adds a number: for a table, or for what differs between alternatives where `entry` is NULL.
int AddNumber(Level *level, RangeTblEntry *entry, QueryPlan *inner);

// What FROM and WHERE of a level are: a List of Alternative pointers.  NIL: refused.
List *FlattenItems(Level *level);

// Makes an entry of a level's FROM what its query selects.  NIL: refused.
List *FlattenQuery(Level *level, int number, const Query *query, Level *outer);

// Refuses what would come to so many alternatives that to plan them takes all memory.
bool CheckAlternatives(Level *level, int64 count);

// What two items of FROM joined are.  NIL: refused, or one of them was.
List *JoinItems(Level *level, const List *left, const List *right);

// One item of a level's FROM, with all that it joins.  NIL: refused.
List *FlattenItem(Level *level, Node *item);

// Has a sum be of the rows that meet a condition of the level; false: refused.
bool AddConditions(Level *level, Node *quals, List **sum);

// The plan of a query that groups, part of the level's plan; NULL: refused.  `outer` is what it
// looks out to.
QueryPlan *PlanInner(Level *level, const Query *query, Level *outer);

// Adds the home table of an inner plan to the numbers.  What it shows is added to *outputs.
// Returns the sum of it alone.
List *JoinInner(Level *level, QueryPlan *inner, const char *alias, List **outputs);

} // namespace mezzanine::views

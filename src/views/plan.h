// A query taken apart: what is computed from the base and kept (cores), and what is
// computed from that when a reader asks (the finish).
//
// The base is a table, the groups of a subquery, or the rows of several of these (flatten.h).
// Expressions are PostgreSQL's own nodes.  Those of a core are over the base; the finish is made
// by replacing, in the query over the base, what a column of the home tables holds by that column
// (finish.h).
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

// Why a query is refused; `message` is NULL where it is not.
struct Refusal {
	const char *message;
	const char *detail;
	const char *hint;
};

// How a column follows the base.
enum class Maintenance {
	kDelta,     // what comes is added, what leaves is taken away
	kExtreme,   // min and max: looked up again when the extreme leaves
	kMoving,    // the aggregate's own inverse takes values away; computed again where it cannot
	kFloat,     // added while finite values come; computed again otherwise
	kRecompute, // computed again for each group that changed
};

// A column of the home tables: of the key, or of the state.
struct PlannedColumn {
	Node *expression; // over the base: a key's expression, or an aggregate
	const char *name;
	AttrNumber attribute; // in what the finish reads
	int joined;           // which table beside the first the finish reads it from; 0: the first
	Maintenance maintenance;
	Node *shown; // what explain shows in the expression's place, where not NULL
};

// An expression of the query whose value a column holds.
struct Match {
	Node *given;
	Index reference; // of the sort or group clause that names it; 0: none
	PlannedColumn *column;
};

// What the rows of the query are.
enum class Shape {
	kGroups,     // GROUP BY, or aggregates alone: one row a group
	kDistinct,   // SELECT DISTINCT: one row a group, all of it key
	kDistinctOn, // SELECT DISTINCT ON: a group's first row
	kRows,       // neither: each row of the base; equal ones are kept once, with their number
};

// One home table: the groups by one list of keys.
struct PlannedCore {
	const struct QueryPlan *plan; // over whose base its expressions are
	List *keys;                   // of PlannedColumn
	List *states;                 // of PlannedColumn
	List *filter;                 // conditions on the source's rows
	PlannedCore *source;          // whose groups are this core's rows; NULL: the base's rows are
	const char *home;             // the table, qualified and quoted; NULL: not made yet
	const char *label;            // until then
};

// The distinct values of an aggregate's argument, per group: a core of (value, keys) that
// feeds a core of the keys, which the finish joins.
struct PlannedChain {
	Node *argument;
	Node *filter; // of the aggregates; NULL: none
	PlannedColumn *value;
	PlannedCore *distinct;
	PlannedCore *groups;
};

// A table that arms read, by its number, from 1, in all that is said of them.
struct PlannedTable {
	RangeTblEntry *entry;    // NULL: it stands for what differs between arms, and is in none
	struct QueryPlan *inner; // whose groups' home table it is; NULL: it is none
};

// An inner join whose rows, with a sign, are part of the rows of a query.
struct PlannedArm {
	int sign;
	Bitmapset *tables; // by number
	List *columns;     // of the rows, as expressions over the tables
	List *conditions;  // over the tables
	List *computed; // of RangeTblEntry, over the tables: functions and VALUES among these, in order
	const char *name; // of the view of it, qualified and quoted; NULL: not made yet, or none
};

// What a query over several tables is computed from (flatten.h).
struct PlannedRows {
	List *columns;     // of TargetEntry
	List *entries;     // of RangeTblEntry: what the columns are over
	List *tables;      // of PlannedTable
	List *arms;        // of PlannedArm; what they select adds up to the rows
	bool is_flat;      // the only arm is the rows
	const char *name;  // of the view of them, qualified and quoted; NULL: not made yet
	const char *label; // until then
};

// A subquery in an expression that readers' queries compute (sublinks.h).
struct PlannedSublink {
	int number;          // its husk has it as subLinkId
	struct Level *level; // where it stands
	const Node *given;   // the subquery
	SubLinkType type;    // and what is asked of it: EXISTS reads no columns
	List *parameters;    // of Param: what its husk shows stands for these
	struct QueryPlan *plan;
};

struct QueryPlan {
	Refusal refusal;
	Query *query;      // as analysed; over the base
	Query *definition; // what the view equals; as given, but for what notices tell
	bool is_rewritten; // whether these differ
	List *notices;     // of char *

	List *tables;        // the base tables, inner plans' and sublinks' too, each once: Oids, sorted
	List *read_views;    // mezzanine views in FROM, whose definitions are written out: Oids
	List *inners;        // of QueryPlan: the grouped queries whose groups are among the base
	struct Level *level; // what became of FROM (level.h)
	PlannedRows *rows;   // that are the base; NULL: it is one table, or inner groups
	PlannedCore *source; // whose groups are the base; NULL: one table is
	bool is_inner;       // whether the query is part of another
	List *sublinks;      // of PlannedSublink
	List *branches;      // of QueryPlan: what UNION, INTERSECT or EXCEPT combine; else NIL
	bool is_sublink;     // whether the query is a subquery in an expression
	bool is_scalar;      // and of one value
	bool is_keyed;       // and of a group that is found by a key
	int varno;           // of the base, in the query
	List *filter;        // conditions on the base's rows
	List *late_filter;   // conditions on keys that are judged when a reader asks

	Shape shape;
	List *matches;   // of Match
	List *keys;      // of PlannedColumn; all that some core groups by
	List *states;    // of PlannedColumn; the same in every core that is read first
	List *cores;     // of PlannedCore, those of inner plans too; a source precedes what it feeds;
					 // those of sublinks follow
	List *chains;    // of PlannedChain; the finish joins them in this order
	List *arms;      // of PlannedCore: what the finish reads, one after another
	List *groupings; // of GroupingFunc: constant in each arm
};

// The core whose groups an inner plan's query shows.
inline PlannedCore *ShownCore(const QueryPlan *inner)
{
	return static_cast<PlannedCore *>(linitial(inner->arms));
}

// The attributes of what the finish reads: hash, keys, number of rows, states.
inline AttrNumber CountAttribute(const QueryPlan *plan)
{
	return static_cast<AttrNumber>(kHashAttribute + list_length(plan->keys) + 1);
}

} // namespace mezzanine::views

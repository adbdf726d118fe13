// Joins: a query over several tables is one over the rows of their join, which a plain view
// in mezzanine_state, the rows view, tells.
//
// Where it is not an inner join of tables, it has arms: plain views that are, whose rows add up
// to its own, those of each arm with a sign.
//
// A JoinProgram is one such join taken apart for one session: its tables, its conditions, and
// the tree of edges that changes walk by.  Of it queries are made in which some tables give
// way to their changes (terms.h).
#pragma once

#include "core/references.h"
#include "views/catalogue.h"

namespace mezzanine::views
{

// A table whose changes change the join, however often it is joined.
struct JoinedSource {
	Oid relation;
	RowsColumns columns;
	TupleDesc change; // of its changed rows: a sign, then the columns
	const char *name; // of its changes in queries
	bool *tied;       // of each column: a condition of this join reads it,
	bool *read;       // or it reads it anyhow
	TupleDesc pair;   // of two changed rows (pairs.h): the columns come a second time
	const char *pair_name;
};

// The sign of a changed row: how often it came, or left where it is below zero.
constexpr AttrNumber kSignAttribute = 1;

// One mention of a table in the join; in expressions its varno is its place, from 1.
struct JoinedTable {
	int source;
	RangeTblEntry *entry;
};

// What functions and VALUES in FROM give: no table, for nothing changes it but the tables that it
// is computed from.  Its varno in expressions follows those of the tables.
struct JoinedValues {
	RangeTblEntry *entry;
	core::Tables tables; // whose columns it is computed from, if any
};

// A condition of the join, and the tables that it is about.
struct JoinCondition {
	Node *expression;
	core::Tables tables;
};

// A key that both sides of an edge have; hashed alike where they are equal.
struct EdgeKey {
	Node *expressions[2]; // by core::Side
	FmgrInfo hashes[2];
	Oid collation;
};

struct JoinProgram {
	MemoryContext context;
	Oid view; // that tells the rows: the rows view, or an arm of it; names the fences
	int sign; // with which they are rows of the rows view
	int source_count;
	JoinedSource *sources;
	int table_count;
	JoinedTable *tables;
	List *values;      // of JoinedValues
	List *conditions;  // of JoinCondition
	List *targets;     // of TargetEntry: the columns of the rows view
	core::Edge *edges; // one fewer than tables
	List **keys;       // of each edge, of EdgeKey; NIL: it has none
	int reference_count;
	core::Reference *references; // foreign keys that the join goes by
	struct JoinPlan *plans;
};

// The program's joins, a List of JoinProgram pointers by the oids of their views; made when they
// are first asked for, at a commit: that locks all their tables.
//
// Requires: the program is of a rows view.
List *JoinsOf(BaseProgram *program);

// Raises an error where the rows view is no inner join of tables and has no arms that are: no
// change would then reach it.
void RequireJoins(Oid rows);

// What a rows view reads of a table, in the current context; false where its arms are yet to come:
// then it is computed when they do.
bool ColumnsOfJoin(const RowsEntry *rows, Oid relation, RowsColumns *columns);

} // namespace mezzanine::views

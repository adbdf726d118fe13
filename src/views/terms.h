// Terms: the join's rows with some tables replaced by their changes.
//
//   ΔQ = Σ over the non-empty sets S of changed tables of
//        (−1)^(|S|+1) · (the changes of the tables in S, joined with the others as they are now)
//
// So no table's old contents are ever made anew, and every term starts from changes and
// follows indexes.  Queries are made as trees, not as text: they know their tables by oid,
// whatever these are called meanwhile.  Their plans are kept with the program, one for few
// changes and one for each order of magnitude of many.
#pragma once

#include "views/join.h"

namespace mezzanine::views
{

// The changes of one transaction in the tables of a join.
struct JoinChanges {
	MemoryContext context;
	JoinProgram *join;
	Tuplestorestate **stores; // of each source, NULL: it did not change
	int64 *counts;            // of rows in them
	bool *came;               // of each source: some row came
	bool *left;               // or left
	bool paired;              // the rows are pairs (pairs.h)
	QueryEnvironment *environment;
};

// Opens an empty set of changes, or of pairs.  In the current context.
JoinChanges OpenChanges(JoinProgram *join, bool paired);

// Frees the changed rows.
void CloseChanges(JoinChanges *changes);

// Adds a changed row of a source, in the form of its `change`, or a pair in that of its `pair`.
void AddChange(JoinChanges *changes, int source, Datum *values, bool *nulls);

// The tables whose changes make a difference: those that have some, but for what foreign keys say
// of them.
core::Tables ChangedTables(const JoinChanges *changes);

// Whether it is known without a look that a term has no rows.
bool IsEmptyTerm(const JoinChanges *changes, core::Tables deltas);

// Gets each row of a query; false: no more are wanted.
using RowTaker = bool (*)(TupleTableSlot *row, void *context);

// Runs the join of all tables, those in `deltas` replaced by their changes, under the active
// snapshot.  Rows are those of the rows view and one column more, the sign: times the row
// comes, or goes where it is below zero.
void RunTerm(JoinChanges *changes, core::Tables deltas, RowTaker take, void *context);

// Gets each two rows of a query over pairs: one that leaves and one that comes in its place, as
// often as `count` says.
using PairTaker = void (*)(TupleTableSlot *left, TupleTableSlot *came, int64 count, void *context);

// Runs the join of all tables with one replaced by pairs of its changes.  Rows are those of the
// rows view.
void RunPairs(JoinChanges *pairs, int table, PairTaker take, void *context);

// Runs the join of the tables on a step's path, the root replaced by its changes.  Rows are the
// keys of the step's edge on the near side.
void RunStep(JoinChanges *changes, int root, const core::Step *step, RowTaker take, void *context);

// Whether some plan of the joins depends on the relation; on an object of a system catalogue.
bool AnyPlanReads(const List *joins, Oid relation);
bool AnyPlanUses(const List *joins, int cache_id, uint32 hash);

} // namespace mezzanine::views

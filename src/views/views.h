// What the files of the views engine share: the in-memory form of a view.
//
// A ViewProgram is compiled once a session from the view's catalogue entry and its
// truth view; capture evaluates its expressions on a changed row, apply finds the
// group's home row by its keys and writes the state columns.
#pragma once

#include "pg/door.h"

#include "core/delta.h"

namespace mezzanine::views
{

constexpr const char *kPublishedSchema = "mezzanine";
constexpr const char *kStateSchema = "mezzanine_state";
constexpr const char *kInfoSchema = "mezzanine_info";

// On base tables and their partitions; made by create_view.
constexpr const char *kTouchTrigger = "mezzanine_touch";
constexpr const char *kCaptureTrigger = "mezzanine_capture";

// The home table's first column; the keys follow, then the number of rows, then each
// argument's columns.  The truth view has the same columns in the same order.
constexpr AttrNumber kHashAttribute = 1;

// How a type's values are laid out.
struct Storage {
	int16 length;
	bool by_value;
};

// An expression of the truth view, with the storage of its values.
struct Input {
	ExprState *expression;
	Storage storage;
};

// One column of the grouping key, with its type's own hash and equality.
struct KeyColumn {
	ExprState *expression;
	AttrNumber column;    // of the row, where the expression is that; else 0
	AttrNumber attribute; // in the home table
	Oid type;
	Storage storage;
	Oid collation;
	FmgrInfo hash;
	FmgrInfo equal;
	Oid equal_operator;
};

// One argument of the aggregates.  Attributes are 0 where the column is not kept.
struct ArgumentColumns {
	core::ArgumentKind kind;
	ExprState *filter;     // NULL: every row counts
	ExprState *expression; // NULL for count(*), and where the group is computed again
	AttrNumber column;     // of the row, where the expression is that; else 0
	Oid type;
	Storage storage;
	AttrNumber count;
	AttrNumber sum; // or whatever else the column is
	AttrNumber irregular;

	// kExtreme: better(a, b) says that a excludes b.
	FmgrInfo better;
	Oid collation;

	// kMoving: its functions, and which argument counts the values; -1: each row is one.
	struct MovingCalls *moving;
	int counted;

	// kRecompute, kMoving: what the aggregate reads.  An UPDATE that leaves it alone is no change.
	int input_count;
	Input *inputs;
};

// A view as one session maintains it.
struct ViewProgram {
	MemoryContext context; // of the program
	Oid view;
	Oid home;
	Oid hash_index;
	Oid truth;
	Oid owner;
	struct ViewCounts *counts; // of this session; statistics.h
	bool is_first;             // of the view's cores
	bool marks_stale;          // a failure of its maintenance makes it stale, not the writer fail
	AttrNumber rows;           // attribute of the number of rows in the group
	bool pin_search_path;      // some expression calls a function that may look names up
	bool is_plain;             // all that is evaluated is columns: no function is called
	ExprState *filter;         // NULL: every row
	int key_count;
	KeyColumn *keys;
	int argument_count;
	ArgumentColumns *arguments;
	core::ArgumentKind *kinds; // of the arguments, as the core wants them
	bool has_opaque;           // some argument is kExtreme
	struct FoldSpace *space;   // where rows are evaluated; fold.cpp
	bool feeds;                // other cores are computed from the home table
	int32 spread;              // the most cells of a group, the home row included
	Oid cells;                 // the table of the others; Invalid where spread is 1
	Oid cells_index;
	AttrNumber cell_attribute;   // of the cell's number, after the home table's columns
	struct RecomputePlan *plans; // by which a group is computed again; recompute.cpp
};

// What a join reads of a changed row of one of its tables.
struct RowsColumns {
	Oid rows; // the rows view
	Oid view;
	int column_count;
	AttrNumber *attributes; // ascending
	Storage *storages;
};

// All views on one base table, or on the rows of one join.
struct BaseProgram {
	Oid base;
	bool valid;
	MemoryContext context;
	ExprContext *expressions;
	bool has_views;  // also where none of them is live
	Bitmapset *used; // attributes, offset as pull_varattnos does
	int view_count;
	ViewProgram *views;
	int rows_count;    // of the joins that read the table and are maintained
	RowsColumns *rows; //
	List *joins;       // that make the rows, as far as they were asked for; join.h
	BaseProgram *next_retired;
};

// mezzanine.lock_timeout, milliseconds.
extern int lock_timeout_ms;

// Registers settings, hooks and callbacks; called when the library is loaded.
void InitModule();

} // namespace mezzanine::views

// Aggregates that can give a value back: those whose author declared a moving-aggregate mode
// (MSFUNC, MINVFUNC, MSTYPE), as window functions use it.
//
// The home table keeps the state of that mode, as the aggregate mezzanine_state.moving
// computes it from the base, NULL where no value went in; the published view calls the
// author's final function on it.  What comes is added by the transition function, what
// leaves is taken away by its inverse.  Where the inverse has no answer (NULL), the group is
// computed again.
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

// The moving mode of an aggregate, from the catalogue.
struct MovingMode {
	Oid aggregate;
	Oid transition;
	Oid inverse;
	Oid final; // Invalid: the state is the result
	bool final_reads_types;
	bool strict; // a row with a NULL among the arguments is passed over
	Oid state;   // its type
	const char *initial;
};

// The mode of the aggregate, where it has one whose state can be stored; else false.
bool ReadMovingMode(Oid aggregate, MovingMode *mode);

// The aggregate's moving mode, where the query's call of it can be kept by that: each row once,
// in no order, arguments of declared types.
bool CanBeKeptMoving(const Aggref *call, MovingMode *mode);

// --- planning; with text settings pinned ---

// The call of mezzanine_state.moving that computes the state.
Node *MovingState(const MovingMode *mode, const Aggref *call, List *arguments);

// The count of the rows that go into the state; NULL: all rows of the group do.
Node *CountBehind(const MovingMode *mode, const Aggref *state);

// The aggregate's value over its state, as a template in which $1 is the state.
const char *MovingValue(const MovingMode *mode, const Aggref *call);

// --- keeping ---

// Whether a call of mezzanine_state.moving is one that MovingState made, and of what.
bool IsMovingState(const Aggref *state, MovingMode *mode);

// What the call reads of each row: the aggregate's arguments.
List *MovingArguments(const Aggref *state);

// The functions of a mode, ready to be called.
struct MovingCalls {
	MovingMode mode;
	FmgrInfo transition;
	FmgrInfo inverse;
	Storage storage;
	Oid collation;
	NullableDatum initial;
};
void InitMovingCalls(MovingCalls *calls, const Oid *types, int count, Oid collation);

// Takes `change` over into *state, in the current memory context.  Requires that values are
// left in it.  False where only the truth knows the state.
bool MoveState(ArgumentColumns *columns, const core::Argument *change, NullableDatum *state);

} // namespace mezzanine::views

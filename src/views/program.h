// Programs: the views on a base table compiled for this session.
//
// They are cached until the base table or one of the views changes.  A program that
// went invalid while somebody uses it lives on to the end of the transaction.
#pragma once

#include "views/statistics.h"

namespace mezzanine::views
{

// The program of a base table, or of a rows view; view_count is 0 where no view is on it.
BaseProgram *ProgramFor(Oid base);

// Whether somebody counts the rows of the table.
inline bool IsWatched(const BaseProgram *program)
{
	return program->view_count > 0 || program->rows_count > 0;
}

// Whether a view, or a join, reads one of `columns` (offset as pull_varattnos does) of a changed
// row, or the row as a whole.
bool ReadsAny(const BaseProgram *program, const Bitmapset *columns);

// The view with this home table in `program`, or NULL where it was dropped.
ViewProgram *FindView(BaseProgram *program, Oid home);

// Evaluates in the view's owner's name: restricted, and with a pinned search_path and no
// row-level security where an expression may look names up and read tables.
struct OwnerScope {
	Oid user;
	int security;
	int guc_nest_level; // 0: search_path was left alone
	Work outer;
};
OwnerScope EnterOwner(const ViewProgram *view);
void LeaveOwner(const OwnerScope *scope);

// Has row-level security be an error, not a silent filter; ended by AtEOXact_GUC.
void RefuseRowSecurity();

// Frees what is no longer valid; at the end of a transaction.  Neither allocates nor raises.
void ForgetRetiredPrograms();

void InitPrograms();

} // namespace mezzanine::views

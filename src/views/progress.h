// How far the filling of a home table has come, for other sessions to look at.
//
// It is told by PostgreSQL's own means, the backend's status in shared memory, so nothing
// has to be preloaded, and an abort takes it back.
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

enum class Filling { kCreate, kRefresh, kRebuild };

struct Progress {
	Filling filling;
	Oid base;
	Oid view; // Invalid while it is being created
	Oid home;
	int number; // of the core, from 1 in the order of filling
	int count;  // of the cores
};

// From here to EndProgress, statements that write to the home table tell how many rows
// they have read from other tables, and written.  Does nothing while the session already
// tells of something else, or where track_activities is off.
void BeginProgress(const Progress *progress);
void EndProgress();

void InitProgress();

} // namespace mezzanine::views

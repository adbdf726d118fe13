// The life of a view: live, paused or stale.
//
// The status is a column of the catalogue, so it is durable, and seen by everybody in the
// snapshot in which the view's contents are: a reader whose snapshot is older than what made
// the view stale goes on.  Only live views are maintained.
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

enum class Status : char { kLive = 'l', kPaused = 'p', kStale = 's' };

// What the catalogue knows of a view's life.
struct ViewLife {
	Status status;
	bool marks_stale; // on_error => 'mark_stale'
	bool serves;      // on_stale => 'serve'
	const char *reason;
	Oid catalogue; // where it was found
	ItemPointerData row;
};

// The life of a view as `snapshot` sees it, or in its latest version where that is NULL;
// false where there is no such view.
bool LifeOf(Oid view, Snapshot snapshot, ViewLife *life);

// Writes the status, in this transaction.  `reason` may be NULL.
void SetStatus(Oid view, Status status, const char *reason);

// Marks the view stale; false where it is not live, or gone.
bool MarkStale(Oid view, const char *reason);

// What becomes of errors and of reading what is not live; NULL leaves as it is.
struct ViewReactions {
	const char *on_error;
	const char *on_stale;
};
void SetReactions(Oid view, const ViewReactions *reactions);

// Raises MZ020 where the view, one of whose home tables is `home`, is not live in `snapshot`
// and may not be served so.
void RequireServable(Oid home, Oid view, Snapshot snapshot);

// Whether the view of a home table is live in `snapshot`, as far as this session can tell at
// once: by the row of the catalogue that told so before, if the snapshot sees it.
bool IsKnownLive(Oid home, Snapshot snapshot);

void InitLife();

// mezzanine.serve_stale: this session reads views that are not live, too.
extern bool serve_stale;

} // namespace mezzanine::views

// What the maintenance of each view has done so far, as mezzanine_info.stat_views shows it.
//
// A transaction counts in session memory and adds its counts up when it ends: to those of
// the session, and where the library is in shared_preload_libraries also to those of the
// server, by atomic additions: no writer waits for another, and nothing is written to disk.
#pragma once

#include "pg/waits.h"
#include "views/views.h"

namespace mezzanine::views
{

enum Count {
	kBatches,     // transactions that brought the view up to date
	kRowsIn,      // changed rows of its table that concerned it
	kRowsChanged, // rows of its home tables and cells written
	kApplyTime,   // spent on that, microseconds
	kWaits,       // for other transactions, while at it
	kWaitTime,    // microseconds
	kErrors,      // of the maintenance
	kCounts
};

// A view's counts in this session; they stay where they are as long as it lives.
struct ViewCounts {
	Oid view; // the hash key
	bool is_pending;
	bool was_applied;
	uint64 pending[kCounts]; // of this transaction
	uint64 total[kCounts];
	TimestampTz last_applied; // 0: never
	TimestampTz since;
	ViewCounts *next_pending;
};

ViewCounts *CountsOf(Oid view);

void AddCount(ViewCounts *counts, Count count, uint64 number);

// Whose maintenance is under way.  An error of it ends a transaction, or a subtransaction, no
// deeper than it began, and is counted there.
struct Work {
	ViewCounts *counts; // NULL: nobody's
	int level;
};
Work EnterWork(ViewCounts *counts);
void LeaveWork(Work outer);

// Around the application of a delta to one home table.
void BeginApplication(ViewCounts *counts);
void EndApplication(uint64 rows_changed);

void InitStatistics();

} // namespace mezzanine::views

// Where a transaction's deltas go when they outgrow memory: one temporary file, whose blocks
// PostgreSQL buffers, counts against temp_file_limit and removes.
//
// Runs are appended; what a rollback to a savepoint drops stays in the file, unread, until the
// end of the transaction.
#pragma once

#include "views/views.h"

namespace mezzanine::views
{

// mezzanine.work_mem
extern int work_mem_kb;

// Spills all of the delta's groups where they have outgrown mezzanine.work_mem.
void SpillIfLarge(core::Delta *delta);

// core::Delta::Seal, after spilling the rest of what has spilled in part.
void SealDelta(core::Delta *delta);

// Goes on with the view's next batch of groups; false: there is none.
bool LoadBatch(core::Delta *delta, std::size_t view_index);

// At the end of the apply.
void CloseSpill();

// At the end of the transaction: PostgreSQL has closed the file, or is about to.
void ForgetSpill();

} // namespace mezzanine::views

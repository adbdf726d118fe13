#include "views/walk.h"

#include "fence/fence.h"
#include "pg/context.h"

namespace mezzanine::views
{

namespace
{

// After so many walks that found something new, edges are fenced as a whole.
constexpr int kMostWalks = 3;

// One walk, or all of them: the needs add up.
struct Walk {
	JoinChanges *changes;
	core::EdgeFences *fences;
	bool reads; // some step reads tables: its outcome depends on the snapshot
};

// A step at work.
struct Crossing {
	const Walk *walk;
	const core::Step *step;
};

void CrossWhole(const Crossing *crossing)
{
	const core::Step *step = crossing->step;
	core::EdgeFences *fences = crossing->walk->fences;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { fences->CrossWhole(step->edge, step->side); }))
		MEZZANINE_RAISE(failure);
}

void CrossAt(const Crossing *crossing, uint32 key)
{
	const core::Step *step = crossing->step;
	core::EdgeFences *fences = crossing->walk->fences;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { fences->Cross(step->edge, step->side, key); }))
		MEZZANINE_RAISE(failure);
}

// Equal keys hash alike, whichever side and type they come from.  False for a key with a NULL,
// which meets nothing.
bool HashOf(const Crossing *crossing, TupleTableSlot *row, uint32 *hash)
{
	ListCell *cell;
	*hash = 0;
	foreach (cell, crossing->walk->changes->join->keys[crossing->step->edge]) {
		auto *key = static_cast<EdgeKey *>(lfirst(cell));
		bool is_null;
		const Datum value = slot_getattr(row, foreach_current_index(cell) + 1, &is_null);
		if (is_null)
			return false;
		FmgrInfo *function = &key->hashes[static_cast<int>(crossing->step->side)];
		const uint32 one = DatumGetUInt32(FunctionCall1Coll(function, key->collation, value));
		*hash = hash_combine(*hash, one);
	}
	return true;
}

bool TakeCrossing(TupleTableSlot *row, void *context)
{
	const auto *crossing = static_cast<Crossing *>(context);
	const core::Step *step = crossing->step;
	uint32 hash;
	if (crossing->walk->changes->join->keys[step->edge] == NIL)
		CrossWhole(crossing);
	else if (HashOf(crossing, row, &hash))
		CrossAt(crossing, hash);
	return !crossing->walk->fences->Covers(step->edge, step->side);
}

// The steps of one root's walk.
struct Steps {
	int root;
	std::size_t count;
	core::Step steps[core::kMostTables];
};

bool CrossBeyondWhole(const Walk *walk, const Steps *steps, std::size_t i)
{
	bool crossed = false;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			crossed = walk->fences->CrossBeyondWhole({steps->steps, steps->count}, steps->steps[i]);
		}))
		MEZZANINE_RAISE(failure);
	return crossed;
}

// Crosses one edge.  `again`: what depends on the changes alone is known already.
void TakeStep(Walk *walk, const Steps *steps, std::size_t i, bool again)
{
	const core::Step *step = &steps->steps[i];
	const bool is_first = step->before < 0;
	if ((again && is_first) || walk->fences->Covers(step->edge, step->side) ||
		CrossBeyondWhole(walk, steps, i))
		return;
	walk->reads |= !is_first;
	Crossing crossing = {walk, step};
	RunStep(walk->changes, steps->root, step, TakeCrossing, &crossing);
}

// Crosses all edges from the changes of one table.
void WalkFrom(Walk *walk, int root, bool again)
{
	const JoinProgram *join = walk->changes->join;
	Steps steps;
	steps.root = root;
	steps.count = static_cast<std::size_t>(join->table_count - 1);
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			core::WalkFrom(root, {join->edges, steps.count}, {steps.steps, steps.count});
		}))
		MEZZANINE_RAISE(failure);
	for (std::size_t i = 0; i < steps.count; i++)
		TakeStep(walk, &steps, i, again);
}

// True when the walk found nothing new.
bool WalkAll(Walk *walk, bool again)
{
	const core::Tables changed = ChangedTables(walk->changes);
	for (int i = 0; i < walk->changes->join->table_count; i++)
		if ((changed & core::SetOf(i)) != 0)
			WalkFrom(walk, i, again);
	bool settled = false;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { settled = walk->fences->Settle(); }))
		MEZZANINE_RAISE(failure);
	return settled;
}

// Fences as taken, to be let go again.
struct Held {
	std::size_t count;
	core::EdgeFence *fences;
};

LOCKMODE ModeOf(const core::EdgeFence *fence)
{
	switch (fence->colours) {
	case core::EdgeFence::kEntering:
		return RowExclusiveLock;
	case core::EdgeFence::kExcluding:
		return ShareLock;
	default: // both at once: one after the other could deadlock
		return ShareRowExclusiveLock;
	}
}

fence::Fence FenceOf(const Walk *walk, const core::EdgeFence *fence)
{
	return {fence->is_key ? fence::Realm::kEdge : fence::Realm::kSide, walk->changes->join->view,
			fence->number};
}

Held TakeFences(const Walk *walk)
{
	Held held = {walk->fences->size(), nullptr};
	held.fences =
		static_cast<core::EdgeFence *>(palloc(sizeof(core::EdgeFence) * (held.count + 1)));
	for (std::size_t i = 0; i < held.count; i++) {
		held.fences[i] = (*walk->fences)[i];
		fence::Acquire(FenceOf(walk, &held.fences[i]), ModeOf(&held.fences[i]));
	}
	return held;
}

void ReleaseFences(const Walk *walk, const Held *held)
{
	for (std::size_t i = 0; i < held->count; i++)
		fence::Release(FenceOf(walk, &held->fences[i]), ModeOf(&held->fences[i]));
}

// Makes the latest snapshot the active one; true when nobody's transaction has ended since `at`.
bool PushLatest(uint64 *at)
{
	Snapshot latest = GetLatestSnapshot();
	const bool is_same = latest->snapXactCompletionCount == *at;
	*at = latest->snapXactCompletionCount;
	PushActiveSnapshot(latest);
	return is_same;
}

} // namespace

void FenceChanges(JoinChanges *changes)
{
	uint64 at = 0;
	Walk walk = {changes,
				 pg::MakeInContext<core::EdgeFences>(CurrentMemoryContext, "mezzanine edges"),
				 false};
	(void)PushLatest(&at);
	(void)WalkAll(&walk, false);
	for (int walks = 1;; walks++) {
		const Held held = TakeFences(&walk);
		PopActiveSnapshot();
		if (PushLatest(&at) || !walk.reads)
			return; // it would find the same
		if (walks == kMostWalks)
			walk.fences->Escalate();
		if (WalkAll(&walk, true))
			return;
		ReleaseFences(&walk, &held);
	}
}

} // namespace mezzanine::views

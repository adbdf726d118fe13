#include "views/transaction.h"

#include "pg/context.h"
#include "views/program.h"
#include "views/spill.h"
#include "views/stale.h"
#include "views/substitute.h"

namespace mezzanine::views
{

namespace
{

// How this session's plans read a view.
struct PlannedView {
	Oid home; // the hash key
	bool by_home;
	bool by_truth;
};
HTAB *planned_views = nullptr;

// The state of the current transaction; the lists and the delta are in
// TopTransactionContext and go with it.
struct TransactionState {
	core::Delta *delta;
	core::Delta *rows;   // changed rows of joined tables, by rows view; NULL: none
	List *touched_homes; // and tables of cells
	List *touched_sources;
	bool applied;
	bool applying;
	bool passed_foreign_keys;
	bool lost; // a subtransaction's part could not be kept: the commit must fail
};
TransactionState state = {};

PlannedView *FindPlannedView(Oid home, HASHACTION action)
{
	if (planned_views == nullptr) {
		HASHCTL control = {};
		control.keysize = sizeof(Oid);
		control.entrysize = sizeof(PlannedView);
		planned_views = hash_create("mezzanine plans", 16, &control, HASH_ELEM | HASH_BLOBS);
	}
	bool found;
	auto *view = static_cast<PlannedView *>(hash_search(planned_views, &home, action, &found));
	if (view != nullptr && !found)
		view->by_home = view->by_truth = false;
	return view;
}

// Has this session's plans on the view made anew; nobody else hears of it.
void DropPlans(Oid home)
{
	CallSyscacheCallbacks(PROCOID, PlanHash(home));
}

void DropPlansByHome(Oid home)
{
	PlannedView *view = FindPlannedView(home, HASH_FIND);
	if (view == nullptr || !view->by_home)
		return;
	view->by_home = false;
	DropPlans(home);
}

// Neither allocates nor raises: it runs when the transaction's fate is decided.
void DropPlansByTruth()
{
	if (planned_views == nullptr)
		return;
	HASH_SEQ_STATUS scan;
	hash_seq_init(&scan, planned_views);
	while (auto *view = static_cast<PlannedView *>(hash_seq_search(&scan))) {
		if (!view->by_truth)
			continue;
		view->by_truth = false;
		DropPlans(view->home);
	}
}

void ApplyOnce()
{
	if (state.lost)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"),
						errdetail("Changes of a subtransaction could not be kept for the "
								  "mezzanine views.")));
	if (state.applied || (state.delta == nullptr && !AnyFailed()))
		return;
	state.applied = true;
	state.applying = true;
	if (state.delta != nullptr)
		ApplyDelta(state.delta, state.rows, state.touched_sources);
	CloseSpill();
	state.applying = false;
	MarkFailedViews();
}

// Registered anew by each transaction's first touch, so that it runs before the
// callbacks of other extensions: an error of ours must come before, say, postgres_fdw
// commits its remote transactions.
void ApplyFirst(XactEvent event, void *)
{
	if (event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_PRE_PREPARE)
		ApplyOnce();
}

// Registered once, when the library is loaded, so that it runs last: what another
// extension's callback changed at pre-commit, having touched nothing before, is
// applied here.
void EndTransaction(XactEvent event, void *)
{
	switch (event) {
	case XACT_EVENT_PRE_COMMIT:
	case XACT_EVENT_PRE_PREPARE:
		ApplyOnce();
		break;
	case XACT_EVENT_COMMIT:
	case XACT_EVENT_ABORT:
	case XACT_EVENT_PREPARE:
		state = {};
		ForgetSpill();
		AllowInlining();
		DropPlansByTruth();
		ForgetRetiredPrograms();
		break;
	default:
		break;
	}
}

void EndLevel(core::Delta *delta, SubXactEvent event)
{
	const int depth = GetCurrentTransactionNestLevel();
	pg::Failure failure;
	if (event == SUBXACT_EVENT_ABORT_SUB)
		delta->AbortLevel(depth);
	else if (event == SUBXACT_EVENT_COMMIT_SUB)
		// Too late to raise: a failure is remembered, and raised before the commit.
		state.lost |= !pg::CallCore(&failure, [&] { delta->CommitLevel(depth); });
}

void EndSubtransaction(SubXactEvent event, SubTransactionId, SubTransactionId, void *)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		AllowInlining();
	if (state.delta == nullptr)
		return;
	EndLevel(state.delta, event);
	if (state.rows != nullptr)
		EndLevel(state.rows, event);
}

// Makes the delta where it is not there yet.
void RequireDelta()
{
	if (state.applied)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("cannot change the base table of a mezzanine view any more"),
				 errdetail("The transaction is committing, and its changes have already reached "
						   "the views."),
				 errhint("Another extension writes to the table in its own pre-commit work.")));
	if (state.delta == nullptr)
		state.delta = pg::MakeInContext<core::Delta>(TopTransactionContext, "mezzanine delta");
}

} // namespace

void TouchViews(const BaseProgram *program)
{
	MemoryContext old = MemoryContextSwitchTo(TopTransactionContext);
	if (state.touched_sources == NIL) {
		UnregisterXactCallback(ApplyFirst, nullptr);
		RegisterXactCallback(ApplyFirst, nullptr);
	}
	state.touched_sources = list_append_unique_oid(state.touched_sources, program->base);
	for (int i = 0; i < program->view_count; i++) {
		const Oid home = program->views[i].home;
		if (list_member_oid(state.touched_homes, home))
			continue;
		state.touched_homes = lappend_oid(state.touched_homes, home);
		if (OidIsValid(program->views[i].cells))
			state.touched_homes = lappend_oid(state.touched_homes, program->views[i].cells);
		DropPlansByHome(home);
		if (program->views[i].feeds)
			TouchViews(ProgramFor(home));
	}
	for (int i = 0; i < program->rows_count; i++)
		if (!list_member_oid(state.touched_sources, program->rows[i].rows))
			TouchViews(ProgramFor(program->rows[i].rows));
	MemoryContextSwitchTo(old);
}

bool AnyTouched()
{
	return state.touched_homes != NIL;
}

bool IsTouched(Oid home)
{
	return list_member_oid(state.touched_homes, home);
}

bool IsApplying()
{
	return state.applying;
}

Sink CurrentSink()
{
	RequireDelta();
	return {state.delta, GetCurrentTransactionNestLevel(), true};
}

Sink CurrentRowSink()
{
	RequireDelta();
	if (state.rows == nullptr)
		state.rows = pg::MakeInContext<core::Delta>(TopTransactionContext, "mezzanine rows");
	return {state.rows, GetCurrentTransactionNestLevel(), true};
}

void NotePassedForeignKeys()
{
	state.passed_foreign_keys = true;
}

bool HasPassedForeignKeys()
{
	return state.passed_foreign_keys;
}

void RememberPlan(Oid home, bool by_truth)
{
	PlannedView *view = FindPlannedView(home, HASH_ENTER);
	(by_truth ? view->by_truth : view->by_home) = true;
}

uint32 PlanHash(Oid home)
{
	constexpr uint32 kSalt = 0x6d657a7a;
	return murmurhash32(home) ^ kSalt;
}

void InitTransaction()
{
	RegisterXactCallback(EndTransaction, nullptr);
	RegisterSubXactCallback(EndSubtransaction, nullptr);
}

} // namespace mezzanine::views

#include "views/stale.h"

#include "views/catalogue.h"
#include "views/life.h"
#include "views/transaction.h"

namespace mezzanine::views
{

namespace
{

struct FailedView {
	Oid view;
	int depth; // nesting level of the subtransaction that it failed in
	const char *reason;
};

// Pointers to FailedView; all of it is in TopTransactionContext.
List *failed_views = NIL;

FailedView *Find(Oid view)
{
	ListCell *cell;
	foreach (cell, failed_views)
		if (static_cast<FailedView *>(lfirst(cell))->view == view)
			return static_cast<FailedView *>(lfirst(cell));
	return nullptr;
}

int CompareByView(const ListCell *a, const ListCell *b)
{
	const Oid left = static_cast<FailedView *>(lfirst(a))->view;
	const Oid right = static_cast<FailedView *>(lfirst(b))->view;
	return left < right ? -1 : left > right;
}

void MarkFailedView(const FailedView *failed)
{
	if (!MarkStale(failed->view, failed->reason))
		return; // dropped, or not maintained any more already
	ereport(WARNING, (errcode(pg::ERRCODE_MEZZANINE_STALE_VIEW),
					  errmsg("mezzanine view \"%s\" is stale now", get_rel_name(failed->view)),
					  errdetail("%s.", failed->reason),
					  errhint("mezzanine.refresh() brings it up to date.")));
}

void FailReader(Oid reader, Oid view)
{
	if (reader != view)
		FailView(reader, psprintf("It reads mezzanine view \"%s\", which could not be kept up",
								  get_rel_name(view)));
}

// The views that are computed from a view's home tables fail with it.
void FailReaders(Oid view)
{
	ListCell *cell;
	foreach (cell, CoresOfView(view)) {
		const auto *core = static_cast<CoreEntry *>(lfirst(cell));
		ListCell *reader;
		foreach (reader, RowsOnSource(core->home))
			FailReader(static_cast<RowsEntry *>(lfirst(reader))->view, view);
		foreach (reader, CoresOnSource(core->home))
			FailReader(static_cast<CoreEntry *>(lfirst(reader))->view, view);
	}
}

// Neither allocates nor raises.
void EndTransaction(XactEvent event, void *)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
		failed_views = NIL;
}

void EndSubtransaction(SubXactEvent event, SubTransactionId, SubTransactionId, void *)
{
	const int depth = GetCurrentTransactionNestLevel();
	ListCell *cell;
	foreach (cell, failed_views) {
		auto *failed = static_cast<FailedView *>(lfirst(cell));
		if (failed->depth < depth)
			continue;
		if (event == SUBXACT_EVENT_ABORT_SUB)
			failed_views = foreach_delete_current(failed_views, cell);
		else if (event == SUBXACT_EVENT_COMMIT_SUB)
			failed->depth = depth - 1;
	}
}

} // namespace

void FailView(Oid view, const char *reason)
{
	if (HasFailed(view))
		return;
	MemoryContext old = MemoryContextSwitchTo(TopTransactionContext);
	auto *failed = static_cast<FailedView *>(palloc(sizeof(FailedView)));
	*failed = {view, GetCurrentTransactionNestLevel(), pstrdup(reason)};
	failed_views = lappend(failed_views, failed);
	MemoryContextSwitchTo(old);
}

const char *DescribeTrouble(const pg::Trouble *trouble)
{
	return psprintf("An error in a writer's transaction (%s): %s",
					unpack_sql_state(trouble->sqlstate), trouble->message);
}

bool AnyFailed()
{
	return failed_views != NIL;
}

bool HasFailed(Oid view)
{
	return failed_views != NIL && Find(view) != nullptr;
}

void MarkFailedViews()
{
	if (failed_views == NIL)
		return;
	const int nest_level = LimitWaits();
	ListCell *cell;
	foreach (cell, failed_views) // which grows
		FailReaders(static_cast<FailedView *>(lfirst(cell))->view);
	list_sort(failed_views, CompareByView);
	foreach (cell, failed_views)
		MarkFailedView(static_cast<FailedView *>(lfirst(cell)));
	AtEOXact_GUC(true, nest_level);
}

void InitStale()
{
	RegisterXactCallback(EndTransaction, nullptr);
	RegisterSubXactCallback(EndSubtransaction, nullptr);
}

} // namespace mezzanine::views

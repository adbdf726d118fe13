// refresh, pause, resume: what is done to a view that exists.
#include "views/operate.h"

#include "views/expression.h"
#include "views/catalogue.h"
#include "views/life.h"
#include "views/partitions.h"
#include "views/program.h"
#include "views/progress.h"
#include "views/run.h"
#include "views/stale.h"
#include "views/transaction.h"
#include "views/watch.h"

namespace mezzanine::views
{

namespace
{

// The home table, or table of cells, that is being refreshed, and the nesting level of the
// transaction then.
Oid refreshing = InvalidOid;
int refreshing_depth = 0;

// Before any lock: who may not change the view shall not hold up others either.
void RequireOwner(Oid view)
{
	if (!pg::OwnsRelation(view))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_VIEW, get_rel_name(view));
}

void RequireYoungSnapshots(const char *function)
{
	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
				 errmsg("%s cannot run at this isolation level", function),
				 errdetail("The transaction's snapshot may be older than the lock on the base "
						   "table, and miss rows."),
				 errhint("Run it in a transaction at READ COMMITTED.")));
}

// "one" or "other", for messages.
const char *QuotedNames(const List *relations)
{
	StringInfoData names;
	ListCell *cell;
	initStringInfo(&names);
	foreach (cell, relations)
		appendStringInfo(&names, "%s\"%s\"", names.len > 0 ? " or " : "",
						 get_rel_name(lfirst_oid(cell)));
	return names.data;
}

// What this transaction captured for the view would be counted twice.
void RequireUntouched(const List *cores)
{
	ListCell *cell;
	foreach (cell, cores) {
		const auto *core = static_cast<CoreEntry *>(lfirst(cell));
		if (!IsTouched(core->home))
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("cannot refresh view \"%s\" in a transaction that has changed table %s",
						get_rel_name(core->view), QuotedNames(BasesOfView(core->view))),
				 errdetail("The changes reach the view at commit."), errhint("Commit first.")));
	}
}

// Waits for writers in flight and keeps new ones out until the end of the transaction.
void LockBases(Oid view)
{
	ListCell *cell;
	foreach (cell, BasesOfView(view)) {
		LockWithPartitions(lfirst_oid(cell), ShareRowExclusiveLock);
		Relation base = table_open(lfirst_oid(cell), NoLock);
		CheckTableNotInUse(base, "refresh a view of");
		table_close(base, NoLock);
	}
}

int64 ResultOf(const char *command)
{
	bool is_null;
	RUN("%s", command);
	return DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &is_null));
}

// Makes the home table equal its truth, image by image, and writes only what differs.
int64 WriteDifferences(const char *home, const char *truth)
{
	return ResultOf(psprintf(
		"WITH t AS MATERIALIZED (TABLE %2$s), "
		"gone AS (DELETE FROM %1$s AS h WHERE NOT EXISTS "
		"(SELECT FROM t WHERE t.hash = h.hash AND t OPERATOR(pg_catalog.*=) h) RETURNING h.hash), "
		"come AS (INSERT INTO %1$s SELECT t.* FROM t WHERE NOT EXISTS "
		"(SELECT FROM %1$s AS h WHERE h.hash = t.hash AND t OPERATOR(pg_catalog.*=) h) "
		"RETURNING hash) "
		"SELECT count(DISTINCT hash) FROM (TABLE gone UNION ALL TABLE come) AS changed",
		home, truth));
}

int64 WriteAll(const char *home, const char *truth)
{
	RUN("DELETE FROM %s", home);
	return ResultOf(psprintf("WITH come AS (INSERT INTO %s TABLE %s RETURNING 1) "
							 "SELECT count(*) FROM come",
							 home, truth));
}

int64 RefreshCore(const CoreEntry *core, bool rebuild)
{
	refreshing_depth = GetCurrentTransactionNestLevel();
	if (OidIsValid(core->cells)) {
		refreshing = core->cells;
		RUN("DELETE FROM %s", QualifiedName(core->cells));
	}
	refreshing = core->home;
	const char *home = QualifiedName(core->home);
	const char *truth = QualifiedName(core->truth);
	const int64 changed = rebuild ? WriteAll(home, truth) : WriteDifferences(home, truth);
	refreshing = InvalidOid;
	return changed;
}

int CompareByDepth(const ListCell *a, const ListCell *b)
{
	const auto *left = static_cast<CoreEntry *>(lfirst(a));
	const auto *right = static_cast<CoreEntry *>(lfirst(b));
	return left->depth != right->depth ? left->depth - right->depth : left->number - right->number;
}

// As the view's owner, with no way to become more.
int64 RefreshCores(Oid view, List *cores, bool rebuild)
{
	Relation relation = relation_open(view, AccessShareLock);
	const Oid owner = relation->rd_rel->relowner;
	relation_close(relation, NoLock);

	Oid user;
	int security;
	int64 changed = 0;
	ListCell *cell;
	const int nest_level = PinTextSettings();
	(void)set_config_option("mezzanine.serve_stale", "on", PGC_USERSET, PGC_S_SESSION,
							GUC_ACTION_SAVE, true, 0, false);
	GetUserIdAndSecContext(&user, &security);
	SetUserIdAndSecContext(owner,
						   security | SECURITY_RESTRICTED_OPERATION | SECURITY_LOCAL_USERID_CHANGE);
	SPI_connect();
	// A dump leaves out the triggers of a table that belongs to an extension.
	foreach (cell, BasesOfView(view))
		WatchBase(lfirst_oid(cell));
	list_sort(cores, CompareByDepth);
	const Oid base = linitial_oid(BasesOfView(view));
	foreach (cell, cores) {
		auto *core = static_cast<CoreEntry *>(lfirst(cell));
		const Progress progress = {rebuild ? Filling::kRebuild : Filling::kRefresh,
								   base,
								   view,
								   core->home,
								   foreach_current_index(cell) + 1,
								   list_length(cores)};
		BeginProgress(&progress);
		changed += RefreshCore(core, rebuild);
		EndProgress();
	}
	SPI_finish();
	SetUserIdAndSecContext(user, security);
	AtEOXact_GUC(true, nest_level);
	return changed;
}

// Brings the view up to date and to life.
int64 Refresh(Oid view, bool rebuild, const char *function)
{
	List *cores = RequireCores(view);
	PreventCommandIfReadOnly(function);
	RequireOwner(view);
	RequireYoungSnapshots(function);
	LockBases(view);
	cores = RequireCores(view); // it may have gone meanwhile
	RequireUntouched(cores);
	const int64 changed = RefreshCores(view, cores, rebuild);
	SetStatus(view, Status::kLive, nullptr);
	return changed;
}

void EndTransaction(XactEvent, void *)
{
	refreshing = InvalidOid;
}

void EndSubtransaction(SubXactEvent event, SubTransactionId, SubTransactionId, void *)
{
	if (event == SUBXACT_EVENT_ABORT_SUB && GetCurrentTransactionNestLevel() <= refreshing_depth)
		refreshing = InvalidOid;
}

} // namespace

bool IsRefreshing(Oid home)
{
	return OidIsValid(refreshing) && home == refreshing;
}

List *RequireCores(Oid view)
{
	List *cores = CoresOfView(view);
	if (cores == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a mezzanine view",
						DatumGetCString(DirectFunctionCall1(regclassout, ObjectIdGetDatum(view)))),
				 errhint("mezzanine_info.views lists the mezzanine views.")));
	return cores;
}

void InitOperation()
{
	RegisterXactCallback(EndTransaction, nullptr);
	RegisterSubXactCallback(EndSubtransaction, nullptr);
}

} // namespace mezzanine::views

using namespace mezzanine::views;

// refresh(view regclass, rebuild boolean) -> bigint
MEZZANINE_FUNCTION(mezzanine_refresh)
{
	PG_RETURN_INT64(Refresh(PG_GETARG_OID(0), PG_GETARG_BOOL(1), "mezzanine.refresh()"));
}

// pause(view regclass) -> void
MEZZANINE_FUNCTION(mezzanine_pause)
{
	const Oid view = PG_GETARG_OID(0);
	ViewLife life = {};
	(void)RequireCores(view);
	PreventCommandIfReadOnly("mezzanine.pause()");
	RequireOwner(view);
	(void)LifeOf(view, nullptr, &life);
	if (life.status != Status::kPaused)
		SetStatus(view, Status::kPaused, "mezzanine.pause() was called");
	PG_RETURN_VOID();
}

// resume(view regclass) -> bigint
MEZZANINE_FUNCTION(mezzanine_resume)
{
	const Oid view = PG_GETARG_OID(0);
	ViewLife life = {};
	(void)RequireCores(view);
	RequireOwner(view);
	(void)LifeOf(view, nullptr, &life);
	if (life.status == Status::kLive)
		PG_RETURN_INT64(0);
	PG_RETURN_INT64(Refresh(view, false, "mezzanine.resume()"));
}

// has_equality(type regtype) -> boolean
MEZZANINE_FUNCTION(mezzanine_has_equality)
{
	const TypeCacheEntry *type = lookup_type_cache(
		PG_GETARG_OID(0), TYPECACHE_EQ_OPR | TYPECACHE_LT_OPR | TYPECACHE_HASH_PROC);
	PG_RETURN_BOOL(OidIsValid(type->eq_opr) &&
				   (OidIsValid(type->lt_opr) || OidIsValid(type->hash_proc)));
}

// fail_view(view regclass, reason text) -> void
MEZZANINE_FUNCTION(mezzanine_fail_view)
{
	const Oid view = PG_GETARG_OID(0);
	ListCell *cell;
	(void)RequireCores(view);
	foreach (cell, BasesOfView(view))
		TouchViews(ProgramFor(lfirst_oid(cell)));
	FailView(view, text_to_cstring(PG_GETARG_TEXT_PP(1)));
	PG_RETURN_VOID();
}

#include "views/program.h"

#include "views/catalogue.h"
#include "views/compile.h"
#include "views/join.h"
#include "views/life.h"
#include "views/recompute.h"
#include "views/terms.h"

namespace mezzanine::views
{

namespace
{

// base table → program, for the session.
struct CacheEntry {
	Oid base; // the hash key
	BaseProgram *program;
};
HTAB *cache = nullptr;

// Programs that went invalid; freed at the end of the transaction.
BaseProgram *retired = nullptr;

// Counts invalidations, so that one which arrives during a build is not lost.
uint64 invalidation_count = 0;

// The index on the home table's hash.
Oid HashIndexOf(Relation home)
{
	Oid found = InvalidOid;
	ListCell *cell;
	foreach (cell, RelationGetIndexList(home)) {
		Relation index = index_open(lfirst_oid(cell), AccessShareLock);
		if (index->rd_index->indkey.values[0] == kHashAttribute)
			found = RelationGetRelid(index);
		index_close(index, AccessShareLock);
	}
	if (!OidIsValid(found))
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVARIANT),
						errmsg("table \"%s\" has no index on its column \"hash\"",
							   RelationGetRelationName(home)),
						errdetail("The index belongs to the mezzanine view; it was dropped."),
						errhint("Create it again: CREATE INDEX ON %s.%s (hash).", kStateSchema,
								quote_identifier(RelationGetRelationName(home)))));
	return found;
}

// Raises where a state table's columns are not of the truth's types, which rows are written by.
void RequireColumns(Relation state, Oid truth, int more)
{
	Relation relation = relation_open(truth, AccessShareLock);
	const TupleDesc has = RelationGetDescr(state);
	const TupleDesc wants = RelationGetDescr(relation);
	bool same = has->natts == wants->natts + more;
	for (int i = 0; same && i < wants->natts; i++)
		same = TupleDescAttr(has, i)->atttypid == TupleDescAttr(wants, i)->atttypid;
	for (int i = wants->natts; same && i < has->natts; i++)
		same = TupleDescAttr(has, i)->atttypid == INT4OID;
	relation_close(relation, NoLock);
	if (!same)
		ereport(ERROR, (errcode(pg::ERRCODE_MEZZANINE_INVARIANT),
						errmsg("table \"%s\" has other columns than it was made with",
							   RelationGetRelationName(state)),
						errdetail("It keeps a mezzanine view."),
						errhint("Drop the view and create it again.")));
}

void CompileCells(ViewProgram *view, Oid cells)
{
	Relation relation = table_open(cells, AccessShareLock);
	RequireColumns(relation, view->truth, 1);
	view->cells = cells;
	view->cells_index = HashIndexOf(relation);
	view->cell_attribute = RelationGetDescr(relation)->natts;
	table_close(relation, NoLock);
}

void CompileView(BaseProgram *program, const CoreEntry *entry)
{
	ViewProgram *view = &program->views[program->view_count++];
	view->context = program->context;
	view->view = entry->view;
	view->home = entry->home;
	view->truth = entry->truth;
	view->counts = CountsOf(entry->view);
	view->is_first = entry->number == 1;

	Relation home = table_open(entry->home, AccessShareLock);
	RequireColumns(home, view->truth, 0);
	view->owner = home->rd_rel->relowner;
	view->hash_index = HashIndexOf(home);
	table_close(home, NoLock);

	view->feeds = CoresOnSource(entry->home) != NIL || RowsOnSource(entry->home) != NIL;
	view->spread = entry->spread;
	if (view->spread > 1)
		CompileCells(view, entry->cells);

	// Preparing an expression checks rights to its functions and computes its constant
	// parts: in the owner's name too, whoever is the first to write.
	view->pin_search_path = true;
	const OwnerScope scope = EnterOwner(view);
	view->pin_search_path = false;
	CompileTruth(program, view);
	LeaveOwner(&scope);
}

void CompileCores(BaseProgram *program)
{
	List *entries = CoresOnSource(program->base);
	ListCell *cell;
	program->views = static_cast<ViewProgram *>(
		palloc0(sizeof(ViewProgram) * static_cast<Size>(list_length(entries) + 1)));
	foreach (cell, entries) {
		const auto *entry = static_cast<CoreEntry *>(lfirst(cell));
		ViewLife life;
		if (!LifeOf(entry->view, nullptr, &life))
			continue;
		program->has_views = true;
		if (life.status != Status::kLive)
			continue; // not maintained
		CompileView(program, entry);
		program->views[program->view_count - 1].marks_stale = life.marks_stale;
	}
}

// What the joins that read the table use of it.
void CompileRows(BaseProgram *program)
{
	List *entries = RowsOnSource(program->base);
	ListCell *cell;
	program->rows = static_cast<RowsColumns *>(
		palloc0(sizeof(RowsColumns) * static_cast<Size>(list_length(entries) + 1)));
	foreach (cell, entries) {
		const auto *entry = static_cast<RowsEntry *>(lfirst(cell));
		ViewLife life;
		if (!LifeOf(entry->view, nullptr, &life))
			continue;
		program->has_views = true;
		if (life.status == Status::kLive &&
			ColumnsOfJoin(entry, program->base, &program->rows[program->rows_count]))
			program->rows_count++;
	}
}

BaseProgram *BuildProgram(Oid base)
{
	const uint64 count_before = invalidation_count;
	// Below the current context until it is whole, so that an error leaves nothing behind.
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "mezzanine program", ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);

	auto *program = static_cast<BaseProgram *>(palloc0(sizeof(BaseProgram)));
	program->base = base;
	program->context = context;
	program->expressions = CreateStandaloneExprContext();
	CompileCores(program);
	CompileRows(program);
	program->valid = count_before == invalidation_count;
	MemoryContextSwitchTo(old);
	MemoryContextSetParent(context, CacheMemoryContext);
	return program;
}

void CreateCache()
{
	HASHCTL control = {};
	control.keysize = sizeof(Oid);
	control.entrysize = sizeof(CacheEntry);
	cache = hash_create("mezzanine programs", 16, &control, HASH_ELEM | HASH_BLOBS);
}

bool DependsOn(const BaseProgram *program, Oid relation)
{
	if (relation == InvalidOid || program->base == relation)
		return true;
	for (int i = 0; i < program->view_count; i++)
		if (program->views[i].home == relation || program->views[i].truth == relation ||
			program->views[i].view == relation || program->views[i].cells == relation)
			return true;
	for (int i = 0; i < program->rows_count; i++)
		if (program->rows[i].rows == relation || program->rows[i].view == relation)
			return true;
	return AnyPlanReads(program->joins, relation);
}

// Relcache callback.
void Invalidate(Datum, Oid relation)
{
	invalidation_count++;
	if (cache == nullptr)
		return;
	HASH_SEQ_STATUS scan;
	hash_seq_init(&scan, cache);
	while (auto *entry = static_cast<CacheEntry *>(hash_seq_search(&scan)))
		if (entry->program != nullptr && DependsOn(entry->program, relation))
			entry->program->valid = false;
}

// Callback of the system caches whose objects plans note: functions and types.
void InvalidatePlans(Datum, int cache_id, uint32 hash)
{
	if (cache == nullptr)
		return;
	HASH_SEQ_STATUS scan;
	hash_seq_init(&scan, cache);
	while (auto *entry = static_cast<CacheEntry *>(hash_seq_search(&scan)))
		if (entry->program != nullptr && AnyPlanUses(entry->program->joins, cache_id, hash))
			entry->program->valid = false;
}

void Retire(CacheEntry *entry)
{
	entry->program->next_retired = retired;
	retired = entry->program;
	entry->program = nullptr;
}

} // namespace

BaseProgram *ProgramFor(Oid base)
{
	if (cache == nullptr)
		CreateCache();
	bool found;
	auto *entry = static_cast<CacheEntry *>(hash_search(cache, &base, HASH_ENTER, &found));
	if (!found)
		entry->program = nullptr;
	if (entry->program != nullptr && entry->program->valid)
		return entry->program;
	if (entry->program != nullptr)
		Retire(entry);
	BaseProgram *program = BuildProgram(base);
	// The build may have read catalogues and so let the cache move.
	entry = static_cast<CacheEntry *>(hash_search(cache, &base, HASH_ENTER, &found));
	entry->program = program;
	return program;
}

bool ReadsAny(const BaseProgram *program, const Bitmapset *columns)
{
	constexpr int kFirstColumn = 1 - FirstLowInvalidHeapAttributeNumber;
	if (bms_is_empty(columns))
		return false;
	const int first = bms_next_member(program->used, -1);
	if ((first >= 0 && first < kFirstColumn) || bms_overlap(program->used, columns))
		return true;
	for (int i = 0; i < program->rows_count; i++)
		for (int j = 0; j < program->rows[i].column_count; j++)
			if (bms_is_member(program->rows[i].attributes[j] - FirstLowInvalidHeapAttributeNumber,
							  columns))
				return true;
	return false;
}

ViewProgram *FindView(BaseProgram *program, Oid home)
{
	for (int i = 0; i < program->view_count; i++)
		if (program->views[i].home == home)
			return &program->views[i];
	return nullptr;
}

OwnerScope EnterOwner(const ViewProgram *view)
{
	OwnerScope scope = {};
	GetUserIdAndSecContext(&scope.user, &scope.security);
	SetUserIdAndSecContext(view->owner, scope.security | SECURITY_RESTRICTED_OPERATION |
											SECURITY_LOCAL_USERID_CHANGE);
	if (view->pin_search_path) {
		scope.guc_nest_level = NewGUCNestLevel();
		(void)set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
								GUC_ACTION_SAVE, true, 0, false);
		RefuseRowSecurity();
	}
	scope.outer = EnterWork(view->counts);
	return scope;
}

void RefuseRowSecurity()
{
	(void)set_config_option("row_security", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							true, 0, false);
}

void LeaveOwner(const OwnerScope *scope)
{
	LeaveWork(scope->outer);
	if (scope->guc_nest_level != 0)
		AtEOXact_GUC(true, scope->guc_nest_level);
	SetUserIdAndSecContext(scope->user, scope->security);
}

void ForgetRetiredPrograms()
{
	while (retired != nullptr) {
		BaseProgram *program = retired;
		retired = program->next_retired;
		for (int i = 0; i < program->view_count; i++)
			FreeRecomputePlans(&program->views[i]);
		MemoryContextDelete(program->context);
	}
}

void InitPrograms()
{
	CacheRegisterRelcacheCallback(Invalidate, 0);
	CacheRegisterSyscacheCallback(PROCOID, InvalidatePlans, 0);
	CacheRegisterSyscacheCallback(TYPEOID, InvalidatePlans, 0);
}

} // namespace mezzanine::views

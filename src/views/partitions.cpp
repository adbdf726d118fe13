#include "views/partitions.h"

#include "views/capture.h"
#include "views/catalogue.h"
#include "views/program.h"
#include "views/run.h"
#include "views/stale.h"
#include "views/transaction.h"
#include "views/watch.h"

namespace mezzanine::views
{

namespace
{

// table → its rows' form, for the session.
HTAB *sources = nullptr;

// Bases that this transaction is truncating just now.
List *truncating = NIL;

// Partitions about to be dropped whose rows have been counted out.
List *counted_out = NIL;

object_access_hook_type next_object_access = nullptr;

// The table at the top; Invalid where a partition on the way is being detached.
Oid TopOf(List *ancestors, Oid relation)
{
	const Oid top = ancestors == NIL ? relation : llast_oid(ancestors);
	return get_rel_relispartition(top) ? InvalidOid : top;
}

// How rows of `relation` become rows of `base`; NULL where they are the same.
AttrMap *MapToBase(Relation relation, Oid base)
{
	Relation target = table_open(base, AccessShareLock);
	AttrMap *map = pg::MapByNameIfNeeded(RelationGetDescr(relation), RelationGetDescr(target));
	table_close(target, NoLock);
	return map;
}

TupleTableSlot *SlotOf(Oid base)
{
	Relation target = table_open(base, AccessShareLock);
	TupleTableSlot *slot =
		MakeSingleTupleTableSlot(CreateTupleDescCopy(RelationGetDescr(target)), &TTSOpsVirtual);
	table_close(target, NoLock);
	return slot;
}

// Fills what follows from the present place in the hierarchy, in a context of its own that
// stays when it is whole.
void Describe(RowSource *source, Relation relation)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "mezzanine row source", ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	RowSource built = {};
	built.relation = RelationGetRelid(relation);
	built.context = context;
	built.valid = true;
	if (relation->rd_rel->relispartition) {
		built.ancestors = get_partition_ancestors(built.relation);
		built.is_restored = !OidIsValid(get_trigger_oid(built.relation, kTouchTrigger, true));
	}
	built.base = TopOf(built.ancestors, built.relation);
	if (OidIsValid(built.base) && built.base != built.relation)
		built.map = MapToBase(relation, built.base);
	if (built.map != nullptr)
		for (TupleTableSlot *&slot : built.slots)
			slot = SlotOf(built.base);
	MemoryContextSwitchTo(old);
	MemoryContextSetParent(context, CacheMemoryContext);
	*source = built;
}

void CreateSources()
{
	HASHCTL control = {};
	control.keysize = sizeof(Oid);
	control.entrysize = sizeof(RowSource);
	sources = hash_create("mezzanine row sources", 16, &control, HASH_ELEM | HASH_BLOBS);
}

// Relcache callback.
void Invalidate(Datum, Oid relation)
{
	if (sources == nullptr)
		return;
	HASH_SEQ_STATUS scan;
	hash_seq_init(&scan, sources);
	while (auto *source = static_cast<RowSource *>(hash_seq_search(&scan)))
		if (relation == InvalidOid || relation == source->relation ||
			list_member_oid(source->ancestors, relation))
			source->valid = false;
}

// Adds all rows of a table that is, was or will be a partition of the program's base; takes
// them away where `sign` is -1.  Requires: nobody else can write to it.
void CaptureTable(BaseProgram *program, Oid table, int sign)
{
	if (get_rel_relkind(table) != RELKIND_RELATION)
		return; // partitioned itself: its partitions have the rows
	Relation relation = table_open(table, AccessShareLock);
	RowSource source = {};
	source.map = MapToBase(relation, program->base);
	if (source.map != nullptr)
		source.slots[0] = SlotOf(program->base);

	TupleTableSlot *slot = table_slot_create(relation, nullptr);
	Snapshot latest = RegisterSnapshot(GetLatestSnapshot());
	TableScanDesc scan = table_beginscan_strat(relation, latest, 0, nullptr, true, true);
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot)) {
		CHECK_FOR_INTERRUPTS();
		CaptureVersion(program, InBaseForm(&source, slot, 0), sign);
	}
	table_endscan(scan);
	UnregisterSnapshot(latest);
	ExecDropSingleTupleTableSlot(slot);
	table_close(relation, NoLock);
}

// The same for a table and all its partitions.
void CaptureTree(BaseProgram *program, Oid table, int sign)
{
	if (!IsWatched(program))
		return; // nobody counts
	TouchViews(program);
	ListCell *cell;
	foreach (cell, find_all_inheritors(table, AccessShareLock, nullptr))
		CaptureTable(program, lfirst_oid(cell), sign);
}

// Runs a command on a table as the extension's owner: who may attach a partition need not
// have a right to our trigger function.
void RunAsOwner(const char *command)
{
	Oid user;
	int security;
	GetUserIdAndSecContext(&user, &security);
	SetUserIdAndSecContext(CatalogueOwner(), security | SECURITY_LOCAL_USERID_CHANGE);
	RUN("%s", command);
	SetUserIdAndSecContext(user, security);
}

void Watch(Oid table)
{
	if (FiringOf(table, kTouchTrigger, "touch") != 0)
		return;
	RunAsOwner(psprintf("CREATE TRIGGER %s BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s "
						"FOR EACH STATEMENT EXECUTE FUNCTION %s.touch()",
						kTouchTrigger, QualifiedName(table), kStateSchema));
	RunAsOwner(psprintf("ALTER TABLE ONLY %s ENABLE ALWAYS TRIGGER %s", QualifiedName(table),
						kTouchTrigger));
}

void WatchTree(Oid table)
{
	ListCell *cell;
	SPI_connect();
	foreach (cell, find_all_inheritors(table, AccessShareLock, nullptr))
		Watch(lfirst_oid(cell));
	SPI_finish();
}

void UnwatchTree(Oid table)
{
	ListCell *cell;
	SPI_connect();
	foreach (cell, find_all_inheritors(table, AccessShareLock, nullptr))
		if (OidIsValid(get_trigger_oid(lfirst_oid(cell), kTouchTrigger, true)))
			RunAsOwner(
				psprintf("DROP TRIGGER %s ON %s", kTouchTrigger, QualifiedName(lfirst_oid(cell))));
	SPI_finish();
}

// The program of the table at the top of `relation`; NULL where no view is on it.
BaseProgram *ProgramAbove(Oid relation)
{
	const Oid top = TopOf(get_partition_ancestors(relation), relation);
	BaseProgram *program = OidIsValid(top) ? ProgramFor(top) : nullptr;
	return program != nullptr && program->has_views ? program : nullptr;
}

void AfterAttach(Oid partition)
{
	BaseProgram *program = ProgramAbove(partition);
	if (program == nullptr)
		return;
	CaptureTree(program, partition, +1);
	WatchTree(partition);
}

// CREATE TABLE … PARTITION OF: there are no rows yet.
void AfterCreate(Oid partition)
{
	if (ProgramAbove(partition) != nullptr)
		WatchTree(partition);
}

void AfterDetach(Oid parent, Oid partition)
{
	BaseProgram *program = ProgramAbove(parent);
	if (program == nullptr)
		return;
	CaptureTree(program, partition, -1);
	UnwatchTree(partition);
}

// Under the search_path of the command itself.
void AfterAlterTable(const AlterTableStmt *statement)
{
	const Oid parent = RangeVarGetRelid(statement->relation, NoLock, true);
	if (!OidIsValid(parent) || get_rel_relkind(parent) != RELKIND_PARTITIONED_TABLE)
		return;
	ListCell *cell;
	foreach (cell, statement->cmds) {
		const auto *command = lfirst_node(AlterTableCmd, cell);
		if (command->def == nullptr || !IsA(command->def, PartitionCmd))
			continue;
		const Oid partition =
			RangeVarGetRelid(castNode(PartitionCmd, command->def)->name, NoLock, false);
		if (command->subtype == AT_AttachPartition)
			AfterAttach(partition);
		else
			AfterDetach(parent, partition);
	}
}

// Between the two transactions of DETACH CONCURRENTLY the partition's rows are gone for new
// snapshots and not yet locked against old writers: nobody could count them out.
void RefuseConcurrentDetach(Oid parent)
{
	BaseProgram *program = OidIsValid(parent) ? ProgramAbove(parent) : nullptr;
	if (program == nullptr || !IsWatched(program))
		return;
	const Oid view = program->view_count > 0 ? program->views[0].view : program->rows[0].view;
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("cannot detach a partition of \"%s\" concurrently", get_rel_name(parent)),
			 errdetail("Mezzanine view \"%s\" would count its rows until the second step.",
					   get_rel_name(view)),
			 errhint("Detach it without CONCURRENTLY, or pause the view first and resume it "
					 "afterwards.")));
}

void BeforeAlterTable(const AlterTableStmt *statement)
{
	ListCell *cell;
	foreach (cell, statement->cmds) {
		const auto *command = lfirst_node(AlterTableCmd, cell);
		if (command->subtype == AT_DetachPartition &&
			castNode(PartitionCmd, command->def)->concurrent)
			RefuseConcurrentDetach(RangeVarGetRelid(statement->relation, NoLock, true));
	}
}

// Counts a partition's rows out before it is dropped.  Locks in the order of DROP TABLE; who
// may not drop it hears so from DROP TABLE.
void BeforeDropTable(Oid table)
{
	if (!OidIsValid(table) || !get_rel_relispartition(table) || !pg::OwnsRelation(table))
		return;
	if (ProgramAbove(table) == nullptr)
		return;
	LockRelationOid(get_partition_parent(table, true), AccessExclusiveLock);
	LockRelationOid(table, AccessExclusiveLock);
	List *tree = find_all_inheritors(table, AccessExclusiveLock, nullptr);
	BaseProgram *program = ProgramAbove(table); // it may have changed meanwhile
	if (program == nullptr)
		return;
	CaptureTree(program, table, -1);
	MemoryContext old = MemoryContextSwitchTo(TopTransactionContext);
	counted_out = list_concat_unique_oid(counted_out, tree);
	MemoryContextSwitchTo(old);
}

void BeforeDrop(const DropStmt *statement)
{
	ListCell *cell;
	if (statement->removeType != OBJECT_TABLE)
		return;
	foreach (cell, statement->objects)
		BeforeDropTable(
			RangeVarGetRelid(makeRangeVarFromNameList(lfirst_node(List, cell)), NoLock, true));
}

// A partition that goes in another way (DROP SCHEMA, DROP OWNED) takes its rows along
// uncounted.
void DropUncounted(Oid table)
{
	if (!get_rel_relispartition(table) || get_rel_relkind(table) != RELKIND_RELATION ||
		list_member_oid(counted_out, table))
		return;
	const Oid top = TopOf(get_partition_ancestors(table), table);
	List *cores = OidIsValid(top) ? CoresOnBase(top) : NIL;
	bool all_stay = cores != NIL;
	ListCell *cell;
	foreach (cell, cores) {
		const auto *core = static_cast<CoreEntry *>(lfirst(cell));
		if (get_rel_name(core->home) == nullptr)
			all_stay = false; // dropped along with the base
		else
			FailView(core->view, psprintf("Partition %s was dropped along with something else",
										  QualifiedName(table)));
	}
	if (all_stay)
		TouchViews(ProgramFor(top));
}

void ObjectAccess(ObjectAccessType access, Oid class_id, Oid object, int part, void *argument)
{
	if (next_object_access)
		next_object_access(access, class_id, object, part, argument);
	if (access == OAT_DROP && class_id == RelationRelationId && part == 0)
		DropUncounted(object);
}

void EndTransaction(XactEvent event, void *)
{
	if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT && event != XACT_EVENT_PREPARE)
		return;
	truncating = NIL;
	counted_out = NIL;
}

// What is forgotten here too early costs work, or a refresh; never exactness.
void EndSubtransaction(SubXactEvent event, SubTransactionId, SubTransactionId, void *)
{
	if (event != SUBXACT_EVENT_ABORT_SUB)
		return;
	truncating = NIL;
	counted_out = NIL;
}

// The statement that an event trigger was called for.
Node *RequireEvent(FunctionCallInfo fcinfo)
{
	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("function was not called as an event trigger")));
	return reinterpret_cast<EventTriggerData *>(fcinfo->context)->parsetree;
}

} // namespace

const RowSource *SourceOf(Relation relation)
{
	if (sources == nullptr)
		CreateSources();
	Oid relation_oid = RelationGetRelid(relation);
	bool found;
	auto *source =
		static_cast<RowSource *>(hash_search(sources, &relation_oid, HASH_ENTER, &found));
	if (!found) {
		source->valid = false;
		source->context = nullptr;
		source->ancestors = NIL;
	}
	if (source->valid)
		return source;
	source->ancestors = NIL;
	if (source->context != nullptr)
		MemoryContextDelete(source->context);
	source->context = nullptr;
	RowSource built = {};
	Describe(&built, relation);
	// Building may have let the table move.
	source = static_cast<RowSource *>(hash_search(sources, &relation_oid, HASH_ENTER, &found));
	*source = built;
	return source;
}

TupleTableSlot *InBaseForm(const RowSource *source, TupleTableSlot *slot, int which)
{
	if (source->map == nullptr)
		return slot;
	return execute_attr_map_slot(source->map, slot, source->slots[which]);
}

const char *UnfitPartition(Oid base)
{
	ListCell *cell;
	foreach (cell, find_all_inheritors(base, AccessShareLock, nullptr)) {
		const Oid table = lfirst_oid(cell);
		if (get_rel_relkind(table) == RELKIND_FOREIGN_TABLE)
			return psprintf("a table with a foreign partition, \"%s\", as the source is",
							get_rel_name(table));
		if (get_rel_persistence(table) != RELPERSISTENCE_PERMANENT)
			return psprintf("a table with an unlogged partition, \"%s\", as the source is",
							get_rel_name(table));
	}
	return nullptr;
}

void BeginTruncate(Oid base)
{
	MemoryContext old = MemoryContextSwitchTo(TopTransactionContext);
	truncating = list_append_unique_oid(truncating, base);
	MemoryContextSwitchTo(old);
}

void EndTruncate(Oid base)
{
	truncating = list_delete_oid(truncating, base);
}

void TruncatePartition(BaseProgram *program, Relation partition)
{
	if (!list_member_oid(truncating, program->base) && IsWatched(program))
		CaptureTable(program, RelationGetRelid(partition), -1);
}

void WatchPartitions(Oid base)
{
	if (get_rel_relkind(base) == RELKIND_PARTITIONED_TABLE)
		WatchTree(base);
}

void LockWithPartitions(Oid base, LOCKMODE mode)
{
	LockRelationOid(base, mode);
	(void)find_all_inheritors(base, mode, nullptr);
}

void InitPartitions()
{
	CacheRegisterRelcacheCallback(Invalidate, 0);
	RegisterXactCallback(EndTransaction, nullptr);
	RegisterSubXactCallback(EndSubtransaction, nullptr);
	next_object_access = object_access_hook;
	object_access_hook = ObjectAccess;
}

} // namespace mezzanine::views

using namespace mezzanine::views;

// on_ddl_start() -> event_trigger, at ddl_command_start
MEZZANINE_FUNCTION(mezzanine_on_ddl_start)
{
	Node *statement = RequireEvent(fcinfo);
	if (IsA(statement, AlterTableStmt))
		BeforeAlterTable(castNode(AlterTableStmt, statement));
	else if (IsA(statement, DropStmt))
		BeforeDrop(castNode(DropStmt, statement));
	return PointerGetDatum(nullptr);
}

// on_ddl_end() -> event_trigger, at ddl_command_end
MEZZANINE_FUNCTION(mezzanine_on_ddl_end)
{
	Node *statement = RequireEvent(fcinfo);
	if (IsA(statement, AlterTableStmt))
		AfterAlterTable(castNode(AlterTableStmt, statement));
	return PointerGetDatum(nullptr);
}

// watch_partition(partition regclass) -> void
MEZZANINE_FUNCTION(mezzanine_watch_partition)
{
	AfterCreate(PG_GETARG_OID(0));
	PG_RETURN_VOID();
}

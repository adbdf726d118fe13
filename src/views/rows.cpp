#include "views/rows.h"

#include "pg/attempt.h"
#include "views/image.h"
#include "views/pairs.h"
#include "views/partitions.h"
#include "views/program.h"
#include "views/spill.h"
#include "views/stale.h"
#include "views/transaction.h"
#include "views/walk.h"

namespace mezzanine::views
{

namespace
{

// What a changed row's image says of it: its table, then the columns that the join reads.
std::string_view ImageOf(const BaseProgram *program, const RowsColumns *columns,
						 TupleTableSlot *row)
{
	StringInfoData image;
	initStringInfo(&image);
	appendBinaryStringInfo(&image, reinterpret_cast<const char *>(&program->base), sizeof(Oid));
	for (int i = 0; i < columns->column_count; i++) {
		bool is_null;
		const Datum value = slot_getattr(row, columns->attributes[i], &is_null);
		AppendImage(columns->storages[i], value, is_null, &image);
	}
	return Bytes(&image);
}

void AddImage(const Sink *sink, Oid rows, std::string_view image, int sign)
{
	const uint64 hash = hash_bytes_extended(reinterpret_cast<const unsigned char *>(image.data()),
											static_cast<int>(image.size()), 0);
	const core::Delta::Row row = {{}, hash, image, sign, {}};
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { (void)sink->delta->Add(sink->depth, rows, row); }))
		MEZZANINE_RAISE(failure);
	SpillIfLarge(sink->delta);
}

void CaptureChange(const Sink *sink, const BaseProgram *program, const RowsColumns *columns,
				   TupleTableSlot *before, TupleTableSlot *after)
{
	const std::string_view left = before == nullptr ? "" : ImageOf(program, columns, before);
	const std::string_view came = after == nullptr ? "" : ImageOf(program, columns, after);
	if (left == came)
		return; // nothing that the join reads
	if (before != nullptr)
		AddImage(sink, columns->rows, left, -1);
	if (after != nullptr)
		AddImage(sink, columns->rows, came, +1);
}

// The work on the rows of one rows view.
struct JoinWork {
	const PendingRows *pending;
	Oid rows;             // the rows view
	BaseProgram *program; // of it
	Sink sink;
	int sign; // of the join at work
};

ViewProgram *ViewOf(const JoinWork *work)
{
	return &work->program->views[0];
}

// Locks the tables of a rows view, and their partitions.
void LockTables(Oid rows)
{
	BaseProgram *program = ProgramFor(rows);
	ListCell *cell;
	if (program->view_count == 0)
		return; // dropped, or not maintained
	foreach (cell, JoinsOf(program)) {
		const auto *join = static_cast<JoinProgram *>(lfirst(cell));
		for (int i = 0; i < join->source_count; i++) {
			LockRelationOid(join->sources[i].relation, AccessShareLock);
			if (has_subclass(join->sources[i].relation))
				LockWithPartitions(join->sources[i].relation, AccessShareLock);
		}
	}
}

// The number of a table among those of a join; source_count where the join does not read it.
int SourceOf(const JoinProgram *join, Oid relation)
{
	int number = 0;
	while (number < join->source_count && join->sources[number].relation != relation)
		number++;
	return number;
}

// Adds a changed row, unless it is of a table that this join does not read.
void LoadRow(JoinChanges *changes, const core::Group *row)
{
	Oid relation;
	const char *image = row->key.data();
	memcpy(&relation, image, sizeof(Oid));
	image += sizeof(Oid);
	const int number = SourceOf(changes->join, relation);
	if (number == changes->join->source_count)
		return;
	const RowsColumns *columns = &changes->join->sources[number].columns;
	const auto width = static_cast<Size>(columns->column_count + 1);
	auto *values = static_cast<Datum *>(palloc(sizeof(Datum) * width));
	auto *nulls = static_cast<bool *>(palloc0(sizeof(bool) * width));
	values[0] = Int64GetDatum(row->rows);
	for (int i = 0; i < columns->column_count; i++)
		values[i + 1] = ReadImage(columns->storages[i], &image, &nulls[i + 1]);
	AddChange(changes, number, values, nulls);
}

// The index of a rows view in a delta; view_count() where it is not there.
std::size_t IndexIn(const core::Delta *delta, Oid rows)
{
	std::size_t i = 0;
	while (i < delta->view_count() && delta->view(i) != rows)
		i++;
	return i;
}

// Adds the rows view's changed rows to those of each of its joins.
void LoadRows(List *joined, core::Delta *delta, Oid rows)
{
	const std::size_t index = IndexIn(delta, rows);
	if (index == delta->view_count())
		return;
	MemoryContext scratch =
		AllocSetContextCreate(CurrentMemoryContext, "mezzanine row", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(scratch);
	while (LoadBatch(delta, index))
		for (std::size_t i = 0; i < delta->group_count(index); i++) {
			ListCell *cell;
			foreach (cell, joined)
				LoadRow(static_cast<JoinChanges *>(lfirst(cell)), &delta->group(index, i));
			MemoryContextReset(scratch);
		}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(scratch);
}

// The changes of all joins, as a List of JoinChanges pointers: what has spilled is read once.
List *LoadChanges(const JoinWork *work)
{
	List *joined = NIL;
	ListCell *cell;
	foreach (cell, JoinsOf(work->program)) {
		auto *changes = static_cast<JoinChanges *>(palloc(sizeof(JoinChanges)));
		*changes = OpenChanges(static_cast<JoinProgram *>(lfirst(cell)), false);
		joined = lappend(joined, changes);
	}
	foreach (cell, work->pending->deltas)
		LoadRows(joined, static_cast<core::Delta *>(lfirst(cell)), work->rows);
	return joined;
}

// Whether a table of the rows view was truncated.
bool IsTruncated(const JoinWork *work)
{
	ListCell *cell;
	foreach (cell, work->pending->deltas) {
		const auto *delta = static_cast<core::Delta *>(lfirst(cell));
		const std::size_t index = IndexIn(delta, work->rows);
		if (index < delta->view_count() && delta->truncated(index))
			return true;
	}
	return false;
}

// Folds a joined row into the delta of the cores, as often as its sign says.
bool FoldJoined(TupleTableSlot *row, void *context)
{
	const auto *work = static_cast<JoinWork *>(context);
	bool is_null;
	const int64 count =
		DatumGetInt64(slot_getattr(row, row->tts_tupleDescriptor->natts, &is_null)) * work->sign;
	for (int64 i = 0; i < std::abs(count); i++) {
		CHECK_FOR_INTERRUPTS();
		FoldRow(&work->sink, work->program, count < 0 ? row : nullptr, count > 0 ? row : nullptr);
	}
	return true;
}

// Folds two joined rows, the one in the other's place.
void FoldPair(TupleTableSlot *left, TupleTableSlot *came, int64 count, void *context)
{
	const auto *work = static_cast<JoinWork *>(context);
	for (int64 i = 0; i < count; i++) {
		CHECK_FOR_INTERRUPTS();
		if (work->sign > 0)
			FoldRow(&work->sink, work->program, left, came);
		else
			FoldRow(&work->sink, work->program, came, left);
	}
}

// A term of one table's changes.
void FoldTable(JoinWork *work, JoinChanges *changes, int table)
{
	const int source = changes->join->tables[table].source;
	SplitChanges split;
	if (!SplitIntoPairs(changes, source, &split)) {
		RunTerm(changes, core::SetOf(table), FoldJoined, work);
		return;
	}
	if (split.pairs.counts[source] > 0)
		RunPairs(&split.pairs, table, FoldPair, work);
	if (split.rest.counts[source] > 0)
		RunTerm(&split.rest, core::SetOf(table), FoldJoined, work);
	CloseSplit(&split);
}

void FoldTerm(JoinWork *work, JoinChanges *changes, core::Tables deltas)
{
	if (IsEmptyTerm(changes, deltas))
		return;
	if ((deltas & (deltas - 1)) == 0)
		FoldTable(work, changes, pg_rightmost_one_pos64(deltas));
	else
		RunTerm(changes, deltas, FoldJoined, work);
}

// While we waited for fences somebody may have attached a partition, or made an index.
bool KeepCurrent(JoinWork *work, JoinChanges *changes, int number)
{
	AcceptInvalidationMessages();
	LockTables(work->rows);
	work->program = ProgramFor(work->rows);
	if (work->program->view_count == 0)
		return false;
	changes->join = static_cast<JoinProgram *>(list_nth(JoinsOf(work->program), number));
	return true;
}

// Each join on its own: between them every pair of rows is seen once.
void FoldJoin(JoinWork *work, JoinChanges *changes, int number)
{
	changes->join = static_cast<JoinProgram *>(list_nth(JoinsOf(work->program), number));
	if (ChangedTables(changes) == 0)
		return;
	FenceChanges(changes);
	if (KeepCurrent(work, changes, number)) {
		const core::Tables changed = ChangedTables(changes);
		work->sign = changes->join->sign;
		for (core::Tables some = changed; some != 0; some = (some - 1) & changed)
			FoldTerm(work, changes, some);
	}
	PopActiveSnapshot();
}

void FoldJoins(JoinWork *work)
{
	List *joined = LoadChanges(work);
	ListCell *cell;
	foreach (cell, joined)
		if (work->program->view_count > 0)
			FoldJoin(work, static_cast<JoinChanges *>(lfirst(cell)), foreach_current_index(cell));
	foreach (cell, joined)
		CloseChanges(static_cast<JoinChanges *>(lfirst(cell)));
}

// A table of the join was truncated: its lock keeps all others out of the join, for whoever
// joins its rows locks the tables first.
void FoldAnew(JoinWork *work)
{
	ListCell *cell;
	FoldTruncate(&work->sink, work->program);
	PushActiveSnapshot(GetLatestSnapshot());
	foreach (cell, JoinsOf(work->program)) {
		auto *join = static_cast<JoinProgram *>(lfirst(cell));
		JoinChanges none = OpenChanges(join, false);
		work->sign = join->sign;
		RunTerm(&none, 0, FoldJoined, work);
	}
	PopActiveSnapshot();
}

// As the view's owner, whose rights to all rows of the tables are a matter of course or else
// an error, not a matter of policies.
void FoldAsOwner(JoinWork *work)
{
	ViewProgram owner = *ViewOf(work);
	owner.pin_search_path = true;
	const OwnerScope scope = EnterOwner(&owner);
	if (IsTruncated(work))
		FoldAnew(work);
	else
		FoldJoins(work);
	LeaveOwner(&scope);
}

void FoldStep(void *work)
{
	FoldAsOwner(static_cast<JoinWork *>(work));
}

// A failure makes some views stale and does not fail the writer.
void FoldOrFail(JoinWork *work)
{
	const Oid view = ViewOf(work)->view;
	if (HasFailed(view))
		return;
	pg::Trouble trouble;
	if (!ViewOf(work)->marks_stale)
		FoldAsOwner(work);
	else if (!pg::Attempt(FoldStep, work, &trouble))
		FailView(view, DescribeTrouble(&trouble));
}

int CompareRows(const ListCell *a, const ListCell *b)
{
	return list_oid_cmp(a, b);
}

// The rows views of a depth that have changed rows, in the order of their oids.
List *RowsAt(const PendingRows *pending, int depth)
{
	List *rows = NIL;
	ListCell *cell;
	foreach (cell, pending->deltas) {
		const auto *delta = static_cast<core::Delta *>(lfirst(cell));
		for (std::size_t i = 0; i < delta->view_count(); i++)
			if (DepthOfRows(delta->view(i)) == depth)
				rows = list_append_unique_oid(rows, delta->view(i));
	}
	list_sort(rows, CompareRows);
	return rows;
}

} // namespace

void CaptureRows(const Sink *sink, const BaseProgram *program, TupleTableSlot *before,
				 TupleTableSlot *after)
{
	MemoryContext old = MemoryContextSwitchTo(program->expressions->ecxt_per_tuple_memory);
	if (SessionReplicationRole == SESSION_REPLICATION_ROLE_REPLICA)
		NotePassedForeignKeys();
	for (int i = 0; i < program->rows_count; i++)
		CaptureChange(sink, program, &program->rows[i], before, after);
	MemoryContextSwitchTo(old);
	ResetExprContext(program->expressions);
}

void CaptureTruncate(const Sink *sink, const BaseProgram *program)
{
	for (int i = 0; i < program->rows_count; i++) {
		const core::ViewId rows = program->rows[i].rows;
		pg::Failure failure;
		if (!pg::CallCore(&failure, [&] { sink->delta->Truncate(sink->depth, rows); }))
			MEZZANINE_RAISE(failure);
	}
}

void AddPending(PendingRows *pending, core::Delta *rows)
{
	SealDelta(rows);
	pending->deltas = lappend(pending->deltas, rows);
	for (std::size_t i = 0; i < rows->view_count(); i++)
		pending->deepest = std::max(pending->deepest, DepthOfRows(rows->view(i)));
}

void LockJoins(const List *touched_sources)
{
	ListCell *cell;
	foreach (cell, touched_sources)
		if (get_rel_relkind(lfirst_oid(cell)) == RELKIND_VIEW)
			LockTables(lfirst_oid(cell));
}

void JoinRows(const PendingRows *pending, int depth, core::Delta *delta)
{
	ListCell *cell;
	foreach (cell, RowsAt(pending, depth)) {
		const Oid rows = lfirst_oid(cell);
		JoinWork work = {pending, rows, ProgramFor(rows), {delta, 1, false}, 1};
		if (work.program->view_count > 0)
			FoldOrFail(&work);
	}
}

} // namespace mezzanine::views

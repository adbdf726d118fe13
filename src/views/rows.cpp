#include "views/rows.h"

#include "pg/attempt.h"
#include "views/image.h"
#include "views/partitions.h"
#include "views/program.h"
#include "views/stale.h"
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

// The work on one join.
struct JoinWork {
	core::Delta *rows;
	std::size_t index;    // of the rows view in it
	BaseProgram *program; // of the rows view
	Sink sink;
};

ViewProgram *ViewOf(const JoinWork *work)
{
	return &work->program->views[0];
}

// Locks the tables of a join, and their partitions.
void LockJoin(Oid rows)
{
	BaseProgram *program = ProgramFor(rows);
	if (program->view_count == 0)
		return; // dropped, or not maintained
	const JoinProgram *join = JoinOf(program);
	for (int i = 0; i < join->source_count; i++) {
		LockRelationOid(join->sources[i].relation, AccessShareLock);
		if (has_subclass(join->sources[i].relation))
			LockWithPartitions(join->sources[i].relation, AccessShareLock);
	}
}

int SourceOf(const JoinProgram *join, Oid relation)
{
	for (int i = 0; i < join->source_count; i++)
		if (join->sources[i].relation == relation)
			return i;
	elog(ERROR, "a changed row is of no table of its join");
}

void LoadRow(JoinChanges *changes, const core::Group *row)
{
	Oid relation;
	const char *image = row->key.data();
	memcpy(&relation, image, sizeof(Oid));
	image += sizeof(Oid);
	const int number = SourceOf(changes->join, relation);
	const RowsColumns *columns = &changes->join->sources[number].columns;
	const auto width = static_cast<Size>(columns->column_count + 1);
	auto *values = static_cast<Datum *>(palloc(sizeof(Datum) * width));
	auto *nulls = static_cast<bool *>(palloc0(sizeof(bool) * width));
	values[0] = Int64GetDatum(row->rows);
	for (int i = 0; i < columns->column_count; i++)
		values[i + 1] = ReadImage(columns->storages[i], &image, &nulls[i + 1]);
	AddChange(changes, number, values, nulls);
}

JoinChanges LoadChanges(const JoinWork *work)
{
	JoinChanges changes = OpenChanges(JoinOf(work->program));
	MemoryContext scratch =
		AllocSetContextCreate(CurrentMemoryContext, "mezzanine row", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(scratch);
	for (std::size_t i = 0; i < work->rows->group_count(work->index); i++) {
		LoadRow(&changes, &work->rows->group(work->index, i));
		MemoryContextReset(scratch);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(scratch);
	return changes;
}

// Folds a joined row into the delta of the cores, as often as its sign says.
bool FoldJoined(TupleTableSlot *row, void *context)
{
	const auto *work = static_cast<JoinWork *>(context);
	bool is_null;
	const int64 sign = DatumGetInt64(slot_getattr(row, row->tts_tupleDescriptor->natts, &is_null));
	for (int64 i = 0; i < std::abs(sign); i++) {
		CHECK_FOR_INTERRUPTS();
		FoldRow(&work->sink, work->program, sign < 0 ? row : nullptr, sign > 0 ? row : nullptr);
	}
	return true;
}

// While we waited for fences somebody may have attached a partition, or made an index.
bool KeepCurrent(JoinWork *work, JoinChanges *changes)
{
	AcceptInvalidationMessages();
	LockJoin(work->program->base);
	work->program = ProgramFor(work->program->base);
	if (work->program->view_count == 0)
		return false;
	changes->join = JoinOf(work->program);
	return true;
}

void FoldChanges(JoinWork *work)
{
	JoinChanges changes = LoadChanges(work);
	FenceChanges(&changes, work->program->base);
	if (KeepCurrent(work, &changes)) {
		const core::Tables changed = ChangedTables(&changes);
		for (core::Tables some = changed; some != 0; some = (some - 1) & changed)
			RunTerm(&changes, some, FoldJoined, work);
	}
	PopActiveSnapshot();
	CloseChanges(&changes);
}

// A table of the join was truncated: its lock keeps all others out of the join, for whoever
// joins its rows locks the tables first.
void FoldAnew(JoinWork *work)
{
	JoinChanges none = OpenChanges(JoinOf(work->program));
	FoldTruncate(&work->sink, work->program);
	PushActiveSnapshot(GetLatestSnapshot());
	RunTerm(&none, 0, FoldJoined, work);
	PopActiveSnapshot();
}

// As the view's owner, whose rights to all rows of the tables are a matter of course or else
// an error, not a matter of policies.
void FoldAsOwner(JoinWork *work)
{
	ViewProgram owner = *ViewOf(work);
	owner.pin_search_path = true;
	const OwnerScope scope = EnterOwner(&owner);
	(void)set_config_option("row_security", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							true, 0, false);
	if (work->rows->truncated(work->index))
		FoldAnew(work);
	else
		FoldChanges(work);
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

} // namespace

void CaptureRows(const Sink *sink, const BaseProgram *program, TupleTableSlot *before,
				 TupleTableSlot *after)
{
	MemoryContext old = MemoryContextSwitchTo(program->expressions->ecxt_per_tuple_memory);
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

void JoinRows(core::Delta *rows, core::Delta *delta)
{
	// All tables before all fences: who holds a fence does not wait for a table.
	for (std::size_t i = 0; i < rows->view_count(); i++)
		LockJoin(rows->view(i));
	for (std::size_t i = 0; i < rows->view_count(); i++) {
		JoinWork work = {rows, i, ProgramFor(rows->view(i)), {delta, 1, false}};
		if (work.program->view_count > 0)
			FoldOrFail(&work);
	}
}

} // namespace mezzanine::views

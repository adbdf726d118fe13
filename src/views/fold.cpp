#include "views/fold.h"

#include "core/recent.h"
#include "views/extreme.h"
#include "views/image.h"
#include "views/keys.h"
#include "views/moving.h"
#include "views/program.h"
#include "views/spill.h"
#include "views/stale.h"

namespace mezzanine::views
{

namespace
{

// One version of a row as one view sees it.
struct Version {
	bool passes; // the filter; if not, the rest is not set
	uint64 hash;
	KeyValues key;
	StringInfoData image; // of the key
	core::Value *values;
	bool has_image; // the hash and the image are of the key
};

} // namespace

// Where a view's rows are evaluated, one after the other: so that a row costs no allocation.
struct FoldSpace {
	Version left;
	Version came;
	core::RecentGroups *recent; // NULL until many rows have come
	uint64 generation;          // of the delta that
	int rows;                   // as many came to
};

namespace
{

Version NewVersion(const ViewProgram *view)
{
	const auto key_count = static_cast<Size>(view->key_count);
	const auto argument_count = static_cast<Size>(view->argument_count);
	Version version;
	version.passes = false;
	version.hash = 0;
	version.key.values = static_cast<Datum *>(palloc(sizeof(Datum) * (key_count + 1)));
	version.key.nulls = static_cast<bool *>(palloc(sizeof(bool) * (key_count + 1)));
	initStringInfo(&version.image);
	version.values = static_cast<core::Value *>(palloc(sizeof(core::Value) * (argument_count + 1)));
	version.has_image = false;
	return version;
}

void PrepareSpace(ViewProgram *view)
{
	if (view->space != nullptr)
		return;
	MemoryContext old = MemoryContextSwitchTo(view->context);
	auto *space = static_cast<FoldSpace *>(palloc(sizeof(FoldSpace)));
	*space = {NewVersion(view), NewVersion(view), nullptr, 0, 0};
	view->space = space;
	MemoryContextSwitchTo(old);
}

// Empties the image; the memory of a wide one is given back.
void ClearImage(StringInfo image)
{
	constexpr int kKeptMax = 8192;
	if (image->maxlen > kKeptMax) {
		MemoryContext old = MemoryContextSwitchTo(GetMemoryChunkContext(image->data));
		pfree(image->data);
		initStringInfo(image);
		MemoryContextSwitchTo(old);
	}
	resetStringInfo(image);
}

Datum Evaluated(const BaseProgram *program, ExprState *expression, AttrNumber column, bool *is_null)
{
	if (column > 0)
		return slot_getattr(program->expressions->ecxt_scantuple, column, is_null);
	return ExecEvalExpr(expression, program->expressions, is_null);
}

bool Passes(const BaseProgram *program, ExprState *filter)
{
	if (filter == nullptr)
		return true;
	bool is_null;
	const Datum value = ExecEvalExpr(filter, program->expressions, &is_null);
	return !is_null && DatumGetBool(value);
}

int64 IntegerOf(Datum value, Oid type)
{
	switch (type) {
	case INT2OID:
		return DatumGetInt16(value);
	case INT4OID:
		return DatumGetInt32(value);
	default: // bigint; money is as wide
		return DatumGetInt64(value);
	}
}

void SetInterval(Datum datum, core::Value *value)
{
	const Interval *interval = DatumGetIntervalP(datum);
	value->integer = interval->time;
	value->days = interval->day;
	value->months = interval->month;
}

std::string_view ImageOf(Storage storage, Datum datum)
{
	StringInfoData image;
	initStringInfo(&image);
	AppendImage(storage, datum, false, &image);
	return Bytes(&image);
}

std::string_view WireOf(Datum numeric)
{
	bytea *wire = DatumGetByteaPP(DirectFunctionCall1(numeric_send, numeric));
	return {VARDATA_ANY(wire), VARSIZE_ANY_EXHDR(wire)};
}

void SetValue(const ArgumentColumns *argument, Datum datum, core::Value *value)
{
	switch (argument->kind) {
	case core::ArgumentKind::kCount:
	case core::ArgumentKind::kMoving:
	case core::ArgumentKind::kRecompute:
		break;
	case core::ArgumentKind::kInteger:
	case core::ArgumentKind::kBigInteger:
	case core::ArgumentKind::kBits:
		value->integer = IntegerOf(datum, argument->type);
		break;
	case core::ArgumentKind::kDecimal:
	case core::ArgumentKind::kExact:
		value->wire = WireOf(datum);
		break;
	case core::ArgumentKind::kInterval:
		SetInterval(datum, value);
		break;
	case core::ArgumentKind::kFloat:
		value->real = argument->type == FLOAT4OID ? DatumGetFloat4(datum) : DatumGetFloat8(datum);
		break;
	case core::ArgumentKind::kExtreme:
	case core::ArgumentKind::kAny:
		value->wire = ImageOf(argument->storage, datum);
		break;
	}
}

// What an aggregate reads of the row.
std::string_view InputsOf(const BaseProgram *program, const ArgumentColumns *argument,
						  bool *has_null)
{
	StringInfoData image;
	initStringInfo(&image);
	*has_null = false;
	for (int i = 0; i < argument->input_count; i++) {
		const Input *input = &argument->inputs[i];
		bool is_null;
		const Datum datum = ExecEvalExpr(input->expression, program->expressions, &is_null);
		AppendImage(input->storage, datum, is_null, &image);
		*has_null |= is_null;
	}
	return Bytes(&image);
}

// The value of one argument; `inputs`: also what only a comparison of versions needs.
core::Value ValueOf(const BaseProgram *program, const ArgumentColumns *argument, bool inputs)
{
	core::Value value;
	value.null = !Passes(program, argument->filter);
	if (value.null)
		return value;
	bool has_null = false;
	if (argument->kind == core::ArgumentKind::kMoving ||
		(argument->kind == core::ArgumentKind::kRecompute && inputs))
		value.wire = InputsOf(program, argument, &has_null);
	if (argument->kind == core::ArgumentKind::kMoving)
		value.null = has_null && argument->moving->mode.strict;
	if (argument->expression == nullptr)
		return value;
	const Datum datum = Evaluated(program, argument->expression, argument->column, &value.null);
	if (!value.null)
		SetValue(argument, datum, &value);
	return value;
}

// Whether two columns of keys are alike at a glance: NULL, or values that are no pointers.
bool IsAlike(const KeyColumn *key, Datum value, bool is_null, KeyValues other, int i)
{
	return is_null == other.nulls[i] &&
		   (is_null || (key->storage.by_value && value == other.values[i]));
}

// The image stays where the last row that was evaluated here had the same key.
void EvaluateKey(const BaseProgram *program, const ViewProgram *view, Version *version)
{
	bool is_same = version->has_image;
	version->has_image = false;
	for (int i = 0; i < view->key_count; i++) {
		bool is_null;
		const KeyColumn *key = &view->keys[i];
		const Datum value = Evaluated(program, key->expression, key->column, &is_null);
		is_same = is_same && IsAlike(key, value, is_null, version->key, i);
		version->key.values[i] = value;
		version->key.nulls[i] = is_null;
	}
	version->has_image = is_same;
}

// Evaluates the view's expressions on the row in `slot`, but for the key's image and hash.
void Evaluate(const BaseProgram *program, ViewProgram *view, TupleTableSlot *slot, bool inputs,
			  Version *version)
{
	program->expressions->ecxt_scantuple = slot;
	version->passes = Passes(program, view->filter);
	if (!version->passes)
		return;

	EvaluateKey(program, view, version);
	for (int i = 0; i < view->argument_count; i++)
		version->values[i] = ValueOf(program, &view->arguments[i], inputs);
}

// Makes the key's image and hash, where they are not there yet.
void RequireImage(const ViewProgram *view, Version *version)
{
	if (version->has_image)
		return;
	ClearImage(&version->image);
	EncodeKey(view->keys, view->key_count, version->key, &version->image);
	version->hash = HashKey(view->keys, view->key_count, version->key);
	version->has_image = true;
}

bool HaveOneKey(const ViewProgram *view, Version *a, Version *b)
{
	bool is_alike = true;
	for (int i = 0; is_alike && i < view->key_count; i++)
		is_alike = IsAlike(&view->keys[i], a->key.values[i], a->key.nulls[i], b->key, i);
	if (is_alike)
		return true;
	RequireImage(view, a);
	RequireImage(view, b);
	return Bytes(&a->image) == Bytes(&b->image);
}

// The version as a row with the key of another.
core::Delta::Row RowOf(const ViewProgram *view, const Version *version, const Version *key,
					   int sign)
{
	const auto count = static_cast<std::size_t>(view->argument_count);
	return {{view->kinds, count}, key->hash, Bytes(&key->image), sign, {version->values, count}};
}

// Requires: the version passes.
core::Group *AddVersion(const Sink *sink, ViewProgram *view, Version *version, int sign)
{
	RequireImage(view, version);
	const core::Delta::Row row = RowOf(view, version, version, sign);
	core::Group *group = nullptr;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { group = &sink->delta->Add(sink->depth, view->home, row); }))
		MEZZANINE_RAISE(failure);
	if (view->has_opaque)
		KeepExtremes(view, &row, group);
	return group;
}

// Adds the version to a group that is at hand.
void AddToGroup(ViewProgram *view, const Version *version, int sign, core::Group *group)
{
	const auto count = static_cast<std::size_t>(view->argument_count);
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] {
			core::Delta::AddTo(group, {view->kinds, count}, {version->values, count}, sign);
		}))
		MEZZANINE_RAISE(failure);
	const core::Delta::Row row = {
		{view->kinds, count}, group->hash, group->key, sign, {version->values, count},
	};
	if (view->has_opaque)
		KeepExtremes(view, &row, group);
}

// The number that stands for the key: the datum, where the key is one that is no pointer.
bool NumberOf(const ViewProgram *view, KeyValues key, uint64 *number)
{
	*number = view->key_count == 0 ? 0 : key.values[0];
	return view->key_count == 0 ||
		   (view->key_count == 1 && view->keys[0].storage.by_value && !key.nulls[0]);
}

// Where the view's groups are found by their number; NULL where few rows come.
core::RecentGroups *RecentOf(const Sink *sink, const ViewProgram *view)
{
	constexpr int kManyRows = 1000;
	FoldSpace *space = view->space;
	if (space->recent != nullptr)
		return space->recent;
	if (space->generation != sink->delta->generation())
		space->rows = 0;
	space->generation = sink->delta->generation();
	if (++space->rows >= kManyRows)
		space->recent = static_cast<core::RecentGroups *>(
			MemoryContextAllocZero(view->context, sizeof(core::RecentGroups)));
	return space->recent;
}

// A row stays in its group.
void ReplaceVersion(const Sink *sink, ViewProgram *view, Version *left, Version *came)
{
	RequireImage(view, left);
	const core::Delta::Row before = RowOf(view, left, left, -1);
	const core::Delta::Row after = RowOf(view, came, left, +1);
	pg::Failure failure;
	if (!pg::CallCore(&failure,
					  [&] { sink->delta->Replace(sink->depth, view->home, before, after); }))
		MEZZANINE_RAISE(failure);
	SpillIfLarge(sink->delta);
}

// Makes NULL of what both versions have the same: it neither comes nor leaves.  True when
// something is left.
bool LeaveDifference(const ViewProgram *view, Version *before, Version *after)
{
	bool differs = false;
	for (int i = 0; i < view->argument_count; i++)
		if (before->values[i] == after->values[i])
			before->values[i].null = after->values[i].null = true;
		else
			differs = true;
	return differs;
}

// One changed row on its way to one view.
struct Change {
	const Sink *sink;
	const BaseProgram *program;
	ViewProgram *view;
	TupleTableSlot *before;
	TupleTableSlot *after;
};

// A row that comes or leaves, of which there is one version.
void FoldVersion(const Change *change, TupleTableSlot *slot, int sign)
{
	ViewProgram *view = change->view;
	const Sink *sink = change->sink;
	Version *version = &view->space->came;
	Evaluate(change->program, view, slot, false, version);
	if (!version->passes)
		return;
	if (view->is_first)
		AddCount(view->counts, kRowsIn, 1);

	uint64 number;
	core::RecentGroups *recent =
		NumberOf(view, version->key, &number) ? RecentOf(sink, view) : nullptr;
	core::Group *group =
		recent == nullptr ? nullptr : recent->Find(sink->delta->generation(), sink->depth, number);
	if (group != nullptr) {
		AddToGroup(view, version, sign, group);
	} else {
		group = AddVersion(sink, view, version, sign);
		if (recent != nullptr)
			recent->Keep(number, group);
	}
	SpillIfLarge(sink->delta);
}

void AddIfPasses(const Change *change, Version *version, int sign)
{
	if (!version->passes)
		return;
	(void)AddVersion(change->sink, change->view, version, sign);
	SpillIfLarge(change->sink->delta);
}

// A row that changes.
void FoldUpdate(const Change *change)
{
	ViewProgram *view = change->view;
	Version *left = &view->space->left;
	Version *came = &view->space->came;
	Evaluate(change->program, view, change->before, true, left);
	Evaluate(change->program, view, change->after, true, came);
	if (!left->passes && !came->passes)
		return;
	const bool stays = left->passes && came->passes && HaveOneKey(view, left, came);
	if (stays && !LeaveDifference(view, left, came))
		return;
	if (view->is_first)
		AddCount(view->counts, kRowsIn, 1);
	if (stays && !view->has_opaque) {
		ReplaceVersion(change->sink, view, left, came);
		return;
	}
	AddIfPasses(change, left, -1);
	AddIfPasses(change, came, +1);
}

void FoldIntoView(const Change *change)
{
	PrepareSpace(change->view);
	if (change->before == nullptr)
		FoldVersion(change, change->after, +1);
	else if (change->after == nullptr)
		FoldVersion(change, change->before, -1);
	else
		FoldUpdate(change);
}

// Columns alone are read in nobody's name.
void FoldAsOwner(const Change *change)
{
	if (change->view->is_plain) {
		const Work outer = EnterWork(change->view->counts);
		FoldIntoView(change);
		LeaveWork(outer);
		return;
	}
	const OwnerScope scope = EnterOwner(change->view);
	FoldIntoView(change);
	LeaveOwner(&scope);
}

// In a subtransaction, one level deeper.
void FoldStep(void *argument)
{
	Change change = *static_cast<const Change *>(argument);
	Sink sink = *change.sink;
	sink.depth += sink.nests ? 1 : 0;
	change.sink = &sink;
	FoldAsOwner(&change);
}

// A failure makes some views stale and does not fail the writer.
void FoldOrFail(Change change)
{
	const Oid view = change.view->view;
	if (HasFailed(view))
		return;
	pg::Trouble trouble;
	if (!change.view->marks_stale)
		FoldAsOwner(&change);
	else if (!pg::Attempt(FoldStep, &change, &trouble))
		FailView(view, DescribeTrouble(&trouble));
}

// Whether two versions of a row have the same image in every attribute that some view uses.
bool ChangesNothingSeen(const BaseProgram *program, TupleTableSlot *before, TupleTableSlot *after)
{
	int member = -1;
	while ((member = bms_next_member(program->used, member)) >= 0) {
		const auto attribute = static_cast<AttrNumber>(member + FirstLowInvalidHeapAttributeNumber);
		if (attribute <= 0)
			return false; // the row as a whole
		bool null_before;
		bool null_after;
		const Datum value_before = slot_getattr(before, attribute, &null_before);
		const Datum value_after = slot_getattr(after, attribute, &null_after);
		if (null_before != null_after)
			return false;
		const FormData_pg_attribute *form =
			TupleDescAttr(before->tts_tupleDescriptor, attribute - 1);
		if (!null_before &&
			!datum_image_eq(value_before, value_after, form->attbyval, form->attlen))
			return false;
	}
	return true;
}

} // namespace

void FoldRow(const Sink *sink, const BaseProgram *program, TupleTableSlot *before,
			 TupleTableSlot *after)
{
	if (before != nullptr && after != nullptr && ChangesNothingSeen(program, before, after))
		return;
	for (int i = 0; i < program->view_count; i++) {
		MemoryContext old = MemoryContextSwitchTo(program->expressions->ecxt_per_tuple_memory);
		FoldOrFail({sink, program, &program->views[i], before, after});
		MemoryContextSwitchTo(old);
		ResetExprContext(program->expressions);
	}
}

void FoldTruncate(const Sink *sink, const BaseProgram *program)
{
	for (int i = 0; i < program->view_count; i++) {
		const core::ViewId home = program->views[i].home;
		pg::Failure failure;
		if (!pg::CallCore(&failure, [&] { sink->delta->Truncate(sink->depth, home); }))
			MEZZANINE_RAISE(failure);
	}
}

} // namespace mezzanine::views

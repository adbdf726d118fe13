#include "views/fold.h"

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

FoldSpace *SpaceOf(ViewProgram *view)
{
	if (view->space == nullptr) {
		MemoryContext old = MemoryContextSwitchTo(view->context);
		auto *space = static_cast<FoldSpace *>(palloc(sizeof(FoldSpace)));
		*space = {NewVersion(view), NewVersion(view)};
		view->space = space;
		MemoryContextSwitchTo(old);
	}
	view->space->left.passes = view->space->came.passes = false;
	return view->space;
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
	const Datum datum = ExecEvalExpr(argument->expression, program->expressions, &value.null);
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
		const Datum value = ExecEvalExpr(view->keys[i].expression, program->expressions, &is_null);
		is_same = is_same && IsAlike(&view->keys[i], value, is_null, version->key, i);
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

void AddVersion(const Sink *sink, ViewProgram *view, Version *version, int sign)
{
	if (!version->passes)
		return;
	RequireImage(view, version);
	const core::Delta::Row row = RowOf(view, version, version, sign);
	core::Group *group = nullptr;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { group = &sink->delta->Add(sink->depth, view->home, row); }))
		MEZZANINE_RAISE(failure);
	if (view->has_opaque)
		KeepExtremes(view, &row, group);
	SpillIfLarge(sink->delta);
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

void FoldIntoView(const Change *change)
{
	const bool is_update = change->before != nullptr && change->after != nullptr;
	ViewProgram *view = change->view;
	FoldSpace *space = SpaceOf(view);
	Version *left = &space->left;
	Version *came = &space->came;
	if (change->before != nullptr)
		Evaluate(change->program, view, change->before, is_update, left);
	if (change->after != nullptr)
		Evaluate(change->program, view, change->after, is_update, came);
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
	AddVersion(change->sink, view, left, -1);
	AddVersion(change->sink, view, came, +1);
}

void FoldAsOwner(const Change *change)
{
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

// Capture: turns a trigger's call into a change of the transaction's delta.
#include "views/capture.h"

#include "pg/attempt.h"
#include "views/keys.h"
#include "views/operate.h"
#include "views/partitions.h"
#include "views/program.h"
#include "views/stale.h"
#include "views/transaction.h"

using namespace mezzanine;
using namespace mezzanine::views;

namespace
{

const TriggerData *RequireTrigger(FunctionCallInfo fcinfo)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("function was not called as a trigger"),
						errhint("mezzanine.create_view makes the triggers it needs.")));
	return reinterpret_cast<const TriggerData *>(fcinfo->context);
}

// The program of the trigger's table; NULL for a partition that is being detached.  Triggers
// without views would let changes pass by in silence: so a schema restored without the
// catalogue's rows refuses its data.
BaseProgram *RequireProgram(const TriggerData *trigger, const RowSource *source)
{
	BaseProgram *program = OidIsValid(source->base) ? ProgramFor(source->base) : nullptr;
	if (program == nullptr || program->has_views)
		return program;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table \"%s\" has triggers of mezzanine views, but no view is on it",
					RelationGetRelationName(trigger->tg_relation)),
			 errdetail("The catalogue mezzanine_info.core has no row for this table; perhaps "
					   "the schema was restored without it."),
			 errhint("Drop the triggers mezzanine_touch, mezzanine_capture and "
					 "mezzanine_capture_truncate, and create the views again.")));
	pg_unreachable();
}

// Whether two versions of a row have the same image in every attribute that some view uses.
bool ChangesNothingSeen(const BaseProgram *program, TupleTableSlot *before, TupleTableSlot *after)
{
	int member = -1;
	while ((member = bms_next_member(program->used, member)) >= 0) {
		const AttrNumber attribute =
			static_cast<AttrNumber>(member + FirstLowInvalidHeapAttributeNumber);
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

bool PassesFilter(const BaseProgram *program, const ViewProgram *view)
{
	if (view->filter == nullptr)
		return true;
	bool is_null;
	const Datum value = ExecEvalExpr(view->filter, program->expressions, &is_null);
	return !is_null && DatumGetBool(value);
}

int64 IntegerOf(Datum value, Oid type)
{
	switch (type) {
	case INT2OID:
		return DatumGetInt16(value);
	case INT4OID:
		return DatumGetInt32(value);
	default:
		return DatumGetInt64(value);
	}
}

// The value of one argument for the changed row.
core::Value ValueOf(const BaseProgram *program, const ArgumentColumns *argument)
{
	core::Value value = {};
	const Datum datum = ExecEvalExpr(argument->expression, program->expressions, &value.null);
	if (value.null)
		return value;
	switch (argument->kind) {
	case core::ArgumentKind::kCount:
		break;
	case core::ArgumentKind::kInteger:
	case core::ArgumentKind::kBigInteger:
		value.integer = IntegerOf(datum, argument->type);
		break;
	case core::ArgumentKind::kDecimal: {
		bytea *wire = DatumGetByteaPP(DirectFunctionCall1(numeric_send, datum));
		value.wire = {VARDATA_ANY(wire), VARSIZE_ANY_EXHDR(wire)};
		break;
	}
	}
	return value;
}

// Adds one version of a row to one view's delta, in the row's own memory context.
void AddVersion(const BaseProgram *program, ViewProgram *view, int sign)
{
	if (!PassesFilter(program, view))
		return;

	auto *keys = static_cast<Datum *>(palloc(sizeof(Datum) * view->key_count));
	auto *nulls = static_cast<bool *>(palloc(sizeof(bool) * view->key_count));
	for (int i = 0; i < view->key_count; i++)
		keys[i] = ExecEvalExpr(view->keys[i].expression, program->expressions, &nulls[i]);
	StringInfoData image;
	initStringInfo(&image);
	EncodeKey(view->keys, view->key_count, {keys, nulls}, &image);

	auto *values =
		static_cast<core::Value *>(palloc(sizeof(core::Value) * (view->argument_count + 1)));
	for (int i = 0; i < view->argument_count; i++)
		values[i] = ValueOf(program, &view->arguments[i]);

	const auto count = static_cast<std::size_t>(view->argument_count);
	const core::Delta::Row row = {
		{view->kinds, count},
		HashKey(view->keys, view->key_count, {keys, nulls}),
		{image.data, static_cast<std::size_t>(image.len)},
		sign,
		{values, count},
	};
	AddRow(view, row);
}

// AddVersion, in the view's owner's name.
struct OwnedVersion {
	const BaseProgram *program;
	ViewProgram *view;
	int sign;
};

void AddAsOwner(void *argument)
{
	const auto *version = static_cast<OwnedVersion *>(argument);
	const OwnerScope scope = EnterOwner(version->view);
	AddVersion(version->program, version->view, version->sign);
	LeaveOwner(&scope);
}

void AddOrFail(OwnedVersion version)
{
	if (HasFailed(version.view->view))
		return;
	pg::Trouble trouble;
	if (!version.view->marks_stale)
		AddAsOwner(&version);
	else if (!pg::Attempt(AddAsOwner, &version, &trouble))
		FailView(version.view->view, DescribeTrouble(&trouble));
}

void CaptureRow(BaseProgram *program, const RowSource *source, const TriggerData *trigger)
{
	TupleTableSlot *row = InBaseForm(source, trigger->tg_trigslot, 0);
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event)) {
		CaptureVersion(program, row, +1);
	} else if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event)) {
		CaptureVersion(program, row, -1);
	} else {
		TupleTableSlot *after = InBaseForm(source, trigger->tg_newslot, 1);
		if (ChangesNothingSeen(program, row, after))
			return;
		CaptureVersion(program, row, -1);
		CaptureVersion(program, after, +1);
	}
}

} // namespace

// Adds a version of a changed row to the delta of every view on its table.
void mezzanine::views::CaptureVersion(BaseProgram *program, TupleTableSlot *slot, int sign)
{
	program->expressions->ecxt_scantuple = slot;
	for (int i = 0; i < program->view_count; i++) {
		MemoryContext old = MemoryContextSwitchTo(program->expressions->ecxt_per_tuple_memory);
		AddOrFail({program, &program->views[i], sign});
		MemoryContextSwitchTo(old);
		ResetExprContext(program->expressions);
	}
}

// BEFORE STATEMENT: before the first row changes, reads turn to the definition.
MEZZANINE_FUNCTION(mezzanine_touch)
{
	const TriggerData *trigger = RequireTrigger(fcinfo);
	const RowSource *source = SourceOf(trigger->tg_relation);
	BaseProgram *program = RequireProgram(trigger, source);
	if (program == nullptr)
		return PointerGetDatum(nullptr);

	TouchViews(program);
	if (!TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event))
		return PointerGetDatum(nullptr);
	if (source->base == source->relation)
		BeginTruncate(source->base);
	else
		TruncatePartition(program, trigger->tg_relation);
	return PointerGetDatum(nullptr);
}

// AFTER ROW, and AFTER STATEMENT for TRUNCATE.
MEZZANINE_FUNCTION(mezzanine_capture)
{
	const TriggerData *trigger = RequireTrigger(fcinfo);
	const RowSource *source = SourceOf(trigger->tg_relation);
	BaseProgram *program = RequireProgram(trigger, source);
	if (program == nullptr)
		return PointerGetDatum(nullptr);

	// Again: not every way to change a row fires statement triggers.
	TouchViews(program);
	if (!TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event)) {
		CaptureRow(program, source, trigger);
		return PointerGetDatum(nullptr);
	}
	for (int i = 0; i < program->view_count; i++)
		AddTruncate(&program->views[i]);
	EndTruncate(source->base);
	return PointerGetDatum(nullptr);
}

// BEFORE ROW and BEFORE TRUNCATE on home tables.  Commits write by the access methods,
// which fire no triggers: whoever comes here is not the engine, unless it is refresh.
MEZZANINE_FUNCTION(mezzanine_guard)
{
	const TriggerData *trigger = RequireTrigger(fcinfo);
	if (IsRefreshing(RelationGetRelid(trigger->tg_relation)))
		return PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple
																		  : trigger->tg_trigtuple);
	ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
					errmsg("cannot change mezzanine view \"%s\"",
						   RelationGetRelationName(trigger->tg_relation)),
					errdetail("Its contents follow from the view's query."),
					errhint("Change the base table; the view follows when you commit.")));
	return PointerGetDatum(nullptr);
}

// is_touched(home regclass) -> boolean
MEZZANINE_FUNCTION(mezzanine_is_touched)
{
	PG_RETURN_BOOL(IsTouched(PG_GETARG_OID(0)));
}

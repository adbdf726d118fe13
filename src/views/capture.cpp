// Capture: turns a trigger's call into a change of the transaction's delta.
#include "views/capture.h"

#include "views/fold.h"
#include "views/operate.h"
#include "views/partitions.h"
#include "views/program.h"
#include "views/restore.h"
#include "views/rows.h"
#include "views/transaction.h"

using namespace mezzanine;
using namespace mezzanine::views;

namespace
{

bool IsTouch(const TriggerData *trigger)
{
	return TRIGGER_FIRED_BEFORE(trigger->tg_event) &&
		   TRIGGER_FIRED_FOR_STATEMENT(trigger->tg_event);
}

// By its name too: a second one for rows would count them twice.
bool IsCapture(const TriggerData *trigger)
{
	return TRIGGER_FIRED_AFTER(trigger->tg_event) &&
		   (TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event) ||
			(TRIGGER_FIRED_FOR_ROW(trigger->tg_event) &&
			 strcmp(trigger->tg_trigger->tgname, kCaptureTrigger) == 0));
}

bool IsGuard(const TriggerData *trigger)
{
	return TRIGGER_FIRED_BEFORE(trigger->tg_event);
}

// Raises where somebody calls the function, or has made a trigger of it, other than create_view.
const TriggerData *RequireTrigger(FunctionCallInfo fcinfo, bool (*is_ours)(const TriggerData *))
{
	const auto *trigger = reinterpret_cast<const TriggerData *>(fcinfo->context);
	if (!CALLED_AS_TRIGGER(fcinfo) || !is_ours(trigger))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("function was not called as a trigger of mezzanine's own"),
						errhint("mezzanine.create_view makes the triggers it needs.")));
	return trigger;
}

void Capture(const BaseProgram *program, TupleTableSlot *before, TupleTableSlot *after)
{
	const Sink sink = CurrentSink();
	FoldRow(&sink, program, before, after);
	if (program->rows_count == 0)
		return;
	const Sink rows = CurrentRowSink();
	CaptureRows(&rows, program, before, after);
}

void CaptureRow(const BaseProgram *program, const RowSource *source, const TriggerData *trigger)
{
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		CaptureChange(program, source, nullptr, trigger->tg_trigslot);
	else if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		CaptureChange(program, source, trigger->tg_trigslot, nullptr);
	else
		CaptureChange(program, source, trigger->tg_trigslot, trigger->tg_newslot);
}

} // namespace

BaseProgram *mezzanine::views::ProgramOf(const RowSource *source)
{
	const bool counts = OidIsValid(source->base) && !source->is_restored;
	BaseProgram *program = counts ? ProgramFor(source->base) : nullptr;
	return program != nullptr && program->has_views ? program : nullptr;
}

void mezzanine::views::CaptureChange(const BaseProgram *program, const RowSource *source,
									 TupleTableSlot *before, TupleTableSlot *after)
{
	Capture(program, before == nullptr ? nullptr : InBaseForm(source, before, 0),
			after == nullptr ? nullptr : InBaseForm(source, after, 1));
}

void mezzanine::views::CaptureVersion(BaseProgram *program, TupleTableSlot *slot, int sign)
{
	Capture(program, sign < 0 ? slot : nullptr, sign > 0 ? slot : nullptr);
}

// BEFORE STATEMENT: before the first row changes, reads turn to the definition.
MEZZANINE_FUNCTION(mezzanine_touch)
{
	const TriggerData *trigger = RequireTrigger(fcinfo, IsTouch);
	const RowSource *source = SourceOf(trigger->tg_relation);
	BaseProgram *program = ProgramOf(source);
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
	const TriggerData *trigger = RequireTrigger(fcinfo, IsCapture);
	const RowSource *source = SourceOf(trigger->tg_relation);
	BaseProgram *program = ProgramOf(source);
	if (program == nullptr)
		return PointerGetDatum(nullptr);

	// Again: not every way to change a row fires statement triggers.
	TouchViews(program);
	if (!TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event)) {
		CaptureRow(program, source, trigger);
		return PointerGetDatum(nullptr);
	}
	const Sink sink = CurrentSink();
	FoldTruncate(&sink, program);
	const Sink rows = CurrentRowSink();
	CaptureTruncate(&rows, program);
	EndTruncate(source->base);
	return PointerGetDatum(nullptr);
}

// BEFORE ROW and BEFORE TRUNCATE on home tables.  Commits write by the access methods,
// which fire no triggers: whoever comes here is not the engine, unless it is refresh.
MEZZANINE_FUNCTION(mezzanine_guard)
{
	const TriggerData *trigger = RequireTrigger(fcinfo, IsGuard);
	if (IsRefreshing(RelationGetRelid(trigger->tg_relation)))
		return PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple
																		  : trigger->tg_trigtuple);
	if (TRIGGER_FIRED_FOR_ROW(trigger->tg_event) && ComesFromElsewhere())
		return PointerGetDatum(nullptr);
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

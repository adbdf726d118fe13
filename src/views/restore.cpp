#include "views/restore.h"

#include "views/catalogue.h"

namespace mezzanine::views
{

namespace
{

bool registering = false;

bool BelongsToExtension(Oid function)
{
	const Oid extension = get_extension_oid("mezzanine", true);
	return OidIsValid(extension) &&
		   getExtensionOfObject(ProcedureRelationId, function) == extension;
}

// DISABLE TRIGGER ALL and its kin, whom dumps use, spare our triggers: they alone know what
// passes by.
bool MeansAllTriggers(const AlterTableCmd *command)
{
	return command->subtype == AT_DisableTrigAll || command->subtype == AT_DisableTrigUser ||
		   command->subtype == AT_EnableTrigAll || command->subtype == AT_EnableTrigUser;
}

bool AltersAllTriggers(const CollectedCommand *command)
{
	ListCell *cell;
	if (command->type != SCT_AlterTable)
		return false;
	foreach (cell, command->d.alterTable.subcmds) {
		Node *part = static_cast<CollectedATSubcmd *>(lfirst(cell))->parsetree;
		if (IsA(part, AlterTableCmd) && MeansAllTriggers(castNode(AlterTableCmd, part)))
			return true;
	}
	return false;
}

// Has the extension's triggers on a table fire always.
void FireAlways(Oid table)
{
	Relation relation = table_open(table, ShareRowExclusiveLock);
	const TriggerDesc *triggers = relation->trigdesc;
	List *names = NIL;
	ListCell *cell;
	for (int i = 0; triggers != nullptr && i < triggers->numtriggers; i++) {
		const Trigger *trigger = &triggers->triggers[i];
		if (trigger->tgenabled != TRIGGER_FIRES_ALWAYS && BelongsToExtension(trigger->tgfoid))
			names = lappend(names, pstrdup(trigger->tgname));
	}
	foreach (cell, names)
		pg::EnableTriggerAlways(relation, static_cast<char *>(lfirst(cell)));
	if (names != NIL)
		ereport(NOTICE, (errmsg("triggers of mezzanine on table \"%s\" stay enabled",
								RelationGetRelationName(relation)),
						 errhint("mezzanine.pause() spares writers the work on a view.")));
	table_close(relation, NoLock);
}

void EndTransaction(XactEvent, void *)
{
	registering = false;
}

void EndSubtransaction(SubXactEvent event, SubTransactionId, SubTransactionId, void *)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		registering = false;
}

} // namespace

bool ComesFromElsewhere()
{
	return IsLogicalWorker() ||
		   (ActivePortal != nullptr && ActivePortal->commandTag == CMDTAG_COPY);
}

void BeginRegistration()
{
	registering = true;
}

void EndRegistration()
{
	registering = false;
}

bool IsOrphanHome(Oid relation)
{
	return CoreByHome(relation) == nullptr && CoreByCells(relation) == nullptr &&
		   OidIsValid(get_trigger_oid(relation, "mezzanine_guard", true));
}

void InitRestore()
{
	RegisterXactCallback(EndTransaction, nullptr);
	RegisterSubXactCallback(EndSubtransaction, nullptr);
}

} // namespace mezzanine::views

using namespace mezzanine;
using namespace mezzanine::views;

// keep_triggers(command pg_ddl_command) -> void, at ddl_command_end
MEZZANINE_FUNCTION(mezzanine_keep_triggers)
{
	const auto *command = reinterpret_cast<CollectedCommand *>(PG_GETARG_POINTER(0));
	if (!AltersAllTriggers(command))
		PG_RETURN_VOID();
	ListCell *cell;
	foreach (cell, find_all_inheritors(command->d.alterTable.objectId, NoLock, nullptr))
		FireAlways(lfirst_oid(cell));
	CommandCounterIncrement();
	PG_RETURN_VOID();
}

// redefines(command pg_ddl_command) -> boolean: CREATE OR REPLACE, and ALTER FUNCTION but for a new
// name, schema or owner.
MEZZANINE_FUNCTION(mezzanine_redefines)
{
	const auto *command = reinterpret_cast<CollectedCommand *>(PG_GETARG_POINTER(0));
	PG_RETURN_BOOL(IsA(command->parsetree, CreateFunctionStmt) ||
				   IsA(command->parsetree, DefineStmt) ||
				   IsA(command->parsetree, AlterFunctionStmt));
}

// is_registering() -> boolean
MEZZANINE_FUNCTION(mezzanine_is_registering)
{
	PG_RETURN_BOOL(registering);
}

// BEFORE ROW on the catalogue: a subscriber has views of its own.
MEZZANINE_FUNCTION(mezzanine_skip_replicated)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("function was not called as a trigger")));
	const auto *trigger = reinterpret_cast<TriggerData *>(fcinfo->context);
	if (IsLogicalWorker())
		return PointerGetDatum(nullptr);
	return PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple
																	  : trigger->tg_trigtuple);
}

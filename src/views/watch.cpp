#include "views/watch.h"

#include "views/partitions.h"
#include "views/run.h"

namespace mezzanine::views
{

namespace
{

// One of the triggers of a base table.
struct Watcher {
	const char *name;
	const char *fires; // when, and for what
	const char *each;  // ROW or STATEMENT
	const char *calls;
};

constexpr Watcher kWatchers[] = {
	{kTouchTrigger, "BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE", "STATEMENT", "touch"},
	{kCaptureTrigger, "AFTER INSERT OR UPDATE OR DELETE", "ROW", "capture"},
	{"mezzanine_capture_truncate", "AFTER TRUNCATE", "STATEMENT", "capture"},
};

void CheckFunction(Oid table, const Trigger *trigger, const char *calls)
{
	List *name = list_make2(makeString(pstrdup(kStateSchema)), makeString(pstrdup(calls)));
	if (trigger->tgfoid != LookupFuncName(name, 0, nullptr, false))
		ereport(ERROR, (errcode(ERRCODE_DUPLICATE_OBJECT),
						errmsg("table \"%s\" has another trigger \"%s\"", get_rel_name(table),
							   trigger->tgname),
						errdetail("The extension needs the name for a trigger of its own."),
						errhint("Give that one another name, by ALTER TRIGGER.")));
}

} // namespace

char FiringOf(Oid table, const char *name, const char *calls)
{
	Relation relation = table_open(table, AccessShareLock);
	const TriggerDesc *triggers = relation->trigdesc;
	char firing = 0;
	for (int i = 0; triggers != nullptr && i < triggers->numtriggers; i++) {
		const Trigger *trigger = &triggers->triggers[i];
		if (strcmp(trigger->tgname, name) != 0)
			continue;
		CheckFunction(table, trigger, calls);
		firing = trigger->tgenabled;
	}
	table_close(relation, NoLock);
	return firing;
}

void WatchBase(Oid base)
{
	const char *table = QualifiedName(base);
	for (const Watcher &watcher : kWatchers) {
		const char firing = FiringOf(base, watcher.name, watcher.calls);
		if (firing == 0)
			RUN("CREATE TRIGGER %s %s ON %s FOR EACH %s EXECUTE FUNCTION %s.%s()", watcher.name,
				watcher.fires, table, watcher.each, kStateSchema, watcher.calls);
		if (firing != TRIGGER_FIRES_ALWAYS)
			RUN("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s", table, watcher.name);
	}
	WatchPartitions(base);
}

} // namespace mezzanine::views

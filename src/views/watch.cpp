#include "views/watch.h"

#include "views/partitions.h"
#include "views/run.h"

namespace mezzanine::views
{

void WatchBase(Oid base)
{
	const char *table = QualifiedName(base);
	if (OidIsValid(get_trigger_oid(base, kTouchTrigger, true)))
		return;
	RUN("CREATE TRIGGER %s BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s "
		"FOR EACH STATEMENT EXECUTE FUNCTION %s.touch()",
		kTouchTrigger, table, kStateSchema);
	RUN("CREATE TRIGGER mezzanine_capture AFTER INSERT OR UPDATE OR DELETE ON %s "
		"FOR EACH ROW EXECUTE FUNCTION %s.capture()",
		table, kStateSchema);
	RUN("CREATE TRIGGER mezzanine_capture_truncate AFTER TRUNCATE ON %s "
		"FOR EACH STATEMENT EXECUTE FUNCTION %s.capture()",
		table, kStateSchema);
	RUN("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s, ENABLE ALWAYS TRIGGER mezzanine_capture, "
		"ENABLE ALWAYS TRIGGER mezzanine_capture_truncate",
		table, kTouchTrigger);
	WatchPartitions(base);
}

} // namespace mezzanine::views

#include "views/direct.h"
#include "views/life.h"
#include "views/operate.h"
#include "views/partitions.h"
#include "views/program.h"
#include "views/progress.h"
#include "views/restore.h"
#include "views/spill.h"
#include "views/stale.h"
#include "views/statistics.h"
#include "views/substitute.h"
#include "views/transaction.h"

namespace mezzanine::views
{

void InitModule()
{
	DefineCustomIntVariable("mezzanine.lock_timeout",
							"Longest wait for another commit when views are brought up to date.",
							"statement_timeout no longer counts at that point; 0 waits without "
							"limit, or as long as lock_timeout allows.",
							&lock_timeout_ms, 0, 0, INT_MAX, PGC_USERSET, GUC_UNIT_MS, nullptr,
							nullptr, nullptr);
	DefineCustomBoolVariable("mezzanine.serve_stale",
							 "Reads views that are stale or paused, as they are.",
							 "Otherwise reading one is an error, unless it was created with "
							 "on_stale => 'serve'.",
							 &serve_stale, false, PGC_USERSET, 0, nullptr, nullptr, nullptr);
	constexpr int kWorkMemMin = 1024;
	constexpr int kWorkMemUsual = 64 * 1024;
	DefineCustomIntVariable("mezzanine.work_mem",
							"Memory for a transaction's changes to views, beyond which they go to "
							"a temporary file.",
							"It is also what new rows' index entries are sorted in.", &work_mem_kb,
							kWorkMemUsual, kWorkMemMin, MAX_KILOBYTES, PGC_USERSET, GUC_UNIT_KB,
							nullptr, nullptr, nullptr);
	MarkGUCPrefixReserved("mezzanine");
	InitLife();
	InitPrograms();
	InitTransaction();
	InitStale();
	InitStatistics();
	InitPartitions();
	InitOperation();
	InitProgress();
	InitRestore();
	InitSubstitution();
	InitDirectCapture();
}

} // namespace mezzanine::views

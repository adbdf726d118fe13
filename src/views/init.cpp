#include "views/program.h"
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
	MarkGUCPrefixReserved("mezzanine");
	InitPrograms();
	InitTransaction();
	InitSubstitution();
}

} // namespace mezzanine::views
